/** Which file is which: kept with the receipt, so that an edit of the words leaves the files of a message alone. */
import * as v from "valibot";
import type { Post, Receipt } from "../../adapter.ts";

export const Attachment = v.object({ id: v.string(), size: v.optional(v.number()) });

export interface File {
  id: string;
  /** The beginning of its sha256. */
  mark: string;
}

const MARK = 16;

export function filesIn({ ref }: Receipt): File[] {
  return (ref?.files ?? "").split(" ").flatMap((one) => {
    const [id, mark] = one.split(":");
    return id && mark ? [{ id, mark }] : [];
  });
}

/** For each file the id that it has at Discord already. */
export function keptOf(media: Post["media"], there: readonly File[]): (string | undefined)[] {
  const left = [...there];
  return media.map(({ sha256 }) => {
    const at = left.findIndex(({ mark }) => mark === sha256.slice(0, MARK));
    return at < 0 ? undefined : left.splice(at, 1)[0]?.id;
  });
}

/** For a receipt; nothing when what the message has is not certainly what was sent. */
export function filesRef(
  attachments: readonly v.InferOutput<typeof Attachment>[],
  media: Post["media"],
  before?: Receipt,
): { files?: string } {
  const kept = keptOf(media, before ? filesIn(before) : []);
  const fresh = attachments.filter(({ id }) => !kept.includes(id));
  const wanted = media.filter((_, n) => kept[n] === undefined);
  const isCertain = fresh.length === wanted.length && fresh.every(({ size }, n) => size === wanted[n]?.bytes);
  if (media.length === 0 || !isCertain) return {};
  const ids = fresh.map(({ id }) => id);
  const files = media.map(({ sha256 }, n) => `${kept[n] ?? ids.shift()}:${sha256.slice(0, MARK)}`);
  return { files: files.join(" ") };
}
