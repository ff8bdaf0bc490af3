/** A program of the project's own: it gets each post as JSON, posts it wherever it likes, and answers with a receipt. */
import { constants } from "node:fs";
import { access } from "node:fs/promises";
import { basename } from "node:path";
import * as v from "valibot";
import {
  type Context,
  defineAdapter,
  type Media,
  NetworkError,
  nameOf,
  type Post,
  type Receipt,
} from "../../adapter.ts";
import { milliseconds, parseDuration } from "../../duration.ts";
import { addressOf } from "../../http/program-address.ts";
import { redactor } from "../../redact.ts";
import { program, secret, text } from "../../settings.ts";

// An adapter that gives no sign of life for five minutes is given up, and its program would go on.
const LONGEST_RUN = "4m";

const channel = v.strictObject({
  program: program("The program, relative to broadcast.yml; also under `programs:` there"),
  args: v.optional(v.pipe(v.array(v.string()), v.description("What it is called with"))),
  variables: v.optional(
    v.pipe(
      v.array(v.pipe(v.string(), v.regex(/^[A-Za-z_]\w*$/, "is not a variable's name: ACME_REGION"))),
      v.description("Names of environment variables that it gets besides PATH, HOME and the like"),
    ),
  ),
  token: v.optional(secret("A secret for it; it gets it in the JSON")),
  timeout: v.optional(
    v.pipe(
      v.string(),
      v.check((typed) => {
        const ms = parseDuration(typed) ?? 0;
        return ms > 0 && ms <= milliseconds(LONGEST_RUN);
      }, `is not a length of time up to ${LONGEST_RUN}: write it like 30s`),
      v.description(`How long it may run; default 1m, at most ${LONGEST_RUN}`),
    ),
    "1m",
  ),
  once: v.optional(
    v.pipe(
      v.boolean(),
      v.description("Whether it takes each `key` once, and answers a repeat as the first time"),
    ),
  ),
  socket: v.optional(
    v.pipe(
      text("Instead of starting it: where it runs already, tcp://127.0.0.1:PORT"),
      v.regex(/^tcp:\/\/(?:127\.0\.0\.1|localhost|\[::1\]):\d+\/?$/, "is not tcp://127.0.0.1:PORT"),
    ),
  ),
});

const options = v.strictObject({
  values: v.optional(
    v.pipe(
      v.record(v.string(), v.union([v.string(), v.number(), v.boolean()])),
      v.description("Anything for the program, by names of its own"),
    ),
  ),
});

type Channel = v.InferOutput<typeof channel>;
type Options = v.InferOutput<typeof options>;

const Answer = v.union([
  v.object({
    id: v.pipe(v.union([v.string(), v.number()]), v.transform(String)),
    url: v.optional(v.pipe(v.string(), v.url())),
    hidden: v.optional(v.picklist(["draft", "review"])),
  }),
  v.object({
    error: v.picklist(["auth", "limited", "rejected", "unavailable"]),
    message: v.optional(v.string(), "it gives no reason"),
    retry_after: v.optional(v.pipe(v.number(), v.minValue(0))),
  }),
]);

const PICTURES = ["image/png", "image/jpeg", "image/gif", "image/webp"];

export const exec = defineAdapter({
  id: "exec",
  name: "Program",
  source: { url: "https://www.rfc-editor.org/rfc/rfc8259", checked: "2026-11-27" },
  api: { version: "1" },
  group: "machine",
  shape: "article",
  look: { mark: "Pr", light: "#4a4a4a", dark: "#c4c4c4", layout: "card", avatar: "square" },

  channel,
  options,
  auth: {
    kind: "key",
    asks: ["program"],
    steps: [
      'Write a program that reads JSON from its standard input and writes {"id": "…"} to its standard output: `program`.',
      "Allow it in broadcast.yml, beside `channels`: `programs: [tools/post.py]`.",
      "If it needs a secret, that is `token`.",
    ],
  },
  // Its refusals do not come by HTTP.
  own: { body: v.never() },

  title: { max: 1_000, unit: "grapheme", markup: "plain", line: true },
  text: { max: 500_000, unit: "byte", markup: "markdown", tags: "field" },
  media: { count: 10, alt: 10_000, total: 20_000_000, image: { types: PICTURES, bytes: 10_000_000 } },
  thread: "reply",
  card: "ours",
  rates: [],
  // `once: true` where the program knows a repeat.
  idempotency: "none",
  edits: "none",
  retracts: "none",

  async publish(post, context) {
    const { channel } = context;
    const said = await run(JSON.stringify(await messageOf(post, context)), context);
    const answer = v.safeParse(Answer, said);
    if (!answer.success)
      throw new NetworkError("uncertain", `${nameIn(channel)} has ended well, and answered with no receipt`);
    return receiptOf(answer.output, channel);
  },

  async account({ channel }) {
    const file = channel.program;
    // Where it runs already, there is no file to look at.
    if (channel.socket === undefined)
      await access(file, constants.X_OK).catch((error: NodeJS.ErrnoException) => {
        const why = error.code === "ENOENT" ? "is not there" : "may not be run: `chmod +x`";
        throw new NetworkError("rejected", `${nameIn(channel)} ${why}`);
      });
    const name = basename(file);
    return { id: name, handle: name, ...(channel.once && { idempotency: "forever" as const }) };
  },
});

/** What the program reads: one line of JSON. */
async function messageOf({ options, ...post }: Post<Options>, context: Context<Channel>) {
  const { key, index, startedAt, thread, channel } = context;
  const { title, text, summary, link, tags, lang, canonical, poll } = post;
  const { image: _, ...card } = link ?? { url: "" };
  return {
    version: 1,
    type: "publish",
    key,
    part: index,
    time: startedAt.toISOString(),
    ...(thread && { root: thread.root.id, parent: thread.parent.id }),
    ...(channel.token !== undefined && { token: channel.token }),
    post: {
      ...(title !== undefined && { title }),
      text,
      markup: "markdown",
      ...(summary !== undefined && { summary }),
      ...(link && { link: card }),
      tags,
      ...(lang && { lang }),
      ...(canonical && { canonical }),
      ...(poll && { poll }),
      media: await Promise.all(post.media.map((media) => fileOf(media, context))),
    },
    values: options.values ?? {},
  };
}

async function fileOf(media: Media, context: Context<Channel>) {
  const data = Buffer.from(await context.bytes(media)).toString("base64");
  return { name: nameOf(media), type: media.type, alt: media.alt, data };
}

/** Starts it, waits for its end, and ends it when it takes too long. Gives what it has written; `undefined` where that is no JSON. */
async function run(message: string, { connect, channel }: Context<Channel>): Promise<unknown> {
  const { program: file, args, variables, timeout, socket } = channel;
  const connection = await connect(socket ?? addressOf({ file, args, variables }), {
    deadline: milliseconds(timeout),
  });
  try {
    await connection.send(`${message}\n`);
    return JSON.parse(await connection.receive());
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  } finally {
    connection.close();
  }
}

function receiptOf(answer: v.InferOutput<typeof Answer>, channel: Channel): Receipt {
  if (!("error" in answer)) return answer;
  const { error, message, retry_after } = answer;
  // Its own words may hold the secret that it was given.
  const words = redactor(channel.token === undefined ? [] : [channel.token])(message).slice(0, 300);
  throw new NetworkError(error, `${nameIn(channel)} says: ${words}`, {
    ...(retry_after !== undefined && { retryAt: Date.now() + retry_after * 1000 }),
  });
}

function nameIn({ program: file }: Channel): string {
  return `the program ${basename(file)}`;
}
