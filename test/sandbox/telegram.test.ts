import { describe, expect, it } from "vitest";
import { parseHtml } from "../../src/sandbox/networks/telegram/html.ts";
import { type Call, call, fileForm, png, stand } from "./stand.ts";

async function bot() {
  const { sandbox, clock } = await stand();
  const { server, web, token, chat = "" } = sandbox.channel("telegram", "news");
  const api = (method: string, options: Call = {}) => call(`${server}/bot${token}/${method}`, options);
  const send = (fields: Record<string, unknown>) =>
    api("sendMessage", { json: { chat_id: chat, parse_mode: "HTML", ...fields } });
  return { sandbox, clock, api, send, chat, server, web };
}

describe("the sandbox's Telegram", () => {
  it("sends, counts what readers see, and shows it at its public address", async () => {
    const { sandbox, send, chat, web } = await bot();
    const { status, body } = await send({ text: "<b>Hi</b> &amp; <a href='https://acme.example'>there</a>" });
    expect(status).toBe(200);
    expect(body.result).toMatchObject({
      message_id: 1,
      text: "Hi & there",
      entities: [
        { type: "bold", offset: 0, length: 2 },
        { type: "text_link", offset: 5, length: 5, url: "https://acme.example" },
      ],
      chat: { type: "channel", username: chat.slice(1) },
    });
    expect(await sandbox.posts()).toMatchObject([
      { length: 10, max: 4096, card: { url: "https://acme.example" } },
    ]);
    expect((await call(`${web}/${chat.slice(1)}/1`)).text).toContain("<strong>Hi</strong>");
  });

  it("takes a form whose names have no quotes", async () => {
    const { api, chat } = await bot();
    const part = (head: string, body: Buffer | string) => [
      `--sep\r\nContent-Disposition: form-data; ${head}\r\n\r\n`,
      body,
      "\r\n",
    ];
    const pieces = [
      ...part("name=chat_id", chat),
      ...part("name=photo; filename=hero.png", png(8, 8, 200)),
      "--sep--\r\n",
    ];
    const bytes = Buffer.concat(pieces.map((piece) => Buffer.from(piece)));
    const headers = { "content-type": "multipart/form-data; boundary=sep" };
    expect((await api("sendPhoto", { bytes, headers })).body.result.photo).toBeDefined();
  });

  it("has no idempotency: the same again is a second message", async () => {
    const { sandbox, send } = await bot();
    await send({ text: "x" });
    await send({ text: "x" });
    expect(await sandbox.posts()).toHaveLength(2);
  });

  it.each([
    [{ text: "" }, "Bad Request: message text is empty"],
    [{ text: "<b></b>" }, "Bad Request: message text is empty"],
    [{ text: "🎉".repeat(4097) }, "Bad Request: message is too long"],
    [{ text: "<p>x</p>" }, `Bad Request: can't parse entities: Unsupported start tag "p" at byte offset 0`],
    [
      { text: "é<b>x" },
      `Bad Request: can't parse entities: Can't find end tag corresponding to start tag "b"`,
    ],
    [
      { text: "<b><i>x</b></i>" },
      `Bad Request: can't parse entities: Unmatched end tag at byte offset 7, expected "</i>", found "</b>"`,
    ],
    [{ text: "a </b>" }, "Bad Request: can't parse entities: Unexpected end tag at byte offset 2"],
    [{ text: "x", chat_id: "@elsewhere" }, "Bad Request: chat not found"],
    [{ text: "x", reply_parameters: { message_id: 9 } }, "Bad Request: message to be replied not found"],
  ])("refuses %j", async (fields, description) => {
    const { sandbox, send } = await bot();
    expect(await send(fields)).toMatchObject({
      status: 400,
      body: { ok: false, error_code: 400, description },
    });
    expect(await sandbox.posts()).toEqual([]);
  });

  it("allows 4096 code points after parsing, however long the markup is", async () => {
    const { send } = await bot();
    expect((await send({ text: `<b>${"🎉".repeat(4096)}</b>` })).status).toBe(200);
  });

  it("does not know strangers", async () => {
    const { server } = await bot();
    expect(await call(`${server}/bot123:real/getMe`)).toMatchObject({
      status: 401,
      body: { description: "Unauthorized" },
    });
  });

  it("sends a photo from a form, with a caption of 1024", async () => {
    const { sandbox, api, chat } = await bot();
    const photo = (caption: string, file = png()) =>
      api("sendPhoto", { data: fileForm({ chat_id: chat, caption }, { photo: file }) });
    expect((await photo("see")).body.result).toMatchObject({
      caption: "see",
      photo: [{ width: 8, height: 8 }],
    });
    expect((await photo("x".repeat(1025))).body.description).toBe("Bad Request: message caption is too long");
    expect((await photo("", png(9000, 1001))).body.description).toBe("Bad Request: PHOTO_INVALID_DIMENSIONS");
    expect((await photo("", Buffer.from("text"))).body.description).toBe("Bad Request: IMAGE_PROCESS_FAILED");
    expect(await sandbox.posts()).toMatchObject([{ text: "see", max: 1024, media: [{ type: "image/png" }] }]);
  });

  it("sends an album as one post and as many messages", async () => {
    const { sandbox, api, chat } = await bot();
    const media = JSON.stringify([
      { type: "photo", media: "attach://a", caption: "<i>two</i>", parse_mode: "HTML" },
      { type: "photo", media: "attach://b" },
    ]);
    const { body } = await api("sendMediaGroup", {
      data: fileForm({ chat_id: chat, media }, { a: png(), b: png(9, 9) }),
    });
    expect(body.result.map(({ message_id }: { message_id: number }) => message_id)).toEqual([1, 2]);
    expect(new Set(body.result.map((one: { media_group_id: string }) => one.media_group_id)).size).toBe(1);
    expect(await sandbox.posts()).toMatchObject([{ text: "two", media: [{}, {}] }]);
    const lost = await api("sendMediaGroup", { data: fileForm({ chat_id: chat, media }, { a: png() }) });
    expect(lost.body.description).toBe("Bad Request: there is no photo in the request");
  });

  it("replies, and deletes", async () => {
    const { sandbox, send, api, chat } = await bot();
    await send({ text: "root" });
    await send({ text: "reply", reply_parameters: { message_id: 1 } });
    expect((await sandbox.posts())[1]?.parent).toBe((await sandbox.posts())[0]?.id);
    expect((await api("deleteMessage", { json: { chat_id: chat, message_id: 2 } })).body).toEqual({
      ok: true,
      result: true,
    });
    expect((await api("deleteMessage", { json: { chat_id: chat, message_id: 2 } })).status).toBe(400);
    expect(await sandbox.posts()).toHaveLength(1);
  });

  it("edits words and captions, and says when nothing would change", async () => {
    const { sandbox, send, api, chat } = await bot();
    await send({ text: "<b>old</b> https://acme.example" });
    await api("sendPhoto", { data: fileForm({ chat_id: chat, caption: "old" }, { photo: png() }) });
    const edit = (method: string, fields: object) =>
      api(`editMessage${method}`, { json: { chat_id: chat, parse_mode: "HTML", ...fields } });
    expect((await edit("Text", { message_id: 1, text: "<i>new</i>" })).body.result).toMatchObject({
      message_id: 1,
      text: "new",
      edit_date: 1795420800,
    });
    expect((await edit("Caption", { message_id: 2, caption: "new" })).body.result.caption).toBe("new");
    const [words, photo] = await sandbox.posts();
    expect(words).toMatchObject({ text: "new", html: "<em>new</em>", length: 3, edited: true });
    expect(words?.card).toBeUndefined();
    expect(photo).toMatchObject({ text: "new", media: [{}] });
    const refused = async (method: string, fields: object) => (await edit(method, fields)).body.description;
    expect(await refused("Text", { message_id: 1, text: "<i>new</i>" })).toMatch(/message is not modified/);
    expect(await refused("Text", { message_id: 2, text: "x" })).toBe(
      "Bad Request: there is no text in the message to edit",
    );
    expect(await refused("Caption", { message_id: 1, caption: "x" })).toBe(
      "Bad Request: there is no caption in the message to edit",
    );
    expect(await refused("Caption", { message_id: 2, caption: "x".repeat(1025) })).toMatch(/too long/);
    expect(await refused("Text", { message_id: 9, text: "x" })).toBe(
      "Bad Request: message to edit not found",
    );
    // Other markup for the same words is a change.
    expect((await edit("Text", { message_id: 1, text: "<b>new</b>" })).status).toBe(200);
  });

  it("deletes within two days, and several at once", async () => {
    const { sandbox, clock, send, api, chat } = await bot();
    for (const text of ["a", "b", "c"]) await send({ text });
    expect((await api("deleteMessages", { json: { chat_id: chat, message_ids: [1, 9] } })).body.result).toBe(
      true,
    );
    clock.at += 48 * 3_600_000;
    expect((await api("deleteMessage", { json: { chat_id: chat, message_id: 2 } })).body.description).toBe(
      "Bad Request: message can't be deleted",
    );
    expect((await sandbox.posts()).map(({ text }) => text)).toEqual(["b", "c"]);
  });

  it("sends a poll within its limits", async () => {
    const { sandbox, api, chat } = await bot();
    const poll = (fields: object) =>
      api("sendPoll", {
        json: { chat_id: chat, question: "Well?", options: [{ text: "Yes" }, { text: "No" }], ...fields },
      });
    expect((await poll({ open_period: 600 })).body.result.poll).toMatchObject({
      question: "Well?",
      open_period: 600,
    });
    expect(await sandbox.posts()).toMatchObject([{ text: "Well?", notes: ["poll: Yes / No"] }]);
    for (const fields of [
      { question: "x".repeat(301) },
      { options: [] },
      { options: Array(13).fill({ text: "x" }) },
      { options: [{ text: "x".repeat(101) }] },
      { open_period: 4 },
      { open_period: 2_628_001 },
    ])
      expect((await poll(fields)).status).toBe(400);
  });

  it("takes twenty messages a minute in a chat", async () => {
    const { send, clock } = await bot();
    for (let n = 0; n < 20; n++) expect((await send({ text: "x" })).status).toBe(200);
    clock.at += 15_000;
    expect(await send({ text: "x" })).toMatchObject({
      status: 429,
      body: {
        error_code: 429,
        description: "Too Many Requests: retry after 45",
        parameters: { retry_after: 45 },
      },
    });
    clock.at += 45_000;
    expect((await send({ text: "x" })).status).toBe(200);
  });

  it("decodes four names and numbers, and leaves every other & alone", () => {
    expect(parseHtml("&lt;&gt;&amp;&quot;&#33;&#x21; &copy; &")).toMatchObject({ plain: '<>&"!! &copy; &' });
    expect(parseHtml('<span class="other">x</span>')).toMatchObject({
      error: expect.stringContaining("tg-spoiler"),
    });
    expect(parseHtml("<blockquote expandable>x</blockquote>")).toMatchObject({ plain: "x" });
    expect(parseHtml('<a href="javascript:alert(1)">x</a>')).toMatchObject({ html: "x" });
  });
});
