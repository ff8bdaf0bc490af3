/** `fixtureOf`: a half plays the network of the contract suite, and what the suite says to adapters that break a promise then. */
import * as v from "valibot";
import { describe, expect, it } from "vitest";
import { type Adapter, type Context, defineAdapter, type Post } from "../../src/adapter.ts";
import { expectReply } from "../../src/http/http.ts";
import { bearer, text } from "../../src/sandbox/body.ts";
import { channelOf } from "../../src/sandbox/ids.ts";
import { base, secret } from "../../src/settings.ts";
import {
  api,
  fixtureOf,
  fixturesOf,
  isOneOf,
  refusal,
  type SandboxNetwork,
  wireChecks,
} from "../../src/testing.ts";
import { describeAdapter } from "./contract.ts";

// --- a network: messages with a key, files that take a while ------------------------------------------------------

interface State {
  files: { id: string; readyAt: number }[];
  messages: Record<string, unknown>[];
}

const refuse = (status: number, error: string) => refusal({ status, body: { error } });

const half: SandboxNetwork = {
  id: "pager",
  name: "Pager",
  look: { light: "#000000", dark: "#ffffff", mark: "P", layout: "message", alt: false },
  ways: [{ name: "token", repeats: "known", media: { before: true, processing: true }, threads: true }],
  channel: (name, server) => ({ server, token: `sandbox-${name}` }),
  publishes: isOneOf("POST /pages"),
  recognises: ({ body }) => /"key":"\w+"/.test(body.toString()),
  handle: api<State, string>({
    id: "pager",
    state: () => ({ files: [], messages: [] }),
    auth({ request }) {
      const name = channelOf(bearer(request));
      if (name === undefined) throw refuse(401, "who?");
      return name;
    },
    expired: () => ({ status: 401, body: { error: "ended" } }),
    windows: { pages: [{ posts: 1, ms: 60_000 }] },
    limited: () => ({ status: 429, body: { error: "slow down" } }),
    unknown: () => ({ status: 404, body: { error: "nothing here" } }),
    routes: {
      "POST /files": ({ state, world, request }) => {
        const wait = request.trouble?.kind === "processing" ? request.trouble.ms : 0;
        const file = { id: `file-${state.files.length + 1}`, readyAt: wait && world.now() + wait };
        state.files.push(file);
        return { status: 200, body: { id: file.id, ready: wait === 0 } };
      },
      "GET /files/:id": ({ state, params, world }) => {
        const file = state.files.find(({ id }) => id === params.id);
        if (!file) throw refuse(404, "no such file");
        return { status: 200, body: { id: file.id, ready: file.readyAt <= world.now() } };
      },
      "GET /pages": ({ state }) => ({ status: 200, body: { pages: state.messages } }),
      "POST /pages": (call) => {
        const { state, world } = call;
        const said = call.fields();
        const file = state.files.find(({ id }) => id === said.file);
        if (said.file !== undefined && (file?.readyAt ?? Number.POSITIVE_INFINITY) > world.now())
          throw refuse(422, "the file is not ready");
        const there = state.messages.find(({ key }) => key === said.key);
        if (there) return { status: 200, body: there };
        const id = `page-${state.messages.length + 1}`;
        const page = { id, url: `${world.base("pager")}/${id}`, ...said };
        call.take("pages", call.who());
        state.messages.push(page);
        const words = text(said.text) ?? "";
        const shown = { network: "pager", account: call.who(), id, url: page.url, at: world.now() };
        world.accept({ ...shown, text: words, html: words, media: [], length: words.length, max: 80 });
        return { status: 201, body: page };
      },
    },
  }),
};

// --- its adapter --------------------------------------------------------------------------------------------------

const channel = v.strictObject({ token: secret("Token"), server: base("Server", "https://pager.example") });
type Channel = v.InferOutput<typeof channel>;

const Made = v.object({ id: v.string(), url: v.string() });
const Uploaded = v.object({ id: v.string(), ready: v.boolean() });
const Pages = v.object({
  pages: v.array(v.object({ ...Made.entries, text: v.string(), key: v.string() })),
});

