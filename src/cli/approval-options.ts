/** How long an approval holds, and the key that signs it, as they are typed. */
import { homedir } from "node:os";
import { join, resolve } from "node:path";
import { parseDuration } from "../duration.ts";
import { usageError } from "../errors.ts";
import type { Terminal } from "./terminal.ts";

export function lengthOf(typed: string): number {
  const length = parseDuration(typed);
  if (length !== undefined && length > 0) return length;
  throw usageError(`\`--expires ${typed}\` is not a length of time`, "Write it like 7d or 12h.");
}

export function keyFile(typed: string, { cwd, env }: Terminal): string {
  return typed.startsWith("~/") ? join(env.HOME ?? homedir(), typed.slice(2)) : resolve(cwd, typed);
}
