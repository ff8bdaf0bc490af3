/** Posts that are out: https://docs.x.com/x-api/posts/lookup. */
import type { SandboxReply } from "../../network.ts";
import { counted } from "./login.ts";
import { type Call, entityOf, GONE, invalid, MINUTE, ok, type Tweet } from "./state.ts";

function fieldsOf({ query }: Call, name = "tweet.fields"): ReadonlySet<string> {
  return new Set((query.get(name) ?? "").split(",").filter(Boolean));
}

/** A post that is gone is an answer without `data`, with an error that says so. */
export function one(call: Call): SandboxReply {
  counted(call, "reads");
  const tweet = call.state.tweets.get(call.params.id!);
  if (!tweet) return ok({ errors: [missing(call.params.id!)] });
  return ok({ data: withCounts(tweet, call) });
}

function missing(id: string) {
  return {
    resource_id: id,
    resource_type: "tweet",
    parameter: "id",
    title: "Not Found Error",
    detail: `Could not find tweet with id: [${id}].`,
    type: GONE,
  };
}

function withCounts(tweet: Tweet, call: Call) {
  const fields = fieldsOf(call);
  const answers = [...call.state.tweets.values()].filter(({ parent }) => parent === tweet.id).length;
  const counts = {
    retweet_count: 0,
    reply_count: answers,
    like_count: 0,
    quote_count: 0,
    bookmark_count: 0,
    impression_count: 0,
  };
  return {
    ...entityOf(tweet, fields, call.world),
    ...(fields.has("public_metrics") && { public_metrics: counts }),
  };
}

export function lookUp(call: Call): SandboxReply {
  counted(call, "reads");
  const ids = (call.query.get("ids") ?? "").split(",").filter(Boolean);
  if (ids.length < 1 || ids.length > 100) throw invalid("ids: 1 to 100 are allowed");
  const found = ids.flatMap((id) => call.state.tweets.get(id) ?? []);
  const gone = ids.filter((id) => !call.state.tweets.has(id)).map(missing);
  const polls = found.flatMap(({ id, poll }) =>
    poll
      ? [
          {
            id: `${id}0`,
            options: poll.options.map((label, at) => ({
              position: at + 1,
              label,
              votes: poll.votes[at] ?? 0,
            })),
          },
        ]
      : [],
  );
  const expands = fieldsOf(call, "expansions").has("attachments.poll_ids");
  return ok({
    ...(found.length > 0 && { data: found.map((tweet) => withCounts(tweet, call)) }),
    ...(expands && polls.length > 0 && { includes: { polls } }),
    ...(gone.length > 0 && { errors: gone }),
  });
}

export function timeline(call: Call): SandboxReply {
  counted(call, "reads");
  const own = [...call.state.tweets.values()].filter(
    ({ author, replaced }) => author.id === call.params.id && !replaced,
  );
  return listed(own, call, 5);
}

/** `conversation_id:ID -from:NAME`, of the last seven days. */
export function search(call: Call): SandboxReply {
  counted(call, "reads");
  const asked = call.query.get("query") ?? "";
  const [, conversation] = /conversation_id:(\d+)/.exec(asked) ?? [];
  const [, without] = /-from:(\w+)/.exec(asked) ?? [];
  const week = call.world.now() - 7 * 24 * 60 * MINUTE;
  const start = call.query.get("start_time");
  if (start !== null && Date.parse(start) < week) throw invalid("start_time: must be within the last 7 days");
  const found = [...call.state.tweets.values()].filter(
    (tweet) =>
      tweet.conversation === conversation &&
      tweet.id !== conversation &&
      !tweet.replaced &&
      tweet.author.username !== without &&
      tweet.at >= week,
  );
  const users = new Map(found.map(({ author }) => [author.id, author]));
  const { body, ...reply } = listed(found, call, 10);
  const expands = fieldsOf(call, "expansions").has("author_id") && users.size > 0;
  const people = [...users.values()].map(({ id, username }) => ({ id, username, name: username }));
  return { ...reply, body: { ...(body as object), ...(expands && { includes: { users: people } }) } };
}

/** Newest first, in pages. */
function listed(all: Tweet[], call: Call, least: number): SandboxReply {
  const { query } = call;
  const size = Number(query.get("max_results") ?? 10);
  if (!(size >= least && size <= 100)) throw invalid(`max_results: ${least} to 100`);
  const start = query.get("start_time");
  const from = start === null ? 0 : Date.parse(start);
  if (Number.isNaN(from)) throw invalid("start_time: is not an RFC 3339 time");
  const sorted = all.filter(({ at }) => at >= from).sort((a, b) => (BigInt(a.id) < BigInt(b.id) ? 1 : -1));
  const at = Number(query.get("pagination_token") ?? query.get("next_token") ?? 0);
  const page = sorted.slice(at, at + size);
  const next = at + size < sorted.length ? String(at + size) : undefined;
  return ok({
    ...(page.length > 0 && { data: page.map((tweet) => withCounts(tweet, call)) }),
    meta: { result_count: page.length, ...(next !== undefined && { next_token: next }) },
  });
}
