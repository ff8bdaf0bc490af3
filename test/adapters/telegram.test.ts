import { safeParse } from "valibot";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { telegram } from "../../src/adapters/telegram.ts";
import { telegram as half } from "../../src/sandbox/networks/telegram/telegram.ts";
import {
  contextOn,
  openStage,
  postOf,
  type Stage,
  type StageReply,
  type StageRequest,
} from "../../src/testing.ts";
import { describeAdapter } from "./contract.ts";

const TOKEN = "110201543:AAHdqTcvCH1vGWJxfSeofSAs0K5PALDsaw";
const chat = { id: -1001234567890, username: "acmenews", title: "Acme News", type: "channel" };
const channel = (server: string) => ({ server, token: TOKEN, chat: "@acmenews" });
const image = { file: "images/hero.png", sha256: "00", type: "image/png", bytes: 10, alt: "" };
const film = { file: "demo.mp4", sha256: "01", type: "video/mp4", bytes: 10, alt: "" };

const publishes = ({ path }: StageRequest) => /\/send[A-Z]/.test(path);

function answer({ path }: StageRequest): StageReply {
  const message = (message_id: number) => ({ message_id, chat, date: 1 });
  if (path.endsWith("/sendMediaGroup"))
    return { status: 200, body: { ok: true, result: [message(5), message(6)] } };
  if (publishes({ path } as StageRequest)) return { status: 200, body: { ok: true, result: message(5) } };
  if (path.endsWith("/getMe"))
    return { status: 200, body: { ok: true, result: { id: 1, username: "acmebot" } } };
  if (path.endsWith("/getChat")) return { status: 200, body: { ok: true, result: chat } };
  if (path.endsWith("/deleteMessage")) return { status: 200, body: { ok: true, result: true } };
  return { status: 404, body: { ok: false, error_code: 404, description: "Not Found" } };
}

const receipt = { id: "5", url: "https://t.me/acmenews/5", ref: { chat: "-1001234567890" } };

describeAdapter(telegram, half);

describe("telegram", () => {
  let stage: Stage;
  beforeEach(async () => {
    stage = await openStage(answer);
  });
  afterEach(() => stage.close());
  const context = (part: Partial<Parameters<typeof contextOn>[2]> = {}) =>
    contextOn(telegram, stage, { channel: channel(stage.url), ...part });
  const body = () => stage.requests.at(-1)!.body.toString();

  it("sends HTML with its options, as an answer that survives a deleted parent", async () => {
    const post = postOf({
      options: { silent: true, protect: true, message_thread_id: 4 },
      text: "<b>Acme</b>",
      link: { url: "https://acme.example" },
    });
    await telegram.publish(post, context({ thread: { root: { id: "2" }, parent: { id: "3" } } }));
    expect(stage.requests[0]!.path).toBe(`/bot${TOKEN}/sendMessage`);
    expect(JSON.parse(body())).toEqual({
      chat_id: "@acmenews",
      message_thread_id: 4,
      disable_notification: true,
      protect_content: true,
      reply_parameters: { message_id: 3, allow_sending_without_reply: true },
      text: "<b>Acme</b>",
      parse_mode: "HTML",
      link_preview_options: { url: "https://acme.example" },
    });
    await telegram.publish(postOf({ options: { preview: false } }), context());
    expect(JSON.parse(body()).link_preview_options).toEqual({ is_disabled: true });
  });

  it("sends one photo with its caption, several files as an album with one caption", async () => {
    await telegram.publish(postOf({ options: { silent: true }, media: [image] }), context());
    expect(stage.requests[0]!.path).toBe(`/bot${TOKEN}/sendPhoto`);
    expect(body()).toContain('name="caption"\r\n\r\nAcme 2.4 is out');
    expect(body()).toContain('name="disable_notification"\r\n\r\ntrue');
    expect(body()).toContain('name="photo"; filename="hero.png"');

    await telegram.publish(postOf({ options: {}, media: [image, film] }), context());
    expect(body()).toContain(
      '[{"type":"photo","media":"attach://file0","caption":"Acme 2.4 is out","parse_mode":"HTML"},{"type":"video","media":"attach://file1"}]',
    );
    expect(body()).toContain('name="file1"; filename="demo.mp4"');
  });

  it("declares how much fits beside a picture, so that a plan splits, trims or refuses by it", () => {
    expect(telegram.media).toMatchObject({ caption: 1024 });
    expect(telegram.text).toMatchObject({ max: 4096, counts: "parsed" });
  });

  it("gives the address that members of a private channel can open, and none for a chat without pages", async () => {
    const from = async (chat: object) => {
      stage.answer = () => ({ status: 200, body: { ok: true, result: { message_id: 9, chat } } });
      return (await telegram.publish(postOf({ options: {} }), context())).url;
    };
    expect(await from({ id: -1001234567890, title: "Staff" })).toBe("https://t.me/c/1234567890/9");
    expect(await from({ id: 55 })).toBeUndefined();
  });

  it("invents no id for a message that the server sends later", async () => {
    stage.answer = () => ({ status: 200, body: { ok: true, result: { message_id: 0, chat } } });
    expect(await telegram.publish(postOf({ options: {} }), context())).toEqual({ id: "", ref: receipt.ref });
  });

  it("waits as long as the answer says", async () => {
    const parameters = { retry_after: 35 };
    stage.answer = () => ({
      status: 429,
      body: { ok: false, error_code: 429, description: "Too Many Requests", parameters },
    });
    const error = await telegram.publish(postOf({ options: {} }), context()).catch((refusal) => refusal);
    expect(error.code).toBe("limited");
    expect(Math.round((error.retryAt - Date.now()) / 1000)).toBe(35);
  });

  it("says which id a group has got that became a supergroup", async () => {
    const parameters = { migrate_to_chat_id: -100999 };
    const description = "Bad Request: group chat was upgraded to a supergroup chat";
    stage.answer = () => ({ status: 400, body: { ok: false, error_code: 400, description, parameters } });
    await expect(telegram.publish(postOf({ options: {} }), context())).rejects.toMatchObject({
      code: "rejected",
      message: expect.stringContaining('set chat to "-100999"'),
    });
  });

  it("takes an address that no bot has for a wrong token", async () => {
    stage.answer = () => ({ status: 404, body: { ok: false, error_code: 404, description: "Not Found" } });
    await expect(telegram.publish(postOf({ options: {} }), context())).rejects.toMatchObject({
      code: "auth",
    });
  });

  it("removes every message of an album", async () => {
    await telegram.retract?.({ id: "5", ref: { chat: "-1001", messages: "5,6" } }, context());
    expect(stage.requests.map((request) => JSON.parse(request.body.toString()))).toEqual([
      { chat_id: "-1001", message_id: 5 },
      { chat_id: "-1001", message_id: 6 },
    ]);
  });

  it("says who it is and where", async () => {
    expect(await telegram.account?.(context())).toEqual({
      id: "1",
      handle: "@acmebot in @acmenews",
      url: "https://t.me/acmenews",
    });
    expect(stage.events).not.toContain("sending");
  });

  it("takes a chat by name or by number", () => {
    const parse = (chat: unknown) => safeParse(telegram.channel, { token: TOKEN, chat });
    expect(parse(-1001234567890).output).toMatchObject({ chat: "-1001234567890" });
    expect(parse("@acmenews").success).toBe(true);
    expect(parse("acmenews").success).toBe(false);
  });
});
