/** Whether a post went out: by the key among its props, in the channel's own list. */
import { type Context, everyItem, type Found, type Post as OurPost } from "../../adapter.ts";
import { type Channel, type Options, onlyBot, Posts, receiptOf, teamOf } from "./api.ts";

const PAGE = 200;
// Who makes the posts may have another clock than who answers; the key decides, not the time.
const MARGIN = 60_000;

export async function find(_: OurPost<Options>, context: Context<Channel>, since: Date): Promise<Found> {
  const { channel, ask, key } = context;
  onlyBot(channel, "look up what it posted");
  const team = await teamOf(context);
  const oldest = since.getTime() - MARGIN;
  const list = everyItem(async (page = "0") => {
    const query = { page, per_page: PAGE };
    const { order, posts } = await ask(
      { path: `/channels/${channel.channel_id}/posts`, query },
      Posts,
      "posts",
    );
    const items = (order ?? []).flatMap((id) => posts?.[id] ?? []);
    const last = items.at(-1);
    const goesOn = items.length === PAGE && last !== undefined && last.create_at >= oldest;
    return { items, next: goesOn ? String(Number(page) + 1) : undefined };
  });
  for await (const { id, props } of list) {
    if (props?.broadcast_key === key) return receiptOf(id, team, context);
  }
  return "absent";
}
