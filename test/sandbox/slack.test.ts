import { describe, expect, it } from "vitest";
import { type Call, call, png, stand } from "./stand.ts";

async function bot() {
  const { sandbox, clock } = await stand();
  const { server, token, channel } = sandbox.channel("slack", "news");
  const api = (method: string, json: Record<string, unknown> = {}, options: Call = {}) =>
    call(`${server}/api/${method}`, {
      json,
      ...options,
      headers: { authorization: `Bearer ${token}`, ...options.headers },
    });
  const post = async (fields: Record<string, unknown>) => {
    clock.at += 1_000;
    return (await api("chat.postMessage", { channel, ...fields })).body;
  };
  return { sandbox, clock, api, post, channel };
}

/** Somebody in the same channel. */
const person = (): Call => ({ headers: { authorization: "Bearer xoxp-sandbox-news+maria" } });

describe("the sandbox's Slack bot", () => {
  it("posts, and tells where", async () => {
    const { sandbox, api, post, channel } = await bot();
    const { ok, ts, message } = await post({ text: "*Hi* <https://acme.example|there>" });
    expect({ ok, text: message.text }).toEqual({ ok: true, text: "*Hi* <https://acme.example|there>" });
    const { permalink } = (await api("chat.getPermalink", { channel, message_ts: ts })).body;
    const page = (await call(permalink)).text;
    expect(page).toContain("<strong>Hi</strong>");
    expect(page).toContain('href="https://acme.example"');
    expect(await sandbox.posts()).toMatchObject([{ account: "#news", max: 4_000 }]);
  });

  it.each([
    ["nothing", {}, "no_text"],
    ["40001 characters", { text: "x".repeat(40_001) }, "msg_too_long"],
    ["another channel", { text: "x", channel: "C999" }, "channel_not_found"],
    ["a thread that is not there", { text: "x", thread_ts: "1.000000" }, "thread_not_found"],
    ["two kinds of text", { text: "x", markdown_text: "y" }, "markdown_text_conflict"],
    ["a block that there is not", { blocks: [{ type: "paragraph", text: "Hi" }] }, "invalid_blocks"],
    ["51 blocks", { blocks: Array.from({ length: 51 }, () => ({ type: "divider" })) }, "invalid_blocks"],
    ["metadata without a type", { text: "x", metadata: { event_payload: {} } }, "invalid_metadata_format"],
  ])("says ok: false to %s, with status 200", async (_, fields, error) => {
    const { sandbox, channel, api } = await bot();
    const answer = await api("chat.postMessage", { channel, ...fields });
    expect(answer).toMatchObject({ status: 200, body: { ok: false, error } });
    expect(await sandbox.posts()).toEqual([]);
  });

  it("asks for a token that it gave out", async () => {
    const { api } = await bot();
    expect((await api("auth.test", {}, { headers: { authorization: "" } })).body.error).toBe("not_authed");
    expect((await api("auth.test", {}, { headers: { authorization: "Bearer xoxb-real" } })).body.error).toBe(
      "invalid_auth",
    );
    expect((await api("auth.test")).body).toMatchObject({ ok: true, user: "news" });
    expect((await api("chat.nonsense")).body.error).toBe("unknown_method");
  });

  it("finds a message by its metadata, in the channel or below a thread", async () => {
    const { api, post, channel } = await bot();
    const metadata = { event_type: "broadcast", event_payload: { key: "abc" } };
    const root = await post({ text: "root", metadata });
    await post({ text: "reply", thread_ts: root.ts, metadata });
    const all = (await api("conversations.history", { channel, include_all_metadata: true })).body.messages;
    expect(all).toMatchObject([{ text: "root", metadata }]);
    const bare = (await api("conversations.history", { channel })).body.messages;
    expect(bare[0].metadata).toBeUndefined();
    const below = (await api("conversations.replies", { channel, ts: root.ts })).body.messages;
    expect(below.map(({ text }: { text: string }) => text)).toEqual(["root", "reply"]);
    const later = await api("conversations.history", { channel, oldest: root.ts });
    expect(later.body.messages).toEqual([]);
  });

  it("takes one message a second in a channel", async () => {
    const { api, clock, channel } = await bot();
    expect((await api("chat.postMessage", { channel, text: "a" })).status).toBe(200);
    const refused = await api("chat.postMessage", { channel, text: "b" });
    expect(refused).toMatchObject({
      status: 429,
      headers: { "retry-after": "1" },
      body: { error: "ratelimited" },
    });
    clock.at += 1_000;
    expect((await api("chat.postMessage", { channel, text: "b" })).status).toBe(200);
  });

  it("uploads in three steps and tells in which message the file is", async () => {
    const { sandbox, api, channel } = await bot();
    const { upload_url, file_id } = (
      await api("files.getUploadURLExternal", { filename: "a.png", length: 64, alt_txt: "a panel" })
    ).body;
    const files = [{ id: file_id, title: "A" }];
    expect((await api("files.completeUploadExternal", { files, channel_id: channel })).body.error).toBe(
      "file_not_found",
    );
    expect((await call(upload_url, { bytes: png() })).status).toBe(200);
    expect((await api("files.info", { file: file_id })).body.file.shares).toEqual({});
    await api("files.completeUploadExternal", { files, channel_id: channel, initial_comment: "see" });
    const [post] = await sandbox.posts();
    expect(post).toMatchObject({ text: "see", media: [{ type: "image/png", alt: "a panel" }] });
    const { shares } = (await api("files.info", { file: file_id })).body.file;
    expect(`${channel} ${shares.public[channel ?? ""][0].ts}`).toBe(post?.id);
  });

  it("edits its own messages, and keeps what is not named", async () => {
    const { sandbox, clock, api, post, channel } = await bot();
    const metadata = { event_type: "broadcast", event_payload: { key: "abc" } };
    const { ts } = await post({ text: "old", metadata });
    const update = (fields: object) => {
      clock.at += 1_000;
      return api("chat.update", { channel, ts, ...fields });
    };
    expect((await update({ text: "new" })).body).toMatchObject({
      ok: true,
      ts,
      text: "new",
      message: { metadata },
    });
    expect(await sandbox.posts()).toMatchObject([{ text: "new", edited: true }]);
    expect((await update({ text: "" })).body.error).toBe("no_text");
    expect((await update({ text: "x".repeat(40_001) })).body.error).toBe("msg_too_long");
    expect((await update({ ts: "1.000000", text: "x" })).body.error).toBe("message_not_found");
    const theirs = (await api("chat.postMessage", { channel, text: "mine" }, person())).body;
    expect((await update({ ts: theirs.ts, text: "x" })).body.error).toBe("cant_update_message");
    expect((await api("chat.delete", { channel, ts: theirs.ts })).body.error).toBe("cant_delete_message");
  });

  it("shows a person's answer and reactions", async () => {
    const { clock, api, post, channel } = await bot();
    const { ts } = await post({ text: "root" });
    clock.at += 1_000;
    await api("chat.postMessage", { channel, text: "answer", thread_ts: ts }, person());
    const messages = (await api("conversations.replies", { channel, ts })).body.messages;
    expect(messages).toMatchObject([{ reply_count: 1 }, { text: "answer", thread_ts: ts }]);
    expect([messages[0].bot_id, messages[1].bot_id]).toEqual([expect.any(String), undefined]);
    const react = () => api("reactions.add", { channel, timestamp: ts, name: "tada" }, person());
    expect([(await react()).body.ok, (await react()).body.error]).toEqual([true, "already_reacted"]);
    await api("reactions.add", { channel, timestamp: ts, name: "tada" });
    expect(
      (await api("reactions.get", { channel, timestamp: ts, full: true })).body.message.reactions,
    ).toMatchObject([{ name: "tada", count: 2 }]);
  });

  it("puts a new text in the place of blocks, and shows an edit only of text", async () => {
    const { sandbox, clock, api, post, channel } = await bot();
    const blocks = [{ type: "section", text: { type: "mrkdwn", text: "in a block" } }];
    const { ts } = await post({ text: "old", blocks });
    const update = (fields: object) => {
      clock.at += 1_000;
      return api("chat.update", { channel, ts, ...fields });
    };
    expect((await update({ blocks })).body.message).not.toHaveProperty("edited");
    const { message } = (await update({ text: "new" })).body;
    expect(message).toMatchObject({ text: "new", edited: { user: message.user, ts: expect.any(String) } });
    expect(message).not.toHaveProperty("blocks");
    expect(await sandbox.posts()).toMatchObject([{ html: "new" }]);
  });

  it("leaves a tombstone of a message that was answered, and of no other", async () => {
    const { sandbox, clock, api, post, channel } = await bot();
    const { ts } = await post({ text: "root" });
    clock.at += 1_000;
    await api("chat.postMessage", { channel, text: "answer", thread_ts: ts }, person());
    expect((await api("chat.delete", { channel, ts })).body.ok).toBe(true);
    const [tombstone, answer] = (await api("conversations.replies", { channel, ts })).body.messages;
    expect(tombstone).toMatchObject({ ts, subtype: "tombstone", user: "USLACKBOT", reply_count: 1 });
    expect(answer).toMatchObject({ text: "answer", user_profile: { display_name: "maria" } });
    for (const method of ["chat.update", "chat.delete"])
      expect((await api(method, { channel, ts, text: "x" })).body.error).toBe("message_not_found");
    expect((await sandbox.posts()).map(({ text }) => text)).toEqual(["answer"]);
    const lone = await post({ text: "lone" });
    await api("chat.delete", { channel, ts: lone.ts });
    expect((await api("conversations.history", { channel })).body.messages).toHaveLength(1);
  });

  it("takes a message back", async () => {
    const { sandbox, api, post, channel } = await bot();
    const { ts } = await post({ text: "oops" });
    expect((await api("chat.delete", { channel, ts })).body.ok).toBe(true);
    expect((await api("chat.delete", { channel, ts })).body.error).toBe("message_not_found");
    expect(await sandbox.posts()).toEqual([]);
  });
});

describe("the sandbox's Slack webhook", () => {
  it("answers in plain words", async () => {
    const { sandbox, clock } = await stand();
    const { webhook = "" } = sandbox.channel("slack", "news", { webhook: "from the environment" });
    expect(await call(webhook, { json: { text: "hi" } })).toMatchObject({ status: 200, text: "ok" });
    expect(await call(webhook, { json: { text: "hi" } })).toMatchObject({ status: 429 });
    clock.at += 1_000;
    expect(await call(webhook, { json: {} })).toMatchObject({ status: 400, text: "no_text" });
    expect(
      await call(webhook, { bytes: "{", headers: { "content-type": "application/json" } }),
    ).toMatchObject({ status: 400, text: "invalid_payload" });
    expect(await call(webhook.replace("sandbox-", "real-"), { json: { text: "hi" } })).toMatchObject({
      status: 404,
      text: "no_service",
    });
    expect(await call(webhook, { form: { payload: '{"text":"by form"}' } })).toMatchObject({
      status: 200,
      text: "ok",
    });
  });
});
