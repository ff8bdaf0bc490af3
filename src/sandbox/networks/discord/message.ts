/** A Discord message: the form check with its field errors, the entity, and how the app shows it. */
import { flag, readBody, text } from "../../body.ts";
import { codePoints } from "../../count.ts";
import { anchor, escapeHtml } from "../../html.ts";
import { chatMarkdown } from "../../markup.ts";
import type { FormPart } from "../../multipart.ts";
import type { SandboxPost, SandboxReply, SandboxRequest } from "../../network.ts";
import { sniff } from "../../sniff.ts";
import type { Message } from "./discord.ts";

const MAX = 2_000;
const FILE_MAX = 10 * 1024 * 1024;
const SUPPRESS_EMBEDS = 4;
const SUPPRESS_NOTIFICATIONS = 4_096;

type Fields = Record<string, unknown>;
type FieldErrors = { _errors: { code: string; message: string }[] };

export interface Draft {
  content: string;
  embeds: Fields[];
  files: { name: string; type: string; alt: string; bytes: Uint8Array }[];
  flags: number;
  username?: string;
  parent?: string;
  nonce?: string | number;
  enforceNonce: boolean;
}

/** The message that a request asks for, or the refusal. */
export function readDraft(request: SandboxRequest, isWebhook: boolean): Draft | SandboxReply {
  const { fields, files, type, malformed } = payloadOf(request);
  if (malformed)
    return { status: 400, body: { message: "The request body contains invalid JSON.", code: 50109 } };
  if (type === "other") {
    return invalid({
      content_type: fault(
        "CONTENT_TYPE_INVALID",
        "Expected \"Content-Type\" header to be one of {'application/json'}.",
      ),
    });
  }
  if (files.some(({ bytes }) => bytes.length > FILE_MAX)) {
    return { status: 413, body: { message: "Request entity too large", code: 40005 } };
  }
  if (files.length > 10) {
    return {
      status: 400,
      body: { message: "Maximum number of attachments in a message reached (10)", code: 30015 },
    };
  }
  const errors = checkFields(fields, files, isWebhook);
  if (Object.keys(errors).length > 0) return invalid(errors);
  if (isWebhook && text(fields.thread_name)) {
    return {
      status: 400,
      body: { message: "Webhooks can only create threads in forum channels", code: 220003 },
    };
  }

  const content = (text(fields.content) ?? "").trim();
  const embeds = Array.isArray(fields.embeds) ? (fields.embeds as Fields[]) : [];
  if (
    content === "" &&
    embeds.length === 0 &&
    files.length === 0 &&
    fields.poll === undefined &&
    !Array.isArray(fields.components)
  ) {
    return { status: 400, body: { message: "Cannot send an empty message", code: 50006 } };
  }
  const reference = fields.message_reference as Fields | undefined;
  return {
    content,
    embeds,
    files: files.map((file, n) => attachmentOf(file, n, fields.attachments)),
    flags: Number(fields.flags ?? 0),
    enforceNonce: !isWebhook && flag(fields.enforce_nonce),
    ...(isWebhook && text(fields.username) ? { username: text(fields.username) } : {}),
    ...(reference?.message_id === undefined || isWebhook ? {} : { parent: String(reference.message_id) }),
    ...(fields.nonce === undefined || isWebhook ? {} : { nonce: fields.nonce as string | number }),
  };
}

function payloadOf(request: SandboxRequest) {
  const body = readBody(request);
  if (body.type !== "multipart" || body.malformed || body.fields.payload_json === undefined) return body;
  const headers = { "content-type": "application/json" };
  const inner = readBody({ ...request, headers, body: Buffer.from(String(body.fields.payload_json)) });
  return { ...inner, type: body.type, files: body.files };
}

