/**
 * A Bluesky PDS as the AT Protocol's lexicons and its own source describe it: https://atproto.com/specs/xrpc,
 * https://docs.bsky.app/docs/advanced-guides/rate-limits, lexicons com.atproto.* and app.bsky.feed.post. Read 2026-11-23.
 */
import { fromPairs, text } from "../../body.ts";
import type { SandboxNetwork, SandboxReply, SandboxRequest, Taken, World } from "../../network.ts";
import { sniff } from "../../sniff.ts";
import { BLOB_MAX, checkPost, postOf } from "./post.ts";
import { jsonInput, limited, ok, rateHeaders, refuse } from "./responses.ts";
import { authorise, createSession, getSession, refreshSession } from "./session.ts";
import { asDid, cidOf, cidOfBytes, didOf, handleOf, ID, type Kept, keyOf, type State, tid } from "./state.ts";

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
const LIMITS = {
  // In points: create 3, put 2, delete 1.
  writes: [
    { posts: 5_000, ms: HOUR },
    { posts: 35_000, ms: DAY },
  ],
  blobs: [{ posts: 1_000, ms: DAY }],
};
const TID = /^[234567abcdefghij][234567abcdefghijklmnopqrstuvwxyz]{12}$/;
const POSTS = "app.bsky.feed.post";

export const bluesky: SandboxNetwork = {
  id: ID,
  name: "Bluesky",
  look: { light: "#0a6fd6", dark: "#5cb0ff", mark: "B", layout: "post", alt: true },
  channel: (name, base) => ({
    server: base,
    web: base,
    identifier: handleOf(name),
    password: `sandbox-${name}`,
  }),
  publishes: (method, path) => method === "POST" && /\.repo\.(create|put)Record$/.test(path),
  recognises: (request) => request.path.endsWith(".repo.putRecord"),
  handle(request, world) {
    const nsid = /^\/xrpc\/([\w.]+)$/.exec(request.path)?.[1];
    if (nsid === undefined) return undefined;
    const state = world.state<State>(ID, () => ({
      tokens: new Map(),
      records: new Map(),
      blobs: new Map(),
      sequence: 0,
    }));
    const method = METHODS[nsid];
    if (!method) return refuse(501, "MethodNotImplemented", "Method Not Implemented");
    if (method.verb !== request.method)
      return refuse(
        405,
        "InvalidRequest",
        `Incorrect HTTP method (${request.method}) expected ${method.verb}`,
      );
    return method.run(request, state, world);
  },
};

const METHODS: Record<
  string,
  { verb: string; run: (request: SandboxRequest, state: State, world: World) => SandboxReply }
> = {
  "com.atproto.server.createSession": { verb: "POST", run: createSession },
  "com.atproto.server.refreshSession": { verb: "POST", run: refreshSession },
  "com.atproto.server.getSession": { verb: "GET", run: getSession },
  "com.atproto.server.describeServer": {
    verb: "GET",
    run: () => ok({ did: "did:web:sandbox.invalid", availableUserDomains: [".sandbox.test"] }),
  },
  "com.atproto.identity.resolveHandle": { verb: "GET", run: resolveHandle },
  "com.atproto.repo.uploadBlob": { verb: "POST", run: uploadBlob },
  "com.atproto.repo.createRecord": { verb: "POST", run: createRecord },
  "com.atproto.repo.putRecord": { verb: "POST", run: putRecord },
  "com.atproto.repo.getRecord": { verb: "GET", run: getRecord },
  "com.atproto.repo.listRecords": { verb: "GET", run: listRecords },
  "com.atproto.repo.deleteRecord": { verb: "POST", run: deleteRecord },
};

// --- records ----------------------------------------------------------------------------------------------------

interface Write {
  name: string;
  did: string;
  collection: string;
  rkey: string;
  record: Record<string, unknown>;
  input: Record<string, unknown>;
  headers: Record<string, string>;
}

