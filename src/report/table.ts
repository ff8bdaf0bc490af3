/** Rows in aligned columns, without lines. */
import type { Layout } from "./style.ts";
import { columns, cutEnd, padEnd, padStart, wrap } from "./width.ts";

export interface Column {
  title?: string;
  align?: "right";
  /** Takes what the other columns leave, and is cut to it. Only when the layout wraps. */
  flexible?: boolean;
}

const GAP = "  ";
/** For a cell that does not fit into its row and is put below it. */
const INDENT = "     ";

/**
 * One text per row, after one for the titles if there are any. Cells are printable and may be painted, except in the
 * flexible column. Where the layout wraps and a row has no room, its columns go on in further lines: the same ones in every
 * row of a table with titles; without, only the last column of the rows that need it.
 */
export function table(
  head: readonly Column[],
  rows: readonly (readonly string[])[],
  { paint, width, wraps }: Layout,
): string[] {
  const titled = head.some(({ title }) => title !== undefined);
  const titles = head.map(({ title = "" }) => title);
  const widths = head.map((_, index) =>
    Math.max(...[...(titled ? [titles] : []), ...rows].map((row) => columns(row[index] ?? ""))),
  );
  const flexible = head.findIndex((column) => column.flexible);
  if (wraps && flexible >= 0) {
    const others = widths.reduce((sum, one, index) => (index === flexible ? sum : sum + one), 0);
    widths[flexible] = Math.max(
      8,
      Math.min(widths[flexible]!, width - others - GAP.length * (head.length - 1)),
    );
  }
  const last = head.length - 1;
  const cellAt = (row: readonly string[], index: number) => {
    const cell = index === flexible && wraps ? cutEnd(row[index] ?? "", widths[index]!) : (row[index] ?? "");
    if (head[index]?.align === "right") return padStart(cell, widths[index]!);
    return index === last ? cell : padEnd(cell, widths[index]!);
  };
  const groups = wraps ? folded(widths, width, titled) : [widths.map((_, index) => index)];
  const line = (row: readonly string[]) =>
    groups
      .flatMap((group, number) => {
        const indent = number === 0 ? "" : INDENT;
        const cells = group.map((index) => cellAt(row, index));
        const whole = (indent + cells.join(GAP)).trimEnd();
        if (!wraps || columns(whole) <= width || group.at(-1) !== last) return [whole];
        const end = hanging(cells.pop() ?? "", width);
        return cells.length === 0 ? end : [(indent + cells.join(GAP)).trimEnd(), ...end];
      })
      .filter((text, number) => number === 0 || text !== "")
      .join("\n");
  return [...(titled ? [paint.dim(line(titles))] : []), ...rows.map(line)];
}

/** Which columns share a line. */
function folded(widths: readonly number[], width: number, titled: boolean): number[][] {
  const groups: number[][] = [[]];
  let used = 0;
  widths.forEach((own, index) => {
    const hangs = !titled && index === widths.length - 1;
    if (used > 0 && !hangs && used + GAP.length + own > width) {
      groups.push([]);
      used = INDENT.length;
    } else if (used > 0) used += GAP.length;
    groups.at(-1)!.push(index);
    used += own;
  });
  return groups;
}

// A painted cell, and a word such as an address, is left to the terminal: it stays whole.
function hanging(cell: string, width: number): string[] {
  const lines = cell.includes("\x1b") || !cell.includes(" ") ? [cell] : wrap(cell, width - INDENT.length);
  return lines.map((text) => INDENT + text);
}
