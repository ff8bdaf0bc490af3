/**
 * A Bluesky PDS as the AT Protocol's lexicons and its own source describe it: https://atproto.com/specs/xrpc,
 * https://docs.bsky.app/docs/advanced-guides/rate-limits, lexicons com.atproto.* and app.bsky.feed.*. Read 2026-11-23.
 */
import { api, isOneOf } from "../../api.ts";
import { text } from "../../body.ts";
import type { SandboxNetwork, SandboxReply } from "../../network.ts";
import { sniff } from "../../sniff.ts";
import { type Call, DAY, HOUR, MINUTE, ok, rateHeaders, refuse, said } from "./call.ts";
import { resolveHandle } from "./handles.ts";
import { BLOB_MAX } from "./post.ts";
import { getPosts, getPostThread } from "./reading.ts";
import { createRecord, deleteRecord, getRecord, listRecords, putRecord } from "./records.ts";
import {
  authorise,
  createSession,
  deleteSession,
  END,
  getSession,
  REFRESH,
  refreshSession,
} from "./session.ts";
import { cidOfBytes, handleOf, ID, OWN, type State, type Token } from "./state.ts";

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

function getBlob({ query, state }: Call): SandboxReply {
  const kept = state.blobs.get(query.get("cid") ?? "");
  if (!kept) throw refuse(400, "BlobNotFound", "Blob not found");
  return { status: 200, headers: { "content-type": kept.type }, body: kept.bytes };
}
