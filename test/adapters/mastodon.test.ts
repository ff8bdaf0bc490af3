import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { mastodon } from "../../src/adapters/mastodon/mastodon.ts";
import { mastodon as half } from "../../src/sandbox/networks/mastodon/mastodon.ts";
import {
  contextOn,
  newMemory,
  openStage,
  postOf,
  STARTED,
  type Stage,
  type StageReply,
  type StageRequest,
} from "../../src/testing.ts";
import { describeAdapter } from "./contract.ts";

describeAdapter(mastodon, half, {
  receipt: { id: "11", url: "https://social.example/@acme/11" },
  answer: ({ method, path }) => {
    const [, id = "", rest] = /\/api\/v1\/statuses\/(\w+)(\/context)?$/.exec(path) ?? [];
    if (rest) return { status: 200, body: thread };
    const counts = { replies_count: 2, reblogs_count: 3, favourites_count: 5 };
    return id && ["GET", "PUT", "DELETE"].includes(method)
      ? { status: 200, body: status({ id, ...counts }) }
      : undefined;
  },
  changes: ({ method, path }) => /\/statuses\/\w+$/.test(path) && (method === "PUT" || method === "DELETE"),
});

/** What these tests need of a server. */
function answer({ path }: StageRequest): StageReply {
  if (path === "/api/v1/statuses") return { status: 200, body: status({ id: "11" }) };
  if (path === "/api/v2/media") return { status: 202, body: { id: "m1", url: null } };
  if (path === "/api/v1/media/m1")
    return { status: 200, body: { id: "m1", url: "https://files.example/m1" } };
  return { status: 404, body: { error: "Record not found" } };
}

function status(part: object) {
  return {
    id: "11",
    url: "https://social.example/@acme/11",
    uri: "https://social.example/users/acme/statuses/11",
    created_at: "2026-11-23T09:00:01.000Z",
    content: "<p>Acme 2.4 is out</p>",
    spoiler_text: "",
    in_reply_to_id: null,
    media_attachments: [],
    ...part,
  };
}

const person = (id: string, acct: string) => ({
  id,
  acct,
  display_name: "Bob",
  url: `https://other.example/@${acct.split("@")[0]}`,
});
const reply = (id: string, created_at: string, account: object, parent = "11") =>
  status({ id, created_at, account, in_reply_to_id: parent, content: "<p>Does it <b>sync</b>?</p>" });
const thread = {
  ancestors: [],
  descendants: [
    reply("22", "2026-11-23T11:00:00.000Z", person("8", "bob"), "21"),
    reply("21", "2026-11-23T10:00:00.000Z", person("9", "eve@third.example")),
    reply("23", "2026-11-23T12:00:00.000Z", person("7", "acme"), "22"),
  ],
};

const image = { file: "images/hero.png", sha256: "00", type: "image/png", bytes: 10, alt: "Three devices" };

