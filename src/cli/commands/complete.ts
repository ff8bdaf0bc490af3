/** What the completion scripts ask: one candidate per line. Hidden, and quiet whatever happens. */
import type { Command } from "commander";
import { EXIT } from "../../errors.ts";
import { oneLine } from "../../report/terminal-safe.ts";
import { readLine } from "../completion/bash-line.ts";
import { namesFor } from "../completion/candidates.ts";
import { type Candidate, placeOf } from "../completion/cursor.ts";
import type { Terminal } from "../terminal.ts";

/** `argv`: the shell, for bash its COMP_WORDBREAKS and its whole line, for the others the words behind the program's name. */
export async function complete(
  program: Command,
  [shell = "", ...rest]: readonly string[],
  { out, cwd }: Terminal,
): Promise<number> {
  const { words, kept } =
    shell === "bash" ? readLine(rest[1] ?? "", rest[0] ?? "") : { words: rest, kept: "" };
  const { fixed, asked, before, typed } = placeOf(program, words);
  const rehearsal = words.some((word) => /^--sandbox(=|$)/.test(word));
  const names = asked ? await namesFor(asked, { cwd, rehearsal }) : { candidates: [] };
  const all = [...names.candidates, ...fixed].filter(({ value }) => isTypable(value));
  const lines =
    shell === "bash"
      ? forBash(all, before, typed, kept)
      : all.map(({ value, about = "" }) => `${before}${value}\t${oneLine(about)}`);
  if (names.files) lines.push(":files");
  out(lines.map((line) => `${line}\n`).join(""));
  return EXIT.ok;
}

// A line break in a file's name would be two candidates.
function isTypable(value: string): boolean {
  return !/\p{Cc}/u.test(value);
}

/** bash takes what begins like the word, and replaces only what is behind its last break. */
function forBash(all: readonly Candidate[], before: string, typed: string, kept: string): string[] {
  const values = all
    .map(({ value }) => value)
    .filter((value) => value.startsWith(typed))
    .map((value) => (before + value).slice(kept.length));
  return values.length > 0 ? [":names", ...values] : [];
}
