/** How posts fare: a table with small bars, CSV, and JSON. */
import type { Layout } from "./style.ts";
import { table } from "./table.ts";
import { oneLine } from "./terminal-safe.ts";
import { moment } from "./time.ts";

/** A row as `app/stats` makes it. */
export interface CountsRow {
  name: string;
  deliveries: number;
  counts: Readonly<Partial<Record<string, number>>>;
  known: number;
  at?: number;
  poll?: readonly { choice: string; votes: number }[];
}

const BAR = 12;
const BLOCKS = ["", "▏", "▎", "▍", "▌", "▋", "▊", "▉"];

/** `head`: what the rows are. Columns without any count are left out. */
export function statsTable(
  head: string,
  rows: readonly CountsRow[],
  columns: readonly string[],
  layout: Layout,
): string {
  const { paint } = layout;
  const told = columns.filter((column) => rows.some(({ counts }) => counts[column] !== undefined));
  const sums = rows.map(({ counts }) => sumOf(counts));
  const most = Math.max(1, ...sums);
  const cells = rows.map(({ name, counts, deliveries }, index) => [
    oneLine(name),
    ...(head === "delivery" ? [] : [String(deliveries)]),
    ...told.map((column) => (counts[column] === undefined ? paint.dim("–") : number(counts[column]))),
    paint.green(bar(sums[index]! / most)),
  ]);
  const lines = table(
    [
      { title: head },
      ...(head === "delivery" ? [] : [{ title: "posts", align: "right" as const }]),
      ...told.map((title) => ({ title, align: "right" as const })),
      {},
    ],
    cells,
    layout,
  );
  const polls = rows.flatMap(({ name, poll }) => (poll ? pollLines(name, poll, layout) : []));
  return [...lines, ...(polls.length > 0 ? ["", ...polls] : [])].join("\n");
}

function pollLines(
  name: string,
  poll: readonly { choice: string; votes: number }[],
  layout: Layout,
): string[] {
  const votes = poll.reduce((sum, one) => sum + one.votes, 0);
  const rows = poll.map((one) => [
    `  ${oneLine(one.choice)}`,
    number(one.votes),
    layout.paint.dim(votes === 0 ? "" : `${Math.round((one.votes / votes) * 100)} %`),
    layout.paint.green(bar(votes === 0 ? 0 : one.votes / votes)),
  ]);
  return [
    `${oneLine(name)}: ${number(votes)} ${votes === 1 ? "vote" : "votes"}`,
    ...table([{}, { align: "right" }, { align: "right" }, {}], rows, layout),
  ];
}

function sumOf(counts: CountsRow["counts"]): number {
  return Object.entries(counts).reduce(
    (sum, [name, value]) => (name === "views" ? sum : sum + (value ?? 0)),
    0,
  );
}

function bar(share: number): string {
  const eighths = Math.round(share * BAR * 8);
  return "█".repeat(eighths >> 3) + (BLOCKS[eighths & 7] ?? "");
}

function number(value: number): string {
  return value.toLocaleString("en-US");
}

/** A header, and a line for each row; an empty field is not known. */
export function statsCsv(head: string, rows: readonly CountsRow[], columns: readonly string[]): string {
  const lines = rows.map(({ name, deliveries, counts, at }) =>
    [
      name,
      deliveries,
      ...columns.map((column) => counts[column] ?? ""),
      at === undefined ? "" : new Date(at).toISOString(),
    ]
      .map(csvField)
      .join(","),
  );
  return `${[[head, "deliveries", ...columns, "counted"].join(","), ...lines].join("\r\n")}\r\n`;
}

/** RFC 4180; what a spreadsheet would take for a formula is marked as text. */
export function csvField(value: string | number): string {
  if (typeof value === "number") return String(value);
  const inert = /^[=+\-@\t\r]/.test(value) ? `'${value}` : value;
  return /[",\r\n]/.test(inert) ? `"${inert.replaceAll('"', '""')}"` : inert;
}

/** When the counts below are from. */
export function countedAt(rows: readonly CountsRow[]): string | undefined {
  const times = rows.flatMap(({ at }) => at ?? []);
  return times.length === 0 ? undefined : `Counted ${moment(Math.max(...times))}.`;
}
