/** What a login leaves behind, one private file per account beside the project; never in the ledger. */
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import type { Session } from "../adapter.ts";
import { writeAtomically } from "../files.ts";

/** `account` is a fingerprint: a file name without names in it. An unreadable file counts as no session. */
export function fileSession(folder: string, account: string): Session {
  const file = join(folder, `${account}.json`);
  return {
    get: async () => {
      try {
        return JSON.parse(await readFile(file, "utf8"));
      } catch {
        return undefined;
      }
    },
    set: (value) => writeAtomically(file, JSON.stringify(value), 0o600),
  };
}

/** For a rehearsal or a dry run: forgotten when the process ends. */
export function memorySession(): Session {
  let kept: unknown;
  return {
    get: async () => kept,
    set: async (value) => {
      kept = value;
    },
  };
}
