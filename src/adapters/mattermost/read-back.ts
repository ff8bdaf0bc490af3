/** What became of a post: as it stands, its reactions, and what people answered. Only a bot can ask. */
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
import { type Channel, onlyBot, Post, type Posted, Posts, pathOf, whoAmI } from "./api.ts";

const Reactions = v.nullish(v.array(v.object({ emoji_name: v.string() })));
const Users = v.array(
  v.object({
    id: v.string(),
    username: v.string(),
    first_name: v.optional(v.string(), ""),
    last_name: v.optional(v.string(), ""),
  }),
);

async function postOf(receipt: Receipt, { channel, http }: Reach<Channel>): Promise<Posted | "gone"> {
  onlyBot(channel, "look up what it posted");
  const reply = await http({ path: pathOf(receipt), ok: [404] });
  return unlessGone(reply, Post, "a post");
}

export async function read(receipt: Receipt, reach: Reach<Channel>): Promise<Standing | "gone"> {
  const post = await postOf(receipt, reach);
  if (post === "gone") return "gone";
  const { message, edit_at } = post;
  return { text: message, url: receipt.url, ...(edit_at > 0 && { edited: new Date(edit_at).toISOString() }) };
}

/** Reactions of every kind together. Views are not counted. */
export const metrics = oneByOne(async (receipt: Receipt, reach: Reach<Channel>) => {
  const post = await postOf(receipt, reach);
  if (post === "gone") return "gone";
  const reply = await reach.http({ path: `${pathOf(receipt)}/reactions`, ok: [404] });
  // A post without reactions has null in their place.
  const reactions = reply.status === 404 ? [] : expectReply(reply, Reactions, "reactions", true);
  const { reply_count } = post;
  return { likes: reactions?.length ?? 0, ...(reply_count !== undefined && { replies: reply_count }) };
});

export async function replies(receipt: Receipt, reach: Reach<Channel>, since: Date): Promise<PostReply[]> {
  onlyBot(reach.channel, "read the channel");
  // Answers hang below the first post of a thread, whichever of its posts they mean.
  if (receipt.ref?.root) return [];
  const reply = await reach.http({ path: `${pathOf(receipt)}/thread`, ok: [404] });
  if (reply.status === 404) return [];
  const { posts } = expectReply(reply, Posts, "a thread", true);
  const me = await whoAmI(reach);
  const answers = Object.values(posts ?? {})
    .filter((post) => post.root_id === receipt.id && post.user_id !== me.id)
    .filter(({ create_at }) => create_at >= since.getTime())
    .sort((a, b) => a.create_at - b.create_at);
  const people = await usersOf([...new Set(answers.map(({ user_id }) => user_id))], reach);
  return answers.map(({ id, user_id, message, create_at }) => ({
    id,
    parent: receipt.id,
    author: people.get(user_id) ?? { handle: user_id },
    text: message,
    at: new Date(create_at).toISOString(),
    ...(receipt.url && { url: receipt.url.replace(/\/pl\/\w+$/, `/pl/${id}`) }),
    ref: { root: receipt.id },
  }));
}

async function usersOf(ids: string[], { http }: Reach<Channel>): Promise<Map<string, PostReply["author"]>> {
  if (ids.length === 0) return new Map();
  const reply = await http({ method: "POST", path: "/users/ids", json: ids, safe: true });
  const users = expectReply(reply, Users, "users", true);
  return new Map(
    users.map(({ id, username, first_name, last_name }) => {
      const name = `${first_name} ${last_name}`.trim();
      return [id, { handle: `@${username}`, ...(name && { name }) }];
    }),
  );
}
