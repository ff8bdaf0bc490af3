/** A message before it is sent: its words, file or poll, as https://core.telegram.org/bots/api#sendmessage and the next methods take them. */
import { flag, text } from "../../body.ts";
import { codePoints } from "../../count.ts";
import { marked } from "../../html.ts";
import { numberOf } from "../../ids.ts";
import type { FormPart } from "../../multipart.ts";
import type { SandboxPost } from "../../network.ts";
import { pngSize, sniff } from "../../sniff.ts";
import { bad, type Fields, type Message, refuse } from "./call.ts";
import { type Parsed, parseHtml } from "./html.ts";

const TEXT_MAX = 4096;
const CAPTION_MAX = 1024;
const PHOTO_BYTES = 10000000;
const VIDEO_BYTES = 50000000;
const POLL = { question: 300, options: 12, option: 100, least: 5, most: 2628000 };

export interface Draft {
  words: Parsed;
  kind: Message["words"];
  media: SandboxPost["media"];
  max: number;
  extra: Fields;
  note?: string;
}

export function textOf(fields: Fields): Draft {
  const words = wordsOf(text(fields.text) ?? "", fields.parse_mode);
  if (words.plain.trim() === "") throw bad("message text is empty");
  if (codePoints(words.plain) > TEXT_MAX) throw bad("message is too long");
  return {
    words,
    kind: "text",
    media: [],
    max: TEXT_MAX,
    extra: { text: words.plain, ...(words.entities && { entities: words.entities }) },
  };
}

export function captionOf(fields: Fields): Parsed {
  const words = wordsOf(text(fields.caption) ?? "", fields.parse_mode);
  if (codePoints(words.plain) > CAPTION_MAX) throw bad("message caption is too long");
  return words;
}

export function fileOf(fields: Fields, files: FormPart[], kind: "photo" | "video"): Draft {
  const words = captionOf(fields);
  const { type, bytes } = uploaded(fields, files, kind);
  const id = numberOf(`file ${bytes?.length ?? 0} ${fields[kind]}`);
  const unique = { file_id: id, file_unique_id: id, file_size: bytes?.length ?? 0 };
  const { width = 0, height = 0 } = (bytes && pngSize(bytes)) ?? {};
  const extra = {
    ...(words.plain ? { caption: words.plain } : {}),
    ...(words.entities && { caption_entities: words.entities }),
    [kind]: kind === "photo" ? [{ ...unique, width, height }] : unique,
  };
  const media = bytes ? [{ type, alt: "", bytes }] : [];
  return { words, kind: "caption", media, max: CAPTION_MAX, extra };
}

function uploaded(
  fields: Fields,
  files: FormPart[],
  kind: "photo" | "video",
): { type: string; bytes?: Buffer } {
  const said = text(fields[kind]);
  if (said !== undefined && !said.startsWith("attach://")) {
    // The server would fetch a URL and knows its file ids; the sandbox takes their word for it.
    if (/^https?:\/\/|^\d+$/.test(said)) return { type: kind };
    throw bad("wrong file identifier/HTTP URL specified");
  }
  const part = said?.slice("attach://".length) ?? kind;
  const file = files.find(({ name }) => name === part);
  if (!file) throw bad(`there is no ${kind} in the request`);
  if (file.bytes.length === 0) throw bad("file must be non-empty");
  if (file.bytes.length > (kind === "photo" ? PHOTO_BYTES : VIDEO_BYTES))
    throw refuse(413, "Request Entity Too Large");
  const type = sniff(file.bytes) ?? "";
  if (kind === "photo" && !type.startsWith("image/")) throw bad("IMAGE_PROCESS_FAILED");
  const { width = 1, height = 1 } = pngSize(file.bytes) ?? {};
  if (width + height > 10_000 || Math.max(width / height, height / width) > 20)
    throw bad("PHOTO_INVALID_DIMENSIONS");
  return { type: type || "application/octet-stream", bytes: file.bytes };
}

export function pollOf(fields: Fields): Draft {
  const question = (text(fields.question) ?? "").trim();
  const list = Array.isArray(fields.options) ? (fields.options as (Fields | string)[]) : [];
  const options = list.map((option) => String(typeof option === "string" ? option : option.text).trim());
  if (question === "") throw bad("poll question must be non-empty");
  if (codePoints(question) > POLL.question)
    throw bad(`poll question length must not exceed ${POLL.question}`);
  if (options.length < 1) throw bad("poll must have at least 1 option");
  if (options.length > POLL.options) throw bad(`poll can't have more than ${POLL.options} options`);
  if (options.includes("")) throw bad("poll options must be non-empty");
  if (options.some((option) => codePoints(option) > POLL.option))
    throw bad(`poll options length must not exceed ${POLL.option}`);
  const period = fields.open_period === undefined ? undefined : Number(fields.open_period);
  if (period !== undefined && !(period >= POLL.least && period <= POLL.most))
    throw bad(`open_period must be between ${POLL.least} and ${POLL.most}`);
  const poll = {
    id: numberOf(`poll ${question}`),
    question,
    options: options.map((text) => ({ text, voter_count: 0 })),
    total_voter_count: 0,
    is_closed: false,
    is_anonymous: fields.is_anonymous === undefined || flag(fields.is_anonymous),
    type: "regular",
    allows_multiple_answers: flag(fields.allows_multiple_answers),
    ...(period !== undefined && { open_period: period }),
  };
  const words = { plain: question, html: marked(question) };
  const note = `poll: ${options.join(" / ")}`;
  return { words, kind: "none", media: [], max: POLL.question, extra: { poll }, note };
}

function wordsOf(source: string, mode: unknown): Parsed {
  if (String(mode ?? "").toLowerCase() === "html") {
    const parsed = parseHtml(source);
    if ("error" in parsed) throw bad(`can't parse entities: ${parsed.error}`);
    return parsed;
  }
  if (mode !== undefined && mode !== "") throw bad("the sandbox plays parse_mode HTML only");
  return { plain: source, html: marked(source) };
}
