/** The message that a request asks for: the form check, field by field, with Discord's own words. */
import { flag, readBody, text } from "../../body.ts";
import { codePoints } from "../../count.ts";
import type { FormPart } from "../../multipart.ts";
import type { SandboxRequest } from "../../network.ts";
import { sniff } from "../../sniff.ts";
import { checkEmbeds } from "./embeds.ts";
import { attachmentId, type Draft, MAX, type Message } from "./message.ts";
import { checkPoll, pollOf } from "./poll.ts";
import { type Fields, fault, invalid, refuse } from "./refusals.ts";

const FILE_MAX = 10 * 1024 * 1024;

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
  if (message.poll) throw refuse(400, 520003, "Cannot edit a poll message");
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
  if (changed.content === "" && changed.embeds.length + changed.files.length === 0)
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

function nextAttachment(there: { id: string }[], n: number): string {
  const last = there.reduce((most, { id }) => (BigInt(id) > most ? BigInt(id) : most), 0n);
  return String(last + BigInt(n + 1));
}
