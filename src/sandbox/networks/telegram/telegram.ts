/** Telegram's Bot API 10.1: https://core.telegram.org/bots/api, limits also from tdlib's source. Read 2026-11-23. */
import { api } from "../../api.ts";
import { channelOf } from "../../ids.ts";
import type { SandboxNetwork, SandboxReply } from "../../network.ts";
import {
  argumentsOf,
  bad,
  botEntity,
  type Call,
  chatOf,
  ID,
  refuse,
  type State,
  said,
  usernameOf,
} from "./call.ts";
import { edit, forget, isDeletable, messageIn } from "./change.ts";
import { fileOf, pollOf, textOf } from "./draft.ts";
import { send, sendGroup } from "./send.ts";

export const telegram: SandboxNetwork = {
  id: ID,
  name: "Telegram",
  look: { light: "#1f7fb8", dark: "#62b8ec", mark: "T", layout: "message", alt: false },
  ways: [{ name: "bot", lookUp: "none", media: { counts: [1, 2] }, threads: true }],
  channel: (name, base) => ({
    server: base,
    web: base,
    token: `sandbox-${name}`,
    chat: `@${usernameOf(name)}`,
  }),
  publishes: (method, path) =>
    method === "POST" && /^\/bot[^/]+\/send(Message|Photo|Video|MediaGroup|Poll)$/i.test(path),
  handle: api<State, string>({
    id: ID,
    state: () => ({ messages: new Map(), last: new Map() }),
    // Method names are case-insensitive.
    path: ({ path }) => path.replace(/[^/]*$/, (method) => method.toLowerCase()),
    auth({ params }) {
      const name = channelOf(params.token);
      if (name === undefined) throw refuse(401, "Unauthorized");
      return name;
    },
    expired: () => said(401, "Unauthorized"),
    windows: { messages: [{ posts: 20, ms: 60_000 }] },
    pause: 2_000,
    // The wait is in the body, too.
    limited: ({ seconds }) => {
      const wait = Math.max(1, Math.ceil(seconds));
      const { status, body } = said(429, `Too Many Requests: retry after ${wait}`);
      return { status, body: { ...(body as object), parameters: { retry_after: wait } } };
    },
    malformed: ({ malformed }) => malformed && said(400, "Bad Request: can't parse request body"),
    unknown({ path }) {
      const [, token] = /^\/bot([^/]+)\/\w+$/.exec(path) ?? [];
      if (token !== undefined && channelOf(token) === undefined) return said(401, "Unauthorized");
      return path.startsWith("/bot") ? said(404, "Not Found") : undefined;
    },
    routes: {
      ...method("getMe", ({ who }) => botEntity(who())),
      ...method("getChat", chatOf),
      ...method("getChatMember", (call) => {
        chatOf(call);
        return { status: "administrator", user: botEntity(call.who()), can_post_messages: true };
      }),
      ...method("sendMessage", (call) => send(call, textOf)),
      ...method("sendPhoto", (call) => send(call, (fields, files) => fileOf(fields, files, "photo"))),
      ...method("sendVideo", (call) => send(call, (fields, files) => fileOf(fields, files, "video"))),
      ...method("sendPoll", (call) => send(call, pollOf)),
      ...method("sendMediaGroup", sendGroup),
      ...method("editMessageText", (call) => edit(call, "text")),
      ...method("editMessageCaption", (call) => edit(call, "caption")),
      ...method("deleteMessage", (call) => {
        const message = messageIn(call, chatOf(call), argumentsOf(call).message_id, "delete");
        if (!isDeletable(call, message)) throw bad("message can't be deleted");
        forget(call, message);
        return true;
      }),
      ...method("deleteMessages", (call) => {
        const ids = argumentsOf(call).message_ids;
        if (!Array.isArray(ids) || ids.length < 1 || ids.length > 100)
          throw bad("message identifiers are not specified");
        const chat = chatOf(call);
        // Those that are not there are skipped.
        for (const id of ids) {
          const message = call.state.messages.get(`${chat.id} ${id}`);
          if (message && isDeletable(call, message)) forget(call, message);
        }
        return true;
      }),
    },
  }),
};

/** A method answers to GET and POST alike. */
function method(name: string, run: (call: Call) => unknown) {
  const answer = (call: Call): SandboxReply => ({ status: 200, body: { ok: true, result: run(call) } });
  const path = `/bot:token/${name.toLowerCase()}`;
  return { [`GET ${path}`]: answer, [`POST ${path}`]: answer };
}
