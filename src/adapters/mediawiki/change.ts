/** A page that is out: what stands there, and its correction and retraction beside what others do to it. */
import {
  type Context,
  NetworkError,
  type Post,
  type Reach,
  type Receipt,
  type Standing,
} from "../../adapter.ts";
import { decodeHtml } from "../../text/html-escape.ts";
import { type Channel, EDIT, isRefusal, type Options, write } from "./api.ts";
import {
  contentOf,
  editOf,
  pageOf,
  pageReceipt,
  revisionAt,
  sectionReceipt,
  summaryOf,
  wordsOf,
} from "./page.ts";
import { bare, headingOf, sectionIn, withSection } from "./text.ts";

const TAKEN_BACK = "Taken back";

/** The words in wikitext, without the pictures above them and the categories below. */
export async function read(receipt: Receipt, reach: Reach<Channel>): Promise<Standing | "gone"> {
  const { id, ref = {} } = receipt;
  const { fullurl: url, ...page } = await pageOf(reach, { pageids: ref.page ?? id });
  const [revision] = page.revisions;
  const source = contentOf(revision)?.trim() ?? "";
  if (page.missing || !revision || source === "") return "gone";
  const at = { edited: new Date(revision.timestamp).toISOString() };
  if (ref.heading) {
    const past = ref.rev === String(revision.revid) ? source : await pastOf(receipt, reach);
    const section = sectionIn(source, past, ref.heading, nthOf(receipt));
    if (section === undefined) return "gone";
    return { text: bare(section), title: decodeHtml(ref.heading), url, ...(ref.rev !== id && at) };
  }
  const { prefix = "" } = reach.channel;
  const title = page.title.startsWith(prefix) ? page.title.slice(prefix.length) : page.title;
  const isEdited = String(revision.revid) !== ref.first;
  return { text: bare(source), ...(ref.named === undefined && { title }), url, ...(isEdited && at) };
}

function nthOf({ ref }: Receipt): number | undefined {
  return ref?.nth === undefined ? undefined : Number(ref.nth);
}

/** What others have changed meanwhile in other lines stays: the wiki merges. */
export async function edit(
  receipt: Receipt,
  post: Post<Options>,
  context: Context<Channel>,
): Promise<Receipt> {
  const { id, ref = {} } = receipt;
  const text = await wordsOf(post, context);
  const summary = summaryOf(post, context);
  const heading = headingOf(post.title ?? "");
  const whole = ref.heading
    ? withSection(await pastOf(receipt, context), ref.heading, { heading, words: text }, nthOf(receipt))
    : { text, nth: 0 };
  if (whole === undefined) throw new NetworkError("rejected", "the section is not on the page any more");
  const done = await put(receipt, { text: whole.text, summary }, context);
  const { url = "" } = receipt;
  if (ref.heading) {
    const anew = sectionReceipt(Number(ref.page), url.split("#")[0]!, done.rev, post.title);
    return { ...anew, id, ref: { ...anew.ref, nth: String(whole.nth) } };
  }
  // What somebody else did in between could not be told from ours any more.
  const before = String(done.old) === ref.rev ? Number(ref.before ?? -1) : -1;
  const anew = pageReceipt(Number(id), url, done.rev, before);
  const { first } = ref;
  return { ...anew, ref: { ...ref, ...anew.ref, ...(first && { first }) } };
}

/** A page is deleted, or emptied where the account may not; a section is cut out; replaced words come back. */
export async function retract(receipt: Receipt, context: Context<Channel>): Promise<void> {
  const { id, ref = {} } = receipt;
  if (ref.heading) {
    const rest = withSection(await pastOf(receipt, context), ref.heading, undefined, nthOf(receipt));
    if (rest !== undefined) await put(receipt, { text: rest.text, summary: TAKEN_BACK }, context);
    return;
  }
  const { before = "0", rev = "" } = ref;
  if (before === "0") {
    const gone = ["nosuchpageid", "missingtitle"];
    const form = { action: "delete", pageid: id, reason: TAKEN_BACK, watchlist: "nochange" };
    const reply = await write(context, form, [...gone, "permissiondenied"]);
    if (isRefusal(reply, "permissiondenied")) await put(receipt, { text: "", summary: TAKEN_BACK }, context);
    return;
  }
  if (before === "-1")
    throw new NetworkError("rejected", "others have edited the page in between; undo it in its history");
  await write(context, { ...EDIT, pageid: id, undo: rev, undoafter: before, summary: TAKEN_BACK });
}

/** The whole page as our newest edit left it. */
async function pastOf({ ref }: Receipt, reach: Reach<Channel>): Promise<string> {
  return contentOf(await revisionAt(reach, ref?.rev ?? "")) ?? "";
}

/** The page in the place of what our newest edit made it; what others did since is merged in by the wiki. */
async function put(
  { id, ref = {} }: Receipt,
  { text, summary }: { text: string; summary: string },
  context: Context<Channel>,
): Promise<{ rev: number; old: number }> {
  const pageid = ref.page ?? id;
  const form = { ...EDIT, pageid, text, summary, nocreate: "1" };
  const base = ref.rev ? { baserevid: ref.rev } : {};
  const gone = ["nosuchpageid", "missingtitle"];
  const reply = await write(context, { ...form, ...base }, ["editconflict", ...(text === "" ? gone : [])]);
  if (text === "" && isRefusal(reply, ...gone)) return { rev: 0, old: 0 };
  if (isRefusal(reply, "editconflict"))
    throw new NetworkError(
      "rejected",
      "somebody else has changed the same lines; edit the page there (editconflict)",
    );
  const { newrevid, oldrevid, nochange } = editOf(reply);
  if (!nochange) return { rev: newrevid ?? 0, old: oldrevid ?? 0 };
  return { rev: (await pageOf(context, { pageids: pageid })).lastrevid, old: Number(ref.rev ?? 0) };
}
