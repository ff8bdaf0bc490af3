/** The contract suite itself: an adapter that keeps every promise, and what the suite says to one that breaks it. */
import * as v from "valibot";
import { describe, expect, it } from "vitest";
import { type Adapter, type Context, defineAdapter, NetworkError, type Post } from "../../src/adapter.ts";
import { expectReply } from "../../src/http/http.ts";
import { base, secret } from "../../src/settings.ts";
import { type Fixture, type Shown, wireChecks } from "../../src/testing.ts";
import { describeAdapter } from "./contract.ts";

const channel = v.strictObject({ token: secret("Token"), server: base("Server", "https://pager.example") });
type Channel = v.InferOutput<typeof channel>;

const Made = v.object({ id: v.string() });
const Uploaded = v.object({ id: v.string(), ready: v.boolean() });
const Pages = v.object({ pages: v.array(v.object({ id: v.string(), text: v.string(), key: v.string() })) });

const auth = ({ channel: { token } }: Context<Channel>) => ({ Authorization: `Bearer ${token}` });
const at = ({ channel: { server } }: Context<Channel>, path: string) => `${server}${path}`;

async function upload(bytes: Uint8Array, context: Context<Channel>) {
  const reply = await context.http({
    method: "POST",
    url: at(context, "/files"),
    headers: auth(context),
    bytes,
    safe: true,
  });
  return expectReply(reply, Uploaded, "a file", true);
}

async function ready(id: string, context: Context<Channel>): Promise<true> {
  for (;;) {
    const reply = await context.http({ url: at(context, `/files/${id}`), headers: auth(context) });
    if (expectReply(reply, Uploaded, "a file", true).ready) return true;
  }
}

/** The post itself, with a file that is there. */
async function page(post: Post, file: string, context: Context<Channel>) {
  const reply = await context.http({
    method: "POST",
    url: at(context, "/pages"),
    headers: auth(context),
    json: { text: post.text, file, key: context.key, under: context.thread?.parent.id },
  });
  return { id: expectReply(reply, Made, "an id").id };
}

const pager = defineAdapter({
  id: "pager",
  name: "Pager",
  source: { url: "https://pager.example/docs", checked: "2026-11-23" },
  group: "public",
  shape: "short",
  channel,
  options: v.strictObject({}),
  auth: { kind: "token", steps: ["Ask for one."] },
  text: { max: 80, unit: "grapheme", markup: "plain" },
  media: { count: 1, alt: 0, image: { types: ["image/png"], bytes: 1_000 } },
  thread: "reply",
  card: "none",
  rates: [{ posts: 1, per: "1m" }],
  idempotency: "forever",
  edits: "none",
  retracts: "none",
  async publish(post, context) {
    const bytes = await context.bytes(post.media[0]!);
    const file = await context.step("file", () => upload(bytes, context));
    if (!file.ready) await context.step("ready", () => ready(file.id, context));
    return page(post, file.id, context);
  },
  async find(_post, context) {
    const reply = await context.http({ url: at(context, "/pages"), headers: auth(context) });
    const { pages } = expectReply(reply, Pages, "pages", true);
    const found = pages.find(({ key }) => key === context.key);
    return found ? { id: found.id } : "absent";
  },
});

const pages = (shown: readonly Shown[]) =>
  shown.map(({ request, ours }) => ({ id: ours ? "7" : "6", ...JSON.parse(request.body.toString()) }));

const fixture: Fixture<object> = {
  channel: (server) => ({ server, token: "pager-secret-token" }),
  post: {
    options: {},
    media: [{ file: "a.png", sha256: "00", type: "image/png", bytes: 10, alt: "A picture" }],
  },
  answer: ({ method, path }) => {
    if (path.startsWith("/files")) return { status: 200, body: { id: "f1", ready: true } };
    return { status: 200, body: method === "POST" ? { id: "7" } : { pages: [] } };
  },
  publishes: ({ method, path }) => method === "POST" && path === "/pages",
  receipt: { id: "7" },
  lookUp: ({ method }, shown) =>
    method === "GET" ? { status: 200, body: { pages: pages(shown) } } : undefined,
  processing: ({ path }) =>
    path.startsWith("/files")
      ? { status: 200, body: { id: "f1", ready: false } }
      : { status: 422, body: { error: "still processing" } },
  repeated: { status: 200, body: { id: "7" } },
};