function checkFields(fields: Fields, files: FormPart[], isWebhook: boolean): Record<string, unknown> {
  const errors: Record<string, unknown> = {};
  const { content, username, embeds, allowed_mentions: mentions, nonce, flags } = fields;
  if (content !== undefined && content !== null && typeof content !== "string") {
    errors.content = fault(
      "STRING_TYPE_CONVERT",
      `Could not interpret "${JSON.stringify(content)}" as string.`,
    );
  } else if (codePoints(String(content ?? "").trim()) > MAX) {
    errors.content = fault("BASE_TYPE_MAX_LENGTH", `Must be ${MAX} or fewer in length.`);
  }
  if (isWebhook && username !== undefined && username !== null) {
    const name = String(username);
    if (codePoints(name) < 1 || codePoints(name) > 80)
      errors.username = fault("BASE_TYPE_BAD_LENGTH", "Must be between 1 and 80 in length.");
    const word = ["clyde", "discord"].find((banned) => name.toLowerCase().includes(banned));
    if (word) errors.username = fault("USERNAME_INVALID_CONTAINS", `Username cannot contain "${word}"`);
  }
  if (embeds !== undefined && embeds !== null) Object.assign(errors, checkEmbeds(embeds));
  if (mentions !== undefined && mentions !== null) Object.assign(errors, checkMentions(mentions as Fields));
  if (!isWebhook && typeof nonce === "string" && nonce.length > 25) {
    errors.nonce = fault(
      "NONCE_TYPE_INVALID",
      "Nonce must be a string of at most 25 characters or an integer.",
    );
  }
  if (flags !== undefined && !Number.isInteger(flags))
    errors.flags = fault("NUMBER_TYPE_COERCE", `Value "${flags}" is not int.`);
  const attachments = checkAttachments(fields.attachments, files);
  if (attachments) errors.attachments = attachments;
  return errors;
}

const EMBED_LIMITS: [path: string[], max: number][] = [
  [["title"], 256],
  [["description"], 4_096],
  [["footer", "text"], 2_048],
  [["author", "name"], 256],
];

function checkEmbeds(embeds: unknown): Record<string, unknown> {
  if (!Array.isArray(embeds))
    return { embeds: fault("LIST_TYPE_CONVERT", "Only iterables may be used in a ListType") };
  if (embeds.length > 10)
    return { embeds: fault("BASE_TYPE_BAD_LENGTH", "Must be between 0 and 10 in length.") };
  const errors: Record<string, unknown> = {};
  let total = 0;
  for (const [n, embed] of embeds.entries()) {
    for (const [path, max] of EMBED_LIMITS) {
      const length = codePoints(
        String(path.reduce<unknown>((at, key) => (at as Fields | undefined)?.[key], embed) ?? "").trim(),
      );
      total += length;
      if (length > max)
        errors[n] = {
          [path[0] as string]: fault("BASE_TYPE_MAX_LENGTH", `Must be ${max} or fewer in length.`),
        };
    }
    const list = Array.isArray(embed?.fields) ? (embed.fields as Fields[]) : [];
    if (list.length > 25)
      errors[n] = { fields: fault("BASE_TYPE_MAX_LENGTH", "Must be 25 or fewer in length.") };
    for (const { name, value } of list) {
      const [a, b] = [codePoints(String(name ?? "")), codePoints(String(value ?? ""))];
      total += a + b;
      if (a === 0 || b === 0) errors[n] = { fields: fault("BASE_TYPE_REQUIRED", "This field is required") };
      if (a > 256 || b > 1_024)
        errors[n] = {
          fields: fault("BASE_TYPE_MAX_LENGTH", `Must be ${a > 256 ? 256 : 1_024} or fewer in length.`),
        };
    }
    const url = embed?.url;
    if (url !== undefined && !/^(https?|attachment):\/\/\S+$/.test(String(url))) {
      errors[n] = { url: fault("URL_TYPE_INVALID_URL", "Not a well formed URL.") };
    }
  }
  if (total > 6_000)
    return { embeds: fault("MAX_EMBED_SIZE_EXCEEDED", "Embed size exceeds maximum size of 6000") };
  return Object.keys(errors).length > 0 ? { embeds: errors } : {};
}

function checkMentions({ parse, users, roles }: Fields): Record<string, unknown> {
  const kinds = Array.isArray(parse) ? parse : [];
  const strange = kinds.find((kind) => !["roles", "users", "everyone"].includes(String(kind)));
  if (strange !== undefined) {
    return {
      allowed_mentions: {
        parse: { 0: fault("BASE_TYPE_CHOICES", "Value must be one of {'everyone', 'roles', 'users'}.") },
      },
    };
  }
  for (const [name, list] of Object.entries({ users, roles })) {
    if (!Array.isArray(list)) continue;
    if (list.length > 100)
      return {
        allowed_mentions: { [name]: fault("BASE_TYPE_MAX_LENGTH", "Must be 100 or fewer in length.") },
      };
    if (list.length > 0 && kinds.includes(name)) {
      return {
        allowed_mentions: fault(
          "MESSAGE_ALLOWED_MENTIONS_PARSE_EXCLUSIVE",
          `parse:["${name}"] and ${name}: [ids...] are mutually exclusive.`,
        ),
      };
    }
    if (!list.every((id) => /^\d{1,20}$/.test(String(id)))) {
      return { allowed_mentions: { [name]: fault("NUMBER_TYPE_COERCE", "Value is not snowflake.") } };
    }
  }
  return {};
}

