/** The contract suite itself: an adapter that keeps every promise, and what the suite says to one that breaks it. */
import * as v from "valibot";
import { describe, expect, it } from "vitest";
import {
  type Adapter,
  type Context,
  defineAdapter,
  NetworkError,
  type Post,
  type Reach,
  type Receipt,
} from "../../src/adapter.ts";
import { expectReply } from "../../src/http/http.ts";
import { base, secret } from "../../src/settings.ts";
import { declarationChecks, type Fixture, type Shown, wireChecks } from "../../src/testing.ts";
import { describeAdapter } from "./contract.ts";

const channel = v.strictObject({ token: secret("Token"), server: base("Server", "https://pager.example") });
type Channel = v.InferOutput<typeof channel>;

const Made = v.object({ id: v.string() });
const Page = v.object({
  text: v.string(),
  views: v.number(),
  answers: v.array(v.object({ id: v.string(), text: v.string(), at: v.string() })),
});
const Uploaded = v.object({ id: v.string(), ready: v.boolean() });
const Pages = v.object({ pages: v.array(v.object({ id: v.string(), text: v.string(), key: v.string() })) });

const auth = ({ channel: { token } }: Reach<Channel>) => ({ Authorization: `Bearer ${token}` });
const at = ({ channel: { server } }: Reach<Channel>, path: string) => `${server}${path}`;

