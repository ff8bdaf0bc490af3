/** Posts: https://docs.x.com/x-api/posts/create-post. */
import { marked } from "../../html.ts";
import type { SandboxPost, SandboxReply, World } from "../../network.ts";
import { counted } from "./login.ts";
import { known, objectOf } from "./members.ts";
import {
  type Call,
  entityOf,
  GONE,
  ID,
  invalid,
  MINUTE,
  nextId,
  ok,
  refuse,
  type State,
  type Tweet,
  type Upload,
  type User,
} from "./state.ts";
import { linksIn, weightOf } from "./weight.ts";

const MAX = 280;

const MEMBERS = new Set(
  "text reply media poll quote_tweet_id reply_settings community_id share_with_followers for_super_followers_only edit_options made_with_ai paid_partnership nullcast card_uri direct_message_deep_link geo".split(
    " ",
  ),
);

const AUDIENCES = ["following", "mentionedUsers", "subscribers", "verified"];

export function create(call: Call): SandboxReply {
  const { state, world } = call;
  const author = call.who();
  const { fields, type } = call.body();
  if (type !== "json") throw invalid("the body must be JSON");
  known(fields, MEMBERS, "");
  const words = fields.text ?? "";
  if (typeof words !== "string") throw invalid("text: must be a string");
  const { reply_settings: replySettings } = fields;
  if (replySettings !== undefined && !AUDIENCES.includes(String(replySettings)))
    throw invalid(`reply_settings: [${replySettings}] is not one of [${AUDIENCES.join(",")}]`);
  if (fields.quote_tweet_id !== undefined) throw forbidden("You are not permitted to perform this action.");
  const media = mediaOf(fields.media, author, state, world);
  const poll = pollOf(fields.poll);
  if (poll && media.length > 0) throw invalid("poll: cannot be combined with media");
  const parent = parentOf(fields.reply, author, state);
  const before = previous(fields.edit_options, author, state, world);
  if (before?.poll && poll) throw invalid("edit_options: a post with a poll cannot be edited");
  checkWords(words, media);
  call.take("posts", author.id);

  const id = nextId(state);
  const tweet: Tweet = {
    id,
    author,
    text: words,
    at: world.now(),
    conversation: before?.conversation ?? parent?.conversation ?? id,
    media,
    history: [...(before?.history ?? []), id],
    firstAt: before?.firstAt ?? world.now(),
    ...(parent && { parent: parent.id }),
    ...(before?.parent && { parent: before.parent }),
    ...(poll && { poll }),
    ...(replySettings !== undefined && { replySettings: String(replySettings) }),
  };
  for (const file of media) file.used = true;
  state.tweets.set(id, tweet);
  if (before) {
    before.replaced = true;
    world.remove(ID, before.id);
  }
  world.accept(postOf(tweet, world));
  return ok(
    { data: { id, text: entityOf(tweet, new Set(), world).text, edit_history_post_ids: tweet.history } },
    201,
  );
}

function checkWords(words: string, media: readonly Upload[]): void {
  if (words.trim() === "" && media.length === 0) throw invalid("text: must not be empty");
  if (/[\ufffe\ufeff\uffff]/.test(words)) throw invalid("text: contains invalid characters");
  if (weightOf(words) > MAX)
    throw forbidden(
      "Your Tweet text is too long. For more information on how Twitter determines text length see our documentation.",
    );
  const tags = words.match(/(?:^|[^\p{L}\p{N}_$])\$[a-z]{1,6}(?:[._][a-z]{1,2})?(?![\p{L}\p{N}_$])/giu) ?? [];
  if (tags.length > 1) throw forbidden("A post can have a maximum of one cashtag.");
}

function mediaOf(value: unknown, author: User, state: State, world: World): Upload[] {
  const said = objectOf(value, "media", ["media_ids", "tagged_user_ids"]);
  if (!said) return [];
  const ids = said.media_ids;
  if (!Array.isArray(ids) || ids.length < 1 || ids.length > 4)
    throw invalid("media.media_ids: 1 to 4 are allowed");
  const files = ids.map((id) => state.uploads.get(String(id)));
  if (files.some((file) => !file || file.owner !== author.id || !file.bytes || file.readyAt > world.now()))
    throw invalid("Your media IDs are invalid.");
  const media = files as Upload[];
  const alone = media.some(({ category }) => category !== "tweet_image");
  if (alone && media.length > 1) throw invalid("media: a video or a GIF cannot be combined with other media");
  return media;
}

