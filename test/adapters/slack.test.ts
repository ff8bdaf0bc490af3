import { parse, safeParse } from "valibot";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { type Adapter, editsOf, retractsOf } from "../../src/adapter.ts";
import { slack } from "../../src/adapters/slack/slack.ts";
import { slack as half } from "../../src/sandbox/networks/slack/slack.ts";
import {
  contextOn,
  KEY,
  type Memory,
  newMemory,
  openStage,
  postOf,
  publishOn,
  STARTED,
  type Stage,
  type StageReply,
  type StageRequest,
} from "../../src/testing.ts";
import { describeAdapter } from "./contract.ts";

const TS = "1795424400.000100";
const bot = (server: string) => ({ server, token: "xoxb-slack-secret", channel: "C1" });
const webhook = (base: string) => ({ webhook: `${base}/services/T1/B1/slack-hook-secret` });
const image = { file: "images/hero.png", sha256: "00", type: "image/png", bytes: 10, alt: "Three devices" };
const film = { file: "demo.mp4", sha256: "01", type: "video/mp4", bytes: 10, alt: "A demo" };

function answer({ path }: StageRequest, base: string): StageReply {
  switch (path) {
    case "/api/chat.postMessage":
      return { status: 200, body: { ok: true, channel: "C1", ts: TS } };
    case "/api/chat.getPermalink":
      return {
        status: 200,
        body: { ok: true, permalink: "https://acme.slack.test/archives/C1/p1795424400000100" },
      };
    case "/api/files.getUploadURLExternal":
      return { status: 200, body: { ok: true, upload_url: `${base}/upload/F1`, file_id: "F1" } };
    case "/upload/F1":
      return { status: 200, body: "OK - 10" };
    case "/api/files.completeUploadExternal":
      return { status: 200, body: { ok: true, files: [{ id: "F1" }] } };
    case "/api/files.info":
      return {
        status: 200,
        body: { ok: true, file: { id: "F1", shares: { public: { C1: [{ ts: TS }] } } } },
      };
    case "/services/T1/B1/slack-hook-secret":
      return { status: 200, body: "ok" };
    default:
      return { status: 200, body: { ok: false, error: "unknown_method" } };
  }
}

const receipt = {
  id: TS,
  url: "https://acme.slack.test/archives/C1/p1795424400000100",
  ref: { channel: "C1" },
};

describeAdapter(slack, half);

