/** What stands at the networks, beside what was sent. */
import type { Found } from "../ledger/afterwards.ts";
import type { History } from "../ledger/types.ts";
import type { Layout } from "./style.ts";
import { table } from "./table.ts";
import { oneLine, printable } from "./terminal-safe.ts";
import { wrap } from "./width.ts";
import { wordDiff } from "./word-diff.ts";

const MOST_LINES = 8;

/** What is gone or changed first; below it the difference, word by word. */
export function verifiedList(
  histories: readonly History[],
  found: readonly (Found & { sent: string })[],
  layout: Layout,
): string {
  const { paint, width, wraps } = layout;
  const order = ["gone", "changed", "same"];
  const sorted = [...found].sort((a, b) => order.indexOf(a.found) - order.indexOf(b.found));
  const of = ({ delivery }: Found) => histories.find(({ id }) => id === delivery)!;
  const rows = sorted.map((one) => {
    const history = of(one);
    const many = history.posts.length > 1 ? ` ${one.part + 1}/${history.posts.length}` : "";
    const { url, id } = history.receipts.find(({ part }) => part === one.part) ?? {};
    const sign = { same: paint.green("✓"), changed: paint.yellow("!"), gone: paint.red("✗") }[one.found];
    const words = { same: "stands", changed: "was changed there", gone: "was deleted there" }[one.found];
    return [sign, `${oneLine(history.channel)}${many}`, words, oneLine(url ?? id ?? "")];
  });
  const lines = table([{}, {}, {}, {}], rows, layout);
  return sorted
    .flatMap((one, index) => {
      if (one.found !== "changed" || one.words === undefined) return [lines[index]!];
      const changes = wordDiff(printable(one.sent), printable(one.words), paint).slice(0, MOST_LINES);
      const shown = changes.flatMap((line) => (wraps ? wrap(line, width - 6) : [line]));
      return [lines[index]!, ...shown.map((line) => `   ${line}`)];
    })
    .join("\n");
}
