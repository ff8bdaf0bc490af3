/** What people answered, newest first. Their words are printed as data: nothing in them can act on the terminal. */
import type { Layout } from "./style.ts";
import { oneLine, printable } from "./terminal-safe.ts";
import { relative } from "./time.ts";
import { wrap } from "./width.ts";

export interface ShownReply {
  name: string;
  delivery: string;
  network: string;
  author: { handle: string; name?: string };
  text: string;
  at: string;
  url?: string;
  unread: boolean;
}

const MOST_LINES = 12;

export function replyBlocks(
  replies: readonly ShownReply[],
  now: number,
  { paint, width, wraps }: Layout,
): string {
  return replies
    .map(({ name, delivery, author, text, at, url, unread }) => {
      const who = author.name ? `${oneLine(author.name)} ${oneLine(author.handle)}` : oneLine(author.handle);
      const lines = printable(text)
        .trim()
        .split("\n")
        .flatMap((line) => (wraps ? wrap(line, width - 3) : [line]));
      const more =
        lines.length > MOST_LINES ? [paint.dim(`… and ${lines.length - MOST_LINES} more lines`)] : [];
      return [
        `${unread ? paint.cyan("●") : " "}  ${paint.bold(who)}  ${paint.dim(`${relative(Date.parse(at), now)}, to ${oneLine(delivery)}`)}`,
        ...[...lines.slice(0, MOST_LINES), ...more].map((line) => `   ${line}`),
        `   ${paint.dim(`${name}${url ? `  ${oneLine(url)}` : ""}`)}`,
      ].join("\n");
    })
    .join("\n\n");
}
