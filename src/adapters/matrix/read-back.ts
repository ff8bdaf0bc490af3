/** Whether a message went out, and what became of it: as it stands, its reactions, and what people answered. */
import * as v from "valibot";
import {
  type Context,
  everyItem,
  expectReply,
  type Found,
  oneByOne,
  type Post,
  type PostReply,
  type Reach,
  type Receipt,
  type Standing,
} from "../../adapter.ts";
import { textOfHtml } from "../../text/from-html.ts";
import {
  type Channel,
  Event,
  eventOf,
  GONE,
  type Options,
  placeOf,
  receiptOf,
  roomIn,
  roomPath,
  V1,
  whoAmI,
} from "./api.ts";

// Other kinds of events have other contents.
const Anything = v.object({
  event_id: v.optional(v.string()),
  origin_server_ts: v.number(),
  type: v.string(),
});
const Messages = v.object({ chunk: v.array(v.unknown()), end: v.nullish(v.string()) });
const Relations = v.object({ chunk: v.array(v.unknown()), next_batch: v.nullish(v.string()) });

// Of clocks; the key decides, not the time.
const MARGIN = 60_000;

export async function find(_: Post<Options>, context: Context<Channel>, since: Date): Promise<Found> {
  const place = await placeOf(context);
  for await (const { event_id, content, unsigned } of messagesIn(
    place.room,
    context,
    since.getTime() - MARGIN,
  )) {
    const isOurs = content.broadcast_key === context.key || unsigned?.transaction_id === context.key;
    if (isOurs && content["m.relates_to"]?.rel_type !== "m.replace")
      return receiptOf(event_id, place, context);
  }
  return "absent";
}

/** The room's messages until that time is passed, newest first. */
async function* messagesIn(room: string, { ask }: Reach<Channel>, from: number): AsyncGenerator<Event> {
  const list = everyItem(async (token) => {
    const filter = JSON.stringify({ types: ["m.room.message"] });
    const query = { dir: "b", limit: 100, filter, from: token };
    const { chunk, end } = await ask({ path: `${roomPath(room)}/messages`, query }, Messages, "messages");
    const last = v.safeParse(Anything, chunk.at(-1));
    const goesOn = !last.success || last.output.origin_server_ts >= from;
    return { items: chunk, next: goesOn ? (end ?? undefined) : undefined };
  });
  for await (const one of list) {
    const event = v.safeParse(Event, one);
    if (event.success) yield event.output;
  }
}

export async function read(receipt: Receipt, reach: Reach<Channel>): Promise<Standing | "gone"> {
  const event = await eventOf(receipt, reach);
  if (event === GONE) return GONE;
  const edit = event.unsigned?.["m.relations"]?.["m.replace"];
  const { body = "", formatted_body } = edit?.content?.["m.new_content"] ?? event.content;
  return {
    text: formatted_body === undefined ? body : textOfHtml(formatted_body).trim(),
    url: receipt.url,
    ...(edit && { edited: new Date(edit.origin_server_ts).toISOString() }),
  };
}

/** Reactions of every kind together. Views are not counted. */
export const metrics = oneByOne(async (receipt: Receipt, reach: Reach<Channel>) => {
  if ((await eventOf(receipt, reach)) === GONE) return GONE;

  return {
    likes: await countOf(receipt, "m.annotation/m.reaction", reach),
    replies: await countOf(receipt, "m.thread/m.room.message", reach),
  };
});

async function countOf(receipt: Receipt, kind: string, reach: Reach<Channel>): Promise<number> {
  const room = receipt.ref?.room ?? (await roomIn(reach));
  const path = `${V1}/rooms/${encodeURIComponent(room)}/relations/${encodeURIComponent(receipt.id)}/${kind}`;
  const list = everyItem(async (from) => {
    const reply = await reach.http({ path, query: { limit: 100, from }, ok: [404] });
    if (reply.status === 404) return { items: [] };
    const { chunk, next_batch } = expectReply(reply, Relations, "relations", true);
    return { items: chunk, next: next_batch ?? undefined };
  });
  let count = 0;
  for await (const _ of list) count++;
  return count;
}

/** In a thread below it, or as an answer that names it. */
export async function replies(receipt: Receipt, reach: Reach<Channel>, since: Date): Promise<PostReply[]> {
  const room = receipt.ref?.room ?? (await roomIn(reach));
  const { user_id } = await whoAmI(reach);
  const found: PostReply[] = [];
  for await (const { event_id, sender, origin_server_ts, content } of messagesIn(
    room,
    reach,
    since.getTime(),
  )) {
    const relation = content["m.relates_to"];
    const isBelow = relation?.rel_type === "m.thread" && relation.event_id === receipt.id;
    const answered = relation?.["m.in_reply_to"]?.event_id;
    if (sender === user_id || origin_server_ts < since.getTime() || content.body === undefined) continue;
    if (relation?.rel_type === "m.replace" || (!isBelow && answered !== receipt.id)) continue;
    const { formatted_body, body } = content;
    found.push({
      id: event_id,
      parent: answered ?? receipt.id,
      author: { handle: sender },
      text: formatted_body === undefined ? body : textOfHtml(withoutQuote(formatted_body)).trim(),
      at: new Date(origin_server_ts).toISOString(),
      ...(receipt.url && {
        url: receipt.url.replace(encodeURIComponent(receipt.id), encodeURIComponent(event_id)),
      }),
      ref: {
        room,
        ...(relation?.rel_type === "m.thread" && relation.event_id && { thread: relation.event_id }),
      },
    });
  }
  return found.sort((a, b) => Date.parse(a.at) - Date.parse(b.at));
}

// Before version 1.13 an answer began with what it answers.
function withoutQuote(html: string): string {
  return html.replace(/^<mx-reply>.*?<\/mx-reply>/s, "");
}
