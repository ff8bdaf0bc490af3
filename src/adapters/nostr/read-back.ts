/** What became of a note, as far as the channel's relays know. */
import * as v from "valibot";
import type { Metrics, PostReply, Reach, Receipt, Standing } from "../../adapter.ts";
import { NetworkError, oneByOne } from "../../adapter.ts";
import type { Channel } from "./channel.ts";
import { type Event, isGenuine, npubOf, publicKeyOf } from "./event.ts";
import { askAll, distinct, pageOf } from "./relays.ts";

const PROFILE = 0;
const NOTE = 1;
const DELETION = 5;
const REPOST = 6;
const REACTION = 7;
// As many as relays commonly give at once (NIP-11's example: max_limit 5000).
const MOST = 5_000;

export async function read({ id }: Receipt, reach: Reach<Channel>): Promise<Standing | "gone"> {
  const own = publicKeyOf(reach.channel.key);
  const { answers, missing } = await askAll(
    [{ ids: [id] }, { kinds: [DELETION], authors: [own], "#e": [id] }],
    reach,
  );
  const events = distinct(answers).filter(isGenuine);
  if (events.some((event) => isDeletionOf(id, own, event))) return "gone";
  const note = events.find((event) => event.id === id);
  if (note) return { text: wordsOf(note), url: pageOf(note, reach.channel.web) };
  // One that cannot be reached may have it.
  if (missing[0]) throw new NetworkError("unavailable", missing[0].message);
  return "gone";
}

export const metrics = oneByOne(async (receipt: Receipt, reach: Reach<Channel>) => {
  const standing = await read(receipt, reach);
  return standing === "gone" ? "gone" : await countsOf(receipt, reach);
});

async function countsOf({ id }: Receipt, reach: Reach<Channel>): Promise<Metrics> {
  const { answers } = await askAll(
    [
      { kinds: [NOTE, REPOST, REACTION], "#e": [id], limit: MOST },
      { kinds: [NOTE], "#q": [id], limit: MOST },
    ],
    reach,
  );
  const events = distinct(answers);
  const count = (fits: (event: Event) => boolean) => events.filter(fits).length;
  return {
    // NIP-25: `-` is a dislike.
    likes: count(({ kind, content }) => kind === REACTION && content !== "-"),
    shares: count(({ kind }) => kind === REPOST),
    quotes: count(({ kind, tags }) => kind === NOTE && tags.some(([name, of]) => name === "q" && of === id)),
    replies: count((event) => event.kind === NOTE && parentOf(event) === id),
  };
}

export async function replies({ id }: Receipt, reach: Reach<Channel>, since: Date): Promise<PostReply[]> {
  const from = Math.floor(since.getTime() / 1000);
  const { answers } = await askAll([{ kinds: [NOTE], "#e": [id], since: from, limit: MOST }], reach);
  const { key, web } = reach.channel;
  const own = publicKeyOf(key);
  const notes = distinct(answers)
    .filter((event) => event.pubkey !== own && event.created_at >= from && parentOf(event) !== undefined)
    .filter(isGenuine)
    .sort((a, b) => a.created_at - b.created_at);
  const names = await namesOf([...new Set(notes.map(({ pubkey }) => pubkey))], reach);
  return notes.map((note) => {
    const relay = relayOf(note.id, answers);
    const name = names.get(note.pubkey);
    const handle = npubOf(note.pubkey);
    return {
      id: note.id,
      url: pageOf(note, web),
      ref: { pubkey: note.pubkey, ...(relay && { relay }) },
      parent: parentOf(note) ?? id,
      author: { handle, ...(name && { name }), url: `${web}/${handle}` },
      text: note.content,
      at: new Date(note.created_at * 1000).toISOString(),
    };
  });
}

const Profile = v.object({ name: v.nullish(v.string()), display_name: v.nullish(v.string()) });

/** What people call themselves, by their keys, as far as they say. */
export async function namesOf(
  people: readonly string[],
  reach: Reach<Channel>,
): Promise<Map<string, string>> {
  if (people.length === 0) return new Map();
  const { answers } = await askAll([{ kinds: [PROFILE], authors: [...people] }], reach);
  const profiles = distinct(answers)
    .filter(isGenuine)
    .sort((a, b) => a.created_at - b.created_at);
  return new Map(profiles.flatMap(({ pubkey, content }) => nameIn(content).map((name) => [pubkey, name])));
}

function nameIn(content: string): string[] {
  try {
    const { name, display_name } = v.parse(Profile, JSON.parse(content));
    return [display_name || name || ""].filter(Boolean);
  } catch {
    return [];
  }
}

/** NIP-10: what it answers; nothing when it only mentions. Without markers, the last one is it. */
function parentOf({ tags }: Event): string | undefined {
  const marked = tags.filter(([name]) => name === "e");
  const by = (marker: string) => marked.find(([, , , mark]) => mark === marker)?.[1];
  const plain = marked.filter(([, , , mark]) => mark === undefined || mark === "");
  return by("reply") ?? by("root") ?? plain.at(-1)?.[1];
}

function isDeletionOf(id: string, own: string, { kind, pubkey, tags }: Event): boolean {
  return kind === DELETION && pubkey === own && tags.some(([name, of]) => name === "e" && of === id);
}

/** Without the addresses of its files, which readers see as pictures. */
function wordsOf({ content, tags }: Event): string {
  const files = tags.flatMap(([name, ...fields]) =>
    name === "imeta" ? fields.flatMap((field) => /^url (.+)$/.exec(field)?.[1] ?? []) : [],
  );
  return content
    .split("\n")
    .filter((line) => !files.includes(line))
    .join("\n")
    .trim();
}

function relayOf(id: string, answers: readonly { relay: string; events: Event[] }[]): string | undefined {
  return answers.find(({ events }) => events.some((event) => event.id === id))?.relay;
}
