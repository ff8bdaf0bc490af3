/** What can come back instead of a success, and what an adapter must call it when the request may have published. */
import type { ErrorCode } from "../errors.ts";
import type { StageReply } from "./server.ts";

const HTML = "<!doctype html><title>Welcome</title><p>Log in to the hotel's network";

export interface Outcome {
  when: string;
  answer: StageReply;
  code: ErrorCode;
  /** What it is called when it comes to a request that publishes nothing. Default: `unavailable` for what is uncertain. */
  asking?: ErrorCode;
}

export const OUTCOMES: Outcome[] = [
  { when: "400", answer: { status: 400, body: { error: "no" } }, code: "rejected" },
  { when: "422", answer: { status: 422, body: { error: "no" } }, code: "rejected" },
  // What may have passed the post on before it said so is not the network: a proxy, a balancer, a shield.
  { when: "a proxy's 503", answer: page(503), code: "uncertain" },
  {
    when: "a proxy's 503 in JSON",
    answer: { status: 503, body: { message: "no healthy upstream" } },
    code: "uncertain",
  },
  { when: "a proxy's 429", answer: page(429), code: "uncertain", asking: "limited" },
  { when: "a proxy's 401", answer: page(401), code: "uncertain", asking: "auth" },
  { when: "408", answer: page(408), code: "uncertain" },
  { when: "425", answer: page(425), code: "uncertain" },
  { when: "521", answer: page(521), code: "uncertain" },
  { when: "523", answer: page(523), code: "uncertain" },
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

function page(status: number): StageReply {
  return { status, headers: { "content-type": "text/html", "retry-after": "7" }, body: HTML };
}

function json(status: number, body: string): StageReply {
  return { status, headers: { "content-type": "application/json" }, body };
}
