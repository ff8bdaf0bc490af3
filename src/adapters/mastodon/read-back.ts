/** What became of a status: as it stands, how it fares, and what people answered. */
import * as v from "valibot";
import {
  expectReply,
  oneByOne,
  type PostReply,
  type Reach,
  type Receipt,
  type Standing,
  unlessGone,
} from "../../adapter.ts";
import { textOfHtml } from "../../text/from-html.ts";
import { type Channel, Created, pathOf, receiptOf, whoAmI } from "./api.ts";
import { asSent } from "./software.ts";

const Status = v.object({
  ...Created.entries,
  content: v.string(),
  edited_at: v.nullish(v.string()),
  replies_count: v.optional(v.number()),
  reblogs_count: v.optional(v.number()),
  favourites_count: v.optional(v.number()),
  quotes_count: v.optional(v.number()),
  // Until it ends a server may keep its votes to itself.
  poll: v.nullish(
    v.object({ options: v.array(v.object({ title: v.string(), votes_count: v.nullish(v.number()) })) }),
  ),
});

const Answer = v.object({
  ...Created.entries,
  content: v.string(),
  created_at: v.string(),
  in_reply_to_id: v.nullish(v.string()),
  account: v.object({
    id: v.string(),
    acct: v.string(),
    display_name: v.optional(v.string()),
    url: v.nullish(v.string()),
  }),
});

async function statusOf(receipt: Receipt, { http }: Reach<Channel>) {
  const reply = await http({ path: pathOf(receipt), ok: [404] });
  return unlessGone(reply, Status, "a status");
}

export async function read(receipt: Receipt, reach: Reach<Channel>): Promise<Standing | "gone"> {
  const status = await statusOf(receipt, reach);
  if (status === "gone") return "gone";
  const { content, edited_at } = status;
  const { url } = receiptOf(status);
  const html = asSent(content, reach.channel.software);
  return { text: textOfHtml(html).trim(), url, ...(edited_at && { edited: edited_at }) };
}

// One by one: the list by ids came with 4.3, and compatible servers do not have it. Views are not counted.
export const metrics = oneByOne(async (receipt: Receipt, reach: Reach<Channel>) => {
  const status = await statusOf(receipt, reach);
  if (status === "gone") return "gone";
  const { favourites_count, reblogs_count, quotes_count, replies_count, poll } = status;
  const votes = poll?.options.flatMap(({ title, votes_count }) =>
    typeof votes_count === "number" ? [{ choice: title, votes: votes_count }] : [],
  );
  return {
    likes: favourites_count,
    shares: reblogs_count,
    quotes: quotes_count,
    replies: replies_count,
    ...(votes && votes.length > 0 && { poll: votes }),
  };
});

export async function replies(receipt: Receipt, reach: Reach<Channel>, since: Date): Promise<PostReply[]> {
  const reply = await reach.http({ path: `${pathOf(receipt)}/context`, ok: [404] });
  if (reply.status === 404) return [];
  const Thread = v.object({ descendants: v.array(Answer) });
  const { descendants } = expectReply(reply, Thread, "a thread", true);
  const me = await whoAmI(reach);
  return descendants
    .filter(({ account, created_at }) => account.id !== me.id && Date.parse(created_at) >= since.getTime())
    .sort((a, b) => Date.parse(a.created_at) - Date.parse(b.created_at))
    .map((status) => ({
      ...receiptOf(status),
      parent: status.in_reply_to_id ?? receipt.id,
      author: authorOf(status.account, reach.channel),
      text: textOfHtml(status.content).trim(),
      at: status.created_at,
    }));
}

// Accounts of the same server come without its name.
function authorOf({ acct, display_name, url }: v.InferOutput<typeof Answer>["account"], { server }: Channel) {
  const handle = acct.includes("@") ? `@${acct}` : `@${acct}@${new URL(url ?? server).host}`;
  return { handle, ...(display_name && { name: display_name }), ...(url && { url }) };
}