describeAdapter(pager, { "a page": fixture });

describe("the contract suite", () => {
  // What each kind of answer is called is not asked here: that takes long, and nothing below touches it.
  const asked =
    /(reset connection|empty 200|503) before the post|finished before|upload|thread|repeat|find|older|there|asked/;
  const broken = async (part: Partial<Adapter<Channel, object>>, given: Partial<Fixture<object>> = {}) => {
    const promises: string[] = [];
    for (const { promise, run } of wireChecks({ ...pager, ...part }, { ...fixture, ...given })) {
      if (asked.test(promise)) await run().catch(() => promises.push(promise));
    }
    return promises;
  };
  const read = (post: Post, context: Context<Channel>) => context.bytes(post.media[0]!);

  it("sees an upload that is done again", async () => {
    const publish: typeof pager.publish = async (post, context) =>
      page(post, (await upload(await read(post, context), context)).id, context);
    expect(await broken({ publish })).toContain("does not do again what was finished before the post");
  });

  it("sees an upload that counts as an attempt", async () => {
    const publish: typeof pager.publish = async (post, context) => {
      const url = at(context, "/files");
      const bytes = await read(post, context);
      const reply = await context.http({ method: "POST", url, headers: auth(context), bytes });
      return page(post, expectReply(reply, Uploaded, "a file").id, context);
    };
    expect(await broken({ publish })).toEqual(
      expect.arrayContaining([
        "has nothing out, and knows it, after a reset connection before the post",
        "has nothing out, and knows it, after an empty 200 before the post",
      ]),
    );
  });

  it("sees a broken upload that is remembered as if it had worked", async () => {
    const publish: typeof pager.publish = async (post, context) => {
      const bytes = await read(post, context);
      const lost = { id: "", ready: true };
      const file = await context.step("file", () => upload(bytes, context).catch(() => lost));
      return page(post, file.id, context);
    };
    expect(await broken({ publish })).toContain("has nothing out, and knows it, after 503 before the post");
  });

  it("sees a post that does not wait for its upload", async () => {
    const publish: typeof pager.publish = async (post, context) => {
      const bytes = await read(post, context);
      return page(post, (await context.step("file", () => upload(bytes, context))).id, context);
    };
    expect(await broken({ publish })).toEqual(["waits while the network still works on an upload"]);
  });

  it("sees a thread that loses its login for good", async () => {
    const publish: typeof pager.publish = (post, context) =>
      pager.publish(post, context).catch((error: unknown) => {
        if (context.thread) throw new NetworkError("rejected", "no", { cause: error });
        throw error;
      });
    expect(await broken({ publish })).toEqual([
      "goes on with a thread when its login has ended in the middle",
    ]);
  });

  it("sees a repeat that is taken for another post, or for a refusal", async () => {
    const promise = "knows its own post in what the network says to a repeat";
    expect(await broken({}, { repeated: { status: 200, body: { id: "8" } } })).toEqual([promise]);
    expect(await broken({}, { repeated: { status: 409, body: { error: "duplicate" } } })).toEqual([promise]);
  });

  it("sees a look-up that goes by the words alone, finds nothing, or knows too much", async () => {
    const byWords: typeof pager.find = async (post, context) => {
      const reply = await context.http({ url: at(context, "/pages"), headers: auth(context) });
      const found = expectReply(reply, Pages, "pages", true).pages.find(({ text }) => text === post.text);
      return found ? { id: found.id } : "absent";
    };
    expect(await broken({ find: byWords })).toEqual([
      "does not take an older post of the same words for it",
      "finds it beside an older post of the same words",
    ]);
    expect(await broken({ find: async () => "absent" })).toEqual([
      "finds what it published",
      "finds it beside an older post of the same words",
    ]);
    expect(await broken({ find: async () => ({ id: "7" }) })).toEqual([
      "does not find what is not there",
      "does not take an older post of the same words for it",
    ]);
  });

  it("sees a look-up that nobody says how to answer", async () => {
    expect(await broken({}, { lookUp: undefined })).toEqual(["says that it cannot be asked this way"]);
  });
});