function checkAttachments(attachments: unknown, files: FormPart[]): unknown {
  if (!Array.isArray(attachments)) return undefined;
  for (const [n, attachment] of (attachments as Fields[]).entries()) {
    if (!files.some(({ name }) => name === `files[${attachment.id}]`)) {
      return { [n]: fault("ATTACHMENT_NOT_FOUND", "Attachment data not found") };
    }
    if (codePoints(String(attachment.description ?? "")) > 1_024) {
      return { [n]: { description: fault("BASE_TYPE_MAX_LENGTH", "Must be 1024 or fewer in length.") } };
    }
  }
  return undefined;
}

function attachmentOf(file: FormPart, n: number, attachments: unknown): Draft["files"][number] {
  const id = /^files\[(\d+)\]$/.exec(file.name)?.[1] ?? String(n);
  const said = Array.isArray(attachments)
    ? (attachments as Fields[]).find((one) => String(one.id) === id)
    : undefined;
  const type = sniff(file.bytes) ?? file.type ?? "application/octet-stream";
  return { name: file.filename ?? `file${n}`, type, alt: String(said?.description ?? ""), bytes: file.bytes };
}

function fault(code: string, message: string): FieldErrors {
  return { _errors: [{ code, message }] };
}

function invalid(errors: unknown): SandboxReply {
  return { status: 400, body: { message: "Invalid Form Body", code: 50035, errors } };
}

export function messageEntity(message: Message): Record<string, unknown> {
  return {
    type: message.parent === undefined ? 0 : 19,
    id: message.id,
    channel_id: message.channel,
    author: { ...message.author, discriminator: "0000", avatar: null, global_name: null },
    content: message.content,
    timestamp: new Date(message.at).toISOString().replace("Z", "000+00:00"),
    edited_timestamp: message.editedAt === undefined ? null : new Date(message.editedAt).toISOString(),
    attachments: message.files.map(({ name, type, alt, bytes }, n) => ({
      id: String(BigInt(message.id) + BigInt(n + 1)),
      filename: name,
      size: bytes.length,
      content_type: type,
      ...(alt ? { description: alt } : {}),
    })),
    embeds: message.embeds,
    mentions: [],
    mention_roles: [],
    mention_everyone: false,
    components: [],
    flags: message.flags,
    pinned: false,
    tts: false,
    ...(message.webhook === undefined ? {} : { webhook_id: message.webhook }),
    ...(message.nonce === undefined ? {} : { nonce: message.nonce }),
    ...(message.parent === undefined
      ? {}
      : { message_reference: { type: 0, message_id: message.parent, channel_id: message.channel } }),
  };
}

export function postOf(message: Message, url: string): SandboxPost {
  const { content, embeds, files, flags } = message;
  const extra = embeds.map((embed) => {
    const title = escapeHtml(String(embed.title ?? ""));
    const head = title && `<strong>${embed.url ? anchor(String(embed.url), title) : title}</strong>\n`;
    return `<blockquote>${head}${chatMarkdown(String(embed.description ?? ""))}</blockquote>`;
  });
  const link = /https?:\/\/[^\s<>)]+/.exec(content.replace(/<https?:[^>]*>/g, ""))?.[0];
  const post: SandboxPost = {
    network: "discord",
    account: `${message.author.username} in #${message.name}`,
    id: message.id,
    url,
    at: message.at,
    text: content,
    html: chatMarkdown(content) + extra.join(""),
    media: files.map(({ type, alt, bytes }) => ({ type, alt, bytes })),
    length: codePoints(content),
    max: MAX,
    notes: [
      ...(flags & SUPPRESS_NOTIFICATIONS ? ["silent"] : []),
      ...(flags & SUPPRESS_EMBEDS ? ["no link preview"] : []),
      ...(message.editedAt === undefined ? [] : ["edited"]),
    ],
  };
  if (message.parent !== undefined) post.parent = message.parent;
  if (link && embeds.length === 0 && files.length === 0 && !(flags & SUPPRESS_EMBEDS))
    post.card = { url: link };
  return post;
}
