/**
 * A Bluesky PDS as the AT Protocol's lexicons and its own source describe it: https://atproto.com/specs/xrpc,
 * https://docs.bsky.app/docs/advanced-guides/rate-limits, lexicons com.atproto.* and app.bsky.feed.*. Read 2026-11-23.
 */
import { api, isOneOf, refusal, type Call as SomeCall } from "../../api.ts";
import { bearer, text } from "../../body.ts";
import { channelOf, sha256 } from "../../ids.ts";
import type { SandboxNetwork, SandboxReply, World } from "../../network.ts";
import { sniff } from "../../sniff.ts";
import { BLOB_MAX, checkPost, postOf } from "./post.ts";
import {
  asDid,
  cidOf,
  cidOfBytes,
  didOf,
  handleOf,
  ID,
  type Kept,
  keyOf,
  OWN,
  type State,
  type Token,
  tid,
} from "./state.ts";

type Call = SomeCall<State, Token>;
type Fields = Record<string, unknown>;

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
const ACCESS_MS = 2 * HOUR;
const REFRESH_MS = 90 * DAY;
// As the header names each window.
const POLICIES: Record<string, string> = {
  writes: "5000;w=3600",
  blobs: "1000;w=86400",
  logins: "30;w=300",
};
const TID = /^[234567abcdefghij][234567abcdefghijklmnopqrstuvwxyz]{12}$/;
const NSID = /^[a-zA-Z][\w-]*(\.[a-zA-Z0-9-]+)+\.[a-zA-Z]+$/;
const HANDLE = /^([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z]([a-z0-9-]{0,61}[a-z0-9])?$/;
const POSTS = "app.bsky.feed.post";
const NOBODY = "handle.invalid";
const REFRESH = "/xrpc/com.atproto.server.refreshSession";
const END = "/xrpc/com.atproto.server.deleteSession";
const MAIL = { email: "sandbox@sandbox.test", emailConfirmed: true };
// https://atproto.com/specs/handle: nobody can have a name below these. `.example` is one of them, and every example's.
const NOBODYS = /\.(alt|arpa|internal|invalid|local|localhost|onion)$/;

export const bluesky: SandboxNetwork = {
  id: ID,
  name: "Bluesky",
  look: { light: "#0a6fd6", dark: "#5cb0ff", mark: "B", layout: "post", alt: true },
  ways: [{ name: "password", repeats: "known", media: { before: true }, threads: true }],
  channel: (name, base) => ({
    server: base,
    web: base,
    identifier: handleOf(name),
    password: `sandbox-${name}`,
  }),
  publishes: isOneOf("POST /xrpc/com.atproto.repo.createRecord", "POST /xrpc/com.atproto.repo.putRecord"),
  recognises: (request) => request.path.endsWith(".repo.putRecord"),
  handle: api<State, Token>({
    id: ID,
    state: () => ({ tokens: new Map(), records: new Map(), blobs: new Map(), sequence: 0 }),
    auth: authorise,
    windows: {
      // In points: create 3, put 2, delete 1.
      writes: [
        { posts: 5_000, ms: HOUR },
        { posts: 35_000, ms: DAY },
      ],
      blobs: [{ posts: 1_000, ms: DAY }],
      logins: [
        { posts: 30, ms: 5 * MINUTE },
        { posts: 300, ms: DAY },
      ],
    },
    limited: (full) => ({
      ...said(429, "RateLimitExceeded", "Rate Limit Exceeded"),
      headers: rateHeaders({ ...full, remaining: 0 }),
    }),
    rateHeaders,
    unknown({ path, method }, [verb]) {
      if (!/^\/xrpc\/[\w.]+$/.test(path)) return undefined;
      if (verb === undefined) return said(501, "MethodNotImplemented", "Method Not Implemented");
      return said(405, "InvalidRequest", `Incorrect HTTP method (${method}) expected ${verb}`);
    },
    open: {
      "POST /xrpc/com.atproto.server.createSession": createSession,
      "GET /xrpc/com.atproto.server.describeServer": () =>
        ok({
          did: "did:web:sandbox.invalid",
          availableUserDomains: [OWN],
          inviteCodeRequired: false,
          links: {},
          contact: {},
        }),
      "GET /xrpc/_health": () => ok({ version: "0.5.35" }),
      "GET /xrpc/com.atproto.identity.resolveHandle": resolveHandle,
      "GET /xrpc/com.atproto.repo.getRecord": getRecord,
      "GET /xrpc/com.atproto.repo.listRecords": listRecords,
      "GET /xrpc/com.atproto.sync.getBlob": getBlob,
      "GET /xrpc/app.bsky.feed.getPosts": getPosts,
      "GET /xrpc/app.bsky.feed.getPostThread": getPostThread,
    },
    routes: {
      [`POST ${REFRESH}`]: refreshSession,
      [`POST ${END}`]: deleteSession,
      "GET /xrpc/com.atproto.server.getSession": getSession,
      "POST /xrpc/com.atproto.repo.uploadBlob": uploadBlob,
      "POST /xrpc/com.atproto.repo.createRecord": createRecord,
      "POST /xrpc/com.atproto.repo.putRecord": putRecord,
      "POST /xrpc/com.atproto.repo.deleteRecord": deleteRecord,
    },
  }),
};

// --- logging in: opaque tokens that end by the clock and rotate -------------------------------------------------

function authorise({ request, path, state, world }: Call): Token {
  const credential = bearer(request);
  if (credential === undefined) throw refuse(401, "AuthMissing", "Authentication Required");
  const token = state.tokens.get(credential);
  if (!token) throw refuse(400, "InvalidToken", "Token could not be verified");
  if (token.kind !== (path === REFRESH || path === END ? "refresh" : "access"))
    throw refuse(400, "InvalidToken", "Invalid token type");
  if (request.trouble?.kind === "expired") token.until = world.now();
  // 400 and not 401: `InvalidRequestError('Token has expired', 'ExpiredToken')`.
  if (token.until <= world.now()) throw refuse(400, "ExpiredToken", "Token has expired");
  return token;
}

function createSession(call: Call): SandboxReply {
  const input = inputOf(call, ["identifier", "password"]);
  const identifier = String(input.identifier);
  call.take("logins", identifier);
  const name = channelOf(String(input.password));
  if (name === undefined || (identifier !== handleOf(name) && identifier !== didOf(handleOf(name))))
    throw refuse(401, "AuthenticationRequired", "Invalid identifier or password");
  return ok(session(name, call));
}

function refreshSession(call: Call): SandboxReply {
  const token = call.who();
  // The old one stays good for two hours, so that a lost answer does not lock anybody out.
  token.until = Math.min(token.until, call.world.now() + 2 * HOUR);
  return ok(session(token.name, call));
}

function deleteSession({ request, state }: Call): SandboxReply {
  state.tokens.delete(bearer(request) ?? "");
  return { status: 200 };
}

function getSession(call: Call): SandboxReply {
  const handle = handleOf(call.who().name);
  return ok({ handle, did: didOf(handle), active: true, ...MAIL });
}

function session(name: string, { state, world }: Call): Fields {
  const handle = handleOf(name);
  const did = didOf(handle);
  return {
    accessJwt: issue("access", name, ACCESS_MS, state, world),
    refreshJwt: issue("refresh", name, REFRESH_MS, state, world),
    handle,
    did,
    ...MAIL,
    didDoc: {
      "@context": ["https://www.w3.org/ns/did/v1"],
      id: did,
      alsoKnownAs: [`at://${handle}`],
      service: [{ id: "#atproto_pds", type: "AtprotoPersonalDataServer", serviceEndpoint: world.base(ID) }],
    },
    active: true,
  };
}

// Shaped like a JWT for clients that look inside; what counts is that we remember it.
function issue(kind: Token["kind"], name: string, ms: number, state: State, world: World): string {
  const now = world.now();
  state.sequence++;
  const part = (value: unknown) => Buffer.from(JSON.stringify(value)).toString("base64url");
  const claims = {
    scope: kind === "access" ? "com.atproto.appPass" : "com.atproto.refresh",
    sub: didOf(handleOf(name)),
    iat: Math.floor(now / 1000),
    exp: Math.floor((now + ms) / 1000),
    jti: String(state.sequence),
  };
  const token = `${part({ typ: "at+jwt", alg: "none" })}.${part(claims)}.${sha256(`${state.sequence} ${name}`).toString("base64url")}`;
  state.tokens.set(token, { name, kind, until: now + ms });
  return token;
}

// --- records ----------------------------------------------------------------------------------------------------

interface Write {
  did: string;
  collection: string;
  rkey: string;
  record: Fields;
  input: Fields;
}

function createRecord(call: Call): SandboxReply {
  const write = readWrite(call, 3, ["repo", "collection", "record"]);
  // The tree throws a plain error for a key that is there, and a plain error is a 500.
  if (call.state.records.has(keyOf(write))) throw refuse(500, "InternalServerError", "Internal Server Error");
  return store(write, call);
}

function putRecord(call: Call): SandboxReply {
  const write = readWrite(call, 2, ["repo", "collection", "rkey", "record"]);
  const there = call.state.records.get(keyOf(write));
  // The same again changes nothing, and is answered before `swapRecord` is looked at.
  if (there && there.cid === cidOf(write.record))
    return ok({ uri: there.uri, cid: there.cid, validationStatus: "valid" });
  const { swapRecord } = write.input;
  if (swapRecord !== undefined && swapRecord !== (there?.cid ?? null))
    throw refuse(400, "InvalidSwap", `Record was at ${there?.cid ?? "null"}`);
  return store(write, call);
}

function readWrite(call: Call, points: number, required: string[]): Write {
  const { state, world } = call;
  const input = inputOf(call, required);
  const did = ownRepo(call, input);
  const collection = String(input.collection);
  if (!NSID.test(collection))
    throw refuse(400, "InvalidRequest", `Invalid NSID (got "${collection}") at $.collection`);
  const { record } = input;
  if (typeof record !== "object" || record === null || Array.isArray(record))
    throw refuse(
      400,
      "InvalidRequest",
      `Expected object value type (got ${JSON.stringify(record)}) at $.record`,
    );
  const fraction = fractionIn(record, "$.record");
  if (fraction) throw refuse(400, "InvalidRequest", fraction);
  const rkey = text(input.rkey) ?? tid(state, world);
  if (collection === POSTS && !TID.test(rkey))
    throw refuse(
      400,
      "InvalidRequest",
      `Invalid record key for ${POSTS}: Invalid TID string (got "${rkey}") at $`,
    );
  const fault = collection === POSTS ? checkPost(record as Fields, state) : undefined;
  if (fault) throw refuse(400, fault.error ?? "InvalidRequest", fault.message);
  call.take("writes", did, points);
  return { did, collection, rkey, record: record as Fields, input };
}

// Records are DAG-CBOR, which AT Protocol allows no fractions.
function fractionIn(value: unknown, at: string): string | undefined {
  if (typeof value === "number" && !Number.isInteger(value))
    return `Expected one of null, boolean, integer, string, cid, bytes, array or object value type (got ${value}) at ${at}`;
  if (typeof value !== "object" || value === null) return undefined;
  const within = Array.isArray(value)
    ? value.map((item, n) => [item, `${at}[${n}]`] as const)
    : Object.entries(value).map(([key, item]) => [item, `${at}.${key}`] as const);
  return within.map(([item, place]) => fractionIn(item, place)).find(Boolean);
}

function store(write: Write, call: Call): SandboxReply {
  const { state, world } = call;
  const { did, collection, rkey, record } = write;
  const uri = `at://${did}/${collection}/${rkey}`;
  const earlier = state.records.get(keyOf(write));
  const at = earlier?.at ?? world.now();
  const kept: Kept = { uri, cid: cidOf(record), rkey, collection, record, did, at };
  if (earlier) world.remove(ID, uri);
  state.records.set(keyOf(write), kept);
  if (collection === POSTS) world.accept(postOf(kept, handleOf(call.who().name), state, world));
  const commit = { cid: cidOf({ uri, at: world.now() }), rev: tid(state, world) };
  return ok({ uri, cid: kept.cid, commit, validationStatus: "valid" });
}

function getRecord({ query, state }: Call): SandboxReply {
  const [repo, collection, rkey] = ["repo", "collection", "rkey"].map((name) => query.get(name));
  if (!repo || !collection || !rkey)
    throw refuse(400, "InvalidRequest", "Params must have the properties repo, collection and rkey");
  if (handleFor(asDid(repo), state) === NOBODY)
    throw refuse(400, "InvalidRequest", "Could not locate record");
  const kept = state.records.get(keyOf({ did: asDid(repo), collection, rkey }));
  if (!kept)
    throw refuse(400, "RecordNotFound", `Could not locate record: at://${repo}/${collection}/${rkey}`);
  return ok({ uri: kept.uri, cid: kept.cid, value: kept.record });
}

function listRecords({ query, state }: Call): SandboxReply {
  const count = countOf(query, "limit", 50, 1, 100);
  const did = asDid(query.get("repo") ?? "");
  if (handleFor(did, state) === NOBODY)
    throw refuse(400, "InvalidRequest", `Could not find repo: ${query.get("repo")}`);
  const cursor = query.get("cursor");
  const ascending = query.get("reverse") === "true";
  const own = [...state.records.values()]
    .filter((kept) => kept.did === did && kept.collection === query.get("collection"))
    .sort((a, b) => (a.rkey < b.rkey === ascending ? -1 : 1))
    .filter(({ rkey }) => cursor === null || (ascending ? rkey > cursor : rkey < cursor))
    .slice(0, count);
  const last = own.length === count ? own.at(-1)?.rkey : undefined;
  const records = own.map(({ uri, cid, record }) => ({ uri, cid, value: record }));
  return ok({ ...(last ? { cursor: last } : {}), records });
}

function deleteRecord(call: Call): SandboxReply {
  const { state, world } = call;
  const input = inputOf(call, ["repo", "collection", "rkey"]);
  const did = ownRepo(call, input);
  call.take("writes", did);
  const key = keyOf({ did, collection: String(input.collection), rkey: String(input.rkey) });
  const kept = state.records.get(key);
  // To delete what is not there is no error: "or ensure it doesn't exist".
  if (!kept) return ok({});
  state.records.delete(key);
  world.remove(ID, kept.uri);
  return ok({ commit: { cid: cidOf({ deleted: kept.uri, at: world.now() }), rev: tid(state, world) } });
}

// --- how the app sees them: counts and threads, for everybody ---------------------------------------------------

function getPosts({ query, state }: Call): SandboxReply {
  const uris = query.getAll("uris");
  if (uris.length === 0) throw refuse(400, "InvalidRequest", `Params must have the property "uris"`);
  if (uris.length > 25)
    throw refuse(400, "InvalidRequest", "Params/uris must not have more than 25 elements");
  // What is not there is left out.
  const found = uris.flatMap((uri) => postAt(uri, state) ?? []);
  return ok({ posts: found.map((kept) => postView(kept, state)) });
}

function getPostThread({ query, state }: Call): SandboxReply {
  const uri = query.get("uri") ?? "";
  const depth = countOf(query, "depth", 6, 0, 1000);
  const height = countOf(query, "parentHeight", 80, 0, 1000);
  const kept = postAt(uri, state);
  if (!kept) throw refuse(400, "NotFound", `Post not found: ${uri}`);
  return ok({ thread: threadView(kept, depth, height, state) });
}

function threadView(kept: Kept, depth: number, height: number, state: State): Fields {
  const parent = replyTo(kept);
  const above = parent === undefined ? undefined : postAt(parent, state);
  const missing = { $type: "app.bsky.feed.defs#notFoundPost", uri: parent, notFound: true };
  const replies = postsIn(state).filter((one) => replyTo(one) === kept.uri);
  return {
    $type: "app.bsky.feed.defs#threadViewPost",
    post: postView(kept, state),
    ...(parent !== undefined &&
      height > 0 && { parent: above ? threadView(above, 0, height - 1, state) : missing }),
    ...(depth > 0 && { replies: replies.map((one) => threadView(one, depth - 1, 0, state)) }),
  };
}

function postView(kept: Kept, state: State): Fields {
  const subjectOf = ({ record }: Kept) => (record.subject as Fields | undefined)?.uri;
  const about = (collection: string) =>
    [...state.records.values()].filter((one) => one.collection === collection && subjectOf(one) === kept.uri);
  const quoted = ({ record }: Kept) =>
    ((record.embed as Fields | undefined)?.record as Fields | undefined)?.uri === kept.uri;
  return {
    uri: kept.uri,
    cid: kept.cid,
    author: { did: kept.did, handle: handleFor(kept.did, state) },
    record: kept.record,
    likeCount: about("app.bsky.feed.like").length,
    repostCount: about("app.bsky.feed.repost").length,
    replyCount: postsIn(state).filter((one) => replyTo(one) === kept.uri).length,
    quoteCount: postsIn(state).filter(quoted).length,
    bookmarkCount: 0,
    indexedAt: new Date(kept.at).toISOString(),
  };
}

function postsIn(state: State): Kept[] {
  return [...state.records.values()].filter(({ collection }) => collection === POSTS);
}

function postAt(uri: string, state: State): Kept | undefined {
  return postsIn(state).find((kept) => kept.uri === uri);
}

function replyTo({ record }: Kept): string | undefined {
  return text(((record.reply as Fields | undefined)?.parent as Fields | undefined)?.uri);
}

function handleFor(did: string, { tokens }: State): string {
  const name = [...tokens.values()].find((token) => didOf(handleOf(token.name)) === did)?.name;
  return name === undefined ? NOBODY : handleOf(name);
}

// --- blobs and names --------------------------------------------------------------------------------------------

function uploadBlob(call: Call): SandboxReply {
  const { body, headers } = call.request;
  const type = text(headers["content-type"]);
  if (!type) throw refuse(400, "InvalidRequest", "Request encoding (Content-Type) required but not provided");
  if (body.length > BLOB_MAX) throw refuse(413, "PayloadTooLarge", "request entity too large");
  call.take("blobs", call.who().name);
  const mimeType = sniff(body) ?? type;
  const link = cidOfBytes(body, 0x55);
  call.state.blobs.set(link, { type: mimeType, bytes: body });
  return ok({ blob: { $type: "blob", ref: { $link: link }, mimeType, size: body.length } });
}

// Names of this server are those of the accounts that have come here; elsewhere every name that can be, is somebody.
function resolveHandle({ query, state }: Call): SandboxReply {
  const handle = (query.get("handle") ?? "").toLowerCase();
  if (!HANDLE.test(handle))
    throw refuse(400, "InvalidRequest", "Error: Params/handle must be a valid handle");
  const isOurs = [...state.tokens.values()].some(({ name }) => handleOf(name) === handle);
  if (NOBODYS.test(handle) || (handle.endsWith(OWN) && !isOurs))
    throw refuse(400, "InvalidRequest", "Unable to resolve handle");
  return ok({ did: didOf(handle) });
}

function getBlob({ query, state }: Call): SandboxReply {
  const kept = state.blobs.get(query.get("cid") ?? "");
  if (!kept) throw refuse(400, "BlobNotFound", "Blob not found");
  return { status: 200, headers: { "content-type": kept.type }, body: kept.bytes };
}

// --- how XRPC asks and answers ----------------------------------------------------------------------------------

function inputOf(call: Call, required: string[]): Fields {
  const { fields, type, malformed } = call.body();
  const wrong = (message: string) => refuse(400, "InvalidRequest", message);
  if (type === "none") throw wrong("Request encoding (Content-Type) required but not provided");
  if (type !== "json")
    throw wrong(`Wrong request encoding (Content-Type): ${call.request.headers["content-type"]}`);
  if (malformed) throw refuse(400, "SyntaxError", "Unexpected token in JSON");
  const missing = required.find((name) => fields[name] === undefined);
  if (missing) throw wrong(`Missing required key "${missing}" at $`);
  return fields;
}

/** The caller's own repository, named by handle or DID. */
function ownRepo(call: Call, { repo }: Fields): string {
  const did = didOf(handleOf(call.who().name));
  if (asDid(String(repo)) !== did) throw refuse(403, "AccountNotFound", "Account not found");
  return did;
}

function countOf(query: URLSearchParams, name: string, usual: number, least: number, most: number): number {
  const count = Number(query.get(name) ?? usual);
  if (!Number.isInteger(count) || count < least)
    throw refuse(400, "InvalidRequest", `Params/${name} can not be less than ${least}`);
  if (count > most) throw refuse(400, "InvalidRequest", `Params/${name} can not be greater than ${most}`);
  return count;
}

function ok(body: unknown): SandboxReply {
  return { status: 200, body };
}

function said(status: number, error: string, message: string): SandboxReply {
  return { status, body: { error, message } };
}

function refuse(status: number, error: string, message: string): Error {
  return refusal(said(status, error, message));
}

function rateHeaders({
  window,
  limit,
  remaining,
  resetAt,
}: {
  window: string;
  limit: number;
  remaining: number;
  resetAt: number;
}) {
  return {
    "ratelimit-limit": String(limit),
    "ratelimit-remaining": String(remaining),
    "ratelimit-reset": String(Math.ceil(resetAt / 1000)),
    "ratelimit-policy": POLICIES[window] ?? "",
  };
}
