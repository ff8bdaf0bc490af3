/**
 * Google Chat's API v1: https://developers.google.com/workspace/chat/api/reference/rest/v1/spaces.messages, …/format-messages,
 * https://developers.google.com/identity/protocols/oauth2/service-account. Read 2026-11-26.
 */
import { verify } from "node:crypto";
import { api, isOneOf, refusal, type Call as SomeCall } from "../../api.ts";
import { bearer, text } from "../../body.ts";
import { utf8 } from "../../count.ts";
import { base32, channelOf, memberOf, sha256 } from "../../ids.ts";
import { markdownHtml, type Ways } from "../../markdown.ts";
import type { SandboxNetwork, SandboxPost, SandboxReply, World } from "../../network.ts";
import { privateKey, publicKey } from "./key.ts";

const ID = "googlechat";
const MAX = 32_000;
const SCOPE = "https://www.googleapis.com/auth/chat.bot";
const MESSAGES = "/v1/spaces/:space/messages";
const HOUR = 3_600_000;

type Fields = Record<string, unknown>;

interface Message {
  name: string;
  client?: string;
  space: string;
  room: string;
  author: string;
  thread: string;
  text: string;
  syntax: string;
  parent?: string;
  at: number;
  editedAt?: number;
  deletedAt?: number;
  reactions: Map<string, number>;
}

interface State {
  messages: Message[];
  /** token → when it ends, and whose it is. */
  tokens: Map<string, { room: string; until: number }>;
  /** requestId → message, per space. */
  requests: Map<string, Message>;
}

interface Caller {
  room: string;
  space: string;
  author: string;
  isApp: boolean;
}

type Call = SomeCall<State, Caller>;

const spaceOf = (room: string) =>
  base32(sha256(`space ${room}`))
    .slice(0, 11)
    .toUpperCase();
const emailOf = (room: string) => `${room.toLowerCase()}@sandbox.iam.gserviceaccount.com`;

export const googlechat: SandboxNetwork = {
  id: ID,
  name: "Google Chat",
  look: { light: "#0b7a3e", dark: "#7fd6a3", mark: "G", layout: "message", alt: false },
  ways: [
    { name: "webhook", settings: { webhook: "https://chat.googleapis.com" }, lookUp: "none", threads: true },
    { name: "app", settings: { private_key: "k" }, repeats: "known", threads: true, renews: true },
  ],
  channel(name, base, _folder, settings): Record<string, string> {
    if (settings?.private_key === undefined)
      return {
        webhook: `${base}/v1/spaces/${spaceOf(name)}/messages?key=sandbox&token=sandbox-${name}`,
        web: base,
      };
    return {
      server: base,
      login: `${base}/token`,
      web: base,
      client_email: emailOf(name),
      private_key: privateKey(),
      space: spaceOf(name),
    };
  },
  publishes: isOneOf(`POST ${MESSAGES}`),
  recognises: ({ query }) => query.has("requestId") && query.has("messageId"),
  handle: api<State, Caller>({
    id: ID,
    state: () => ({ messages: [], tokens: new Map(), requests: new Map() }),
    auth: (call) => (call.query.has("key") ? hookOf(call) : appOf(call)),
    expired: () => said(401, "UNAUTHENTICATED", "Request had invalid authentication credentials."),
    // One write a second in a space, by all apps together.
    windows: { writes: [{ posts: 1, ms: 1_000 }] },
    limited: () => said(429, "RESOURCE_EXHAUSTED", "Resource has been exhausted (e.g. check quota)."),
    malformed: () => said(400, "INVALID_ARGUMENT", "Invalid JSON payload received."),
    unknown: ({ path }) =>
      path.startsWith("/v1/") ? said(404, "NOT_FOUND", "Method not found.") : undefined,
    open: { "POST /token": token },
    routes: {
      "GET /v1/spaces/:space": (call) => {
        const { room } = inSpace(call, "app");
        const spaceUri = `${call.world.base(ID)}/room/${spaceOf(room)}`;
        return {
          status: 200,
          body: { name: `spaces/${spaceOf(room)}`, displayName: room, spaceType: "SPACE", spaceUri },
        };
      },
      [`POST ${MESSAGES}`]: create,
      [`GET ${MESSAGES}/:message`]: (call) => ({ status: 200, body: entityOf(messageOf(call)) }),
      [`PATCH ${MESSAGES}/:message`]: patch,
      [`DELETE ${MESSAGES}/:message`]: (call) => {
        const message = messageOf(call);
        message.deletedAt = call.world.now();
        call.world.remove(ID, message.name);
        return { status: 200, body: {} };
      },
    },
  }),
};

