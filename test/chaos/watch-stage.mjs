// Loaded into the sandbox's process: writes to PICTURES_TO a line for each picture (`image 1 of <mark>`) in each request that
// arrived whole, and refuses the second status of each account whose mark ends in `refused`, once.
import { appendFileSync } from "node:fs";
import { IncomingMessage, Server } from "node:http";

const bodies = new WeakMap();
const { push } = IncomingMessage.prototype;
IncomingMessage.prototype.push = function (chunk, ...rest) {
  const body = bodies.get(this) ?? [];
  if (chunk) bodies.set(this, [...body, chunk]);
  else if (this.complete) arrived(Buffer.concat(body).toString("latin1"));
  return push.call(this, chunk, ...rest);
};

function arrived(body) {
  for (const [picture] of body.matchAll(/image \d of \w+/g))
    appendFileSync(process.env.PICTURES_TO, `${picture}\n`);
}

const statuses = new Map();
const { emit } = Server.prototype;
Server.prototype.emit = function (event, request, response, ...rest) {
  if (event !== "request" || !isRefused(request)) return emit.call(this, event, request, response, ...rest);
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
