/** What can come back instead of a success, and what an adapter must call it when the request may have published. */
import type { ErrorCode } from "../errors.ts";
import type { StageReply } from "./server.ts";

const HTML = "<!doctype html><title>Welcome</title><p>Log in to the hotel's network";

export const OUTCOMES: { when: string; answer: StageReply; code: ErrorCode }[] = [
  { when: "401", answer: { status: 401, body: { error: "no" } }, code: "auth" },
  { when: "400", answer: { status: 400, body: { error: "no" } }, code: "rejected" },
  { when: "422", answer: { status: 422, body: { error: "no" } }, code: "rejected" },
  { when: "503", answer: { status: 503, body: "busy" }, code: "unavailable" },
  { when: "500", answer: { status: 500, body: { error: "oops" } }, code: "uncertain" },
  {
    when: "502",
    answer: { status: 502, headers: { "content-type": "text/html" }, body: HTML },
    code: "uncertain",
  },
  { when: "504", answer: { status: 504, body: "" }, code: "uncertain" },
  { when: "a reset connection", answer: "reset", code: "uncertain" },
  { when: "no answer in time", answer: "hang", code: "uncertain" },
  { when: "an answer cut off", answer: "cut", code: "uncertain" },
  { when: "truncated JSON", answer: json(200, '{"id":"1'), code: "uncertain" },
  { when: "JSON of another shape", answer: { status: 200, body: { hello: "world" } }, code: "uncertain" },
  {
    when: "an HTML page on 200",
    answer: { status: 200, headers: { "content-type": "text/html" }, body: HTML },
    code: "uncertain",
  },
  { when: "an empty 200", answer: { status: 200, body: "" }, code: "uncertain" },
  { when: "an answer without end", answer: json(200, " ".repeat(9_000_000)), code: "uncertain" },
];

function json(status: number, body: string): StageReply {
  return { status, headers: { "content-type": "application/json" }, body };
}
