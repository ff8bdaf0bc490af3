/** The differences from the approved content, by channel. Pure. */
import { canonical } from "../plan/digest.ts";
import type { ApprovedDelivery } from "./approval.ts";

export interface Change {
  channel: string;
  /** In words: `text`, `image images/hero.png`, `due`; `added` and `removed` for a whole channel. */
  what: string[];
  before?: ApprovedDelivery;
  after?: ApprovedDelivery;
}

/** Planned deliveries in their order, then removed ones. */
export function changesBetween(
  before: readonly ApprovedDelivery[],
  after: readonly ApprovedDelivery[],
): Change[] {
  const changed = after.flatMap((now): Change[] => {
    const then = before.find(({ id }) => id === now.id);
    if (!then) return [{ channel: now.channel, what: ["added"], after: now }];
    const what = differences(then, now);
    return what.length > 0 ? [{ channel: now.channel, what, before: then, after: now }] : [];
  });
  const gone = before
    .filter(({ id }) => !after.some((now) => now.id === id))
    .map((then): Change => ({ channel: then.channel, what: ["removed"], before: then }));
  const found = [...changed, ...gone];
  // The order in which they are listed is the order in which they begin.
  const moved = after.find(({ id }, index) => before[index]?.id !== id);
  return found.length === 0 && moved
    ? [{ channel: moved.channel, what: ["order of the channels"], before: moved, after: moved }]
    : found;
}

function differences(before: ApprovedDelivery, after: ApprovedDelivery): string[] {
  const differs = (of: (delivery: ApprovedDelivery) => unknown) =>
    canonical(of(before)) !== canonical(of(after));
  const inPosts = (key: keyof ApprovedDelivery["posts"][number]) =>
    differs(({ posts }) => posts.map((post) => post[key]));
  const found = [
    differs(({ network, account }) => ({ network, account })) && "account",
    differs(({ due }) => due) && "due",
    differs(({ expires }) => expires) && "expires",
    differs(({ schedule }) => schedule) && "schedule",
    differs(({ late }) => late) && "late",
    differs(({ uncertain }) => uncertain) && "uncertain",
    inPosts("title") && "title",
    inPosts("text") && "text",
    inPosts("summary") && "summary",
    inPosts("links") && "link behind words",
    ...mediaDifferences(before, after),
    inPosts("card") && "link card",
    inPosts("tags") && "tags",
    inPosts("lang") && "language",
    inPosts("poll") && "poll",
    inPosts("options") && "options",
  ].filter((one) => one !== false);
  // The digest sees more than is remembered: whom a mention notifies, how a text is marked up.
  return found.length === 0 && before.digest !== after.digest ? ["mentions or markup"] : found;
}

function mediaDifferences(before: ApprovedDelivery, after: ApprovedDelivery): string[] {
  const [then, now] = [mediaOf(before), mediaOf(after)];
  const files = new Set([...now.map(({ file }) => file), ...then.map(({ file }) => file)]);
  const found = [...files].flatMap((file) => {
    const old = then.find((one) => one.file === file);
    const fresh = now.find((one) => one.file === file);
    if (!old) return [`image ${file} (added)`];
    if (!fresh) return [`image ${file} (removed)`];
    return [
      ...(old.sha256 === fresh.sha256 ? [] : [`image ${file}`]),
      ...(old.alt === fresh.alt ? [] : [`alt text of ${file}`]),
      ...(canonical(old.fit) === canonical(fresh.fit) ? [] : [`how ${file} is made to fit`]),
    ];
  });
  const reordered = found.length === 0 && canonical(then) !== canonical(now);
  return reordered ? ["order of the images"] : found;
}

function mediaOf({ posts }: ApprovedDelivery) {
  return posts.flatMap(({ media = [] }) => media);
}
