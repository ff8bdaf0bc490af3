/** Rows in aligned columns, without lines. */
import type { Layout } from "./paint.ts";
import { columns, cutEnd, padEnd, padStart } from "./width.ts";

export interface Column {
  title?: string;
  align?: "right";
  /** Takes what the other columns leave, and is cut to it. Only when the layout wraps. */
  flexible?: boolean;
}

const GAP = "  ";

/** Cells are printable and may be painted, except in the flexible column. The last column is not padded. */
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
  const line = (row: readonly string[]) =>
    head
      .map(({ align }, index) => {
        const cell =
          index === flexible && wraps ? cutEnd(row[index] ?? "", widths[index]!) : (row[index] ?? "");
        if (align === "right") return padStart(cell, widths[index]!);
        return index === head.length - 1 ? cell : padEnd(cell, widths[index]!);
      })
      .join(GAP)
      .trimEnd();
  return [...(titled ? [paint.dim(line(titles))] : []), ...rows.map(line)];
}
