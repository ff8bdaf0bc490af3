import { parse, safeParse } from "valibot";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { type Adapter, answersOn } from "../../src/adapter.ts";
import { discord } from "../../src/adapters/discord/discord.ts";
import { discord as half } from "../../src/sandbox/networks/discord/discord.ts";
import {
  contextOn,
  KEY,
  openStage,
  postOf,
  STARTED,
  type Stage,
  type StageReply,
  type StageRequest,
} from "../../src/testing.ts";
import { describeAdapter } from "./contract.ts";

const SECRET = "webhook-token-7Yx0q";
const webhook = (base: string) => ({ webhook: `${base}/api/webhooks/100/${SECRET}` });
const bot = (server: string) => ({ server, token: "discord-bot-token", channel_id: "300" });
const image = { file: "images/hero.png", sha256: "00", type: "image/png", bytes: 10, alt: "Three devices" };

const publishes = ({ method, path }: StageRequest) =>
  method === "POST" && (path.includes("/webhooks/") || path.endsWith("/messages"));

function answer({ method, path }: StageRequest): StageReply {
  if (method === "POST") return { status: 200, body: { id: "900", channel_id: "300", content: "" } };
  if (path === `/api/v10/webhooks/100/${SECRET}`) {
    return { status: 200, body: { id: "100", name: "News", channel_id: "300", guild_id: "200" } };
  }
  if (path === "/api/v10/channels/300")
    return { status: 200, body: { id: "300", name: "news", guild_id: "200" } };
  if (path === "/api/v10/users/@me") return { status: 200, body: { id: "7", username: "acme" } };
  return { status: 404, body: { message: "404: Not Found", code: 0 } };
}

describeAdapter(discord, half);