/** RFC 7523: an assertion that the service account has signed. */
function token(call: Call): SandboxReply {
  const { grant_type, assertion } = call.fields();
  const fail = (error: string, words: string) =>
    refusal({ status: 400, body: { error, error_description: words } });
  if (grant_type !== "urn:ietf:params:oauth:grant-type:jwt-bearer")
    throw fail("unsupported_grant_type", "Invalid grant_type");
  const [head = "", claims = "", signature = ""] = String(assertion).split(".");
  const isSigned = verify(
    "RSA-SHA256",
    Buffer.from(`${head}.${claims}`),
    publicKey(),
    Buffer.from(signature, "base64url"),
  );
  if (!isSigned) throw fail("invalid_grant", "Invalid JWT Signature.");
  const { iss, scope, aud, iat, exp } = JSON.parse(
    Buffer.from(claims, "base64url").toString("utf8"),
  ) as Fields;
  const room = /^([\w.-]+)@sandbox\.iam\.gserviceaccount\.com$/.exec(String(iss))?.[1];
  const now = Date.now() / 1_000;
  if (room === undefined) throw fail("invalid_grant", "Invalid grant: account not found");
  if (aud !== `${call.world.base(ID)}/token`) throw fail("invalid_grant", "Invalid JWT: audience");
  if (scope !== SCOPE) throw fail("invalid_scope", "Invalid OAuth scope");
  if (!(Number(iat) <= now + 300 && Number(exp) - Number(iat) <= 3_600 && Number(exp) > now - 300))
    throw fail("invalid_grant", "Invalid JWT: Token must be a short-lived token (60 minutes)");
  const made = `sandbox-${room}.${call.state.tokens.size}`;
  call.state.tokens.set(made, { room, until: call.world.now() + HOUR });
  return { status: 200, body: { access_token: made, expires_in: 3_599, token_type: "Bearer" } };
}

function hookOf({ query, params }: Call): Caller {
  const member = memberOf(query.get("token") ?? undefined);
  if (!member || query.get("key") !== "sandbox" || params.space !== spaceOf(member.channel))
    throw refuse(401, "UNAUTHENTICATED", "Invalid webhook token.");
  return { room: member.channel, space: spaceOf(member.channel), author: member.name, isApp: false };
}

function appOf({ request, state, world }: Call): Caller {
  const said = bearer(request) ?? "";
  const known = state.tokens.get(said);
  // After a restart the sandbox has forgotten what it gave out, and knows it by its name.
  const room = known?.room ?? channelOf(/^(sandbox-.+)\.\d+$/.exec(said)?.[1]);
  if (room === undefined || (known && known.until < world.now()))
    throw refuse(401, "UNAUTHENTICATED", "Request had invalid authentication credentials.");
  return { room, space: spaceOf(room), author: room, isApp: true };
}

function inSpace(call: Call, needs?: "app"): Caller {
  const caller = call.who();
  if (needs && !caller.isApp) throw refuse(403, "PERMISSION_DENIED", "A webhook can only create messages.");
  if (call.params.space?.toUpperCase() !== caller.space)
    throw refuse(403, "PERMISSION_DENIED", "The app is not a member of this space.");
  return caller;
}

function create(call: Call): SandboxReply {
  const { state, world, query, request } = call;
  const caller = inSpace(call);
  const { fields } = call.body();
  const bytes = utf8(request.body.toString("utf8"));
  const words = textOf(fields);
  if (bytes > MAX) throw refuse(400, "INVALID_ARGUMENT", "Message size exceeds the limit of 32000 bytes.");
  const client = query.get("messageId") ?? undefined;
  if (client !== undefined && !/^client-[a-z0-9-]{1,56}$/.test(client))
    throw refuse(400, "INVALID_ARGUMENT", "Invalid message ID.");
  const key = query.get("requestId");
  // For a webhook it is not documented.
  const earlier = key === null || !caller.isApp ? undefined : state.requests.get(`${caller.space} ${key}`);
  if (earlier && earlier.deletedAt === undefined) return { status: 200, body: entityOf(earlier) };
  if (client && state.messages.some((one) => one.client === client && one.space === caller.space))
    throw refuse(409, "ALREADY_EXISTS", "A message with this ID already exists.");
  const { thread: above, parent } = threadOf(fields.thread as Fields | undefined, call);
  call.take("writes", caller.space);
  const part = base32(sha256(`message ${state.messages.length} ${caller.space}`)).slice(0, 11);
  const thread = above ?? part;
  const { space, room, author } = caller;
  const name = `spaces/${space}/messages/${thread}.${part}`;
  const message: Message = {
    name,
    ...(client && { client }),
    ...{ space, room, author, thread, ...words, at: world.now(), reactions: new Map() },
    ...(parent && { parent }),
  };
  state.messages.push(message);
  if (key !== null) state.requests.set(`${space} ${key}`, message);
  world.accept(postOf(message, world));
  const entity = entityOf(message);
  // "Only populates the name and thread.name fields" besides what was sent.
  return { status: 200, body: caller.isApp ? entity : { ...fields, name, thread: entity.thread } };
}

