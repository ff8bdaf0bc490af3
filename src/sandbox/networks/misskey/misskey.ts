/**
 * Misskey 2026.5 as its API's types describe it (misskey-js, built/autogen/types.d.ts) and its own limits (const.ts, the
 * endpoints' `meta`). Read 2026-11-26.
 */
import { api, isOneOf } from "../../api.ts";
import { bearer, flag, text } from "../../body.ts";
import { codePoints } from "../../count.ts";
import { memberOf } from "../../ids.ts";
import type { SandboxNetwork, SandboxReply } from "../../network.ts";
import { sniff } from "../../sniff.ts";
import { create, entityOf, MAX, noteOf, react, remove, vote } from "./notes.ts";
import { type Call, type Caller, ID, idAt, ok, refuse, type State, said, userIdOf } from "./state.ts";

const FILE_MAX = 31_457_280;
const ALT_MAX = 512;

export const misskey: SandboxNetwork = {
  id: ID,
  name: "Misskey",
  look: { light: "#5c7d12", dark: "#b5d957", mark: "Mi", layout: "post", alt: true },
  ways: [{ name: "token", media: { counts: [1, 2], before: true }, threads: true }],
  channel: (name, base) => ({ server: base, token: `sandbox-${name}` }),
  publishes: isOneOf("POST /api/notes/create"),
  handle: api<State, Caller>({
    id: ID,
    state: () => ({ notes: new Map(), files: new Map(), sequence: 0 }),
    auth(call) {
      const token = bearer(call.request) ?? text(call.fields().i);
      if (token === undefined) throw refuse(401, "CREDENTIAL_REQUIRED", "Credential required.");
      const member = memberOf(token);
      if (!member)
        throw refuse(
          401,
          "AUTHENTICATION_FAILED",
          "Authentication failed. Please ensure your token is correct.",
        );
      return { name: member.name, channel: member.channel };
    },
    expired: () =>
      said(401, "AUTHENTICATION_FAILED", "Authentication failed. Please ensure your token is correct."),
    windows: { notes: [{ posts: 300, ms: 3_600_000 }], files: [{ posts: 120, ms: 3_600_000 }] },
    limited: () => said(429, "RATE_LIMIT_EXCEEDED", "Rate limit exceeded. Please try again later."),
    retryAfter: false,
    malformed: () => said(400, "INVALID_PARAM", "Invalid param."),
    unknown: ({ path }) =>
      path.startsWith("/api/") ? said(404, "UNKNOWN_API_ENDPOINT", "Unknown API endpoint.") : undefined,
    open: {
      "POST /api/meta": ({ world }) =>
        ok({ version: "2026.5.1", uri: world.base(ID), maxNoteTextLength: MAX }),
      "POST /api/notes/show": (call) => ok(entityOf(noteOf(call), call)),
      "POST /api/notes/children": (call) => {
        const { id } = noteOf(call);
        return page(call, ({ replyId }) => replyId === id);
      },
    },
    routes: {
      "POST /api/i": (call) => {
        const { name } = call.who();
        return ok({ id: userIdOf(name), username: name, host: null, name });
      },
      "POST /api/notes/create": create,
      "POST /api/notes/delete": remove,
      "POST /api/notes/reactions/create": react,
      "POST /api/notes/polls/vote": vote,
      "POST /api/users/notes": (call) => {
        const { userId, withReplies } = call.fields();
        call.who();
        return page(
          call,
          ({ user, replyId }) => userIdOf(user) === userId && (flag(withReplies) || replyId === undefined),
        );
      },
      "POST /api/drive/files/create": upload,
    },
  }),
};

function page(call: Call, belongs: (note: ReturnType<typeof noteOf>) => boolean): SandboxReply {
  const { limit = 10, untilId, sinceId } = call.fields();
  if (!(Number(limit) >= 1 && Number(limit) <= 100)) throw refuse(400, "INVALID_PARAM", "Invalid param.");
  const found = [...call.state.notes.values()]
    .filter(belongs)
    .filter(
      ({ id }) =>
        (untilId === undefined || id < String(untilId)) && (sinceId === undefined || id > String(sinceId)),
    )
    .sort((a, b) => (a.id < b.id ? 1 : -1));
  return ok(found.slice(0, Number(limit)).map((note) => entityOf(note, call)));
}

function upload(call: Call): SandboxReply {
  const { state, world } = call;
  const { name } = call.who();
  const file = call.files().find((part) => part.name === "file");
  if (!file) throw refuse(400, "INVALID_PARAM", "Invalid param.");
  if (file.bytes.length > FILE_MAX)
    throw refuse(
      413,
      "MAX_FILE_SIZE_EXCEEDED",
      "Cannot upload the file because it exceeds the maximum file size.",
    );
  const { name: fileName, comment, isSensitive } = call.fields();
  const alt = text(comment) ?? "";
  if (codePoints(alt) > ALT_MAX)
    throw refuse(
      400,
      "COMMENT_TOO_LONG",
      "Cannot upload the file because the comment exceeds the instance limit.",
    );
  call.take("files", name);
  const type = sniff(file.bytes) ?? "application/octet-stream";
  const id = idAt(state, world);
  state.files.set(id, {
    id,
    user: name,
    name: text(fileName) ?? "file",
    type,
    alt,
    sensitive: flag(isSensitive),
    bytes: file.bytes,
  });
  return ok({
    id,
    name: text(fileName),
    type,
    size: file.bytes.length,
    comment: alt || null,
    url: `${world.base(ID)}/files/${id}`,
  });
}
