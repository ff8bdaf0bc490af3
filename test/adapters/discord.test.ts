import { parse, safeParse } from "valibot";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
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
    expect(discord.check?.(named, bot)).toMatchObject({ about: "options", remedy: expect.any(String) });
    expect(discord.check?.(named, parse(discord.channel, webhook("https://discord.com")))).toBeUndefined();
  });
});
