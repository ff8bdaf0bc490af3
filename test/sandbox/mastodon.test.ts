import { describe, expect, it } from "vitest";
import type { Sandbox } from "../../src/sandbox/server.ts";
import { type Call, call, fileForm, NOW, png, stand } from "./stand.ts";

function client(sandbox: Sandbox, name = "acme") {
  const { server, token } = sandbox.channel("mastodon", name);
  const api = (path: string, options: Call = {}) =>
    call(`${server}/api${path}`, {
      ...options,
      headers: { authorization: `Bearer ${token}`, ...options.headers },
    });
  const post = (json: Record<string, unknown>, key?: string) =>
    api("/v1/statuses", { json, headers: key ? { "idempotency-key": key } : {} });
  return { api, post, server };
}

describe("the sandbox's Mastodon", () => {
  it("publishes a status and shows it where its URL says", async () => {
    const { sandbox } = await stand();
    const { post } = client(sandbox);
    const { status, body, headers } = await post({
      status: "Hello https://acme.example/a #News",
      language: "en",
    });
    expect(status).toBe(200);
    expect(body).toMatchObject({
      visibility: "public",
      language: "en",
      created_at: "2026-11-23T08:00:00.000Z",
    });
    expect(headers["x-ratelimit-reset"]).toBe("2026-11-23T11:00:00.000000Z");
    expect((await call(body.url)).text).toContain("#News");
    expect(await sandbox.posts()).toMatchObject([{ network: "mastodon", length: 6 + 23 + 6, max: 500 }]);
  });

  it("takes a form as well as JSON", async () => {
    const { sandbox } = await stand();
    const { body } = await client(sandbox).api("/v1/statuses", {
      form: { status: "by form", visibility: "unlisted" },
    });
    expect(body.visibility).toBe("unlisted");
  });

  it("answers a repeated key with the same status for an hour, per account", async () => {
    const { sandbox, clock } = await stand();
    const { post } = client(sandbox);
    const first = await post({ status: "one" }, "key");
    const again = await post({ status: "something else" }, "key");
    const other = await client(sandbox, "other").post({ status: "one" }, "key");
    clock.at += 3_600_001;
    const later = await post({ status: "one" }, "key");
    expect(again.body.id).toBe(first.body.id);
    expect(new Set([first.body.id, other.body.id, later.body.id]).size).toBe(3);
  });

  it.each([
    [{ status: "" }, 422, "Validation failed: Text can't be blank"],
    [{ status: "x".repeat(501) }, 422, "Validation failed: Text character limit of 500 exceeded"],
    [
      { status: "x".repeat(499), spoiler_text: "cw" },
      422,
      "Validation failed: Text character limit of 500 exceeded",
    ],
    [{ status: "x", visibility: "loud" }, 422, "Validation failed: Visibility is not included in the list"],
    [
      { status: "x", in_reply_to_id: "1" },
      404,
      "The post you are trying to reply to does not appear to exist.",
    ],
    [
      { status: "x", media_ids: ["7"] },
      422,
      "Validation failed: Media 7 not found or already attached to another post",
    ],
    [
      { status: "x", scheduled_at: "2026-11-23T08:04:00Z" },
      422,
      "Validation failed: Scheduled at The scheduled date must be in the future",
    ],
  ])("refuses %j", async (json, status, error) => {
    const { sandbox } = await stand();
    expect(await client(sandbox).post(json)).toMatchObject({ status, body: { error } });
    expect(await sandbox.posts()).toEqual([]);
  });

  it("counts graphemes, 23 for a link and only the local part of a mention", async () => {
    const { sandbox } = await stand();
    const { post } = client(sandbox);
    const text = `${"👩‍👩‍👧‍👦".repeat(463)} https://acme.example/${"long".repeat(50)} @maria@a.very.long.host.example`;
    expect((await post({ status: text })).status).toBe(200);
    expect((await post({ status: `${text}xxxxxxx` })).status).toBe(200);
    expect((await sandbox.posts()).map(({ length }) => length)).toEqual([494, 494]);
    expect((await post({ status: `${"y".repeat(7)}${text}` })).status).toBe(422);
  });

  it("does not know strangers", async () => {
    const { sandbox } = await stand();
    const { api } = client(sandbox);
    const stranger = await api("/v1/statuses", {
      json: { status: "x" },
      headers: { authorization: "Bearer real" },
    });
    expect(stranger).toMatchObject({ status: 401, body: { error: "The access token is invalid" } });
  });

  it("attaches media with their descriptions, once", async () => {
    const { sandbox } = await stand();
    const { api, post } = client(sandbox);
    const media = await api("/v2/media", { data: fileForm({ description: "a panel" }, { file: png() }) });
    expect(media).toMatchObject({ status: 200, body: { type: "image", description: "a panel" } });
    expect((await post({ status: "", media_ids: [media.body.id] })).status).toBe(200);
    expect((await post({ status: "", media_ids: [media.body.id] })).status).toBe(422);
    expect((await sandbox.posts())[0]?.media).toMatchObject([{ type: "image/png", alt: "a panel" }]);
    const text = await api("/v2/media", { data: fileForm({}, { file: Buffer.from("no picture") }) });
    expect(text).toMatchObject({
      status: 422,
      body: { error: "Validation failed: File content type is invalid" },
    });
  });

  it("processes a video for a moment: 202, 206, then 200, and no post before", async () => {
    const { sandbox, clock } = await stand();
    const { api, post } = client(sandbox);
    const video = Buffer.concat([Buffer.from("\0\0\0\x20ftypisom", "latin1"), Buffer.alloc(64)]);
    const media = await api("/v2/media", { data: fileForm({}, { file: video }) });
    expect(media).toMatchObject({ status: 202, body: { url: null } });
    expect((await api(`/v1/media/${media.body.id}`)).status).toBe(206);
    expect((await post({ status: "x", media_ids: [media.body.id] })).body.error).toContain(
      "finished processing",
    );
    clock.at += 1_000;
    expect((await api(`/v1/media/${media.body.id}`)).status).toBe(200);
    expect((await post({ status: "x", media_ids: [media.body.id] })).status).toBe(200);
  });

  it("lists an account's own statuses, newest first, page by page, and deletes", async () => {
    const { sandbox } = await stand();
    const { api, post } = client(sandbox);
    for (const status of ["a", "b", "c"]) await post({ status });
    const me = await api("/v1/accounts/verify_credentials");
    const page = await api(`/v1/accounts/${me.body.id}/statuses?limit=2`);
    expect(page.body.map(({ content }: { content: string }) => content)).toEqual(["<p>c</p>", "<p>b</p>"]);
    const next = /<([^>]+)>/.exec(page.headers.link ?? "")?.[1] ?? "";
    expect((await call(next)).body).toHaveLength(1);
    expect((await api(`/v1/statuses/${page.body[0].id}`, { method: "DELETE" })).body.text).toBe("c");
    expect((await api(`/v1/statuses/${page.body[0].id}`)).status).toBe(404);
    expect(await sandbox.posts()).toHaveLength(2);
  });

  it("keeps a thread together", async () => {
    const { sandbox } = await stand();
    const { post } = client(sandbox);
    const root = await post({ status: "first of the thread" });
    const reply = await post({ status: "second of the thread", in_reply_to_id: root.body.id });
    const page = (await call(reply.body.url)).text;
    expect(page).toContain("first of the thread");
    expect(page).toContain("2 of 2");
  });

  it("schedules, and publishes when the time has come", async () => {
    const { sandbox, clock } = await stand();
    const { api, post } = client(sandbox);
    const later = await post({ status: "later", scheduled_at: "2026-11-23T09:00:00Z" });
    expect(later.body).toMatchObject({ scheduled_at: "2026-11-23T09:00:00.000Z", params: { text: "later" } });
    expect(later.body.url).toBeUndefined();
    expect(await sandbox.posts()).toEqual([]);
    clock.at = NOW + 3_600_000;
    // Nobody has to ask for it; and the status has an id of its own.
    const [out] = await sandbox.posts();
    expect(out).toMatchObject({ text: "later" });
    expect(out?.id).not.toBe(later.body.id);
    expect((await api(`/v1/scheduled_statuses/${later.body.id}`)).status).toBe(404);
  });

  it("lists what waits, moves it, and takes it away", async () => {
    const { sandbox, clock } = await stand();
    const { api, post } = client(sandbox);
    const at = (hour: number) => `2026-11-23T${hour}:00:00.000Z`;
    const first = (await post({ status: "first", scheduled_at: at(10) })).body.id;
    const second = (await post({ status: "second", scheduled_at: at(11) })).body.id;
    const ids = async (query = "") =>
      (await api(`/v1/scheduled_statuses${query}`)).body.map(({ id }: { id: string }) => id);
    expect(await ids()).toEqual([second, first]);
    expect(await ids(`?max_id=${second}`)).toEqual([first]);
    expect(await ids("?limit=1")).toEqual([second]);

    const moved = await api(`/v1/scheduled_statuses/${first}`, {
      method: "PUT",
      json: { scheduled_at: at(12) },
    });
    expect(moved.body.scheduled_at).toBe(at(12));
    expect((await api(`/v1/scheduled_statuses/${first}`)).body.params.text).toBe("first");
    expect((await api(`/v1/scheduled_statuses/${second}`, { method: "DELETE" })).body).toEqual({});
    expect((await api(`/v1/scheduled_statuses/${second}`, { method: "DELETE" })).status).toBe(404);
    clock.at = Date.parse(at(11));
    expect(await sandbox.posts()).toEqual([]);
    clock.at = Date.parse(at(12));
    expect(await sandbox.posts()).toMatchObject([{ text: "first" }]);
  });

  it("takes nothing less than five minutes ahead, nor more than 25 for one day", async () => {
    const { sandbox } = await stand();
    const { post } = client(sandbox);
    const near = await post({ status: "near", scheduled_at: new Date(NOW + 5 * 60_000).toISOString() });
    expect(near).toMatchObject({
      status: 422,
      body: { error: expect.stringContaining("must be in the future") },
    });
    const answers: number[] = [];
    for (let n = 0; n < 26; n++)
      answers.push((await post({ status: `n${n}`, scheduled_at: "2026-11-24T09:00:00Z" })).status);
    expect(answers).toEqual([...Array(25).fill(200), 422]);
    expect((await post({ status: "next day", scheduled_at: "2026-11-25T09:00:00Z" })).status).toBe(200);
  });

  it("allows 300 posts in three hours and 300 calls in five minutes", async () => {
    const { sandbox, clock } = await stand();
    const { post } = client(sandbox);
    for (let n = 0; n < 300; n++) {
      if (n === 200) clock.at += 300_000;
      expect((await post({ status: `post ${n}` })).status).toBe(200);
    }
    clock.at += 300_000;
    const refused = await post({ status: "one too many" });
    expect(refused).toMatchObject({ status: 429, body: { error: "Too many requests" } });
    expect(refused.headers["x-ratelimit-reset"]).toBe("2026-11-23T11:00:00.000000Z");
    clock.at = NOW + 3 * 3_600_000;
    expect((await post({ status: "the next window" })).status).toBe(200);
  });

  it("says what it allows", async () => {
    const { sandbox } = await stand();
    const { body } = await client(sandbox).api("/v2/instance");
    expect(body.configuration.statuses).toEqual({
      max_characters: 500,
      max_media_attachments: 4,
      characters_reserved_per_url: 23,
    });
  });
});
