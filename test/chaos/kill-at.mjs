// Loaded into the CLI before anything else (`node --import`): kills the process, as kill -9 does, at the boundary named in
// KILL_AT: `<what>:<n>` with what = before-commit | after-commit | before-write | after-write | answer, n counted from 1.
// Without KILL_AT it counts the boundaries and writes the counts to COUNT_TO when the process ends.
import { writeFileSync } from "node:fs";
import { register } from "node:module";
import { Socket } from "node:net";
import { Readable } from "node:stream";

const [what, nth] = (process.env.KILL_AT ?? "").split(":");
const counts = {};

function boundary(name) {
  counts[name] = (counts[name] ?? 0) + 1;
  if (name === what && counts[name] === Number(nth)) process.kill(process.pid, "SIGKILL");
}

globalThis.killBoundary = boundary;
// The driver's prototype cannot be patched, so whoever imports it gets a subclass that tells its commits.
register("./resolve-sqlite.mjs", import.meta.url);

const { write } = Socket.prototype;
Socket.prototype.write = function (...args) {
  const networked = this.remoteAddress !== undefined;
  if (networked) boundary("before-write");
  const result = write.apply(this, args);
  if (networked) boundary("after-write");
  return result;
};

const { push } = Readable.prototype;
Readable.prototype.push = function (chunk, ...rest) {
  if (this instanceof Socket && this.remoteAddress !== undefined && chunk?.length > 0) boundary("answer");
  return push.call(this, chunk, ...rest);
};

if (process.env.COUNT_TO)
  process.on("exit", () => writeFileSync(process.env.COUNT_TO, JSON.stringify(counts)));
