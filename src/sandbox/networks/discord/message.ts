/** A Discord message: the form check with its field errors, the entity, and how the app shows it. */
import { refusal } from "../../api.ts";
import { flag, readBody, text } from "../../body.ts";
import { codePoints } from "../../count.ts";
import { anchor, escapeHtml } from "../../html.ts";
import { chatMarkdown } from "../../markup.ts";
import type { FormPart } from "../../multipart.ts";
import type { SandboxPost, SandboxRequest } from "../../network.ts";
import { sniff } from "../../sniff.ts";

const MAX = 2_000;
const FILE_MAX = 10 * 1024 * 1024;
const SUPPRESS_EMBEDS = 4;
const SUPPRESS_NOTIFICATIONS = 4_096;

type Fields = Record<string, unknown>;
type FieldErrors = { _errors: { code: string; message: string }[] };

export interface Draft {
  content: string;
  embeds: Fields[];
  /** `id` only when it was there before an edit, or came with one. */
  files: { id?: string; name: string; type: string; alt: string; bytes: Uint8Array }[];
  flags: number;
  username?: string;
  parent?: string;
  nonce?: string | number;
  enforceNonce: boolean;
  poll?: Poll;
}

export interface Poll {
  question: string;
  answers: string[];
  /** Hours. */
  duration: number;
  multiselect: boolean;
}

export interface Message extends Draft {
  id: string;
  channel: string;
  /** The sandbox's channel name. */
  name: string;
  author: { id: string; username: string; bot: boolean };
  webhook?: string;
  at: number;
  editedAt?: number;
  /** emoji → who chose it. */
  reactions: Map<string, Set<string>>;
}

/** The message that a request asks for. Throws the server's refusal. */
export function readDraft(request: SandboxRequest, isWebhook: boolean): Draft {
  const { fields, files } = formOf(request, isWebhook);
  if (isWebhook && text(fields.thread_name))
    throw refuse(400, 220003, "Webhooks can only create threads in forum channels");
  const content = (text(fields.content) ?? "").trim();
  const embeds = Array.isArray(fields.embeds) ? (fields.embeds as Fields[]) : [];
  const poll = pollOf(fields.poll);
  if (content === "" && embeds.length + files.length === 0 && !poll && !Array.isArray(fields.components))
    throw refuse(400, 50006, "Cannot send an empty message");
  const reference = fields.message_reference as Fields | undefined;
  return {
    content,
    embeds,
    files: files.map((file, n) => attachmentOf(file, n, fields.attachments)),
    flags: Number(fields.flags ?? 0),
    enforceNonce: !isWebhook && flag(fields.enforce_nonce),
    ...(poll && { poll }),
    ...(isWebhook && text(fields.username) ? { username: text(fields.username) } : {}),
    ...(reference?.message_id === undefined || isWebhook ? {} : { parent: String(reference.message_id) }),
    ...(fields.nonce === undefined || isWebhook ? {} : { nonce: fields.nonce as string | number }),
  };
}

/**
 * What a PATCH makes of a message: what it does not name stays, null empties. `attachments` lists every one to keep, and
 * describes the new ones. A poll cannot be edited.
 */
export function readEdit(
  request: SandboxRequest,
  message: Message,
): Pick<Draft, "content" | "embeds" | "files" | "flags"> {
  const there = message.files.map((file, n) => ({ id: attachmentId(message, n), file }));
  const { fields, files } = formOf(
    request,
    message.webhook !== undefined,
    there.map(({ id }) => id),
  );
  const list = Array.isArray(fields.attachments) ? (fields.attachments as Fields[]) : undefined;
  const kept = there.filter(({ id }) => list === undefined || list.some((one) => String(one.id) === id));
  const changed = {
    content: fields.content === undefined ? message.content : (text(fields.content) ?? "").trim(),
    embeds: fields.embeds === undefined ? message.embeds : ((fields.embeds ?? []) as Fields[]),
    files: [
      ...kept.map(({ id, file }) => {
        const alt = list?.find((one) => String(one.id) === id)?.description;
        return { ...file, id, ...(alt !== undefined && { alt: String(alt ?? "") }) };
      }),
      ...files.map((file, n) => ({ ...attachmentOf(file, n, list), id: nextAttachment(there, n) })),
    ],
    flags: Number(fields.flags ?? message.flags),
  };
  if (changed.content === "" && changed.embeds.length + changed.files.length === 0 && !message.poll)
    throw refuse(400, 50006, "Cannot send an empty message");
  return changed;
}

/** The form, checked field by field; `known` are attachments that are there already. */
function formOf(request: SandboxRequest, isWebhook: boolean, known: string[] = []) {
  const { fields, files, type, malformed } = payloadOf(request);
  if (malformed) throw refuse(400, 50109, "The request body contains invalid JSON.");
  if (type === "other") {
    const words = "Expected \"Content-Type\" header to be one of {'application/json'}.";
    throw invalid({ content_type: fault("CONTENT_TYPE_INVALID", words) });
  }
  if (files.some(({ bytes }) => bytes.length > FILE_MAX))
    throw refuse(413, 40005, "Request entity too large");
  if (files.length > 10) throw refuse(400, 30015, "Maximum number of attachments in a message reached (10)");
  const errors = checkFields(fields, files, isWebhook, known);
  if (Object.keys(errors).length > 0) throw invalid(errors);
  return { fields, files };
}

