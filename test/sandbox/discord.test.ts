import { describe, expect, it } from "vitest";
import { type Call, call, fileForm, NOW, png, stand } from "./stand.ts";

const AGENT = { "user-agent": "DiscordBot (https://acme.example, 1.0.0)" };

async function webhook() {
  const { sandbox, clock } = await stand();
  const { webhook: url = "" } = sandbox.channel("discord", "news");
  const send = (json: unknown, query = "?wait=true") => call(`${url}${query}`, { json, headers: AGENT });
  return { sandbox, clock, url, send };
}

async function bot() {
  const { sandbox, clock } = await stand();
  const {
    server,
    token,
    channel_id: channel,
  } = sandbox.channel("discord", "news", { token: "from the environment" });
  const api = (path: string, options: Call = {}) =>
    call(`${server}/api/v10${path}`, {
      ...options,
      headers: { ...AGENT, authorization: `Bot ${token}`, ...options.headers },
    });
  return { sandbox, clock, api, path: `/channels/${channel}/messages`, channel };
}

describe("the sandbox's Discord webhook", () => {
  it("answers with the message when asked to wait, and with nothing when not", async () => {
    const { sandbox, send, url } = await webhook();
    const waited = await send({ content: " **Hi** " });
    const hasty = await send({ content: "again" }, "");
    expect(waited).toMatchObject({ status: 200, body: { content: "**Hi**" } });
    expect(hasty).toMatchObject({ status: 204, text: "" });
    const hook = (await call(url, { headers: AGENT })).body;
    expect(hook).toMatchObject({ type: 1, name: "news", channel_id: waited.body.channel_id });
    const page = `${sandbox.url}/discord/channels/${hook.guild_id}/${hook.channel_id}/${waited.body.id}`;
    expect((await call(page)).text).toContain("<strong>Hi</strong>");
  });

  it.each([
    ["nothing", {}, { status: 400, body: { code: 50006 } }],
    ["only spaces", { content: "   " }, { status: 400, body: { code: 50006 } }],
    ["a number", { content: 5 }, { status: 400, body: { code: 50035 } }],
    [
      "2001 characters",
      { content: "x".repeat(2001) },
      {
        status: 400,
        body: { code: 50035, errors: { content: { _errors: [{ code: "BASE_TYPE_MAX_LENGTH" }] } } },
      },
    ],
    ["a long title", { embeds: [{ title: "x".repeat(257) }] }, { status: 400, body: { code: 50035 } }],
    [
      "much in embeds",
      { embeds: [{ description: "x".repeat(4000) }, { description: "x".repeat(2001) }] },
      { status: 400, body: { errors: { embeds: { _errors: [{ code: "MAX_EMBED_SIZE_EXCEEDED" }] } } } },
    ],
    [
      "mentions twice",
      { content: "x", allowed_mentions: { parse: ["users"], users: ["1"] } },
      { status: 400, body: { code: 50035 } },
    ],
    ["a thread's name", { content: "x", thread_name: "t" }, { status: 400, body: { code: 220003 } }],
    ["its own name", { content: "x", username: "Discord News" }, { status: 400, body: { code: 50035 } }],
  ])("refuses %s", async (_, json, answer) => {
    const { sandbox, send } = await webhook();
    expect(await send(json)).toMatchObject(answer);
    expect(await sandbox.posts()).toEqual([]);
  });

  it("counts code points", async () => {
    const { sandbox, send } = await webhook();
    expect((await send({ content: "🎉".repeat(2000) })).status).toBe(200);
    expect((await sandbox.posts())[0]?.length).toBe(2000);
  });

  it("asks for a bot's User-Agent and for a webhook that it gave out", async () => {
    const { url } = await webhook();
    expect(await call(url, { json: { content: "x" } })).toMatchObject({ status: 403, body: { code: 40333 } });
    expect(await call(url.replace("sandbox-", "real-"), { json: {}, headers: AGENT })).toMatchObject({
      status: 404,
      body: { code: 10015 },
    });
  });

  it("takes files with descriptions", async () => {
    const { sandbox, url } = await webhook();
    const payload = { content: "", attachments: [{ id: 0, description: "a panel" }] };
    const data = fileForm({ payload_json: JSON.stringify(payload) }, { "files[0]": png() });
    const { attachments } = (await call(`${url}?wait=true`, { data, headers: AGENT })).body;
    expect(attachments).toMatchObject([{ description: "a panel", content_type: "image/png" }]);
    // Everybody gets it who knows its address.
    const file = await call(attachments[0].url);
    expect(file).toMatchObject({ status: 200, headers: { "content-type": "image/png" } });
    expect((await sandbox.posts())[0]?.media).toMatchObject([{ alt: "a panel" }]);
    const lost = fileForm({ payload_json: JSON.stringify(payload) }, { "files[1]": png() });
    expect(await call(url, { data: lost, headers: AGENT })).toMatchObject({
      status: 400,
      body: { code: 50035 },
    });
  });

  it("allows five messages in two seconds", async () => {
    const { send, clock } = await webhook();
    for (let n = 0; n < 5; n++) {
      expect((await send({ content: "x" })).headers["x-ratelimit-remaining"]).toBe(String(4 - n));
    }
    clock.at += 500;
    const refused = await send({ content: "x" });
    expect(refused).toMatchObject({
      status: 429,
      body: { retry_after: 1.5, global: false },
      headers: { "retry-after": "2" },
    });
    clock.at += 1_500;
    expect((await send({ content: "x" })).status).toBe(200);
  });

  it("edits and deletes its own messages", async () => {
    const { sandbox, send, url } = await webhook();
    const { id } = (await send({ content: "old" })).body;
    const at = `${url}/messages/${id}`;
    expect((await call(at, { method: "PATCH", json: { content: "new" }, headers: AGENT })).body.content).toBe(
      "new",
    );
    expect((await sandbox.posts())[0]).toMatchObject({ text: "new", edited: true });
    expect((await call(at, { method: "DELETE", headers: AGENT })).status).toBe(204);
    expect(await call(at, { headers: AGENT })).toMatchObject({ status: 404, body: { code: 10008 } });
  });
});

