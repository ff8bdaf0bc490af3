/**
 * A program of the project's own, as a line: what is sent is all of its standard input, what it has written when it ends well is
 * the one message that comes back. No shell, few variables, a group of its own that is ended with it.
 */
import { type ChildProcess, spawn } from "node:child_process";
import { dirname } from "node:path";
import { fileURLToPath } from "node:url";
import { NetworkError } from "../errors.ts";
import type { Line } from "./connect.ts";
import { Queue } from "./line.ts";
import { programName } from "./program-address.ts";

const LARGEST = 8_000_000;
const LAST_WORDS = 300;
// What programs cannot do without; nothing of it is a secret.
const USUAL = ["PATH", "HOME", "USER", "LANG", "LC_ALL", "LC_CTYPE", "TZ", "TMPDIR", "TEMP", "SYSTEMROOT"];

/** Nothing runs before something is sent: then the attempt is on disk. */
export function openProgram(url: URL): Line {
  const said = new Queue<Uint8Array>();
  let child: ChildProcess | undefined;
  return {
    framed: true,
    async send(data) {
      if (child) throw new TypeError("a program gets all of its input at once");
      child = await started(url);
      listen(child, said);
      // One that does not read its input may end before it has all of it.
      child.stdin?.on("error", () => {}).end(data);
    },
    receive: () => said.next(),
    close: () => end(child),
  };
}

function started(url: URL): Promise<ChildProcess> {
  const file = fileURLToPath(`file://${url.pathname}`);
  const names = [...USUAL, ...url.searchParams.getAll("env")];
  const child = spawn(file, url.searchParams.getAll("arg"), {
    cwd: dirname(file),
    env: Object.fromEntries(
      names.flatMap((name) => (process.env[name] === undefined ? [] : [[name, process.env[name]]])),
    ),
    stdio: ["pipe", "pipe", "pipe"],
    detached: process.platform !== "win32",
    windowsHide: true,
  });
  return new Promise((resolve, reject) => {
    child.once("spawn", () => resolve(child));
    child.once("error", (error: NodeJS.ErrnoException) =>
      reject(
        new NetworkError("rejected", `${programName(url)} cannot be started (${error.code})`, {
          cause: error,
        }),
      ),
    );
  });
}

function listen(child: ChildProcess, said: Queue<Uint8Array>): void {
  const pieces: Buffer[] = [];
  let size = 0;
  let words = "";
  child.stdout?.on("data", (piece: Buffer) => {
    size += piece.length;
    if (size > LARGEST) {
      said.fail(Object.assign(new Error("long"), { code: "REPLY_TOO_LARGE" }));
      end(child);
    } else pieces.push(piece);
  });
  child.stderr?.on("data", (piece: Buffer) => {
    words = `${words}${piece}`.slice(-LAST_WORDS);
  });
  child.once("error", (error) => said.fail(error));
  child.once("close", (code, signal) => {
    if (code === 0) said.push(Buffer.concat(pieces));
    const why = signal === null ? `it ended with exit code ${code}` : `it was ended by ${signal}`;
    const last = words.trim().split("\n").at(-1) ?? "";
    said.fail(Object.assign(new Error(why), { code: last === "" ? why : `${why}: ${last}` }));
  });
}

/** What it has started ends as well. */
function end(child: ChildProcess | undefined): void {
  if (child?.pid === undefined || child.exitCode !== null || child.signalCode !== null) return;
  try {
    process.kill(process.platform === "win32" ? child.pid : -child.pid, "SIGKILL");
  } catch {
    // It has just ended by itself.
  }
}
