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
      status: "Hello https://acme.org/a #News",
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
    const text = `${"👩‍👩‍👧‍👦".repeat(463)} https://acme.org/${"long".repeat(50)} @maria@a.very.long.host.example`;
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

  it("takes one video or several pictures, and says so of two videos, too", async () => {
    const { sandbox, clock } = await stand();
    const { api, post } = client(sandbox);
    const video = Buffer.concat([Buffer.from("\0\0\0\x20ftypisom", "latin1"), Buffer.alloc(64)]);
    const upload = async (file: Buffer) =>
      (await api("/v2/media", { data: fileForm({}, { file }) })).body.id as string;
    const [one, two, picture] = [await upload(video), await upload(video), await upload(png())];
    clock.at += 1_000;
    const error = "Validation failed: Cannot attach a video to a post that already contains images";
    for (const media_ids of [
      [one, two],
      [one, picture],
    ])
      expect(await post({ status: "x", media_ids })).toMatchObject({ status: 422, body: { error } });
    expect((await post({ status: "x", media_ids: [one] })).status).toBe(200);
  });

  it("resolves mentions in its own spelling, in full where two have one name, and leaves strangers as words", async () => {
    const { sandbox } = await stand();
    const { post } = client(sandbox);
    const { content, mentions } = (await post({ status: "@Bob@a.example and @bob@b.example" })).body;
    expect(content.replace(/<[^>]*>/g, "")).toBe("@bob@a.example and @bob@b.example");
    expect(mentions.map(({ acct }: { acct: string }) => acct)).toEqual(["bob@a.example", "bob@b.example"]);
    const alone = (await post({ status: "@Bob@a.example" })).body;
    expect(alone.content.replace(/<[^>]*>/g, "")).toBe("@bob");
    const nobody = (await post({ status: "@Bob@nowhere.invalid" })).body;
    expect(nobody).toMatchObject({ content: "<p>@Bob@nowhere.invalid</p>", mentions: [] });
  });

  it("edits a status: words, descriptions and pictures, and never who sees it", async () => {
    const { sandbox, clock } = await stand();
    const { api, post } = client(sandbox);
    const upload = async () =>
      (await api("/v2/media", { data: fileForm({ description: "old" }, { file: png() }) })).body.id as string;
    const [kept, gone] = [await upload(), await upload()];
    const first = (
      await post({ status: "old", visibility: "unlisted", language: "en", media_ids: [kept, gone] })
    ).body;
    const edit = (json: object, as = api) => as(`/v1/statuses/${first.id}`, { method: "PUT", json });
    clock.at += 60_000;
    const media_attributes = [{ id: kept, description: "new" }];
    const edited = await edit({ status: "new", visibility: "public", media_ids: [kept], media_attributes });
    expect(edited).toMatchObject({
      status: 200,
      body: {
        id: first.id,
        content: "<p>new</p>",
        visibility: "unlisted",
        language: "en",
        edited_at: "2026-11-23T08:01:00.000Z",
        media_attachments: [{ id: kept, description: "new" }],
      },
    });
    expect(await sandbox.posts()).toMatchObject([{ text: "new", media: [{ alt: "new" }], edited: true }]);
    // A picture that was taken away is free again; an edit that names none takes all away.
    expect((await post({ status: "x", media_ids: [gone] })).status).toBe(200);
    expect((await edit({ status: "words" })).body.media_attachments).toEqual([]);
    expect((await edit({ status: "x".repeat(501) })).status).toBe(422);
    expect((await edit({ status: "" })).status).toBe(422);
    expect((await edit({ status: "mine" }, client(sandbox, "other").api)).status).toBe(404);
    expect((await api(`/v1/statuses/${first.id}/source`)).body.text).toBe("words");
  });

  it("leaves no trace of an edit that changes nothing", async () => {
    const { sandbox, clock } = await stand();
    const { api, post } = client(sandbox);
    const { id } = (await post({ status: "same" })).body;
    clock.at += 60_000;
    const { body } = await api(`/v1/statuses/${id}`, { method: "PUT", json: { status: "same" } });
    expect(body.edited_at).toBeNull();
  });

  it("counts what others do, and shows their answers below the status", async () => {
    const { sandbox } = await stand();
    const { api, post } = client(sandbox);
    const stranger = client(sandbox, "stranger");
    const { id } = (await post({ status: "root" })).body;
    const answer = (await stranger.post({ status: "an answer", in_reply_to_id: id })).body.id;
    const ours = (await post({ status: "our answer", in_reply_to_id: answer })).body.id;
    await stranger.post({ status: "in private", in_reply_to_id: id, visibility: "direct" });
    for (let n = 0; n < 2; n++) await stranger.api(`/v1/statuses/${id}/favourite`, { method: "POST" });
    expect((await api(`/v1/statuses/${id}`)).body).toMatchObject({ replies_count: 2, favourites_count: 1 });
    const ids = (list: { id: string }[]) => list.map((one) => one.id);
    const context = (await api(`/v1/statuses/${answer}/context`)).body;
    expect([ids(context.ancestors), ids(context.descendants)]).toEqual([[id], [ours]]);
    const below = (await api(`/v1/statuses/${id}/context`)).body.descendants;
    expect(ids(below)).toEqual([answer, ours]);
    expect(below[0].account.acct).toBe("stranger");
    await stranger.api(`/v1/statuses/${answer}`, { method: "DELETE" });
    expect((await api(`/v1/statuses/${id}`)).body.replies_count).toBe(1);
  });

  describe("has polls", () => {
    const poll = { options: ["Yes", "No"], expires_in: 3600 };

    it.each([
      [{ ...poll, options: ["One"] }, "Options must have more than one item"],
      [{ ...poll, options: ["1", "2", "3", "4", "5"] }, "Options can't contain more than 4 items"],
      [{ ...poll, options: ["x".repeat(51), "No"] }, "Options cannot be longer than 50 characters each"],
      [{ ...poll, options: ["Yes", "Yes"] }, "Options contain duplicate items"],
      [{ ...poll, expires_in: 299 }, "Expires at is too soon"],
      [{ ...poll, expires_in: 2_629_747 }, "Expires at is too far into the future"],
    ])("and refuses %j", async (poll, words) => {
      const { sandbox } = await stand();
      const error = `Validation failed: ${words}`;
      expect(await client(sandbox).post({ status: "x", poll })).toMatchObject({
        status: 422,
        body: { error },
      });
    });

    it("which exclude pictures, take a vote each, and count until they end", async () => {
      const { sandbox, clock } = await stand();
      const { api, post } = client(sandbox);
      const media = await api("/v2/media", { data: fileForm({}, { file: png() }) });
      expect((await post({ status: "x", poll, media_ids: [media.body.id] })).status).toBe(422);
      const form = { status: "x", "poll[options][]": "Yes", "poll[expires_in]": "3600" };
      expect((await api("/v1/statuses", { form })).body.error).toContain("more than one item");
      const { id } = (await post({ status: "x", poll: { ...poll, hide_totals: true } })).body.poll;
      const vote = (name: string, choices: number[]) =>
        client(sandbox, name).api(`/v1/polls/${id}/votes`, { json: { choices } });
      expect((await vote("a", [2])).status).toBe(422);
      expect((await vote("a", [0, 1])).status).toBe(422);
      expect((await vote("a", [1])).body).toMatchObject({
        votes_count: 1,
        options: [{ votes_count: null }, {}],
      });
      expect((await vote("a", [1])).status).toBe(422);
      const edit = (json: object) =>
        api(`/v1/statuses/${id}`, { method: "PUT", json: { status: "x", ...json } });
      expect((await edit({ poll })).body.poll.votes_count).toBe(1);
      clock.at += 3_600_000;
      expect((await vote("b", [1])).status).toBe(422);
      expect((await api(`/v1/polls/${id}`)).body).toMatchObject({
        expired: true,
        options: [
          { title: "Yes", votes_count: 0 },
          { title: "No", votes_count: 1 },
        ],
      });
      const other = { options: ["Now", "Never"], expires_in: 86_400 };
      expect((await edit({ poll: other })).body.poll.votes_count).toBe(0);
      expect((await edit({})).body.poll).toBeNull();
    });
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

describe("other software in the sandbox", () => {
  const at = async (software: string) => {
    const { sandbox } = await stand();
    const { server = "", token = "" } = sandbox.channel("mastodon", "acme", { software });
    const headers = { authorization: `Bearer ${token}`, "idempotency-key": "k" };
    const post = (json: Record<string, unknown>) => call(`${server}/api/v1/statuses`, { json, headers });
    return { sandbox, server, post };
  };

  it("notices no repeat of a key on GoToSocial, refuses it on Pixelfed, and answers it on Pleroma", async () => {
    const hello = { status: "Hello" };
    const gotosocial = await at("gotosocial");
    const [one, two] = [await gotosocial.post(hello), await gotosocial.post(hello)];
    expect(two.body.id).not.toBe(one.body.id);
    const pleroma = await at("pleroma");
    expect((await pleroma.post(hello)).body.id).toBe((await pleroma.post(hello)).body.id);
    const pixelfed = await at("pixelfed");
    expect(await pixelfed.post(hello)).toMatchObject({ status: 403 });
    const first = await gotosocial.post({ status: "First" });
    expect(first.status).toBe(200);
  });

  it("shows markup where the software makes some, and says what it is", async () => {
    const { sandbox, server, post } = await at("snac");
    const { body } = await post({ status: "**Out** :-)\n> `code` <b>" });
    expect(body.content).toBe("<b>Out</b> 🙂<br><blockquote><code>code</code> &lt;b&gt;</blockquote>");
    expect((await sandbox.posts())[0]?.html).toBe(body.content);
    expect((await call(`${server}/api/v2/instance`)).body.version).toContain("snac/");
    const friendica = await at("friendica");
    expect((await friendica.post({ status: "**Out**" })).body.content).toContain("<strong>Out</strong>");
  });
});
