/** What a status may be: checked as post_status_service.rb and its validators do, in their words. */
import { refusal } from "../../api.ts";
import { flag, text } from "../../body.ts";
import { graphemes, spans } from "../../count.ts";
import { mastodonLinks } from "../../linkers/mastodon.ts";
import type { World } from "../../network.ts";
import { type Draft, type Media, POLL, type Poll, type State, type Status, URL_LENGTH } from "./entities.ts";
import { type Software, softwareNamed } from "./software.ts";

type Fields = Record<string, unknown>;

/** The status that a request asks for; `edited` is the one that it replaces. Throws the server's refusal. */
export function readDraft(
  fields: Fields,
  account: string,
  state: State,
  world: World,
  software: string,
  edited?: Status,
): Draft {
  const rules = softwareNamed(software);
  const words = text(fields.status) ?? "";
  const warning = text(fields.spoiler_text) ?? "";
  const poll = readPoll(fields, rules);
  const ids = [fields.media_ids ?? []].flat().map(String);
  const media = readMedia(ids, account, state, world, poll, edited, rules);
  if (rules.needsFile && media.length === 0 && fields.in_reply_to_id === undefined && !edited)
    throw refuse(403, "Empty statuses are not allowed");
  if (rules.warning !== undefined && graphemes(warning) > rules.warning)
    throw invalid(`The spoiler text may not be greater than ${rules.warning} characters.`);
  if (words.trim() === "" && warning.trim() === "" && media.length === 0)
    throw invalid("Text can't be blank");
  if (lengthOf(words, warning) > rules.max) throw invalid(`Text character limit of ${rules.max} exceeded`);
  const visibility = text(fields.visibility) ?? "public";
  if (!rules.visibilities.includes(visibility)) throw invalid("Visibility is not included in the list");
  const parent = text(fields.in_reply_to_id) ?? null;
  if (parent !== null && !state.statuses.has(parent) && !edited)
    throw refuse(404, "The post you are trying to reply to does not appear to exist.");
  const language = text(fields.language) ?? null;
  const sensitive = flag(fields.sensitive) || warning !== "";
  return {
    software,
    text: words,
    warning,
    visibility,
    sensitive,
    language,
    parent,
    media,
    ...(poll && { poll }),
  };
}

function readMedia(
  ids: string[],
  account: string,
  state: State,
  world: World,
  poll: Poll | undefined,
  edited: Status | undefined,
  { files }: Software,
): Media[] {
  // A poll takes the place of the files, and is refused in the same words.
  if (ids.length > files || (ids.length > 0 && poll)) throw invalid(`Cannot attach more than ${files} files`);
  const free = ({ status }: Media) => status === undefined || status === edited?.id;
  const found = ids.map((id) => state.media.get(id));
  const missing = ids.filter((_, n) => !found[n] || found[n].account !== account || !free(found[n]));
  if (missing.length > 0)
    throw invalid(`Media ${missing.join(", ")} not found or already attached to another post`);
  const media = found.filter((one) => one !== undefined);
  // One video, or several pictures: also two videos are refused so.
  if (media.length > 1 && media.some(({ type }) => type.startsWith("video/")))
    throw invalid("Cannot attach a video to a post that already contains images");
  if (media.some(({ readyAt }) => readyAt > world.now()))
    throw refuse(422, "Cannot attach files that have not finished processing. Try again in a moment!");
  return media;
}

/** Limits of poll_options_validator.rb and poll_expiration_validator.rb. */
function readPoll(fields: Fields, { polls }: Software): Poll | undefined {
  if (polls === "none") return undefined;
  const said = (fields.poll ?? nested(fields, "poll")) as Fields | undefined;
  if (!said || typeof said !== "object") return undefined;
  const options = [said.options ?? []].flat().map((option) => String(option).trim());
  const expiresIn = Number(said.expires_in);
  if (options.length < 2) throw invalid("Options must have more than one item");
  if (options.length > polls.options) throw invalid(`Options can't contain more than ${polls.options} items`);
  if (options.some((option) => graphemes(option) > polls.length))
    throw invalid(`Options cannot be longer than ${polls.length} characters each`);
  if (options.some((option) => option === "")) throw invalid("Options can't be blank");
  if (new Set(options).size < options.length) throw invalid("Options contain duplicate items");
  if (!(expiresIn >= POLL.min_expiration)) throw invalid("Expires at is too soon");
  if (expiresIn > POLL.max_expiration) throw invalid("Expires at is too far into the future");
  return {
    options,
    expiresIn,
    multiple: flag(said.multiple),
    hidden: flag(said.hide_totals),
    votes: new Map(),
  };
}

/** Rails' forms: `poll[expires_in]=300` is `{ poll: { expires_in: "300" } }`. */
function nested(fields: Fields, name: string): Fields | undefined {
  const entries = Object.entries(fields).flatMap(([key, value]) =>
    key.startsWith(`${name}[`) && key.endsWith("]") ? [[key.slice(name.length + 1, -1), value] as const] : [],
  );
  return entries.length > 0 ? Object.fromEntries(entries) : undefined;
}

/** Throws when it is too long. */
export function checkAlt(alt: string, software: string): string {
  const { alt: most } = softwareNamed(software);
  if (graphemes(alt) > most) throw invalid(`Description is too long (maximum is ${most} characters)`);
  return alt;
}

export function attach(media: Media[], status: string): void {
  for (const one of media) one.status = status;
}

/** Graphemes of warning and text together; a link counts 23, a mention only its local part. */
export function lengthOf(words: string, warning: string): number {
  let length = graphemes(warning);
  let at = 0;
  for (const span of spans(words, mastodonLinks)) {
    if (span.kind === "tag") continue;
    length += graphemes(words.slice(at, span.start));
    length += span.kind === "link" ? URL_LENGTH : graphemes(`@${span.value.split("@")[0]}`);
    at = span.end;
  }
  return length + graphemes(words.slice(at));
}

function refuse(status: number, error: string): Error {
  return refusal({ status, body: { error } });
}

function invalid(words: string): Error {
  return refuse(422, `Validation failed: ${words}`);
}
