/** Records are written, read, listed and deleted: com.atproto.repo. */
import { text } from "../../body.ts";
import type { SandboxReply } from "../../network.ts";
import { type Call, countOf, type Fields, inputOf, ok, ownRepo, refuse } from "./call.ts";
import { handleFor, NOBODY } from "./handles.ts";
import { checkPost, postOf } from "./post.ts";
import { asDid, cidOf, handleOf, ID, type Kept, keyOf, tid } from "./state.ts";

interface Write {
  did: string;
  collection: string;
  rkey: string;
  record: Fields;
  input: Fields;
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

const TID = /^[234567abcdefghij][234567abcdefghijklmnopqrstuvwxyz]{12}$/;
const NSID = /^[a-zA-Z][\w-]*(\.[a-zA-Z0-9-]+)+\.[a-zA-Z]+$/;
export const POSTS = "app.bsky.feed.post";

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

export function createRecord(call: Call): SandboxReply {
  const write = readWrite(call, 3, ["repo", "collection", "record"]);
  // The tree throws a plain error for a key that is there, and a plain error is a 500.
  if (call.state.records.has(keyOf(write))) throw refuse(500, "InternalServerError", "Internal Server Error");
  return store(write, call);
}

export function putRecord(call: Call): SandboxReply {
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

export function getRecord({ query, state }: Call): SandboxReply {
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

export function listRecords({ query, state }: Call): SandboxReply {
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

export function deleteRecord(call: Call): SandboxReply {
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
