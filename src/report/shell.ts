/** Words as a shell takes them. */
import { oneLine } from "./terminal-safe.ts";

export function quoted(word: string): string {
  const safe = oneLine(word);
  return /^[\w./:@%+=,-]+$/.test(safe) ? safe : `'${safe.replaceAll("'", `'\\''`)}'`;
}
