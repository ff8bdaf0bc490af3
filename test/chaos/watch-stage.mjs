// Loaded into the sandbox's process: writes to PICTURES_TO a line for each picture (`image 1 of <mark>`) in each request that
// arrived whole, and refuses the second status of each account whose mark ends in `refused`, once.
import { AsyncLocalStorage } from "node:async_hooks";
import { appendFileSync, readFileSync } from "node:fs";
import { request as httpRequest, IncomingMessage, Server } from "node:http";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { picturesIn } from "./pictures-in.mjs";

// What time it is depends on who asks: LATER_IN has a file for each channel's name, with the milliseconds that went by.
const asking = new AsyncLocalStorage();
const { now } = Date;
Date.now = () => now() + (asking.getStore() ?? 0);

function laterFor({ url, headers }) {
  // Networks have headers of their own for the key.
  const [mark] = /(?:run|git)\d+x\d+y[a-z]*/.exec([url, ...Object.values(headers)].join(" ")) ?? [];
  try {
    return mark === undefined ? 0 : Number(readFileSync(join(process.env.LATER_IN, `${mark}.later`), "utf8"));
  } catch {
    return 0;
  }
}

const bodies = new WeakMap();
const { push } = IncomingMessage.prototype;
IncomingMessage.prototype.push = function (chunk, ...rest) {
  const body = bodies.get(this) ?? [];
  if (chunk) bodies.set(this, [...body, chunk]);
  else if (this.complete) arrived(Buffer.concat(body).toString("latin1"));
  return push.call(this, chunk, ...rest);
};

function arrived(body) {
  for (const picture of picturesIn(body)) appendFileSync(process.env.PICTURES_TO, `${picture}\n`);
}

const statuses = new Map();
const { emit } = Server.prototype;
Server.prototype.emit = function (event, request, response, ...rest) {
  if (event !== "request") return emit.call(this, event, request, response, ...rest);
  if (isSlow(request)) {
    void takeLater(this, request, response);
    return true;
  }
  if (isProxied(request)) answerInPlace(response);
  if (/sandbox-\w+rewritten$/.test(request.headers.authorization ?? "")) rewrite(request, response);
  if (/run\d+x\d+ypoisoned/.test(`${request.url} ${request.headers.authorization ?? ""}`)) poison(response);
  if (!isRefused(request))
    return asking.run(laterFor(request), () => emit.call(this, event, request, response, ...rest));
  response.writeHead(422, { "content-type": "application/json" });
  response.end('{"error":"Validation failed: not now"}');
  return true;
};

function isRefused({ method, url, headers }) {
  const [account] = /sandbox-\w+refused$/.exec(headers.authorization ?? "") ?? [];
  if (account === undefined || method !== "POST" || url !== "/mastodon/api/v1/statuses") return false;
  statuses.set(account, (statuses.get(account) ?? 0) + 1);
  return statuses.get(account) === 2;
}

const passedOn = new Set();
const PUBLISHES = /\/(statuses|messages|chat\.postMessage|sendMessage)(\?|$)/;

function isProxied({ method, url, headers }) {
  const [mark] = /run\d+x\d+yproxied/.exec(`${url} ${headers.authorization ?? ""}`) ?? [];
  if (mark === undefined || method !== "POST" || !PUBLISHES.test(url) || passedOn.has(mark)) return false;
  passedOn.add(mark);
  return true;
}

function isSlow({ method, url, headers }) {
  const isMeant = /run\d+x\d+yslow/.test(`${url} ${headers.authorization ?? ""}`);
  return isMeant && method === "POST" && PUBLISHES.test(url) && headers["x-taken"] === undefined;
}

// Long after a request of ours is waited for, and within what it may take.
const TAKEN_AFTER = 53_000;
const PATIENCE = 250;

/** Passes it on after a moment if somebody waits for the answer, and else when `TAKEN_AFTER` has gone by for its channel. */
async function takeLater(server, request, response) {
  request.on("error", () => {});
  // Not by reading: what has arrived whole is taken, though the one who sent it is gone.
  while (!request.complete && !request.socket.destroyed) await sleep(1);
  if (!request.complete) return;
  const body = Buffer.concat(bodies.get(request) ?? []);
  const time = () => now() + laterFor(request);
  const [from, until] = [time(), now() + PATIENCE];
  const isOpen = () => !request.socket.destroyed;
  while (isOpen() ? now() < until : time() < from + TAKEN_AFTER) await sleep(10);
  const { method, url, headers } = request;
  const own = { ...headers, "x-taken": "1", connection: "close" };
  const passed = httpRequest(
    { method, path: url, headers: own, port: server.address().port, host: "127.0.0.1" },
    (answer) => {
      if (!isOpen()) return answer.resume();
      response.writeHead(answer.statusCode, answer.headers);
      answer.pipe(response);
    },
  );
  passed.on("error", () => response.destroy());
  passed.end(body);
}

// The sandbox has taken it by the time that it answers.
function answerInPlace(response) {
  const { writeHead, end } = response;
  response.writeHead = () => response;
  response.end = () => {
    const page = "<html><title>503 Service Temporarily Unavailable</title>";
    writeHead.call(response, 503, { "content-type": "text/html", "content-length": page.length });
    return end.call(response, page);
  };
}

/** Answers with what `change` makes of the headers and the text. */
function answering(response, change) {
  const { writeHead, end } = response;
  let head = [200, {}];
  response.writeHead = (...given) => {
    head = given;
    return response;
  };
  response.end = (body) => {
    const [status, given] = head;
    const { text, headers } = change(String(body ?? ""), given);
    writeHead.call(response, status, { ...headers, "content-length": Buffer.byteLength(text) });
    return end.call(response, text);
  };
}

// As snac2 does it: no key is known again, marks become others, and some signs go.
function rewrite(request, response) {
  delete request.headers["idempotency-key"];
  if (request.method !== "GET") return;
  answering(response, (text, headers) => ({
    text: text.replace(/Part (\d) of (\w+)\./g, "<b>Part<\\/b>&nbsp;$1 of <i>$2<\\/i>"),
    headers,
  }));
}

// Numbers and dates that no server should give, in every answer.
function poison(response) {
  const impossible = {
    date: "Fri, 31 Dec 9999 23:59:59 GMT",
    "retry-after": "99999999999999",
    "x-ratelimit-remaining": "7",
    "x-ratelimit-reset": "99999999999999999",
    "x-ratelimit-reset-after": "1e999",
  };
  answering(response, (text, headers) => ({
    text: text
      .replace(/"(created_at|timestamp)":"[^"]*"/g, '"$1":"garbage"')
      .replace(/"(created_at|retry_after)":\d+/g, '"$1":1e999'),
    headers: { ...headers, ...impossible },
  }));
}