const ask = ({ http, channel }: Context<Channel>, path: string, part: object = {}) =>
  http({ url: `${channel.server}${path}`, headers: { Authorization: `Bearer ${channel.token}` }, ...part });

async function upload(bytes: Uint8Array, context: Context<Channel>) {
  const reply = await ask(context, "/files", { method: "POST", bytes, safe: true });
  return expectReply(reply, Uploaded, "a file", true);
}

async function page(post: Post, file: string | undefined, context: Context<Channel>) {
  const json = { text: post.text, file, key: context.key, under: context.thread?.parent.id };
  return expectReply(await ask(context, "/pages", { method: "POST", json }), Made, "a page");
}

async function publish(post: Post, context: Context<Channel>) {
  const [media] = post.media;
  if (!media) return page(post, undefined, context);
  const file = await context.step("file", async () => upload(await context.bytes(media), context));
  if (!file.ready)
    await context.step("ready", async () => {
      while (!expectReply(await ask(context, `/files/${file.id}`), Uploaded, "a file", true).ready);
      return true;
    });
  return page(post, file.id, context);
}

const pager = defineAdapter({
  id: "pager",
  name: "Pager",
  source: { url: "https://pager.example/docs", checked: "2026-11-23" },
  group: "team",
  shape: "short",
  edits: "none",
  retracts: "none",
  channel,
  options: v.strictObject({}),
  auth: { kind: "token", steps: ["Ask for one."] },
  text: { max: 80, unit: "grapheme", markup: "plain" },
  media: { count: 1, alt: 0, image: { types: ["image/png"], bytes: 1_000 } },
  thread: "reply",
  card: "none",
  rates: [{ posts: 1, per: "1m" }],
  own: { body: v.object({ error: v.string() }) },
  idempotency: "forever",
  publish,
  async find(_post, context) {
    const { pages } = expectReply(await ask(context, "/pages"), Pages, "pages", true);
    const found = pages.find(({ key }) => key === context.key);
    return found ? { id: found.id, url: found.url } : "absent";
  },
});

describeAdapter(pager, half);