describe("an edited message of the sandbox's Discord", () => {
  it("keeps what is not named, empties what is null, and keeps the attachments that are listed", async () => {
    const { sandbox, url, send } = await webhook();
    const payload = { content: "old", attachments: [{ id: 0, description: "one" }, { id: 1 }] };
    const files = { "files[0]": png(), "files[1]": png(9, 9) };
    const data = fileForm({ payload_json: JSON.stringify(payload) }, files);
    const { id, attachments } = (await call(`${url}?wait=true`, { data, headers: AGENT })).body;
    const edit = (json: object, message = id) =>
      call(`${url}/messages/${message}`, { method: "PATCH", json, headers: AGENT });
    expect((await edit({ flags: 4 })).body).toMatchObject({ content: "old", attachments: [{}, {}] });
    const second = { id: attachments[1].id, description: "two" };
    expect((await edit({ attachments: [second] })).body.attachments).toMatchObject([second]);
    expect((await edit({ attachments: [{ id: "7" }] })).body.errors.attachments).toBeDefined();
    expect((await edit({ content: null })).body.content).toBe("");
    expect((await edit({ attachments: [] })).body.code).toBe(50006);
    expect((await edit({ content: "x".repeat(2001) })).status).toBe(400);
    expect((await edit({ content: "x" }, "1")).body.code).toBe(10008);
    const other = (await send({ content: "other" })).body.id;
    expect((await edit({ content: "changed" }, other)).body.edited_timestamp).toMatch(/^2026-11-23T08:00/);
    expect((await sandbox.posts()).map(({ text }) => text)).toEqual(["", "changed"]);
  });

  it("is the author's alone, and others answer it and react to it", async () => {
    const { api, path } = await bot();
    const maria = { headers: { authorization: "Bot sandbox-news+maria" } };
    const { id } = (await api(path, { json: { content: "root" } })).body;
    const taken = await api(`${path}/${id}`, { method: "PATCH", json: { content: "x" }, ...maria });
    expect(taken).toMatchObject({ status: 403, body: { code: 50005 } });
    expect((await api(`${path}/${id}`, { method: "DELETE", ...maria })).status).toBe(403);
    await api(path, { json: { content: "answer", message_reference: { message_id: id } }, ...maria });
    const thumb = encodeURIComponent("👍");
    for (const as of [maria, {}, maria])
      expect((await api(`${path}/${id}/reactions/${thumb}/@me`, { method: "PUT", ...as })).status).toBe(204);
    const [answer, root] = (await api(path)).body;
    expect(answer).toMatchObject({ author: { username: "maria" }, message_reference: { message_id: id } });
    expect(root.reactions).toEqual([
      { count: 2, count_details: { burst: 0, normal: 2 }, emoji: { id: null, name: "👍" } },
    ]);
  });

  it("may have a poll, within its limits", async () => {
    const { api, path } = await bot();
    const answers = [{ poll_media: { text: "Yes" } }, { poll_media: { text: "No" } }];
    const poll = { question: { text: "Well?" }, answers, duration: 24 };
    expect((await api(path, { json: { poll } })).body.poll).toMatchObject({
      question: { text: "Well?" },
      answers: [{ answer_id: 1, poll_media: { text: "Yes" } }, { answer_id: 2 }],
    });
    for (const part of [
      { question: { text: "x".repeat(301) } },
      { answers: [] },
      { answers: Array(11).fill(answers[0]) },
      { answers: [{ poll_media: { text: "x".repeat(56) } }] },
      { duration: 769 },
    ])
      expect((await api(path, { json: { poll: { ...poll, ...part } } })).body.errors.poll).toBeDefined();
  });
});

