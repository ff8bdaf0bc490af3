/** An issue as an announcement. */
import * as v from "valibot";
import {
  type Context,
  everyItem,
  expectReply,
  type Found,
  type Metrics,
  type Post,
  type PostReply,
  type Reach,
  type Receipt,
  type Standing,
  unlessGone,
} from "../../adapter.ts";
import { authorOf, type Channel, isSame, isSince, type Options, type Person, pathOf } from "./api.ts";

const User = v.nullish(v.object({ login: v.string(), html_url: v.optional(v.string()) }));
const Issue = v.object({
  number: v.number(),
  html_url: v.string(),
  title: v.string(),
  body: v.nullish(v.string()),
  created_at: v.string(),
  comments: v.optional(v.number(), 0),
  reactions: v.optional(v.object({ total_count: v.number() })),
  user: User,
});
type Issue = v.InferOutput<typeof Issue>;
const PAGE = 100;

function fieldsOf({ title, text, options: { labels } }: Post<Options>) {
  return { title, body: text, ...(labels && { labels }) };
}

function receiptOf({ number, html_url, user }: Issue): Receipt {
  return { id: String(number), url: html_url, ...(user && { ref: { author: user.login } }) };
}

export async function publish(post: Post<Options>, { channel, ask }: Context<Channel>): Promise<Receipt> {
  const path = pathOf(channel, "/issues");
  return receiptOf(await ask({ method: "POST", path, json: fieldsOf(post) }, Issue, "an issue"));
}

/** Among the newest, by its words. */
export async function find(post: Post<Options>, context: Context<Channel>, since: Date): Promise<Found> {
  const { channel, ask } = context;
  const list = everyItem(async (page = "1") => {
    const query = { state: "all", sort: "created", direction: "desc", per_page: PAGE, page };
    const items = await ask({ path: pathOf(channel, "/issues"), query }, v.array(Issue), "issues");
    const last = items.at(-1);
    const goesOn = items.length === PAGE && last !== undefined && isSince(last.created_at, since);
    return { items, next: goesOn ? String(Number(page) + 1) : undefined };
  });
  for await (const issue of list) {
    const { number, title, body, created_at } = issue;
    if (!isSince(created_at, since) || (await context.taken(String(number)))) continue;
    if (isSame(post, { title, text: body ?? "" })) return receiptOf(issue);
    if (title === post.title) return { like: receiptOf(issue) };
  }
  return "absent";
}

export async function edit(
  { id }: Receipt,
  post: Post<Options>,
  { channel, ask }: Context<Channel>,
): Promise<Receipt> {
  const path = pathOf(channel, `/issues/${id}`);
  return receiptOf(await ask({ method: "PATCH", path, json: fieldsOf(post) }, Issue, "an issue"));
}

async function standingOf({ id }: Receipt, { channel, http }: Reach<Channel>): Promise<Issue | "gone"> {
  const reply = await http({ path: pathOf(channel, `/issues/${id}`), ok: [404, 410] });
  return unlessGone(reply, Issue, "an issue");
}

export async function read(receipt: Receipt, reach: Reach<Channel>): Promise<Standing | "gone"> {
  const issue = await standingOf(receipt, reach);
  return issue === "gone" ? issue : { title: issue.title, text: issue.body ?? "", url: issue.html_url };
}

export async function metrics(receipt: Receipt, reach: Reach<Channel>): Promise<Metrics | "gone"> {
  const issue = await standingOf(receipt, reach);
  return issue === "gone" ? issue : { likes: issue.reactions?.total_count ?? 0, replies: issue.comments };
}

const Comments = v.array(
  v.object({
    id: v.number(),
    html_url: v.string(),
    body: v.nullish(v.string()),
    created_at: v.string(),
    user: User,
  }),
);

export async function replies(
  { id, ref }: Receipt,
  reach: Reach<Channel>,
  since: Date,
): Promise<PostReply[]> {
  const { channel, http } = reach;
  const list = everyItem(async (page = "1") => {
    const query = { since: since.toISOString(), per_page: PAGE, page };
    const reply = await http({ path: pathOf(channel, `/issues/${id}/comments`), query, ok: [404, 410] });
    if (reply.status >= 400) return { items: [] };
    const items = expectReply(reply, Comments, "comments", true);
    return { items, next: items.length === PAGE ? String(Number(page) + 1) : undefined };
  });
  const found: PostReply[] = [];
  for await (const { id: own, html_url, body, created_at, user } of list) {
    if (user?.login === ref?.author || Date.parse(created_at) < since.getTime()) continue;
    const author: v.InferOutput<typeof Person> = user && { login: user.login, url: user.html_url };
    found.push({
      ...{ id: String(own), url: html_url, parent: id, author: authorOf(author), text: body ?? "" },
      at: new Date(created_at).toISOString(),
    });
  }
  return found.sort((a, b) => Date.parse(a.at) - Date.parse(b.at));
}
