/** A terminal that remembers what it was told, and projects in temporary folders. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterAll } from "vitest";
import { run } from "../../src/cli/program.ts";
import { PromptCancelled, type Prompts } from "../../src/cli/prompts.ts";
import type { Terminal } from "../../src/cli/terminal.ts";
import { PLAIN } from "../../src/report/style.ts";

const folders: string[] = [];
afterAll(() => {
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true });
});

/** A folder with these files in it; gone after the tests. */
export function folderWith(files: Record<string, string | Uint8Array>): string {
  const folder = mkdtempSync(join(tmpdir(), "broadcast-cli-"));
  folders.push(folder);
  for (const [name, content] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, name)), { recursive: true });
    writeFileSync(join(folder, name), content);
  }
  return folder;
}

export interface Ran {
  code: number;
  out: string;
  err: string;
  /** What was asked. */
  asked: string[];
}

export interface Situation {
  env?: Record<string, string>;
  /** A person sits there and gives these answers, one after the other. */
  answers?: (string | boolean | undefined)[];
  /** What comes by stdin. */
  input?: string;
}

/** Runs a command in this process. */
export async function broadcast(
  cwd: string,
  argv: readonly string[],
  { env = {}, answers, input }: Situation = {},
): Promise<Ran> {
  const asked: string[] = [];
  const answer = async (question: string) => {
    asked.push(question);
    const given = answers?.shift();
    if (given === undefined) throw new PromptCancelled("left");
    return given;
  };
  // What is told to be wrong is asked again, as the real questions do.
  const line = async (question: string, { check }: Parameters<Prompts["line"]>[1] = {}) => {
    for (;;) {
      const typed = await answer(question);
      if (typeof typed !== "string" || check?.(typed) === undefined) return typed;
    }
  };
  const { ran, terminal } = listening(cwd, env);
  const code = await run(argv, {
    ...terminal,
    person: answers !== undefined,
    prompts: async () => ({ confirm: answer, choose: answer, line }) as unknown as Prompts,
    input: async () => input,
  });
  return { ...ran, code, asked };
}

/** A terminal without a person, and what it was told. */
export function listening(cwd: string, env: Record<string, string> = {}) {
  const ran = { code: -1, out: "", err: "" };
  const terminal: Terminal = {
    cwd,
    env,
    out: (text) => {
      ran.out += text;
    },
    err: (text) => {
      ran.err += text;
    },
    results: PLAIN,
    notes: PLAIN,
    person: false,
    prompts: () => Promise.reject(new Error("nobody is there")),
    input: async () => undefined,
  };
  return { ran, terminal };
}

/** A clock at that moment, which only sleeping moves. */
export function clockAt(iso: string) {
  let now = Date.parse(iso);
  return {
    now: () => now,
    async sleep(ms: number) {
      now += Math.max(0, ms);
    },
    set(later: string) {
      now = Date.parse(later);
    },
  };
}
