/** What people are to post, one card each: where, until when, the exact text, and what is to be attached. */
import type { ByHand, Media } from "../adapter.ts";
import { quoted } from "./shell.ts";
import type { Layout } from "./style.ts";
import { oneLine, printable } from "./terminal-safe.ts";
import { moment, relative } from "./time.ts";
import { wrap } from "./width.ts";

export interface Todo extends ByHand {
  delivery: string;
  campaign: string;
  channel: string;
  /** Epoch milliseconds. */
  dueAt: number;
  expiresAt?: number;
  title?: string;
  text: string;
  link?: string;
  tags: string[];
  /** To be attached: from the project's folder. */
  files: Pick<Media, "file" | "alt">[];
}

/** `suffix` is what has to be typed to reach the same ledger. */
export function todoCards(todos: readonly Todo[], now: number, suffix: string, layout: Layout): string {
  return todos
    .map((todo) => {
      const command = `broadcast todo ${quoted(todo.delivery)} --published URL${suffix}`;
      return `${todoCard(todo, now, layout)}\n\n  When it is out:\n    ${command}`;
    })
    .join("\n\n\n");
}

export function todoCard(todo: Todo, now: number, layout: Layout): string {
  const { paint } = layout;
  const { place, channel, campaign, dueAt, expiresAt, title, text, url, filled, files } = todo;
  const until = expiresAt === undefined ? [] : [`expires ${moment(expiresAt)}`];
  const due = dueAt <= now ? `due ${relative(dueAt, now)}` : `due ${moment(dueAt)}`;
  const head = `${paint.yellow("→")} ${paint.bold(oneLine(place))}  ${paint.dim([oneLine(channel), oneLine(campaign), due, ...until].join(" · "))}`;
  const said = [...(title === undefined ? [] : [paint.bold(oneLine(title)), ""]), ...lines(text, layout)];
  const attach = files.flatMap(({ file, alt }, index) => [
    `  ${paint.dim(index === 0 ? "attach" : "      ")}  ${oneLine(file)}`,
    ...(alt === "" ? [] : [`          ${paint.dim(`“${oneLine(alt)}”`)}`]),
  ]);
  const page =
    url === undefined
      ? []
      : [
          `  ${paint.dim("page")}    ${oneLine(url)}`,
          ...(filled.length > 0 ? [`          ${paint.dim(`has already: ${filled.join(", ")}`)}`] : []),
        ];
  return [head, ...said.map((line) => `  ${paint.dim("│")} ${line}`.trimEnd()), ...attach, ...page].join(
    "\n",
  );
}

function lines(text: string, { width, wraps }: Layout): string[] {
  const safe = printable(text);
  return wraps ? wrap(safe, width - 4) : safe.split("\n");
}
