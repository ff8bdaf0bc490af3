/** What a network allows with posts that are out. Pure. */
import {
  type Adapter,
  type Edits,
  editsOf,
  type Money,
  type Post,
  type Retracts,
  retractsOf,
} from "../adapter.ts";
import { milliseconds } from "../duration.ts";
import type { History } from "../ledger/types.ts";
import { canonical } from "../plan/digest.ts";
import type { PlannedDelivery } from "../plan/types.ts";
import type { DeliveryChannel } from "./publish.ts";

/** What is to become of one delivery. */
export interface Edit {
  planned: PlannedDelivery;
  history?: History;
  /**
   * `same`: it says that already · `unsent`: `send` takes the new content · `edit`: in place · `cannot`: see `why` ·
   * `not-out`: it was cancelled, taken back, or waits for a person.
   */
  is: "same" | "unsent" | "edit" | "cannot" | "not-out";
  /** Which parts differ, from 0. */
  parts: number[];
  /** What of them differs. */
  fields: Edits["fields"];
  /** Why it cannot be edited in place, a clause. */
  why?: string;
  /** Why it cannot be taken back either, so that it cannot be sent again. */
  whyNotRepost?: string;
  /** Whether readers are shown that it was edited. */
  visible?: boolean;
  /** What editing it costs, where the network charges; of one that cannot be edited, what taking it back and sending it again costs. */
  cost?: Money[];
}

/** What is to be done with one delivery. */
export interface Retraction {
  history: History;
  /** `delete`: posts that are out · `cancel`: it only waits, here or at the network · `none`: see `why`. */
  what: "delete" | "cancel" | "none";
  /** Why nothing is done, a clause. */
  why?: string;
  /** What taking it back costs, where the network charges. */
  cost?: Money[];
}

/** Why the posts of this delivery that are out cannot be deleted, a clause; `undefined` when they can. */
export function whyNotRetract(
  { receipts }: Pick<History, "receipts">,
  { adapter, settings }: Pick<DeliveryChannel, "adapter" | "settings">,
  now: number,
): string | undefined {
  const rules = retractsOf(adapter, settings);
  if (rules === "none" || !adapter.retract) return `${adapter.name} cannot delete what is out`;
  if (receipts.some(({ id }) => id === "")) return `${adapter.name} gave the post no id to delete it by`;
  return whyTooLate(rules, receipts, now, `${adapter.name} deletes a post only`);
}

function whyTooLate(
  { within }: Retracts | Edits,
  receipts: History["receipts"],
  now: number,
  words: string,
): string | undefined {
  const first = Math.min(...receipts.map(({ at }) => at));
  return within !== undefined && first + milliseconds(within) < now
    ? `${words} within ${within} after it came out`
    : undefined;
}

/** Why the posts cannot be edited in place to say this, a clause. */
export function whyNotEdit(
  { receipts, posts: out, corrections, round }: History,
  posts: readonly Post[],
  { adapter, settings }: Pick<DeliveryChannel, "adapter" | "settings">,
  now: number,
): string | undefined {
  const rules = editsOf(adapter, settings);
  const { name } = adapter;
  if (rules === "none" || !adapter.edit) return `${name} cannot edit what is out`;
  if (receipts.some(({ id }) => id === "")) return `${name} gave the post no id to edit it by`;
  if (posts.length !== out.length)
    return `it would have ${posts.length} posts, and ${out.length} ${out.length === 1 ? "is" : "are"} out`;
  if (rules.exceptPolls && out.some(({ poll }) => poll)) return `${name} edits no post with a poll`;
  const late = whyTooLate(rules, receipts, now, `${name} edits a post only`);
  if (late) return late;
  const edited = corrections.filter(
    (one) => one.kind === "edit" && one.state === "done" && one.round === round,
  ).length;
  if (rules.times !== undefined && edited >= rules.times)
    return `${name} edits a post ${rules.times === 1 ? "once" : `${rules.times} times`} at most`;
  const fixed = changedFields(out, posts, adapter).filter((field) => !rules.fields.includes(field));
  if (fixed.length > 0) return `${name} cannot change ${fixed.join(" and ")} of a post that is out`;
  const options = changedOptions(out, posts).filter((option) => rules.fixed?.includes(option));
  return options.length > 0
    ? `${name} cannot change ${options.join(" and ")} of a post that is out`
    : undefined;
}

type Field = Edits["fields"][number];

const MEMBERS: Record<Field, (post: Post) => unknown> = {
  text: ({ text, entities, plain, blocks, lang }) => ({ text, entities, plain, blocks, lang }),
  title: ({ title }) => title,
  summary: ({ summary }) => summary,
  media: ({ media }) => media.map(({ sha256 }) => sha256),
  alt: ({ media }) => media.map(({ alt }) => alt),
  link: ({ link, canonical }) => ({ link, canonical }),
  tags: ({ tags }) => tags,
  poll: ({ poll }) => poll,
  options: ({ options }) => options,
};

/** What differs between the posts, part by part, of what the network takes apart from the text. */
export function changedFields(
  out: readonly Post[],
  posts: readonly Post[],
  { title, card, shape, media }: Pick<Adapter, "title" | "card" | "shape" | "media">,
): Field[] {
  // Elsewhere the title is the text's first line, and the network makes its card from the text.
  const ignored = new Set<Field>(title ? [] : ["title"]);
  if (card !== "ours" && shape !== "article")
    for (const field of ["summary", "link"] as const) ignored.add(field);
  // Where there is no alternative text, nobody can see that it changed.
  if (media === "none" || media.alt === 0) ignored.add("alt");
  // Of a thread that has another number of posts, only the words are said to differ where nothing else does.
  const both = Math.min(out.length, posts.length);
  const of = (list: readonly Post[], field: Field) =>
    canonical((field === "text" ? list : list.slice(0, both)).map(MEMBERS[field]));
  return (Object.keys(MEMBERS) as Field[]).filter(
    (field) => !ignored.has(field) && of(out, field) !== of(posts, field),
  );
}

function changedOptions(out: readonly Post[], posts: readonly Post[]): string[] {
  const all = [...out, ...posts].flatMap(({ options }) => Object.keys((options ?? {}) as object));
  const of = (name: string) => (post: Post) => (post.options as Record<string, unknown> | undefined)?.[name];
  return [...new Set(all)].filter((name) => canonical(out.map(of(name))) !== canonical(posts.map(of(name))));
}