async function upload(bytes: Uint8Array, context: Reach<Channel>) {
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

/** A page always has a picture; the later ones of a thread an empty one. */
async function pictureOf(
  { media: [picture] }: Post,
  context: Pick<Context<Channel>, "bytes">,
): Promise<Uint8Array> {
  return picture ? context.bytes(picture) : new Uint8Array();
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
  own: { body: v.object({ error: v.string() }) },
  idempotency: "forever",
  edits: { fields: ["text"] },
  retracts: {},
  async publish(post, context) {
    const bytes = await pictureOf(post, context);
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
  async read({ id }, context) {
    const reply = await context.http({ url: at(context, `/pages/${id}`), ok: [404] });
    return reply.status === 404 ? "gone" : { text: expectReply(reply, Page, "a page", true).text };
  },
  async edit({ id }, post, context) {
    const json = { text: post.text };
    return context.ask({ method: "PUT", url: at(context, `/pages/${id}`), json }, Made, "an id");
  },
  async retract({ id }, context) {
    await context.http({ method: "DELETE", url: at(context, `/pages/${id}`), ok: [404] });
  },
  async metrics(receipts, context) {
    const counts = async ({ id }: Receipt) => {
      const reply = await context.http({ url: at(context, `/pages/${id}`), ok: [404] });
      return reply.status === 404
        ? ("gone" as const)
        : { views: expectReply(reply, Page, "a page", true).views };
    };
    return Promise.all(receipts.map(counts));
  },
  async replies({ id }, context, since) {
    const { answers } = await context.ask({ url: at(context, `/pages/${id}`) }, Page, "a page");
    return answers
      .filter((answer) => Date.parse(answer.at) >= since.getTime())
      .map((answer) => ({ ...answer, parent: id, author: { handle: "@bob" } }));
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
  after: {
    answer: ({ method, path }) => {
      if (path !== "/pages/7") return undefined;
      if (method !== "GET") return { status: 200, body: { id: "7" } };
      const answers = [
        { id: "8", text: "Good", at: "2026-11-23T10:00:00Z" },
        { id: "9", text: "Why?", at: "2026-11-23T11:00:00Z" },
      ];
      return { status: 200, body: { text: "Acme 2.4 is out", views: 3, answers } };
    },
    changes: ({ method }) => method === "PUT" || method === "DELETE",
  },
};

describeAdapter(pager, { "a page": fixture });

describe("the contract suite", () => {
  // What each kind of answer is called is not asked here: that takes long, and nothing below touches it.
  const asked =
    /(reset connection|empty 200|a proxy's 503) before the post|finished before|upload|thread|repeat|find|older|there|asked|prepared|gone|correct|retract|count|hears|down/;
  const broken = async (part: Partial<Adapter<Channel, object>>, given: Partial<Fixture<object>> = {}) => {
    const promises: string[] = [];
    for (const { promise, run } of wireChecks({ ...pager, ...part }, { ...fixture, ...given })) {
      if (asked.test(promise)) await run().catch(() => promises.push(promise));
    }
    return promises;
  };
  it("sees an upload that is done again", async () => {
    const publish: typeof pager.publish = async (post, context) =>
      page(post, (await upload(await pictureOf(post, context), context)).id, context);
    expect(await broken({ publish })).toContain("does not do again what was finished before the post");
  });

  it("sees an upload that counts as an attempt", async () => {
    const publish: typeof pager.publish = async (post, context) => {
      const url = at(context, "/files");
      const bytes = await pictureOf(post, context);
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
      const bytes = await pictureOf(post, context);
      const lost = { id: "", ready: true };
      const file = await context.step("file", () => upload(bytes, context).catch(() => lost));
      return page(post, file.id, context);
    };
    expect(await broken({ publish })).toContain(
      "has nothing out, and knows it, after a proxy's 503 before the post",
    );
  });

  it("sees a post that does not wait for its upload", async () => {
    const publish: typeof pager.publish = async (post, context) => {
      const bytes = await pictureOf(post, context);
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

  it("sees a post that leaves unrecorded", async () => {
    const publish: typeof pager.publish = (post, context) =>
      context.ask(
        { method: "POST", url: at(context, "/pages"), json: { text: post.text }, safe: true },
        Made,
        "an id",
      );
    const promise = "publishes with one request, announced just before and not earlier";
    const check = wireChecks({ ...pager, publish }, fixture).find((one) => one.promise === promise);
    await expect(check?.run()).rejects.toThrow("nothing was announced");
  });

  it("sees what is left to be prepared when the post is due", async () => {
    const prepare: typeof pager.prepare = async () => {};
    expect(await broken({ prepare })).toEqual(["leaves nothing to be prepared for the post itself"]);
    const early: typeof pager.prepare = async (posts, context) => {
      await context.step("file", async () => upload(await pictureOf(posts[0]!, context), context));
    };
    expect(await broken({ prepare: early })).toEqual([]);
  });

  it("sees a post that is read wrongly, or thought to be gone when the network is down", async () => {
    expect(await broken({ read: async () => ({ text: "Something else" }) })).toEqual([
      "reads what stands there, and announces nothing",
      "says that a post is gone, and not that there is an error",
      "does not take a network that is down for a post that is gone",
    ]);
    const hasty: typeof pager.read = (receipt, reach) =>
      pager.read!(receipt, reach).catch(() => "gone" as const);
    expect(await broken({ read: hasty })).toEqual([
      "does not take a network that is down for a post that is gone",
    ]);
  });

  it("sees a correction and a retraction that leave unrecorded, or fail over what is gone", async () => {
    const edit: typeof pager.edit = ({ id }, post, context) =>
      context.ask(
        {
          method: "PUT",
          url: at(context, `/pages/${id}`),
          json: { text: post.text, at: Math.random() },
          safe: true,
        },
        Made,
        "an id",
      );
    expect(await broken({ edit })).toEqual([
      "announces a correction just before it leaves",
      "corrects with the same bytes at every attempt",
      "is not sure of a correction that nobody has answered",
    ]);
    const retract: typeof pager.retract = async ({ id }, context) =>
      void (await context.http({ method: "DELETE", url: at(context, `/pages/${id}`), safe: true }));
    expect(await broken({ retract })).toEqual([
      "announces a retraction just before it leaves",
      "has nothing against a retraction of what is gone already",
      "is not sure of a retraction that nobody has answered",
    ]);
  });

  it("sees counts that are missing, and answers in the wrong order", async () => {
    expect(await broken({ metrics: async () => [] })).toEqual([
      "counts in the receipts' order, and announces nothing",
      "counts nothing of a post that is gone",
    ]);
    const replies: typeof pager.replies = async (receipt, reach) =>
      (await pager.replies!(receipt, reach, new Date(0))).reverse();
    expect(await broken({ replies })).toEqual([
      "hears the answers, oldest first, and announces nothing",
      "hears nothing from before the time that it is asked for",
    ]);
  });

  it("sees a declaration that says one thing and does another", () => {
    const wrong = async (part: Partial<Adapter<Channel, object>>) => {
      const promise = "says what can be corrected and taken back, and does it";
      const check = declarationChecks({ ...pager, ...part }).find((one) => one.promise === promise);
      return check?.run().then(
        () => "kept",
        (error: Error) => error.message,
      );
    };
    return Promise.all([
      expect(wrong({})).resolves.toBe("kept"),
      expect(wrong({ edits: "none" })).resolves.toContain("edit"),
      expect(wrong({ retract: undefined })).resolves.toContain("retract"),
    ]);
  });

  it("sees a look-up that nobody says how to answer", async () => {
    expect(await broken({}, { lookUp: undefined })).toEqual(["says that it cannot be asked this way"]);
  });
});