function payloadOf(request: SandboxRequest) {
  const body = readBody(request);
  if (body.type !== "multipart" || body.malformed || body.fields.payload_json === undefined) return body;
  const headers = { "content-type": "application/json" };
  const inner = readBody({ ...request, headers, body: Buffer.from(String(body.fields.payload_json)) });
  return { ...inner, type: body.type, files: body.files };
}

function checkFields(
  fields: Fields,
  files: FormPart[],
  isWebhook: boolean,
  known: string[],
): Record<string, unknown> {
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
  const attachments = checkAttachments(fields.attachments, files, known);
  if (attachments) errors.attachments = attachments;
  const poll = checkPoll(fields.poll);
  if (poll) errors.poll = poll;
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

/** https://docs.discord.com/developers/resources/poll: 300 and 55 characters, ten answers, 32 days. */
function checkPoll(poll: unknown): unknown {
  if (poll === undefined || poll === null) return undefined;
  const { question, answers, duration = 24 } = poll as Fields;
  const long = (max: number) => fault("BASE_TYPE_BAD_LENGTH", `Must be between 1 and ${max} in length.`);
  const lengthOf = (media: unknown) => codePoints(String((media as Fields | undefined)?.text ?? "").trim());
  const fits = (length: number, max: number) => length >= 1 && length <= max;
  if (!fits(lengthOf(question), 300)) return { question: { text: long(300) } };
  if (!Array.isArray(answers) || !fits(answers.length, 10)) return { answers: long(10) };
  const at = answers.findIndex((answer: Fields) => !fits(lengthOf(answer.poll_media), 55));
  if (at >= 0) return { answers: { [at]: { poll_media: { text: long(55) } } } };
  if (!fits(Number(duration), 768)) {
    return { duration: fault("NUMBER_TYPE_MAX", "int value should be between 1 and 768.") };
  }
  return undefined;
}

function pollOf(poll: unknown): Poll | undefined {
  if (poll === undefined || poll === null) return undefined;
  const { question, answers, duration = 24, allow_multiselect } = poll as Record<string, Fields>;
  return {
    question: String(question?.text),
    answers: (answers as unknown as Fields[]).map(({ poll_media }) => String((poll_media as Fields).text)),
    duration: Number(duration),
    multiselect: flag(allow_multiselect),
  };
}

function checkAttachments(attachments: unknown, files: FormPart[], known: string[]): unknown {
  if (!Array.isArray(attachments)) return undefined;
  for (const [n, attachment] of (attachments as Fields[]).entries()) {
    const there = known.includes(String(attachment.id));
    if (!there && !files.some(({ name }) => name === `files[${attachment.id}]`)) {
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

// A message's first files are numbered from its own id; an edit gives later ones, and never one again.
function attachmentId({ id, files }: Pick<Message, "id" | "files">, n: number): string {
  return files[n]?.id ?? String(BigInt(id) + BigInt(n + 1));
}

function nextAttachment(there: { id: string }[], n: number): string {
  const last = there.reduce((most, { id }) => (BigInt(id) > most ? BigInt(id) : most), 0n);
  return String(last + BigInt(n + 1));
}

export function fault(code: string, message: string): FieldErrors {
  return { _errors: [{ code, message }] };
}

export function invalid(errors: unknown): Error {
  return refusal({ status: 400, body: { message: "Invalid Form Body", code: 50035, errors } });
}

function refuse(status: number, code: number, message: string): Error {
  return refusal({ status, body: { message, code } });
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
      id: attachmentId(message, n),
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
    ...(message.reactions.size > 0 && {
      reactions: [...message.reactions].map(([name, { size }]) => ({
        count: size,
        count_details: { burst: 0, normal: size },
        emoji: { id: null, name },
      })),
    }),
    ...(message.poll && { poll: pollEntity(message.poll, message.at) }),
    ...(message.webhook === undefined ? {} : { webhook_id: message.webhook }),
    ...(message.nonce === undefined ? {} : { nonce: message.nonce }),
    ...(message.parent === undefined
      ? {}
      : { message_reference: { type: 0, message_id: message.parent, channel_id: message.channel } }),
  };
}

function pollEntity({ question, answers, duration, multiselect }: Poll, at: number) {
  return {
    question: { text: question },
    answers: answers.map((text, n) => ({ answer_id: n + 1, poll_media: { text } })),
    expiry: new Date(at + duration * 3_600_000).toISOString(),
    allow_multiselect: multiselect,
    layout_type: 1,
    results: { is_finalized: false, answer_counts: [] },
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
      ...(message.poll ? [`poll: ${message.poll.question}`] : []),
      ...(message.editedAt === undefined ? [] : ["edited"]),
    ],
  };
  if (message.parent !== undefined) post.parent = message.parent;
  if (link && embeds.length === 0 && files.length === 0 && !(flags & SUPPRESS_EMBEDS))
    post.card = { url: link };
  return post;
}