describe("a poll in the sandbox's Discord", () => {
  it("is voted on by people, once each, until it ends; never edited, and its results come at once", async () => {
    const { clock, api, path, channel } = await bot();
    const answers = ["Yes", "No"].map((text) => ({ poll_media: { text } }));
    const poll = { question: { text: "Well?" }, answers, duration: 1 };
    const { id } = (await api(path, { json: { poll } })).body;
    const vote = (answer_ids: string[], who?: string) =>
      api(`/channels/${channel}/polls/${id}/answers/@me`, {
        method: "PUT",
        json: { answer_ids },
        ...(who && { headers: { authorization: `Bot sandbox-news+${who}` } }),
      });
    const results = async () => (await api(`${path}/${id}`)).body.poll.results;
    expect(await results()).toEqual({ is_finalized: false, answer_counts: [] });
    expect(await vote(["1"])).toMatchObject({ status: 403, body: { code: 520000 } });
    expect((await vote(["1", "2"], "maria")).body.code).toBe(50035);
    expect((await vote(["3"], "maria")).body.code).toBe(50035);
    for (const who of ["maria", "eve"]) expect((await vote(["2"], who)).status).toBe(204);
    expect((await vote(["1"], "eve")).status).toBe(204);
    expect((await results()).answer_counts).toMatchObject([
      { id: 1, count: 1 },
      { id: 2, count: 1 },
    ]);
    const edited = await api(`${path}/${id}`, { method: "PATCH", json: { content: "x" } });
    expect(edited).toMatchObject({ status: 400, body: { code: 520003 } });
    clock.at += 3_600_000;
    expect((await vote(["1"], "maria")).body.code).toBe(520001);
    expect((await results()).is_finalized).toBe(true);
  });
});

describe("the sandbox's Discord bot", () => {
  it("has threads below messages, with messages of their own", async () => {
    const { api, path } = await bot();
    const { id } = (await api(path, { json: { content: "root" } })).body;
    expect((await api(`/channels/${id}/messages`)).body.code).toBe(10003);
    expect((await api(`${path}/${id}/threads`, { json: {} })).body.code).toBe(50035);
    expect(await api(`${path}/${id}/threads`, { json: { name: "More" } })).toMatchObject({
      status: 201,
      body: { id, type: 11, name: "More" },
    });
    expect((await api(`${path}/${id}/threads`, { json: { name: "More" } })).body.code).toBe(160004);
    await api(`/channels/${id}/messages`, { json: { content: "inside" } });
    expect((await api(`/channels/${id}/messages`)).body).toMatchObject([
      { content: "inside", channel_id: id },
    ]);
    expect((await api(path)).body).toMatchObject([{ content: "root", thread: { id, name: "More" } }]);
  });

  it("recognises a nonce for some minutes, when asked to", async () => {
    const { sandbox, clock, api, path } = await bot();
    const json = { content: "once", nonce: "n".repeat(25), enforce_nonce: true };
    const first = await api(path, { json });
    const again = await api(path, { json });
    expect(again.body.id).toBe(first.body.id);
    await api(path, { json: { ...json, enforce_nonce: false } });
    expect(await sandbox.posts()).toHaveLength(2);
    clock.at += 10 * 60_000;
    expect((await api(path, { json })).body.id).not.toBe(first.body.id);
    expect(await api(path, { json: { ...json, nonce: "n".repeat(26) } })).toMatchObject({
      status: 400,
      body: { code: 50035 },
    });
  });

  it("lists messages after a time", async () => {
    const { clock, api, path } = await bot();
    await api(path, { json: { content: "early" } });
    clock.at += 60_000;
    await api(path, { json: { content: "late" } });
    const after = (BigInt(NOW + 1_000 - 1_420_070_400_000) << 22n).toString();
    expect(
      (await api(`${path}?after=${after}`)).body.map(({ content }: { content: string }) => content),
    ).toEqual(["late"]);
    expect((await api(`${path}?limit=101`)).status).toBe(400);
  });

  it("replies, and only to what is there", async () => {
    const { sandbox, api, path } = await bot();
    const { id } = (await api(path, { json: { content: "root" } })).body;
    await api(path, { json: { content: "reply", message_reference: { message_id: id } } });
    expect((await sandbox.posts())[1]?.parent).toBe(id);
    const lost = await api(path, { json: { content: "reply", message_reference: { message_id: "1" } } });
    expect(lost.body.errors.message_reference._errors[0].code).toBe("REPLIES_UNKNOWN_MESSAGE");
  });

  it("knows its own channel and no stranger", async () => {
    const { api, channel, path } = await bot();
    expect((await api(`/channels/${channel}`)).body).toMatchObject({ id: channel, name: "news", type: 0 });
    const last = async () => (await api(`/channels/${channel}`)).body.last_message_id;
    expect(await last()).toBeNull();
    const { id } = (await api(path, { json: { content: "one" } })).body;
    await api(`${path}/${id}`, { method: "DELETE" });
    expect(await last()).toBe(id);
    expect(await api("/channels/1")).toMatchObject({ status: 404, body: { code: 10003 } });
    expect(await api("/users/@me", { headers: { authorization: "Bot real" } })).toMatchObject({
      status: 401,
    });
  });
});
