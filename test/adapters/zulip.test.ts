import { safeParse } from "valibot";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { zulip } from "../../src/adapters/zulip/zulip.ts";
import { zulip as half } from "../../src/sandbox/networks/zulip/zulip.ts";
import {
  contextOn,
  openStage,
  postOf,
  STARTED,
  type Stage,
  type StageReply,
  type StageRequest,
} from "../../src/testing.ts";
import { describeAdapter } from "./contract.ts";

const ok = (body: object) => ({ status: 200, body: { result: "success", msg: "", ...body } });
const message = (part: object = {}) => ({
  id: 42,
  content: "Acme 2.4 is out",
  subject: "news",
  timestamp: STARTED.getTime() / 1000 + 1,
  sender_email: "bot@acme.example",
  sender_id: 7,
  ...part,
});
const theirs = (id: number, content: string) =>
  message({
    id,
    content,
    sender_email: "eve@acme.example",
    sender_full_name: "Eve",
    sender_id: 8,
    timestamp: STARTED.getTime() / 1000 + id,
  });
let listed: object[] = [];

function answer({ method, path }: StageRequest): StageReply {
  if (path.startsWith("/api/v1/get_stream_id")) return ok({ stream_id: 5 });
  if (path === "/api/v1/user_uploads") return ok({ url: "/user_uploads/2/ab/x/hero.png" });
  if (path === "/api/v1/users/me") return ok({ user_id: 7, email: "bot@acme.example", full_name: "Acme" });
  if (path === "/api/v1/register")
    return ok({ queue_id: "q", max_message_length: 2000, max_file_upload_size_mib: 1 });
  if (path.startsWith("/api/v1/messages?"))
    return ok({ messages: listed, found_oldest: true, found_newest: true });
  if (path.startsWith("/api/v1/messages/42") && method === "GET") return ok({ message: message() });
  return ok({ id: 42 });
}

const out = { id: "42", url: "https://acme.example/#narrow/channel/5-dev-talk/topic/news/near/42" };
const gone = { status: 400, body: { result: "error", msg: "Invalid message(s)", code: "BAD_REQUEST" } };

describeAdapter(zulip, half, {
  receipt: out,
  answer: (request) => {
    listed = [theirs(50, "Great"), theirs(51, "Thanks")];
    return /\/messages(\/42|\?)/.test(request.path) ? (answer(request) as { status: number }) : undefined;
  },
  changes: ({ method, path }) => /\/messages\/42/.test(path) && method !== "GET",
  gone,
});

describe("zulip", () => {
  let stage: Stage;
  beforeEach(async () => {
    listed = [];
    stage = await openStage(answer);
  });
  afterEach(() => stage.close());
  const settings = { email: "bot@acme.example", api_key: "zulip-secret", channel: "dev talk", topic: "news" };
  const context = (part: Partial<Parameters<typeof contextOn>[2]> = {}) =>
    contextOn(zulip, stage, { channel: { ...settings, server: stage.url }, ...part });
  const form = () => Object.fromEntries(new URLSearchParams(stage.requests.at(-1)!.body.toString()));
  const image = { file: "images/hero.png", sha256: "00", type: "image/png", bytes: 10, alt: "A [big] phone" };

  it("posts to the campaign's topic by the channel's number, and tells the address that the app uses", async () => {
    const receipt = await zulip.publish(postOf({ options: { topic: "Acme 2.4 (beta)" } }), context());
    expect(form()).toEqual({ type: "stream", to: "5", topic: "Acme 2.4 (beta)", content: "Acme 2.4 is out" });
    expect(stage.requests.at(-1)!.headers.authorization).toBe(
      `Basic ${btoa("bot@acme.example:zulip-secret")}`,
    );
    expect(receipt).toEqual({
      id: "42",
      url: `${stage.url}/#narrow/channel/5-dev-talk/topic/Acme.202.2E4.20.28beta.29/near/42`,
      ref: { channel: "5", topic: "Acme 2.4 (beta)" },
    });
  });

  it("puts files below the words, with what they show, and reads the words without them", async () => {
    await zulip.publish(postOf({ options: {}, media: [image, { ...image, alt: "" }] }), context());
    const content =
      "Acme 2.4 is out\n\n[A big phone](/user_uploads/2/ab/x/hero.png)\n[hero.png](/user_uploads/2/ab/x/hero.png)";
    expect(form().content).toBe(content);
    stage.answer = () => ok({ message: message({ content, last_edit_timestamp: STARTED.getTime() / 1000 }) });
    expect(await zulip.read?.(out, context())).toEqual({
      text: "Acme 2.4 is out",
      url: out.url,
      edited: STARTED.toISOString(),
    });
  });

  it("finds its words under another topic, and asks a person about words that somebody changed", async () => {
    const find = () => zulip.find?.(postOf({ options: {} }), context(), STARTED);
    listed = [message({ subject: "moved" })];
    expect(await find()).toMatchObject({ id: "42", ref: { topic: "moved" } });
    const narrow = new URL(stage.requests.at(-1)!.path, "http://x").searchParams.get("narrow");
    expect(narrow).toBe(
      '[{"operator":"sender","operand":"bot@acme.example"},{"operator":"channel","operand":5}]',
    );
    listed = [message({ content: "Acme 2.4 is out now" })];
    expect(await find()).toMatchObject({ like: { id: "42" } });
    listed = [message({ timestamp: 1 })];
    expect(await find()).toBe("absent");
  });

  it("hears what others say until its own next message", async () => {
    listed = [theirs(50, "Great"), message({ id: 51 }), theirs(52, "About something else")];
    const heard = await zulip.replies?.({ ...out, ref: { channel: "5" } }, context(), STARTED);
    expect(heard).toMatchObject([
      {
        id: "50",
        parent: "42",
        author: { handle: "eve@acme.example", name: "Eve" },
        text: "Great",
        ref: { topic: "news" },
      },
    ]);
  });

  it("knows what the server would cut without a word", () => {
    const channel = { ...settings, server: "https://acme.example" };
    const check = (part: object) => zulip.check?.(postOf({ options: {}, ...part }), channel);
    expect(check({ options: { topic: "x".repeat(61) } })).toMatchObject({ about: "options" });
    expect(check({ text: "x".repeat(9_950), media: [image] })).toMatchObject({
      message: expect.stringContaining("cut the rest"),
    });
    expect(check({ text: "x".repeat(9_000), media: [image] })).toBeUndefined();
    expect(safeParse(zulip.options, { topic: "two\nlines" }).success).toBe(false);
  });

  it("takes the organisation's limits and leaves no queue behind", async () => {
    expect(await zulip.account?.(context())).toMatchObject({
      handle: "Acme in #dev talk > news",
      limits: { text: { max: 2000 }, media: { image: { bytes: 1_048_576 } } },
    });
    expect(stage.events).not.toContain("sending");
    expect(stage.events.at(-1)).toBe("DELETE /api/v1/events");
  });
});