describe("the contract suite against a half", () => {
  const broken = async (part: Partial<Adapter<Channel, object>>, network: Partial<SandboxNetwork> = {}) => {
    const played = { ...half, ...network };
    const asked =
      /finished before|upload|thread|repeat|find|older|there|asked|its place|id and address|bytes/;
    const promises: string[] = [];
    for (const fixture of Object.values(fixturesOf<object>(played)))
      for (const { promise, run } of wireChecks({ ...pager, ...part }, fixture))
        if (asked.test(promise)) await run().catch(() => promises.push(promise));
    return [...new Set(promises)];
  };

  it("plays every way, with and without pictures", () => {
    expect(Object.keys(fixturesOf(half))).toEqual(["token", "token with a picture"]);
    const ways = [
      { name: "bot", media: { counts: [1, 3] } },
      { name: "hook" },
      { name: "disk", files: true as const },
    ];
    expect(Object.keys(fixturesOf({ ...half, ways }))).toEqual([
      "bot",
      "bot with a picture",
      "bot with 3 pictures",
      "hook",
    ]);
  });

  it("sees a look-up that goes by the words alone, finds nothing, or knows too much", async () => {
    const byWords: typeof pager.find = async (post, context) => {
      const { pages } = expectReply(await ask(context, "/pages"), Pages, "pages", true);
      const found = pages.find(({ text }) => text === post.text);
      return found ? { id: found.id, url: found.url } : "absent";
    };
    expect(await broken({ find: byWords })).toEqual([
      "does not take an older post of the same words for it",
      "finds it beside an older post of the same words",
    ]);
    expect(await broken({ find: async () => "absent" })).toEqual([
      "finds what it published",
      "finds it beside an older post of the same words",
    ]);
    expect(await broken({ find: async () => ({ id: "page-1" }) })).toEqual(
      expect.arrayContaining(["does not find what is not there"]),
    );
  });

  it("sees a post that does not wait for its upload, or uploads again instead", async () => {
    const hasty = async (post: Post, context: Context<Channel>) => {
      const [media] = post.media;
      if (!media) return page(post, undefined, context);
      const { id } = await context.step("file", async () => upload(await context.bytes(media), context));
      return page(post, id, context);
    };
    expect(await broken({ publish: hasty })).toEqual(["waits while the network still works on an upload"]);
    const anew = async (post: Post, context: Context<Channel>) => {
      const [media] = post.media;
      if (!media) return page(post, undefined, context);
      const { id } = await upload(await context.bytes(media), context);
      return page(post, id, context);
    };
    expect(await broken({ publish: anew })).toContain("does not do again what was finished before the post");
  });

  it("sees another id or address than the network's", async () => {
    const elsewhere = async (post: Post, context: Context<Channel>) => ({
      ...(await publish(post, context)),
      url: "https://pager.example/1",
    });
    expect(await broken({ publish: elsewhere })).toEqual([
      "returns the network's id and address of the post",
    ]);
  });

  it("sees a repeat that is taken for another post", async () => {
    const forgetful = (post: Post, context: Context<Channel>) =>
      publish(post, { ...context, key: `${context.key}${Math.random()}`.replace(/\W/g, "") });
    expect(await broken({ publish: forgetful })).toEqual(
      expect.arrayContaining([
        "sends the same bytes at every attempt",
        "knows its own post in what the network says to a repeat",
      ]),
    );
  });

  it("does not take a half's word for knowing repeats", async () => {
    expect(await broken({}, { recognises: () => false })).toEqual([
      "knows its own post in what the network says to a repeat",
    ]);
  });

  it("holds a way to what it says: that absence is never proved, that nothing can be asked", async () => {
    const [way] = half.ways;
    const wary = { ...way!, media: { ...way!.media, lookUp: "presence" as const } };
    expect(await broken({}, { ways: [wary] })).toEqual([
      "does not find what is not there",
      "does not take an older post of the same words for it",
    ]);
    const mute = { ...way!, lookUp: "none" as const };
    expect(await broken({}, { ways: [mute] })).toEqual(["says that it cannot be asked this way"]);
  });

  it("asks where a place holds one post that other words there are another post", async () => {
    const named = { ways: [{ ...half.ways[0]!, named: true as const }] };
    const pagesOf = async (context: Context<Channel>) =>
      expectReply(await ask(context, "/pages"), Pages, "pages", true).pages;
    const byWords = async (post: Post, context: Context<Channel>) => {
      const found = (await pagesOf(context)).find(({ text }) => text === post.text);
      return found ? { id: found.id, url: found.url } : ("absent" as const);
    };
    expect(await broken({ find: byWords }, named)).toEqual([]);
    const byPlace = async (_: Post, context: Context<Channel>) => {
      const [found] = await pagesOf(context);
      return found ? { id: found.id, url: found.url } : ("absent" as const);
    };
    expect(await broken({ find: byPlace }, named)).toEqual(["does not take other words in its place for it"]);
  });

  it("begins every check with a network that has forgotten the last", async () => {
    const fixture = fixtureOf<object>(half, half.ways[0]!);
    const request = { method: "POST", path: "/pages", headers: {}, body: Buffer.from("") };
    const headers = { authorization: "Bearer sandbox-acme-news", "content-type": "application/json" };
    const post = (key: string) =>
      fixture.answer(
        { ...request, headers, body: Buffer.from(JSON.stringify({ text: "x", key })) },
        "http://a",
      );
    const idOf = async (key: string) => ((await post(key)) as { body: { id: string } }).body.id;
    expect([await idOf("1"), await idOf("2")]).toEqual(["page-1", "page-2"]);
    fixture.begin?.("http://a");
    expect(await idOf("3")).toBe("page-1");
  });
});