function createRecord(request: SandboxRequest, state: State, world: World): SandboxReply {
  const write = readWrite(request, state, world, 3, ["repo", "collection", "record"]);
  if ("status" in write) return write;
  // The tree throws a plain error for a key that is there, and a plain error is a 500.
  if (state.records.has(keyOf(write.did, write.collection, write.rkey))) {
    return { ...refuse(500, "InternalServerError", "Internal Server Error"), headers: write.headers };
  }
  return store(write, state, world);
}

function putRecord(request: SandboxRequest, state: State, world: World): SandboxReply {
  const write = readWrite(request, state, world, 2, ["repo", "collection", "rkey", "record"]);
  if ("status" in write) return write;
  const { input } = write;
  const there = state.records.get(keyOf(write.did, write.collection, write.rkey));
  if (there && there.cid === cidOf(write.record)) {
    // The same again changes nothing, and is answered before `swapRecord` is looked at.
    return { ...ok({ uri: there.uri, cid: there.cid, validationStatus: "valid" }), headers: write.headers };
  }
  if (input.swapRecord !== undefined && input.swapRecord !== (there?.cid ?? null)) {
    return refuse(400, "InvalidSwap", `Record was at ${there?.cid ?? "null"}`);
  }
  return store(write, state, world);
}

function readWrite(
  request: SandboxRequest,
  state: State,
  world: World,
  points: number,
  required: string[],
): Write | SandboxReply {
  const token = authorise(request, state, world);
  if ("status" in token) return token;
  if (request.trouble?.kind === "limited") {
    return limited(world.now() + HOUR, world, "5000;w=3600", request.trouble.retryAfter ?? null);
  }
  const asked = jsonInput(request, required);
  if ("status" in asked) return asked;
  const { input } = asked;
  const did = didOf(handleOf(token.name));
  if (input.repo !== did && input.repo !== handleOf(token.name)) {
    return refuse(401, "AuthenticationRequired", "Authentication Required");
  }
  const collection = String(input.collection);
  if (!/^[a-zA-Z][\w-]*(\.[a-zA-Z0-9-]+)+\.[a-zA-Z]+$/.test(collection)) {
    return refuse(400, "InvalidRequest", "Input/collection must be a valid nsid");
  }
  const record = input.record as Record<string, unknown> | undefined;
  if (typeof record !== "object" || record === null || Array.isArray(record)) {
    return refuse(400, "InvalidRequest", "Input/record must be an object");
  }
  const rkey = text(input.rkey) ?? tid(state, world);
  if (collection === POSTS && !TID.test(rkey)) {
    return refuse(400, "InvalidRequest", `Invalid ${POSTS} record key: expected tid, got "${rkey}"`);
  }
  const fault = collection === POSTS ? checkPost(record, state) : undefined;
  if (fault) return refuse(400, fault.error ?? "InvalidRequest", fault.message);
  const taken = takePoints(points, did, world);
  if (!taken.ok) return limited(taken.resetAt, world, "5000;w=3600");
  return {
    name: token.name,
    did,
    collection,
    rkey,
    record,
    input,
    headers: rateHeaders(taken, "5000;w=3600", 5_000),
  };
}

function store(
  { name, did, collection, rkey, record, headers }: Write,
  state: State,
  world: World,
): SandboxReply {
  const uri = `at://${did}/${collection}/${rkey}`;
  const kept: Kept = { uri, cid: cidOf(record), rkey, collection, record };
  const key = keyOf(did, collection, rkey);
  if (state.records.has(key)) world.remove(ID, uri);
  state.records.set(key, kept);
  if (collection === POSTS) world.accept(postOf(kept, handleOf(name), state, world));
  const commit = { cid: cidOf({ uri, at: world.now() }), rev: tid(state, world) };
  return { ...ok({ uri, cid: kept.cid, commit, validationStatus: "valid" }), headers };
}

function getRecord(request: SandboxRequest, state: State): SandboxReply {
  const { repo, collection, rkey } = fromPairs(request.query);
  if (!repo || !collection || !rkey)
    return refuse(400, "InvalidRequest", "Params must have the properties repo, collection and rkey");
  const kept = state.records.get(keyOf(asDid(String(repo)), String(collection), String(rkey)));
  if (!kept)
    return refuse(400, "RecordNotFound", `Could not locate record: at://${repo}/${collection}/${rkey}`);
  return ok({ uri: kept.uri, cid: kept.cid, value: kept.record });
}

