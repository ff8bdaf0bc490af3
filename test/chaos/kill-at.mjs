// Loaded into the CLI before anything else (`node --import`): kills the process, as kill -9 does, at the boundary named in
// KILL_AT: `<what>:<n>`, n counted from 1, with what =
//   before-commit | after-commit   of the ledger
//   before-write                   a request is ready, nothing of it has left
//   mid-write                      the system has taken a part of it: what comes before its last piece, and half of that
//   after-write                    the system has taken all of it, and nobody can have answered
//   answer                         a piece of an answer has arrived, and nobody has read it
// Without KILL_AT it counts the boundaries and writes the counts to COUNT_TO when the process ends. TRACE_TO gets a line for
// each commit, and for each write the pictures that it carries (`image 1 of <mark>`), also of a process that is killed.
// LATER is how many milliseconds the process takes the time to be ahead.
import { appendFileSync, writeFileSync, writeSync } from "node:fs";
import { register } from "node:module";
import { Socket } from "node:net";
import { Readable } from "node:stream";
import { picturesIn } from "./pictures-in.mjs";

const [what, nth] = (process.env.KILL_AT ?? "").split(":");
const { COUNT_TO, TRACE_TO, LATER } = process.env;
const counts = {};
const { now } = Date;
if (Number(LATER) > 0) Date.now = () => now() + Number(LATER);

/** `prepare` does what must have happened when the process ends there. */
function boundary(name, prepare) {
  counts[name] = (counts[name] ?? 0) + 1;
  if (name === "after-commit") trace("commit");
  if (name !== what || counts[name] !== Number(nth)) return;
  prepare?.();
  process.kill(process.pid, "SIGKILL");
}

function trace(line) {
  if (TRACE_TO) appendFileSync(TRACE_TO, `${line}\n`);
}

globalThis.killBoundary = boundary;
// The driver's prototype cannot be patched, so whoever imports it gets a subclass that tells its commits.
register("./resolve-sqlite.mjs", import.meta.url);

// `Socket.write` only fills a buffer: whoever sends a request corks the socket, writes its pieces, and uncorks it. What goes
// to the system comes by here, all pieces at once.
const { _writev, _write } = Socket.prototype;
Socket.prototype._writev = function (pieces, done) {
  passing(this, pieces);
  return _writev.call(this, pieces, done);
};
Socket.prototype._write = function (chunk, encoding, done) {
  passing(this, [{ chunk, encoding }]);
  return _write.call(this, chunk, encoding, done);
};

function passing(socket, pieces) {
  // One that is not connected yet comes by again; a pipe is no network.
  if (socket.remoteAddress === undefined) return;
  const bytes = pieces.map(({ chunk, encoding }) =>
    typeof chunk === "string" ? Buffer.from(chunk, encoding) : Buffer.from(chunk),
  );
  const whole = Buffer.concat(bytes);
  const part = whole.length - Math.ceil(bytes.at(-1).length / 2);
  const pictures = picturesIn(whole.toString("latin1"));
  boundary("before-write");
  trace(`write ${pictures.join(", ")}`);
  boundary("mid-write", () => writeNow(socket, whole.subarray(0, part)));
  boundary("after-write", () => writeNow(socket, whole));
}

/** Returns when the system has taken every byte, unlike a stream's write. */
function writeNow(socket, bytes) {
  for (let at = 0; at < bytes.length; ) {
    try {
      at += writeSync(socket._handle.fd, bytes, at);
    } catch (error) {
      // Its buffer is full, and the other side reads on.
      if (error.code !== "EAGAIN") throw error;
    }
  }
}

const { push } = Readable.prototype;
Readable.prototype.push = function (chunk, ...rest) {
  if (this instanceof Socket && this.remoteAddress !== undefined && chunk?.length > 0) boundary("answer");
  return push.call(this, chunk, ...rest);
};

if (COUNT_TO) process.on("exit", () => writeFileSync(COUNT_TO, JSON.stringify(counts)));