function threadOf(
  said: Fields | undefined,
  { state, query, who }: Call,
): { thread?: string; parent?: string } {
  if (said === undefined) return {};
  const option = query.get("messageReplyOption");
  if (option === null) return {};
  if (!["REPLY_MESSAGE_FALLBACK_TO_NEW_THREAD", "REPLY_MESSAGE_OR_FAIL"].includes(option))
    throw refuse(400, "INVALID_ARGUMENT", "Invalid messageReplyOption.");
  const thread = /^spaces\/([^/]+)\/threads\/([^/]+)$/.exec(text(said.name) ?? "")?.[2];
  const above = state.messages.filter((one) => one.thread === thread && one.space === who().space);
  const last = above.at(-1);
  if (thread !== undefined && last) return { thread, parent: last.name };
  if (option === "REPLY_MESSAGE_OR_FAIL") throw refuse(404, "NOT_FOUND", "Thread not found.");
  return {};
}

const KNOWN = ["text", "markupSyntax", "thread", "cardsV2", "fallbackText", "name"];

function textOf(fields: Fields): { text: string; syntax: string } {
  const strange = Object.keys(fields).find((name) => !KNOWN.includes(name));
  if (strange)
    throw refuse(
      400,
      "INVALID_ARGUMENT",
      `Invalid JSON payload received. Unknown name "${strange}": Cannot find field.`,
    );
  const syntax = text(fields.markupSyntax) ?? "MARKUP_SYNTAX_CHAT";
  if (!["MARKUP_SYNTAX_CHAT", "MARKUP_SYNTAX_MARKDOWN"].includes(syntax))
    throw refuse(400, "INVALID_ARGUMENT", "Invalid value at 'message.markup_syntax'.");
  const words = text(fields.text) ?? "";
  if (words === "") throw refuse(400, "INVALID_ARGUMENT", "Message cannot be empty.");
  return { text: words, syntax };
}

function messageOf(call: Call): Message {
  const { space } = inSpace(call, "app");
  const { message: said } = call.params;
  const message = call.state.messages.find(
    (one) =>
      one.space === space &&
      one.deletedAt === undefined &&
      (one.client === said || one.name.endsWith(`/${said}`)),
  );
  if (!message) throw refuse(404, "NOT_FOUND", "Message not found.");
  return message;
}

function patch(call: Call): SandboxReply {
  const message = messageOf(call);
  const mask = (call.query.get("updateMask") ?? "").split(",");
  if (mask.some((name) => !["text", "markup_syntax", "cards_v2"].includes(name)))
    throw refuse(400, "INVALID_ARGUMENT", "Invalid update mask.");
  const words = textOf(call.body().fields);
  call.take("writes", message.space);
  if (message.text !== words.text) message.editedAt = call.world.now();
  if (mask.includes("text")) message.text = words.text;
  if (mask.includes("markup_syntax")) message.syntax = words.syntax;
  call.world.update(postOf(message, call.world));
  return { status: 200, body: entityOf(message) };
}

function entityOf(message: Message): Fields {
  const { name, client, space, thread, text: words, at, editedAt, reactions, author } = message;
  return {
    name,
    sender: { name: `users/${author}`, type: "BOT" },
    createTime: new Date(at).toISOString(),
    ...(editedAt !== undefined && { lastUpdateTime: new Date(editedAt).toISOString() }),
    text: words,
    formattedText: words,
    thread: { name: `spaces/${space}/threads/${thread}` },
    space: { name: `spaces/${space}` },
    ...(client && { clientAssignedMessageId: client }),
    ...(reactions.size > 0 && {
      emojiReactionSummaries: [...reactions].map(([unicode, count]) => ({
        emoji: { unicode },
        reactionCount: count,
      })),
    }),
  };
}

// format-messages: single marks, links in angle brackets, no headings, no escapes.
const CHAT: Ways = {
  escapes: false,
  marks: { strong: ["*"], emphasis: ["_"], strike: ["~"] },
  mention: /<users\/[\w.-]+>/g,
  called: (match) => `@${match.slice(7, -1)}`,
  links: "angle",
  blocks: "lists",
  tables: false,
  images: false,
};

function postOf(message: Message, world: World): SandboxPost {
  const { name, room, author, text: words, syntax, at, parent, space } = message;
  const link = /https?:\/\/[^\s<>|)]+/.exec(words)?.[0];
  const [thread, part] = name.split("/").at(-1)?.split(".") ?? [];
  return {
    network: ID,
    account: `${author} in ${room}`,
    id: name,
    url: `${world.base(ID)}/room/${space}/${thread}/${part}`,
    at,
    text: words,
    html: markdownHtml(words, syntax === "MARKUP_SYNTAX_CHAT" ? CHAT : {}),
    media: [],
    length: utf8(words),
    max: MAX,
    ...(parent && { parent }),
    ...(link && { card: { url: link } }),
  };
}

function said(code: number, status: string, message: string): SandboxReply {
  return { status: code, body: { error: { code, message, status } } };
}

function refuse(code: number, status: string, message: string): Error {
  return refusal(said(code, status, message));
}
