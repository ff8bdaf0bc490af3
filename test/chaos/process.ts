/** The built CLI as a process that can be killed at a boundary, and the boundaries that one passes. */
import { spawn } from "node:child_process";
import { readFileSync } from "node:fs";
import { resolve } from "node:path";

export const CLI = resolve("bin/broadcast.js");
const KILLER = resolve("test/chaos/kill-at.mjs");

export interface Ended {
  code: number | null;
  signal: NodeJS.Signals | null;
  out: string;
}

export interface RunOptions {
  /** A boundary of kill-at.mjs. */
  killAt?: string;
  /** The file for the counts of the boundaries. */
  countTo?: string;
  /** Milliseconds by which the clock is ahead. */
  later?: number;
}

export function broadcast(
  folder: string,
  argv: string[],
  {
    killAt = "",
    countTo = "",
    later = 0,
    traceTo = "",
    env = {},
  }: RunOptions & {
    traceTo?: string;
    env?: Record<string, string>;
  } = {},
): Promise<Ended> {
  return new Promise((done, failed) => {
    const told = { KILL_AT: killAt, COUNT_TO: countTo, TRACE_TO: traceTo, LATER: String(later) };
    const child = spawn(process.execPath, ["--import", KILLER, CLI, ...argv], {
      cwd: folder,
      env: { ...process.env, NO_COLOR: "1", ...env, ...told },
      stdio: ["ignore", "pipe", "pipe"],
    });
    let out = "";
    child.stdout.on("data", (bytes) => {
      out += bytes;
    });
    child.stderr.on("data", (bytes) => {
      out += bytes;
    });
    child.on("error", failed);
    // What it said may still be on its way when it has ended; of one that was killed nothing more is awaited.
    child.on("exit", (code, signal) => signal && done({ code, signal, out }));
    child.on("close", (code, signal) => done({ code, signal, out }));
  });
}

/** Those in the file of an undisturbed run: `before-commit:1`. */
export function boundariesIn(file: string): string[] {
  const counts = JSON.parse(readFileSync(file, "utf8")) as Record<string, number>;
  return Object.entries(counts).flatMap(([what, count]) =>
    Array.from({ length: count }, (_, n) => `${what}:${n + 1}`),
  );
}

export function linesOf(file: string): string[] {
  return readFileSync(file, "utf8").split("\n").slice(0, -1);
}