describe("mastodon", () => {
  let stage: Stage;
  beforeEach(async () => {
    stage = await openStage(answer);
  });
  afterEach(() => stage.close());
  const context = (thread?: { root: { id: string }; parent: { id: string } }) =>
    contextOn(mastodon, stage, {
      channel: { server: `${stage.url}/`, token: "mastodon-secret-token" },
      thread,
    });

  it("sends the text, its language, its options and the post it answers", async () => {
    const post = postOf({
      options: { visibility: "private" as const, spoiler_text: "Numbers" },
      lang: "de-AT",
    });
    await mastodon.publish(post, context({ root: { id: "1" }, parent: { id: "2" } }));
    expect(JSON.parse(stage.requests[0]!.body.toString())).toEqual({
      status: "Acme 2.4 is out",
      content_type: "text/plain",
      in_reply_to_id: "2",
      language: "de",
      visibility: "private",
      spoiler_text: "Numbers",
    });
    expect(stage.requests[0]!.headers).toMatchObject({
      authorization: "Bearer mastodon-secret-token",
      "idempotency-key": "4f1d2c3b5a69788796a5b4c3d2e1f00f",
    });
  });

  it("describes an image before it is posted, and waits until the server has processed it", async () => {
    await mastodon.publish(postOf({ options: {}, media: [image] }), context());
    expect(stage.requests.map(({ method, path }) => `${method} ${path}`)).toEqual([
      "POST /api/v2/media",
      "GET /api/v1/media/m1",
      "POST /api/v1/statuses",
    ]);
    expect(stage.requests[0]!.body.toString()).toContain("Three devices");
    expect(JSON.parse(stage.requests[2]!.body.toString()).media_ids).toEqual(["m1"]);
  });

  describe("looks a lost post up", () => {
    const post = postOf({
      options: {},
      text: "Thanks @bob@other.example & all!\n\nhttps://acme.example/a-very-long/address?x=1&y=2 #Release",
    });
    const content =
      '<p>Thanks <span class="h-card"><a href="https://other.example/@bob" class="u-url mention">@<span>bob</span></a></span> &amp; all!</p>' +
      '<p><a href="https://acme.example/a-very-long/address?x=1&amp;y=2"><span class="invisible">https://</span><span class="ellipsis">acme.example/a-very-long/addre</span><span class="invisible">ss?x=1&amp;y=2</span></a> ' +
      '<a href="https://social.example/tags/Release" class="mention hashtag">#<span>Release</span></a></p>';
    const timeline = (...pages: object[][]) => {
      stage.answer = ({ path }) => {
        if (path === "/api/v1/accounts/verify_credentials")
          return { status: 200, body: { id: "7", acct: "acme" } };
        if (path.startsWith("/api/v1/accounts/7/statuses")) return { status: 200, body: pages.shift() ?? [] };
        return { status: 404, body: { error: "Record not found" } };
      };
    };
    const since = STARTED;

    it("through the server's own HTML", async () => {
      timeline([status({ id: "12", content: "<p>Something else</p>" }), status({ content })]);
      expect(await mastodon.find?.(post, context(), since)).toEqual({
        id: "11",
        url: "https://social.example/@acme/11",
      });
    });

    it.each([
      // The account's own spelling; the host is not shown.
      [
        "Hi @Bob@other.example",
        '<p>Hi <span class="h-card"><a class="u-url mention">@<span>bob</span></a></span></p>',
      ],
      ["Hi @bob@münchen.example!", '<p>Hi <a class="u-url mention">@<span>bob</span></a>!</p>'],
      // Two of the same name are shown in full.
      ["@bob@a.example @bob@b.example", "<p>@<span>bob@a.example</span> @<span>bob@b.example</span></p>"],
      // Nobody of that name: left as it was written, and the next paragraph is no part of the host.
      ["Hi @bob@nowhere.example\n\nNext", "<p>Hi @bob@nowhere.example</p><p>Next</p>"],
      ["Hi @bob@nowhere.example\nNext", "<p>Hi @bob@nowhere.example<br />Next</p>"],
      ["Mail a@b.example", "<p>Mail a@b.example</p>"],
    ])("whatever the server makes of a mention: %j", async (text, content) => {
      timeline([status({ content })]);
      expect(await mastodon.find?.(postOf({ options: {}, text }), context(), since)).toMatchObject({
        id: "11",
      });
    });

    it("and tells two addressees apart", async () => {
      timeline([status({ content: "<p>Hi @<span>bob</span></p>" })]);
      const post = postOf({ options: {}, text: "Hi @rob@other.example" });
      expect(await mastodon.find?.(post, context(), since)).toBe("absent");
    });

    it("page by page, until the time of the attempt is passed", async () => {
      const others = (from: number) =>
        Array.from({ length: 40 }, (_, at) => status({ id: `${from - at}`, content: "x" }));
      timeline(others(200), others(160), [status({ content })]);
      expect(await mastodon.find?.(post, context(), since)).toMatchObject({ id: "11" });
      expect(stage.requests.map(({ path }) => path)).toContainEqual(expect.stringContaining("max_id=121"));

      timeline(others(200), [status({ id: "3", content: "x", created_at: "2026-11-22T09:00:00Z" })]);
      expect(await mastodon.find?.(post, context(), since)).toBe("absent");
    });

    it("and is not fooled by the same words from yesterday", async () => {
      timeline([status({ content, created_at: "2026-11-22T09:00:00.000Z" })]);
      expect(await mastodon.find?.(post, context(), since)).toBe("absent");
    });

    it.each([
      ["in another thread", { content, in_reply_to_id: "5" }],
      ["with another file", { content, media_attachments: [{}] }],
      ["behind a warning", { content, spoiler_text: "Careful" }],
      ["with more words", { content: content.replace("</p>", " And a footer</p>") }],
    ])("and leaves it to a person when the same words are there since then, %s", async (_, part) => {
      timeline([status(part)]);
      expect(await mastodon.find?.(post, context(), since)).toMatchObject({ like: { id: "11" } });
    });

    it("on a server that takes Markdown and shows HTML", async () => {
      const sent = postOf({ options: {}, text: "**Acme** `2.4` is out, see https://acme.example/blog/2-4" });
      const html =
        '<p><b>Acme</b> <code>2.4</code> is out, see <a href="https://acme.example/blog/2-4">acme.example/blog/2-4</a></p>';
      timeline([status({ content: html })]);
      expect(await mastodon.find?.(sent, context(), since)).toMatchObject({ id: "11" });
    });

    it("and asks a person when the same words are there from just before", async () => {
      timeline([status({ content, created_at: "2026-11-23T08:58:00.000Z" })]);
      await expect(mastodon.find?.(post, context(), since)).rejects.toMatchObject({ code: "rejected" });
    });
  });

  describe("for its own schedule", () => {
    const due = new Date("2026-12-24T08:00:00.000Z");
    const post = postOf({ options: {} });
    const ahead = () => ({ ...context(), due });
    const waiting = (part: object) => ({
      id: "s1",
      scheduled_at: due.toISOString(),
      params: { text: "Acme 2.4 is out", spoiler_text: "" },
      media_attachments: [],
      ...part,
    });
    /** The list of what waits, page by page, and the timeline. */
    const lists = (pages: object[][], statuses: object[] = [], date?: Date) => {
      stage.answer = ({ path }) => {
        if (path === "/api/v1/accounts/verify_credentials")
          return { status: 200, body: { id: "7", acct: "acme" } };
        if (path.startsWith("/api/v1/scheduled_statuses")) return { status: 200, body: pages.shift() ?? [] };
        return { status: 200, body: statuses, ...(date && { headers: { date: date.toUTCString() } }) };
      };
    };

    it("gives the time along, and its receipt says when", async () => {
      stage.answer = () => ({ status: 200, body: waiting({}) });
      expect(await mastodon.publish(post, ahead())).toEqual({ id: "s1", due: due.toISOString() });
      expect(JSON.parse(stage.requests[0]!.body.toString())).toMatchObject({
        scheduled_at: "2026-12-24T08:00:00.000Z",
      });
      expect(stage.requests[0]!.headers["idempotency-key"]).toBeDefined();
    });

    it("believes a server that has none and published at once", async () => {
      expect(await mastodon.publish(post, ahead())).toEqual({
        id: "11",
        url: "https://social.example/@acme/11",
      });
    });

    it("finds it where it waits, on any page, and not one for another time", async () => {
      const others = Array.from({ length: 40 }, (_, n) =>
        waiting({ id: `o${n}`, scheduled_at: "2026-12-25T08:00:00.000Z" }),
      );
      lists([others, [waiting({})]]);
      expect(await mastodon.find?.(post, ahead(), STARTED)).toEqual({ id: "s1", due: due.toISOString() });
      expect(stage.requests.map(({ path }) => path)).toContain(
        "/api/v1/scheduled_statuses?limit=40&max_id=o39",
      );
      lists([[waiting({ params: { text: "Something else" } })]]);
      expect(await mastodon.find?.(post, ahead(), STARTED)).toBe("absent");
    });

    it("finds it where it came out, by the server's own time", async () => {
      // Our clock is an hour behind the server's.
      const date = new Date(Date.now() + 3_600_000);
      lists([[]], [status({ created_at: "2026-12-24T08:00:02.000Z" })], date);
      expect(await mastodon.find?.(post, ahead(), due)).toEqual({
        id: "11",
        url: "https://social.example/@acme/11",
      });
    });

    it("takes it back, and says when it is gone", async () => {
      stage.answer = () => ({ status: 200, body: {} });
      expect(await mastodon.schedules?.cancel({ id: "s1" }, ahead())).toBe("cancelled");
      expect(stage.events.at(-1)).toBe("DELETE /api/v1/scheduled_statuses/s1");
      stage.answer = () => ({ status: 404, body: { error: "Record not found" } });
      expect(await mastodon.schedules?.cancel({ id: "s1" }, ahead())).toBe("gone");
      stage.answer = () => ({ status: 503, body: {} });
      await expect(mastodon.schedules?.cancel({ id: "s1" }, ahead())).rejects.toMatchObject({
        name: "NetworkError",
      });
    });
  });

  it("asks its readers in a poll", async () => {
    const poll = { choices: ["Tea", "Coffee"], open: "1d" };
    await mastodon.publish(postOf({ options: {}, poll }), context());
    expect(JSON.parse(stage.requests[0]!.body.toString()).poll).toEqual({
      options: ["Tea", "Coffee"],
      expires_in: 86_400,
      multiple: false,
    });
  });

  it("hangs an answer below somebody else's post", async () => {
    const parent = { id: "21" };
    const there = contextOn(mastodon, stage, {
      channel: { server: stage.url, token: "mastodon-secret-token" },
      thread: { root: parent, parent, answers: true },
    });
    await mastodon.publish(postOf({ options: {} }), there);
    expect(JSON.parse(stage.requests[0]!.body.toString()).in_reply_to_id).toBe("21");
  });

  describe("once a status is out", () => {
    const out = { id: "11" };
    const about = (part: object) => {
      stage.answer = ({ path }) => {
        if (path.endsWith("verify_credentials")) return { status: 200, body: { id: "7", acct: "acme" } };
        if (path.endsWith("/context")) return { status: 200, body: thread };
        return path === "/api/v1/statuses/11"
          ? { status: 200, body: status(part) }
          : answer({ path } as StageRequest);
      };
    };

    it("reads it as people do, and when it was changed", async () => {
      about({ content: "<p>Acme &amp; 2.4<br>is out</p><p>Now</p>", edited_at: "2026-11-24T08:00:00.000Z" });
      expect(await mastodon.read?.(out, context())).toEqual({
        text: "Acme & 2.4\nis out\nNow",
        url: "https://social.example/@acme/11",
        edited: "2026-11-24T08:00:00.000Z",
      });
    });

    it("counts what the server counts", async () => {
      about({ replies_count: 2, reblogs_count: 3, favourites_count: 5, quotes_count: 1 });
      expect(await mastodon.metrics?.([out, { id: "99" }], context())).toEqual([
        { likes: 5, shares: 3, quotes: 1, replies: 2 },
        "gone",
      ]);
    });

    it("hears others' answers since then, with whole handles, and not its own", async () => {
      about({});
      const since = new Date("2026-11-23T10:00:00.000Z");
      expect(await mastodon.replies?.(out, context(), since)).toEqual([
        {
          id: "21",
          url: "https://social.example/@acme/11",
          parent: "11",
          author: { handle: "@eve@third.example", name: "Bob", url: "https://other.example/@eve" },
          text: "Does it sync?",
          at: "2026-11-23T10:00:00.000Z",
        },
        expect.objectContaining({
          id: "22",
          parent: "21",
          author: expect.objectContaining({ handle: "@bob@other.example" }),
        }),
      ]);
      const later = new Date("2026-11-23T10:30:00.000Z");
      expect((await mastodon.replies?.(out, context(), later))?.map(({ id }) => id)).toEqual(["22"]);
    });

    it("puts a corrected post in its place, whole, and leaves alone who sees it", async () => {
      about({});
      const post = postOf({
        options: { visibility: "private" as const, spoiler_text: "Numbers" },
        text: "2.4.1 is out",
      });
      expect(await mastodon.edit?.(out, post, context())).toEqual({
        id: "11",
        url: "https://social.example/@acme/11",
      });
      const { method, path, body } = stage.requests.at(-1)!;
      expect(`${method} ${path}`).toBe("PUT /api/v1/statuses/11");
      expect(JSON.parse(body.toString())).toEqual({
        status: "2.4.1 is out",
        content_type: "text/plain",
        media_ids: [],
        spoiler_text: "Numbers",
      });
    });

    it("keeps the files of a corrected post by the ids of their uploads", async () => {
      const memory = newMemory();
      const there = () =>
        contextOn(mastodon, stage, {
          channel: { server: stage.url, token: "mastodon-secret-token" },
          memory,
        });
      await mastodon.publish(postOf({ options: {}, media: [image] }), there());
      about({});
      await mastodon.edit?.(out, postOf({ options: {}, media: [image], text: "2.4.1" }), there());
      expect(JSON.parse(stage.requests.at(-1)!.body.toString()).media_ids).toEqual(["m1"]);
      expect(stage.requests.filter(({ path }) => path === "/api/v2/media")).toHaveLength(1);
    });
  });

  it.each([
    [{ version: "4.5.1", source_url: "https://github.com/mastodon/mastodon" }, undefined],
    [{ version: "0.20.0", source_url: "https://codeberg.org/superseriousbusiness/gotosocial" }, "none"],
    [{ version: "2.7.2 (compatible; Pixelfed 0.12.4)" }, "none"],
    [{ version: "2.7.2 (compatible; Akkoma 3.15.0)" }, "6h"],
    [{ version: "4.0.0 (not true; really snac/2.76)" }, "none"],
    [{ version: "4.2.1 (compatible; Iceshrimp 2023.12.7)" }, "none"],
    [{ version: "4.0.15+hometown-1.1.1" }, undefined],
    [{ version: "2.9.0" }, undefined],
  ])("knows which servers keep an idempotency key: %j", async (server, expected) => {
    stage.answer = ({ path }) =>
      path.endsWith("verify_credentials")
        ? { status: 200, body: { id: "7", acct: "acme" } }
        : { status: 200, body: { domain: "s.example", ...server } };
    expect((await mastodon.account?.(context()))?.idempotency).toBe(expected);
  });

  it.each([
    ["gotosocial", { count: 6, alt: 5_000 }],
    ["acme", {}],
  ])("asks nodeinfo for what does not say what it is: %s", async (name, media) => {
    stage.answer = ({ path }) => {
      if (path.endsWith("verify_credentials")) return { status: 200, body: { id: "7", acct: "acme" } };
      if (path === "/.well-known/nodeinfo")
        return { status: 200, body: { links: [{ href: `${stage.url}/nodeinfo/2.1` }] } };
      if (path === "/nodeinfo/2.1") return { status: 200, body: { software: { name } } };
      return { status: 200, body: { domain: "s.example", version: "3.5.3" } };
    };
    expect((await mastodon.account?.(context()))?.limits?.media).toEqual(media);
  });

  it("knows on Friendica what was sent as Markdown: the address behind a link's words", async () => {
    const content =
      '<p>See <a href="https://acme.example/2-4">the notes</a> <a href="https://f.example/t">#<span>Acme</span></a></p>';
    stage.answer = ({ path }) =>
      path.endsWith("verify_credentials")
        ? { status: 200, body: { id: "7", acct: "acme" } }
        : { status: 200, body: path.includes("/accounts/") ? [status({ content })] : status({ content }) };
    const there = contextOn(mastodon, stage, {
      channel: { server: stage.url, token: "mastodon-secret-token", software: "friendica" },
    });
    const text = "See [the notes](https://acme.example/2-4) #Acme";
    expect(await mastodon.find?.(postOf({ options: {}, text }), there, STARTED)).toMatchObject({ id: "11" });
    expect(await mastodon.read?.({ id: "11" }, there)).toMatchObject({
      text: "See the notes (https://acme.example/2-4) #Acme",
    });
  });

  it("goes by the software that the channel names, before the server was asked", () => {
    const channel = (software: "pixelfed" | "friendica" | "snac") => ({
      server: "https://s.example",
      token: "t",
      software,
    });
    const { rulesFor, check } = mastodon;
    expect(rulesFor?.(channel("pixelfed")).media).toMatchObject({ least: 1, alt: 1_000 });
    expect(rulesFor?.(channel("friendica"))).toMatchObject({
      text: { markup: "markdown" },
      idempotency: "none",
    });
    const options = { visibility: "direct" as const, spoiler_text: "x".repeat(141) };
    const poll = { choices: ["a", "b"], open: "1d" };
    expect(check?.(postOf({ options, poll }), channel("pixelfed"))).toMatchObject([
      { message: "Pixelfed knows no post that is `direct`", about: "options" },
      { message: "the content warning has 141 characters; Pixelfed takes 140" },
      { message: "Pixelfed draws no polls" },
    ]);
    expect(check?.(postOf({ options, poll }), channel("snac"))).toEqual([]);
  });

  it("reads the server's own limits, from the older description where there is no newer", async () => {
    stage.answer = ({ path }) => {
      if (path.endsWith("verify_credentials"))
        return { status: 200, body: { id: "7", acct: "acme", url: "https://s.example/@acme" } };
      if (path !== "/api/v1/instance") return { status: 404, body: { error: "Not found" } };
      const configuration = {
        statuses: { max_characters: 5000, max_media_attachments: 6, characters_reserved_per_url: 25 },
        media_attachments: {
          supported_mime_types: ["image/png", "video/mp4"],
          image_size_limit: 1000,
          image_matrix_limit: 2000,
          video_size_limit: 3000,
          description_limit: 900,
        },
      };
      return { status: 200, body: { uri: "s.example", configuration } };
    };
    expect(await mastodon.account?.(context())).toEqual({
      id: "7",
      handle: "@acme@s.example",
      url: "https://s.example/@acme",
      limits: {
        text: { max: 5000, link: 25 },
        media: {
          count: 6,
          alt: 900,
          image: { types: ["image/png"], bytes: 1000, pixels: 2000 },
          video: { types: ["video/mp4"], bytes: 3000, count: 1 },
        },
      },
    });
  });

  it("takes a refused repeat of Pixelfed for what it is: not knowing", async () => {
    stage.answer = () => ({ status: 400, body: { error: "Duplicate idempotency key." } });
    await expect(mastodon.publish(postOf({ options: {} }), context())).rejects.toMatchObject({
      code: "uncertain",
    });
  });

  it("comes again when the server has not finished with the media after all", async () => {
    const error = "Cannot attach files that have not finished processing. Try again in a moment!";
    stage.answer = () => ({ status: 422, body: { error } });
    await expect(mastodon.publish(postOf({ options: {} }), context())).rejects.toMatchObject({
      code: "unavailable",
    });
  });

  it("has nothing to do when a post to remove is gone", async () => {
    await expect(mastodon.retract?.({ id: "99" }, context())).resolves.toBeUndefined();
  });
});
