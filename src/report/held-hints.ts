/** Held deliveries: what is known, where to look and for what, and the commands that settle them. */
import type { History } from "../ledger/types.ts";
import { quoted } from "./shell.ts";
import { oneLine } from "./terminal-safe.ts";
import { moment } from "./time.ts";
import { cutEnd } from "./width.ts";

/** Where a person can look, as far as it is known. */
export interface AccountLink {
  /** As people know the account: `@acme@mastodon.social`. */
  handle?: string;
  /** The account's own page, else the last post there that has an address. */
  url?: string;
}

/** Sentences, and commands indented by two spaces; `suffix` is what has to be typed to reach the same ledger. */
export function heldHints(history: History, suffix: string, where: AccountLink = {}): string[] {
  const { id, code, channel, dueAt } = history;
  const command = `broadcast resolve ${quoted(id)}`;
  if (code === "late") {
    return [
      `It was due ${moment(dueAt)} and has not gone out: “${opening(history)}”. Say whether it still should:`,
      `  ${command} --resend${suffix}`,
      `  ${command} --cancel${suffix}`,
    ];
  }
  if (code === "tampered") {
    return [
      `It was held before it left: ${oneLine(history.message ?? "its posts were changed")}. Find out who wrote the ledger. Then send the campaign again, which puts its own words in this place; or`,
      `  ${command} --cancel${suffix}`,
    ];
  }
  if (code === "retracting") {
    return [
      `It is being taken back${history.message && history.message !== "it is being taken back" ? `: ${oneLine(history.message)}` : ""}${history.receipts.length > 0 ? `; ${history.receipts.length} of its posts may still be out` : ""}. To go on:`,
      `  broadcast retract ${quoted(id)}${suffix}`,
    ];
  }
  const name = [oneLine(channel), where.handle && `(${oneLine(where.handle)})`].filter(Boolean).join(" ");
  return [
    `It is unknown whether ${partOf(history)} is out${sentAt(history)}. Look at ${name} for “${opening(history)}”, then say what you saw:`,
    ...(where.url ? [`  ${oneLine(where.url)}`] : []),
    `  ${command} --published URL${suffix}`,
    `  ${command} --resend${suffix}`,
    `  ${command} --cancel${suffix}`,
  ];
}

/** What a person looks for on the page: words, not the markup that was sent. */
export function opening({ posts, receipts }: Pick<History, "posts" | "receipts">): string {
  const post = posts[receipts.length];
  const words = oneLine((post?.plain ?? post?.text ?? "").replace(/<\/?[a-z][^<>]*>/gi, ""));
  return cutEnd(words, 40);
}

/** When the request left whose outcome is not known. */
export function lastAttempt({ attempts, receipts }: History): number | undefined {
  return attempts.findLast(({ part }) => part === receipts.length)?.at;
}

function sentAt(history: History): string {
  const at = lastAttempt(history);
  return at === undefined ? "" : `; it was sent ${moment(at)}`;
}

function partOf({ receipts, posts }: History): string {
  return posts.length === 1 ? "it" : `part ${receipts.length + 1} of ${posts.length}`;
}