function pollOf(value: unknown): Tweet["poll"] {
  const said = objectOf(value, "poll", ["options", "duration_minutes", "reply_settings"]);
  if (!said) return undefined;
  const options = said.options;
  if (!Array.isArray(options) || options.length < 2 || options.length > 4)
    throw invalid("poll.options: 2 to 4 are allowed");
  if (options.some((option) => typeof option !== "string" || option.length < 1 || [...option].length > 25))
    throw invalid("poll.options: 1 to 25 characters each");
  const minutes = said.duration_minutes;
  if (!Number.isInteger(minutes) || Number(minutes) < 5 || Number(minutes) > 10_080)
    throw invalid("poll.duration_minutes: 5 to 10080");
  return { options, minutes: Number(minutes), votes: options.map(() => 0) };
}

/** Since 2026-02-23 an answer by the API needs the account to be mentioned there; one's own thread goes on. */
function parentOf(value: unknown, author: User, { tweets }: State): Tweet | undefined {
  const said = objectOf(value, "reply", [
    "in_reply_to_tweet_id",
    "exclude_reply_user_ids",
    "auto_populate_reply_metadata",
  ]);
  if (!said) return undefined;
  const parent = tweets.get(String(said.in_reply_to_tweet_id));
  if (!parent || parent.replaced)
    throw forbidden("You attempted to reply to a Tweet that is deleted or not visible to you.");
  const isCalled =
    parent.author.id === author.id || author.isGuest || parent.text.includes(`@${author.username}`);
  if (!isCalled) throw forbidden("You are not permitted to perform this action.");
  return parent;
}

function previous(value: unknown, author: User, { tweets }: State, world: World): Tweet | undefined {
  const said = objectOf(value, "edit_options", ["previous_post_id"]);
  if (!said) return undefined;
  const before = tweets.get(String(said.previous_post_id));
  if (!before || before.author.id !== author.id) throw forbidden("You are not permitted to edit this Tweet.");
  const isOver = world.now() - before.firstAt > 30 * MINUTE || before.history.length > 5;
  if (before.replaced || before.poll || isOver)
    throw forbidden("This Tweet is no longer eligible for editing.");
  return before;
}

function forbidden(detail: string): Error {
  return refuse(403, "Forbidden", detail);
}

export function remove(call: Call): SandboxReply {
  const { state, world, params } = call;
  const user = counted(call, "deletes");
  const tweet = state.tweets.get(params.id!);
  if (!tweet) throw notFound(params.id!);
  if (tweet.author.id !== user.id) throw forbidden("You are not permitted to delete this Tweet.");
  // Any version takes the whole chain along.
  for (const id of tweet.history) {
    state.tweets.delete(id);
    world.remove(ID, id);
  }
  return ok({ data: { deleted: true } });
}

function notFound(id: string): Error {
  return refuse(404, "Not Found Error", `Could not find tweet with id: [${id}].`, GONE);
}

function postOf(tweet: Tweet, world: World): SandboxPost {
  const { id, author, text, at, media, parent, poll, replySettings, history } = tweet;
  const links = linksIn(text);
  return {
    network: ID,
    account: `@${author.username}`,
    id,
    url: `${world.base(ID)}/${author.username}/status/${id}`,
    at,
    text,
    html: marked(text),
    media: media.map(({ type, alt, bytes }) => ({ type, alt, bytes: bytes ?? new Uint8Array() })),
    length: weightOf(text),
    max: MAX,
    notes: [
      ...(poll ? [`poll: ${poll.options.join(" / ")}`] : []),
      ...(replySettings ? [`replies: ${replySettings}`] : []),
      ...(history.length > 1 ? [`version ${history.length}`] : []),
    ],
    ...(parent ? { parent } : {}),
    // Media take the place of the card.
    ...(links[0] && media.length === 0 ? { card: { url: links[0].value } } : {}),
  };
}
