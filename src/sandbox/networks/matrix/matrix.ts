/** A Matrix homeserver: https://spec.matrix.org/latest/client-server-api/, version 1.18. Read 2026-11-26. */
import { api, isOneOf } from "../../api.ts";
import { bearer } from "../../body.ts";
import { memberOf, numberOf } from "../../ids.ts";
import type { SandboxNetwork } from "../../network.ts";
import { sniff } from "../../sniff.ts";
import { entityOf, messages, redact, relations, send } from "./events.ts";
import {
  aliasOf,
  type Call,
  type Caller,
  DOMAIN,
  eventIn,
  ID,
  inRoom,
  ok,
  refuse,
  roomIdOf,
  type State,
  said,
  userIdOf,
} from "./state.ts";

const V3 = "/_matrix/client/v3";
const V1 = "/_matrix/client/v1";
const ROOM = `${V3}/rooms/:room`;
const UPLOAD_MAX = 52_428_800;

export const matrix: SandboxNetwork = {
  id: ID,
  name: "Matrix",
  look: { light: "#0b6e4f", dark: "#6fdcb5", mark: "[m]", layout: "message", alt: false },
  ways: [{ name: "token", repeats: "known", media: { before: true }, threads: true }],
  channel: (name, base) => ({
    server: base,
    token: `sandbox-${name}`,
    room: aliasOf(name),
    web: `${base}/to`,
  }),
  publishes: isOneOf(`PUT ${ROOM}/send/m.room.message/:transaction`),
  recognises: () => true,
  handle: api<State, Caller>({
    id: ID,
    state: () => ({ events: [], transactions: new Map(), media: new Map() }),
    auth({ request }) {
      const member = memberOf(bearer(request));
      if (!member)
        throw refuse(
          401,
          request.headers.authorization ? "M_UNKNOWN_TOKEN" : "M_MISSING_TOKEN",
          "Invalid access token passed.",
        );
      const { channel: name, name: who } = member;
      return {
        name,
        room: roomIdOf(name),
        user: userIdOf(who),
        device: numberOf(`device ${who}`).slice(0, 10),
      };
    },
    expired: () => ({
      status: 401,
      body: { errcode: "M_UNKNOWN_TOKEN", error: "Access token has expired", soft_logout: true },
    }),
    // Synapse's rc_message: 0.2 a second, ten at once.
    windows: { messages: [{ posts: 10, ms: 50_000 }] },
    limited: ({ seconds }) => ({
      status: 429,
      body: {
        errcode: "M_LIMIT_EXCEEDED",
        error: "Too Many Requests",
        retry_after_ms: Math.ceil(seconds * 1000),
      },
    }),
    malformed: ({ malformed }) => malformed && said(400, "M_NOT_JSON", "Content not JSON."),
    unknown: ({ path }, allowed) => {
      if (!path.startsWith("/_matrix/")) return undefined;
      return allowed.length > 0
        ? said(405, "M_UNRECOGNIZED", "Unrecognized request")
        : said(404, "M_UNRECOGNIZED", "Unrecognized request");
    },
    routes: {
      [`GET ${V3}/account/whoami`]: ({ who }) =>
        ok({ user_id: who().user, device_id: who().device, is_guest: false }),
      [`GET ${V3}/directory/room/:alias`]: (call) => {
        const { name, room } = call.who();
        if (decodeURIComponent(call.params.alias ?? "") !== aliasOf(name))
          throw refuse(404, "M_NOT_FOUND", "Room alias not found.");
        return ok({ room_id: room, servers: [DOMAIN] });
      },
      [`GET ${ROOM}/state/m.room.encryption`]: (call) => {
        inRoom(call);
        throw refuse(404, "M_NOT_FOUND", "Event not found.");
      },
      [`PUT ${ROOM}/send/:type/:transaction`]: send,
      [`PUT ${ROOM}/redact/:event/:transaction`]: redact,
      [`GET ${ROOM}/event/:event`]: (call) => ok(entityOf(eventIn(call), call)),
      [`GET ${ROOM}/messages`]: messages,
      [`GET ${V1}/rooms/:room/relations/:event/:kind/:type`]: relations,
      [`GET ${V1}/media/config`]: () => ok({ "m.upload.size": UPLOAD_MAX }),
      "POST /_matrix/media/v3/upload": upload,
    },
  }),
};

function upload({ request, state }: Call) {
  if (request.body.length === 0) throw refuse(400, "M_UNKNOWN", "Request must specify a Content-Length");
  if (request.body.length > UPLOAD_MAX) throw refuse(413, "M_TOO_LARGE", "Upload request body is too large");
  const type = sniff(request.body) ?? String(request.headers["content-type"] ?? "application/octet-stream");
  const uri = `mxc://${DOMAIN}/${numberOf(`media ${state.media.size} ${request.query.get("filename")}`)}`;
  state.media.set(uri, { type, bytes: request.body });
  return ok({ content_uri: uri });
}
