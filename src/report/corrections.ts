/** What `edit` and `retract` are about to do with what is out. */
import type { Post } from "../adapter.ts";
import type { Edit, Retraction } from "../delivery/allowed.ts";
import type { History } from "../ledger/types.ts";
import { handedOver } from "../plan/native-schedule.ts";
import { opensWith } from "./drift.ts";
import { moneyWords } from "./money.ts";
import type { Layout } from "./style.ts";
import { table } from "./table.ts";
import { oneLine, printable } from "./terminal-safe.ts";
import { relative } from "./time.ts";
import { wrap } from "./width.ts";
import { wordDiff } from "./word-diff.ts";

const MOST_LINES = 12;

/** Each channel with what can be done, and below it the difference, word by word. */
export function editList(edits: readonly Edit[], layout: Layout): string {
  const { paint } = layout;
  const rows = edits.map((edit) => [
    EDIT_SIGNS[edit.is](paint),
    paint.bold(oneLine(edit.planned.channel)),
    editWords(edit),
  ]);
  const lines = table([{}, {}, {}], rows, layout);
  return edits
    .flatMap((edit, index) => [lines[index]!, ...differences(edit, layout).map((line) => `   ${line}`)])
    .join("\n");
}

const EDIT_SIGNS: Record<Edit["is"], (paint: Layout["paint"]) => string> = {
  same: ({ dim }) => dim("·"),
  unsent: ({ dim }) => dim("·"),
  "not-out": ({ dim }) => dim("–"),
  edit: ({ green }) => green("✓"),
  cannot: ({ yellow }) => yellow("!"),
};

function editWords({ is, history, visible, why = "", whyNotRepost, cost, fields }: Edit): string {
  switch (is) {
    case "same":
      return "says that already";
    case "unsent":
      return history ? `${history.state}: \`send\` takes the new text` : "not sent yet: `send` sends it";
    case "not-out":
      return history?.code === "retracting" ? "half taken back: it stays" : `${history?.state}: it stays`;
    case "edit":
      if (fields.includes("poll"))
        return `is edited in place; the votes that were given are lost${costs(cost)}`;
      return `${visible ? "is edited in place; readers see that it was edited" : "is edited in place"}${costs(cost)}`;
    case "cannot":
      if (why === whyNotRepost) return oneLine(`can neither be edited nor taken back: ${why}`);
      return oneLine(
        `cannot be edited: ${why}${whyNotRepost === undefined ? costs(cost, "sending it again costs") : `; and it cannot be taken back: ${whyNotRepost}`}`,
      );
  }
}

function costs(cost: Edit["cost"], words = "costs"): string {
  return cost ? `; ${words} about ${moneyWords(cost)}` : "";
}

function differences(
  { is, history, planned, parts, fields }: Edit,
  { paint, width, wraps }: Layout,
): string[] {
  if (!history || (is !== "edit" && is !== "cannot")) return [];
  const now = planned.posts.map(({ post }) => post);
  const many = history.posts.length > 1 || now.length > 1;
  const lines = parts.flatMap((part) => {
    const changes = differenceOf(history.posts[part], now[part], fields.includes("alt"), paint).flatMap(
      (line) => (wraps ? wrap(line, width - 6) : [line]),
    );
    const name = many && changes.length > 0 ? [paint.dim(`${part + 1}/${now.length}`)] : [];
    return [...name, ...changes];
  });
  const more = lines.length > MOST_LINES ? [paint.dim(`… and ${lines.length - MOST_LINES} more lines`)] : [];
  const sameLinks = parts.every((part) => history.posts[part]?.link?.url === now[part]?.link?.url);
  const others = fields
    .filter((field) => !IN_WORDS.has(field))
    .map((field) => (field === "link" && sameLinks ? "link card" : field));
  return [
    ...lines.slice(0, MOST_LINES),
    ...more,
    ...(others.length > 0 ? [paint.dim(`${others.join(", ")} changed`)] : []),
  ];
}

/** As readers read it; in the network's own markup where only that differs. */
function differenceOf(
  before: Post | undefined,
  after: Post | undefined,
  withAlt: boolean,
  paint: Layout["paint"],
): string[] {
  const changes = wordDiff(wordsOf(before, withAlt), wordsOf(after, withAlt), paint);
  if (changes.length > 0 || before?.text === after?.text) return changes;
  return wordDiff(printable(before?.text ?? ""), printable(after?.text ?? ""), paint);
}

/** What of a post is shown in words. */
const IN_WORDS: ReadonlySet<string> = new Set(["text", "title", "alt", "poll"]);

function wordsOf(post: Post | undefined, withAlt: boolean): string {
  if (!post) return "";
  const { title, poll, text, plain = text } = post;
  const media = withAlt ? post.media : [];
  return [
    ...(title === undefined || opensWith(text, title) ? [] : [oneLine(title)]),
    printable(plain),
    ...media.flatMap(({ file, alt }) => (alt === "" ? [] : [`${oneLine(file)}: “${oneLine(alt)}”`])),
    ...(poll?.choices.map((choice) => `○ ${oneLine(choice)}`) ?? []),
  ].join("\n");
}

/** Each delivery with what will be done. */
export function retractionList(retractions: readonly Retraction[], now: number, layout: Layout): string {
  const { paint } = layout;
  const rows = retractions.map(({ history, what, why = "", cost }) => [
    what === "none" ? paint.yellow("!") : paint.red("–"),
    paint.bold(oneLine(history.channel)),
    what === "none"
      ? oneLine(why)
      : what === "cancel"
        ? handedOver(history.receipts)
          ? "waits at the network: is taken back there"
          : "waits: is cancelled"
        : deleted(history, now) + costs(cost),
  ]);
  return table([{}, {}, {}], rows, layout).join("\n");
}

function deleted({ receipts }: History, now: number): string {
  const [first] = receipts;
  const many =
    receipts.length > 1 ? `${receipts.length} posts will be deleted, the last one first` : "will be deleted";
  const where = first?.url ?? (first?.id ? `id ${first.id}` : "");
  return oneLine(`${many}: ${where}${first ? ` (out ${relative(first.at, now)})` : ""}`);
}
