import { escapeHtml } from "../../text/html-escape.ts";

/** Text as XML has it. XML 1.0 has no way to write most control characters, not even escaped. */
export function xml(text: string): string {
  return escapeHtml(
    text.replace(/[^\t\n\r\u{20}-\u{D7FF}\u{E000}-\u{FFFD}\u{10000}-\u{10FFFF}]/gu, "\uFFFD"),
  );
}