describe("slack", () => {
  let stage: Stage;
  beforeEach(async () => {
    stage = await openStage((request) => answer(request, stage.url));
  });
  afterEach(() => stage.close());
  const byBot = (part: { memory?: Memory; thread?: Parameters<typeof contextOn>[2]["thread"] } = {}) =>
    contextOn(slack, stage, { channel: bot(stage.url), ...part });
  const byWebhook = () => contextOn(slack, stage, { channel: webhook(stage.url) });
  const request = (path: string) => stage.requests.find((one) => one.path === `/api/${path}`)!;
  const says = (path: string, body: object) => {
    stage.answer = (one) => (one.path === `/api/${path}` ? { status: 200, body } : answer(one, stage.url));
  };

  it("posts the text under a key that it can find again, in the thread", async () => {
    const thread = { root: { id: "1.1" }, parent: { id: "1.2" } };
    await slack.publish(postOf({ options: { unfurl: false } }), byBot({ thread }));
    expect(JSON.parse(request("chat.postMessage").body.toString())).toEqual({
      channel: "C1",
      text: "Acme 2.4 is out",
      unfurl_links: false,
      unfurl_media: false,
      metadata: { event_type: "broadcast_post", event_payload: { key: KEY } },
      thread_ts: "1.1",
    });
  });

  it("counts a post as out though its address could not be had", async () => {
    says("chat.getPermalink", { ok: false, error: "fatal_error" });
    expect(await slack.publish(postOf({ options: {} }), byBot())).toEqual({ id: TS, ref: { channel: "C1" } });
  });

  it.each([
    ["invalid_auth", "auth"],
    ["missing_scope", "auth"],
    ["msg_too_long", "rejected"],
    ["not_in_channel", "rejected"],
    ["ratelimited", "limited"],
    ["fatal_error", "uncertain"],
    ["internal_error", "uncertain"],
  ])("reads %s in a 200 as %s", async (error, code) => {
    says("chat.postMessage", {
      ok: false,
      error,
      needed: error === "missing_scope" ? "chat:write" : undefined,
    });
    await expect(slack.publish(postOf({ options: {} }), byBot())).rejects.toMatchObject({
      code,
      message: expect.stringContaining(error === "missing_scope" ? "needs the scope chat:write" : error),
    });
  });

  it("publishes text and files in one request, and describes only images", async () => {
    await slack.publish(postOf({ options: {}, media: [image, film] }), byBot());
    const tickets = stage.requests
      .filter(({ path }) => path === "/api/files.getUploadURLExternal")
      .map(({ body }) => body.toString());
    expect(tickets).toEqual([
      "filename=hero.png&length=24&alt_txt=Three+devices",
      "filename=demo.mp4&length=17",
    ]);
    expect(JSON.parse(request("files.completeUploadExternal").body.toString())).toEqual({
      files: [
        { id: "F1", title: "hero.png" },
        { id: "F1", title: "demo.mp4" },
      ],
      channel_id: "C1",
      initial_comment: "Acme 2.4 is out",
    });
  });

  it("is not sure of files that it cannot see in the channel", async () => {
    says("files.info", { ok: false, error: "internal_error" });
    await expect(slack.publish(postOf({ options: {}, media: [image] }), byBot())).rejects.toMatchObject({
      code: "uncertain",
    });
  });

  describe("looks a lost message up", () => {
    const message = (key: string | undefined, part: object = {}) => ({
      ts: TS,
      text: "Acme 2.4 is out",
      bot_id: "B1",
      ...(key && { metadata: { event_type: "broadcast_post", event_payload: { key } } }),
      ...part,
    });
    const find = (media: (typeof image)[] = [], memory?: Memory) =>
      slack.find?.(postOf({ options: {}, media }), byBot({ memory }), STARTED);

    it("by its key, over several pages", async () => {
      const pages = [
        {
          ok: true,
          messages: [message("another")],
          has_more: true,
          response_metadata: { next_cursor: "more" },
        },
        { ok: true, messages: [message(KEY, { text: "rewritten by Slack" })], has_more: false },
      ];
      stage.answer = (one) =>
        one.path === "/api/conversations.history"
          ? { status: 200, body: pages.shift() }
          : answer(one, stage.url);
      expect(await find()).toEqual(receipt);
      const asked = stage.requests.map(({ body }) => new URLSearchParams(body.toString()));
      expect(asked[0]?.get("include_all_metadata")).toBe("true");
      expect(Number(asked[0]?.get("oldest"))).toBe(STARTED.getTime() / 1000 - 60);
      expect(asked[1]?.get("cursor")).toBe("more");
    });

    it("or by a bot's same words where metadata is not shown, and not by a person's", async () => {
      says("conversations.history", { ok: true, messages: [message(undefined)] });
      expect(await find()).toMatchObject({ id: TS });
      says("conversations.history", {
        ok: true,
        messages: [message("another"), message(undefined, { bot_id: undefined })],
      });
      expect(await find()).toBe("absent");
    });

    it("and says honestly that it may not look", async () => {
      says("conversations.history", { ok: false, error: "missing_scope", needed: "channels:history" });
      await expect(find()).rejects.toMatchObject({ code: "auth" });
      await expect(slack.find?.(postOf({ options: {} }), byWebhook(), STARTED)).rejects.toMatchObject({
        code: "rejected",
      });
    });

    it("with files by the files, which were not uploaded twice", async () => {
      const memory = newMemory();
      await slack.publish(postOf({ options: {}, media: [image] }), byBot({ memory }));
      expect(await find([image], memory)).toEqual(receipt);
      const tickets = stage.requests.filter(({ path }) => path === "/api/files.getUploadURLExternal");
      expect(tickets).toHaveLength(1);
    });

    describe("with files that cannot be asked about", () => {
      const unknown = { ok: false, error: "file_not_found" };
      const unshared = { ok: true, file: { id: "F1", shares: {} } };
      const memory = newMemory();
      const look = async (info: object, messages: object[], since = new Date(Date.now() - 600_000)) => {
        if (memory.steps.size === 0)
          await slack.publish(postOf({ options: {}, media: [image] }), byBot({ memory }));
        stage.answer = (one) => {
          if (one.path === "/api/files.info") return { status: 200, body: info };
          if (one.path === "/api/conversations.history")
            return { status: 200, body: { ok: true, messages, has_more: false } };
          return answer(one, stage.url);
        };
        return slack.find?.(postOf({ options: {}, media: [image] }), byBot({ memory }), since);
      };

      it.each([unknown, unshared])("in the channel, by the file's id: %j", async (info) => {
        const other = message(undefined, { files: [{ id: "F2" }] });
        expect(await look(info, [other, message(undefined, { files: [{ id: "F1" }] })])).toEqual(receipt);
      });

      it.each([unknown, unshared])("and never says that they are not out: %j", async (info) => {
        const other = message(undefined, { files: [{ id: "F2" }] });
        await expect(look(info, [other])).rejects.toMatchObject({ code: "rejected" });
        // Sharing takes a while, so at first it is worth asking again.
        await expect(look(info, [other], new Date())).rejects.toMatchObject({ code: "uncertain" });
      });
    });
  });

  describe("once a message is out", () => {
    const root = { user: "U7", ts: TS };
    const channels = (messages: object[], more: object = {}) => {
      stage.answer = (one) => {
        if (one.path === "/api/auth.test")
          return {
            status: 200,
            body: { ok: true, user_id: "U7", user: "acme", team: "Acme", url: "https://x" },
          };
        if (one.path.startsWith("/api/conversations."))
          return { status: 200, body: { ok: true, messages, ...more } };
        return answer(one, stage.url);
      };
    };
    const form = (path: string) => Object.fromEntries(new URLSearchParams(request(path).body.toString()));

    it("reads it where it hangs, in the channel that it went to", async () => {
      channels([{ ...root, text: "Acme 2.4", edited: { user: "U7", ts: "1795424460.000000" } }]);
      expect(await slack.read?.({ ...receipt, ref: { channel: "C9" } }, byBot())).toEqual({
        text: "Acme 2.4",
        url: receipt.url,
        edited: "2026-11-23T09:01:00.000Z",
      });
      const asked = { channel: "C9", oldest: TS, latest: TS, inclusive: "true", limit: "10" };
      expect(form("conversations.history")).toEqual(asked);
      await slack.read?.({ ...receipt, ref: { channel: "C9", thread: "1.1" } }, byBot());
      expect(form("conversations.replies")).toEqual({ ...asked, ts: "1.1" });
    });

    it.each([
      ["nothing is there", []],
      ["only its tombstone is left", [{ ...root, subtype: "tombstone", text: "This message was deleted." }]],
    ])("knows that it is gone when %s", async (_, messages) => {
      channels(messages);
      expect(await slack.read?.(receipt, byBot())).toBe("gone");
      expect(await slack.metrics?.([receipt], byBot())).toEqual(["gone"]);
    });

    it("does not call it gone when the plan hides it, the bot may not look, or the answer is another", async () => {
      channels([], { is_limited: true });
      await expect(slack.read?.(receipt, byBot())).rejects.toMatchObject({ code: "rejected" });
      says("conversations.history", { ok: false, error: "not_in_channel" });
      await expect(slack.read?.(receipt, byBot())).rejects.toMatchObject({ code: "rejected" });
      says("conversations.history", { ok: true });
      await expect(slack.read?.(receipt, byBot())).rejects.toMatchObject({ code: "unavailable" });
    });

    it("counts reactions of every kind, and answers where Slack does", async () => {
      channels([
        {
          ...root,
          reactions: [
            { name: "tada", count: 2 },
            { name: "+1", count: 1 },
          ],
          reply_count: 4,
        },
      ]);
      expect(await slack.metrics?.([receipt], byBot())).toEqual([{ likes: 3, replies: 4 }]);
    });

    it("hears others' answers in words, with a name and an address", async () => {
      const text =
        "See <https://acme.example/?a=1&amp;b=2|the page>, <@U1>, <#C2|dev> &amp; <!here>: 1 &lt; 2";
      const profile = { display_name: "", real_name: "Eve Adams" };
      channels([
        { ...root, text: "root" },
        { ts: "1795424500.000100", user: "U7", text: "ours" },
        { ts: "1795424600.000200", user: "U8", text, user_profile: profile },
        { ts: "1795424300.000000", user: "U8", text: "before" },
      ]);
      const since = new Date("2026-11-23T09:00:00.000Z");
      const ts = "1795424600.000200";
      expect(await slack.replies?.(receipt, byBot(), since)).toEqual([
        {
          id: ts,
          parent: TS,
          author: { handle: "U8", name: "Eve Adams" },
          text: "See the page, @U1, #dev & @here: 1 < 2",
          at: "2026-11-23T09:03:20.000Z",
          url: `https://acme.slack.test/archives/C1/p1795424600000200?thread_ts=${TS}&cid=C1`,
          ref: { channel: "C1", thread: TS },
        },
      ]);
      const part = { ...receipt, ref: { channel: "C1", thread: "1.1" } };
      expect(await slack.replies?.(part, byBot(), since)).toEqual([]);
    });

    it.each(["cant_update_message", "edit_window_closed", "message_not_found"])(
      "is refused an edit with %s",
      async (error) => {
        says("chat.update", { ok: false, error });
        const edited = slack.edit?.(receipt, postOf({ options: {} }), byBot());
        await expect(edited).rejects.toMatchObject({
          code: "rejected",
          message: expect.stringContaining(error),
        });
      },
    );

    it("may not delete what is somebody else's, unless it is only a tombstone", async () => {
      const refused = (messages: object[]) => {
        channels(messages);
        const rest = stage.answer;
        stage.answer = (one) =>
          one.path === "/api/chat.delete"
            ? { status: 200, body: { ok: false, error: "cant_delete_message" } }
            : rest(one);
      };
      refused([root]);
      await expect(slack.retract?.(receipt, byBot())).rejects.toMatchObject({ code: "rejected" });
      refused([{ ...root, subtype: "tombstone" }]);
      await expect(slack.retract?.(receipt, byBot())).resolves.toBeUndefined();
    });

    it("leaves a webhook's message alone, and says why", async () => {
      const out = { id: "" };
      const post = postOf({ options: {} });
      for (const work of [
        () => slack.read!(out, byWebhook()),
        () => slack.metrics!([out], byWebhook()),
        () => slack.replies!(out, byWebhook(), STARTED),
        () => slack.edit!(out, post, byWebhook()),
        () => slack.retract!(out, byWebhook()),
      ])
        await expect(work()).rejects.toMatchObject({
          code: "rejected",
          message: expect.stringMatching(/a webhook cannot .*; a bot token can/),
        });
      expect(stage.events).toEqual([]);
      const [hook, token] = [webhook(stage.url), bot(stage.url)];
      expect([editsOf(slack as Adapter, hook), retractsOf(slack as Adapter, hook)]).toEqual(["none", "none"]);
      expect([editsOf(slack as Adapter, token), retractsOf(slack as Adapter, token)]).toMatchObject([
        { fields: ["text"] },
        {},
      ]);
    });
  });

  it("reads a webhook's plain words", async () => {
    stage.answer = () => ({ status: 404, body: "no_service" });
    await expect(slack.publish(postOf({ options: {} }), byWebhook())).rejects.toMatchObject({ code: "auth" });
    stage.answer = () => ({ status: 400, body: "invalid_payload" });
    await expect(slack.publish(postOf({ options: {} }), byWebhook())).rejects.toMatchObject({
      code: "rejected",
    });
  });

  it("drops no file silently: a webhook's post with one is refused before anything leaves", async () => {
    const posted = publishOn(slack, postOf({ options: {}, media: [image] }), byWebhook());
    await expect(posted).rejects.toMatchObject({ code: "rejected", message: "a webhook cannot carry files" });
    expect(stage.events).toEqual([]);
  });

  it("says before sending that a webhook carries no files", () => {
    expect(
      slack.check?.(
        postOf({ options: {}, media: [image] }),
        parse(slack.channel, webhook("https://hooks.slack.com")),
      ),
    ).toMatchObject({ message: "a webhook carries no files", about: "media" });
    expect(slack.check?.(postOf({ options: {}, media: [image] }), bot("https://slack.com"))).toBeUndefined();
  });

  it("takes either a webhook or a bot, and a channel's id instead of its name", () => {
    const accepts = (channel: object) => safeParse(slack.channel, channel).success;
    expect(accepts({ token: "xoxb-1", channel: "C1" })).toBe(true);
    expect(accepts({ token: "xoxb-1", channel: "#general" })).toBe(false);
    expect(accepts({ token: "xoxb-1" })).toBe(false);
    expect(accepts({ webhook: "https://hooks.slack.com/services/x" })).toBe(true);
    expect(accepts({ webhook: "https://hooks.slack.com/services/x", token: "xoxb-1", channel: "C1" })).toBe(
      false,
    );
  });
});
