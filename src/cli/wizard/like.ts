/** An earlier campaign as the start of a new one: its words, media and comments; not its times, and not its identity. */
import { isMap, parseDocument, type YAMLMap } from "yaml";

const OF_ITS_TIME = [
  "id",
  "at",
  "every",
  "from",
  "until",
  "count",
  "expires",
  "late",
  "uncertain",
  "schedule",
  "stagger",
];

/** `written`: the earlier file. Throws if it is not YAML with keys and values. */
export function campaignLike(written: string, { title }: { title?: string } = {}): string {
  const document = parseDocument(written);
  const root = document.contents;
  if (document.errors.length > 0 || !isMap(root)) throw new TypeError("is not a campaign");
  for (const key of OF_ITS_TIME) without(root, key);
  const only = root.get("only");
  if (isMap(only))
    for (const { value } of only.items) if (isMap(value)) for (const key of OF_ITS_TIME) without(value, key);
  if (title !== undefined) root.set("title" as never, title as never);
  return document.toString({ lineWidth: 0, flowCollectionPadding: false });
}

// What is said before a key that goes is about the one after it as well.
function without(map: YAMLMap, key: string): void {
  const index = map.items.findIndex(({ key: one }) => String(one) === key);
  if (index < 0) return;
  const [gone] = map.items.splice(index, 1);
  const comment = (gone?.key as { commentBefore?: string | null } | undefined)?.commentBefore;
  const next = map.items[index]?.key as { commentBefore?: string | null } | undefined;
  if (index === 0 && comment && next)
    next.commentBefore = [comment, next.commentBefore].filter(Boolean).join("\n");
}