function listRecords(request: SandboxRequest, state: State): SandboxReply {
  const { repo, collection, limit, cursor, reverse } = fromPairs(request.query);
  const count = limit === undefined ? 50 : Number(limit);
  if (!Number.isInteger(count) || count < 1 || count > 100) {
    return refuse(400, "InvalidRequest", "Params/limit can not be greater than 100");
  }
  const ascending = reverse === "true";
  const own = [...state.records.values()]
    .filter((kept) => kept.uri.startsWith(`at://${asDid(String(repo))}/${collection}/`))
    .sort((a, b) => (a.rkey < b.rkey === ascending ? -1 : 1))
    .filter(({ rkey }) => cursor === undefined || (ascending ? rkey > String(cursor) : rkey < String(cursor)))
    .slice(0, count);
  const last = own.length === count ? own.at(-1)?.rkey : undefined;
  const records = own.map(({ uri, cid, record }) => ({ uri, cid, value: record }));
  return ok({ ...(last ? { cursor: last } : {}), records });
}

function deleteRecord(request: SandboxRequest, state: State, world: World): SandboxReply {
  const token = authorise(request, state, world);
  if ("status" in token) return token;
  const asked = jsonInput(request, ["repo", "collection", "rkey"]);
  if ("status" in asked) return asked;
  const { input } = asked;
  const did = didOf(handleOf(token.name));
  if (asDid(String(input.repo)) !== did)
    return refuse(401, "AuthenticationRequired", "Authentication Required");
  const taken = takePoints(1, did, world);
  if (!taken.ok) return limited(taken.resetAt, world, "5000;w=3600");
  const key = keyOf(did, String(input.collection), String(input.rkey));
  const kept = state.records.get(key);
  // To delete what is not there is no error: "or ensure it doesn't exist".
  if (!kept) return ok({});
  state.records.delete(key);
  world.remove(ID, kept.uri);
  return ok({ commit: { cid: cidOf({ deleted: kept.uri, at: world.now() }), rev: tid(state, world) } });
}

// --- blobs and names --------------------------------------------------------------------------------------------

function uploadBlob(request: SandboxRequest, state: State, world: World): SandboxReply {
  const token = authorise(request, state, world);
  if ("status" in token) return token;
  const type = text(request.headers["content-type"]);
  if (!type)
    return refuse(400, "InvalidRequest", "Request encoding (Content-Type) required but not provided");
  if (request.body.length > BLOB_MAX) return refuse(413, "PayloadTooLarge", "request entity too large");
  const taken = world.take(ID, `${token.name} blobs`, LIMITS.blobs);
  if (!taken.ok) return limited(taken.resetAt, world, "1000;w=86400");
  const mimeType = sniff(request.body) ?? type;
  const link = cidOfBytes(request.body, 0x55);
  state.blobs.set(link, { type: mimeType, bytes: request.body });
  const blob = { $type: "blob", ref: { $link: link }, mimeType, size: request.body.length };
  return { ...ok({ blob }), headers: rateHeaders(taken, "1000;w=86400", 1_000) };
}

// Every well-formed handle is somebody here, except below .invalid: so that a wrong mention can be rehearsed, too.
function resolveHandle(request: SandboxRequest): SandboxReply {
  const handle = (request.query.get("handle") ?? "").toLowerCase();
  if (!/^([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z]([a-z0-9-]{0,61}[a-z0-9])?$/.test(handle)) {
    return refuse(400, "InvalidRequest", "Error: Params/handle must be a valid handle");
  }
  if (handle.endsWith(".invalid")) return refuse(400, "InvalidRequest", "Unable to resolve handle");
  return ok({ did: didOf(handle) });
}

function takePoints(points: number, did: string, world: World): Taken {
  let taken = world.take(ID, `${did} writes`, LIMITS.writes);
  for (let n = 1; n < points && taken.ok; n++) taken = world.take(ID, `${did} writes`, LIMITS.writes);
  return taken;
}