describe("discord", () => {
  let stage: Stage;
  beforeEach(async () => {
    stage = await openStage(answer);
  });
  afterEach(() => stage.close());
  const byWebhook = () => contextOn(discord, stage, { channel: webhook(stage.url) });
  const byBot = () => contextOn(discord, stage, { channel: bot(stage.url) });
  const posted = () => stage.requests.find(publishes)!;

  it("waits for the message, names itself, and pings nobody by accident", async () => {
    const options = { silent: true, suppress_embeds: true, username: "Acme News", thread_id: "301" };
    const receipt = await discord.publish(postOf({ options, text: "@everyone hi" }), byWebhook());
    expect(posted().path).toBe(`/api/v10/webhooks/100/${SECRET}?wait=true&thread_id=301`);
    expect(posted().headers["user-agent"]).toMatch(/^DiscordBot \(https:\/\/\S+, [\d.]+\)$/);
    expect(JSON.parse(posted().body.toString())).toEqual({
      content: "@everyone hi",
      allowed_mentions: { parse: [] },
      flags: 4 + 4096,
      username: "Acme News",
    });
    expect(receipt).toEqual({ id: "900", url: `${stage.url}/channels/200/300/900`, ref: { thread: "301" } });
  });

  it("pings whom the text names by id, as a bot under a nonce of 25 characters", async () => {
    const entities = [
      { kind: "mention" as const, start: 0, end: 5, handle: "bob", id: "42" },
      { kind: "mention" as const, start: 6, end: 9, handle: "eve" },
    ];
    await discord.publish(postOf({ options: {}, text: "<@42> eve", entities }), byBot());
    expect(posted().path).toBe("/api/v10/channels/300/messages");
    expect(posted().headers.authorization).toBe("Bot discord-bot-token");
    expect(JSON.parse(posted().body.toString())).toEqual({
      content: "<@42> eve",
      allowed_mentions: { parse: [], users: ["42"] },
      nonce: KEY.slice(0, 25),
      enforce_nonce: true,
    });
  });

  it("sends files with their descriptions", async () => {
    await discord.publish(postOf({ options: {}, media: [image] }), byWebhook());
    const body = posted().body.toString();
    expect(body).toContain('"attachments":[{"id":"0","filename":"hero.png","description":"Three devices"}]');
    expect(body).toContain(
      'name="files[0]"; filename="hero.png"\r\nContent-Type: image/png\r\n\r\nbytes of images/hero.png',
    );
  });

  it("says which field was refused, and waits to the fraction of a second", async () => {
    const errors = {
      content: { _errors: [{ code: "BASE_TYPE_MAX_LENGTH", message: "Must be 2000 or fewer in length." }] },
    };
    stage.answer = (request) =>
      publishes(request)
        ? { status: 400, body: { message: "Invalid Form Body", code: 50035, errors } }
        : answer(request);
    await expect(discord.publish(postOf({ options: {} }), byBot())).rejects.toMatchObject({
      code: "rejected",
      message: expect.stringContaining(
        "Invalid Form Body; content: Must be 2000 or fewer in length. (50035)",
      ),
    });
    stage.answer = () => ({
      status: 429,
      body: { message: "You are being rate limited.", retry_after: 1.5, global: false },
    });
    const error = await discord.publish(postOf({ options: {} }), byBot()).catch((refusal) => refusal);
    expect(error.code).toBe("limited");
    expect(error.retryAt - Date.now()).toBeGreaterThan(1_000);
  });

  it("takes a webhook that is gone for a lost credential", async () => {
    stage.answer = () => ({ status: 404, body: { message: "Unknown Webhook", code: 10015 } });
    await expect(discord.publish(postOf({ options: {} }), byWebhook())).rejects.toMatchObject({
      code: "auth",
    });
  });

  describe("looks a lost message up", () => {
    const message = (part: object) => ({
      id: "901",
      channel_id: "300",
      content: "Acme 2.4 is out",
      author: { id: "7" },
      ...part,
    });
    const history = (...pages: object[][]) => {
      stage.answer = (request) =>
        request.path.includes("/messages?") ? { status: 200, body: pages.shift() ?? [] } : answer(request);
    };
    const find = () => discord.find?.(postOf({ options: {} }), byBot(), STARTED);

    it("after the time of the attempt, by its nonce, else by author and words", async () => {
      history([
        message({ id: "905", author: { id: "8" } }),
        message({ id: "904", nonce: KEY.slice(0, 25), content: "…" }),
      ]);
      expect(await find()).toMatchObject({ id: "904", url: `${stage.url}/channels/200/300/904` });
      const after = BigInt(
        new URL(
          `http://x${stage.requests.find(({ path }) => path.includes("after="))!.path}`,
        ).searchParams.get("after")!,
      );
      expect(Number(after >> 22n) + 1_420_070_400_000).toBe(STARTED.getTime() - 5_000);

      history([message({})]);
      expect(await find()).toMatchObject({ id: "901" });
      history([
        message({ nonce: "somebody-else" }),
        message({ author: { id: "8" } }),
        message({ content: "other" }),
      ]);
      expect(await find()).toBe("absent");
    });

    it("over several pages", async () => {
      const others = Array.from({ length: 100 }, (_, at) =>
        message({ id: String(1000 + at), author: { id: "8" } }),
      );
      history(others, [message({ id: "2000" })]);
      expect(await find()).toMatchObject({ id: "2000" });
      expect(stage.requests.map(({ path }) => path)).toContainEqual(expect.stringContaining("after=1099"));
    });

    it("and knows that an empty list may be a missing permission", async () => {
      history([], []);
      await expect(find()).rejects.toMatchObject({
        code: "rejected",
        message: expect.stringContaining("Read Message History"),
      });
      history([], [message({ id: "1", content: "old" })]);
      expect(await find()).toBe("absent");
    });

    it("and believes the channel when it says that nothing was written since", async () => {
      const room = (last_message_id: string | null) => {
        stage.answer = ({ path }) => {
          if (path.includes("/messages?")) return { status: 200, body: [] };
          if (path.endsWith("/users/@me")) return { status: 200, body: { id: "7" } };
          return { status: 200, body: { id: "300", guild_id: "200", last_message_id } };
        };
      };
      room(null);
      expect(await find()).toBe("absent");
      room("1574000000000000000");
      expect(await find()).toBe("absent");
      room("1594000000000000000");
      await expect(find()).rejects.toMatchObject({ code: "rejected" });
    });

    it("but not as a webhook", async () => {
      await expect(discord.find?.(postOf({ options: {} }), byWebhook(), STARTED)).rejects.toMatchObject({
        code: "rejected",
      });
    });
  });

  it("removes what it posted, in its thread", async () => {
    stage.answer = () => ({ status: 204 });
    await discord.retract?.({ id: "900", ref: { thread: "301" } }, byWebhook());
    await discord.retract?.({ id: "900" }, byBot());
    expect(stage.requests.map(({ method, path }) => `${method} ${path}`)).toEqual([
      `DELETE /api/v10/webhooks/100/${SECRET}/messages/900?thread_id=301`,
      "DELETE /api/v10/channels/300/messages/900",
    ]);
  });

  describe("once a message is out", () => {
    const out = { id: "900", url: `https://discord.com/channels/200/300/900` };
    const about = (messages: Record<string, object[] | object>) => {
      stage.answer = (request) => {
        const [path = ""] = request.path.split("?");
        const there = messages[path.replace("/api/v10", "")];
        if (there) return { status: 200, body: there };
        if (/\/messages\/\d+$/.test(path))
          return { status: 404, body: { message: "Unknown Message", code: 10008 } };
        return answer(request);
      };
    };
    const message = (part: object) => ({
      id: "900",
      channel_id: "300",
      content: "Acme 2.4 is out",
      author: { id: "7", username: "acme" },
      timestamp: "2026-11-23T09:00:00.000000+00:00",
      edited_timestamp: null,
      ...part,
    });
    const question = { question: { text: "Tea?" }, answers: [] };

    it("reads it, in its thread, and the question of a poll that says it all", async () => {
      about({ "/channels/301/messages/900": message({ edited_timestamp: "2026-11-23T09:05:00+00:00" }) });
      expect(await discord.read?.({ ...out, ref: { thread: "301" } }, byBot())).toEqual({
        text: "Acme 2.4 is out",
        url: out.url,
        edited: "2026-11-23T09:05:00.000Z",
      });
      about({ "/channels/300/messages/900": message({ content: "", poll: question }) });
      expect(await discord.read?.(out, byBot())).toEqual({ text: "Tea?", url: out.url });
    });

    it("does not call a message gone because its channel or its webhook is unknown", async () => {
      for (const [code, expected] of [
        [10003, "rejected"],
        [10015, "auth"],
      ]) {
        stage.answer = () => ({ status: 404, body: { message: "Unknown", code } });
        await expect(discord.read?.(out, byBot())).rejects.toMatchObject({ code: expected });
      }
      about({});
      expect(await discord.metrics?.([out, out], byWebhook())).toEqual(["gone", "gone"]);
    });

    it("counts reactions of every kind, and votes in the order of the choices", async () => {
      const answers = ["Tea", "Coffee"].map((text, n) => ({ answer_id: n + 1, poll_media: { text } }));
      const reactions = [{ count: 2 }, { count: 3 }];
      const results = { is_finalized: false, answer_counts: [{ id: 2, count: 5, me_voted: false }] };
      about({
        "/channels/300/messages/900": message({ reactions, poll: { ...question, answers, results } }),
      });
      expect(await discord.metrics?.([out], byBot())).toEqual([
        {
          likes: 5,
          poll: [
            { choice: "Tea", votes: 0 },
            { choice: "Coffee", votes: 5 },
          ],
        },
      ]);
      about({ "/channels/300/messages/900": message({ poll: { ...question, answers } }) });
      expect(await discord.metrics?.([out], byBot())).toEqual([{ likes: 0 }]);
    });

    it("hears answers, answers to those, and the thread below it; others' alone, since then", async () => {
      const bob = { id: "8", username: "bob", global_name: "Bob" };
      const others = (id: string, part: object) =>
        message({ id, author: bob, timestamp: `2026-11-23T10:00:0${id.at(-1)}Z`, ...part });
      const to = (message_id: string) => ({ message_reference: { message_id } });
      about({
        "/channels/300/messages/900": message({ thread: { id: "900" } }),
        "/channels/300/messages": [
          others("906", { ...to("902"), author: { id: "7", username: "acme" } }),
          others("905", to("800")),
          others("904", { ...to("700"), referenced_message: to("900") }),
          others("903", { ...to("902"), content: "<@8>: no", mentions: [bob] }),
          others("902", { ...to("900"), content: "Does it sync?" }),
          others("901", {}),
        ],
        "/channels/900/messages": [others("907", { channel_id: "900" })],
      });
      const heard = await discord.replies?.(out, byBot(), new Date("2026-11-23T10:00:02.500Z"));
      expect(heard).toEqual([
        expect.objectContaining({ id: "903", parent: "902", text: "@bob: no" }),
        expect.objectContaining({ id: "904", parent: "700" }),
        {
          id: "907",
          parent: "900",
          author: { handle: "@bob", name: "Bob" },
          text: "Acme 2.4 is out",
          at: "2026-11-23T10:00:07.000Z",
          url: "https://discord.com/channels/200/900/907",
          ref: { thread: "900" },
        },
      ]);
      const { path } = stage.requests.find((one) => one.path.includes("/300/messages?"))!;
      const after = BigInt(new URL(path, stage.url).searchParams.get("after")!);
      expect(Number((after + 1n) >> 22n) + 1_420_070_400_000).toBe(Date.parse("2026-11-23T10:00:02.500Z"));
      await expect(discord.replies?.(out, byWebhook(), STARTED)).rejects.toMatchObject({ code: "rejected" });
      expect(answersOn(discord as Adapter, webhook(stage.url), "replies")).toBe(false);
      expect(answersOn(discord as Adapter, bot(stage.url), "replies")).toBe(true);
    });

    it("answers somebody where they are, and tells them", async () => {
      const parent = { id: "907", ref: { thread: "900" } };
      const thread = { root: out, parent, answers: true as const };
      const context = contextOn(discord, stage, { channel: bot(stage.url), thread });
      expect(await discord.publish(postOf({ options: {} }), context)).toMatchObject({
        ref: { thread: "900" },
      });
      expect(posted().path).toBe("/api/v10/channels/900/messages");
      expect(JSON.parse(posted().body.toString())).toMatchObject({
        message_reference: { message_id: "907" },
        allowed_mentions: { parse: [], replied_user: true },
      });
    });

    it("puts edited words in its place, with all flags, and takes files away that are not there any more", async () => {
      stage.answer = () => ({ status: 200, body: message({}) });
      const options = { silent: true, suppress_embeds: true };
      await discord.edit?.(
        { ...out, ref: { thread: "301" } },
        postOf({ options, text: "2.4.1" }),
        byWebhook(),
      );
      const { method, path, body } = stage.requests.at(-1)!;
      expect(`${method} ${path}`).toBe(`PATCH /api/v10/webhooks/100/${SECRET}/messages/900?thread_id=301`);
      expect(JSON.parse(body.toString())).toEqual({
        content: "2.4.1",
        allowed_mentions: { parse: [] },
        flags: 4 + 4096,
        attachments: [],
      });
    });

    it("leaves the files that it has where they are, and sends only the new ones", async () => {
      const bytes = Buffer.from(`bytes of ${image.file}`).length;
      const hero = { ...image, bytes, sha256: "aa" };
      const logo = { ...image, bytes, sha256: "bb", alt: "" };
      const has = (...ids: string[]) => {
        const attachments = ids.map((id) => ({ id, size: bytes }));
        stage.answer = (request) =>
          request.method === "GET" ? answer(request) : { status: 200, body: message({ attachments }) };
      };
      const sent = () => stage.requests.at(-1)!.body.toString();
      has("51", "52");
      const first = await discord.publish(postOf({ options: {}, media: [hero, logo] }), byBot());
      expect(first.ref).toEqual({ files: "51:aa 52:bb" });

      has("51", "52");
      const words = postOf({ options: {}, media: [hero, logo], text: "2.4.1" });
      expect((await discord.edit?.(first, words, byBot()))?.ref).toEqual(first.ref);
      expect(JSON.parse(sent()).attachments).toEqual([
        { id: "51", description: "Three devices" },
        { id: "52", description: null },
      ]);

      has("52", "53");
      const other = postOf({ options: {}, media: [{ ...hero, sha256: "cc" }, logo] });
      expect((await discord.edit?.(first, other, byBot()))?.ref).toEqual({ files: "53:cc 52:bb" });
      expect(sent()).toContain(
        '"attachments":[{"id":"0","filename":"hero.png","description":"Three devices"},{"id":"52","description":null}]',
      );
      expect(sent().match(/name="files\[/g)).toHaveLength(1);

      // What Discord has is not what was sent: then all of it is sent anew next time.
      has("52");
      expect((await discord.edit?.(first, other, byBot()))?.ref).toBeUndefined();
    });

    it.each([
      [403, 50005, "rejected"],
      [400, 520003, "rejected"],
      [400, 50083, "rejected"],
      [429, 30046, "limited"],
      [400, 30046, "limited"],
    ])("reads a refused edit: %i, code %i", async (status, code, expected) => {
      stage.answer = () => ({ status, body: { message: "No", code } });
      await expect(discord.edit?.(out, postOf({ options: {} }), byBot())).rejects.toMatchObject({
        code: expected,
      });
    });
  });

  describe("asks in a poll", () => {
    const poll = { choices: ["Tea", "Coffee"], open: "3d", multiple: true };
    const asked = async (text: string) => {
      await discord.publish(postOf({ options: {}, text, poll }), byWebhook());
      const { content, poll: made } = JSON.parse(stage.requests.at(-1)!.body.toString());
      return [content, made.question.text];
    };

    it("with the text as its question, or the last line that asks one", async () => {
      await discord.publish(postOf({ options: {}, text: "Tea or coffee", poll }), byBot());
      expect(JSON.parse(posted().body.toString())).toMatchObject({
        poll: {
          question: { text: "Tea or coffee" },
          answers: [{ poll_media: { text: "Tea" } }, { poll_media: { text: "Coffee" } }],
          duration: 72,
          allow_multiselect: true,
        },
      });
      expect(JSON.parse(posted().body.toString())).not.toHaveProperty("content");
      expect(await asked("What to drink?")).toEqual([undefined, "What to drink?"]);
      const text = "# News\n\n**Which** of [these](https://a.example)\\_two?\nThanks";
      expect(await asked(text)).toEqual([text, "Which of these_two?"]);
    });

    it.each([
      ["no question", { text: "Hello\nWorld" }, /no question/],
      ["a long one", { text: `${"x".repeat(300)}?` }, /no question/],
      ["half an hour more", { text: "Tea?", poll: { ...poll, open: "90m" } }, /whole hours/],
    ])("and says before that there is %s", (_, part, words) => {
      const found = discord.check?.(
        postOf({ options: {}, poll, ...part }),
        parse(discord.channel, bot("https://d")),
      );
      expect(found).toMatchObject([{ message: expect.stringMatching(words), remedy: expect.any(String) }]);
    });
  });

  it("takes either a webhook or a bot, never both", () => {
    const accepts = (channel: object) => safeParse(discord.channel, channel).success;
    expect(accepts(webhook("https://discord.com"))).toBe(true);
    expect(accepts({ token: "t", channel_id: "1" })).toBe(true);
    expect(accepts({ token: "t" })).toBe(false);
    expect(accepts({})).toBe(false);
    expect(accepts({ ...webhook("https://discord.com"), token: "t", channel_id: "1" })).toBe(false);
    expect(accepts({ webhook: "https://example.com/hook" })).toBe(false);
  });

  it("knows before it sends that a bot has its own name", () => {
    const named = postOf({ options: { username: "Acme" } });
    const bot = parse(discord.channel, { token: "t", channel_id: "1" });
    expect(discord.check?.(named, bot)).toMatchObject([{ about: "options", remedy: expect.any(String) }]);
    expect(discord.check?.(named, parse(discord.channel, webhook("https://discord.com")))).toEqual([]);
  });
});
