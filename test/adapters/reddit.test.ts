import { parse, safeParse } from "valibot";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { wordsOf } from "../../src/adapters/reddit/body.ts";
import { reddit } from "../../src/adapters/reddit/reddit.ts";
import { reddit as half } from "../../src/sandbox/networks/reddit.ts";
import { contextOn, openStage, postOf, publishOn, type Stage } from "../../src/testing.ts";
import { describeAdapter } from "./contract.ts";

const thing = {
  name: "t3_7",
  title: "Acme 2.4",
  selftext: "Acme 2.4 is out",
  author: "acme_news",
  subreddit: "acme_news",
  permalink: "/r/acme/comments/7/",
  created_utc: 1_795_424_407,
  ups: 5,
  num_comments: 2,
};
const listing = (...children: { kind: string; data: object }[]) => ({ data: { after: null, children } });
const answer = {
  ...thing,
  name: "t1_8",
  selftext: undefined,
  body: "Nice",
  author: "maria",
  parent_id: "t3_7",
  replies: "",
};
const own = {
  ...answer,
  name: "t1_9",
  author: "acme_news",
  replies: listing({ kind: "t1", data: { ...answer, name: "t1_10", author: "otto" } }),
};
const LINK = { text: "", link: { url: "https://www.acme.example/2-4" } };
const SUCCESS = { status: 200, body: { json: { errors: [] } } };

describeAdapter(reddit, half, {
  receipt: { id: "t3_7", url: "https://r.example/r/acme/comments/7/" },
  answer({ method, path }) {
    if (path.startsWith("/api/info")) return { status: 200, body: listing({ kind: "t3", data: thing }) };
    if (path.startsWith("/comments/7"))
      return {
        status: 200,
        body: [
          listing(),
          listing({ kind: "t1", data: answer }, { kind: "t1", data: own }, { kind: "more", data: {} }),
        ],
      };
    return method === "POST" && /editusertext|\/del$/.test(path) ? SUCCESS : undefined;
  },
  changes: ({ path }) => /editusertext|\/del$/.test(path),
  gone: { status: 200, body: listing() },
});

describe("reddit", () => {
  let stage: Stage;
  let reply: object;
  beforeEach(async () => {
    reply = {
      json: { errors: [], data: { id: "7", name: "t3_7", url: "https://r.example/r/acme/comments/7/" } },
    };
    stage = await openStage(() => ({ status: 200, body: reply }));
  });
  afterEach(() => stage.close());
  const settings = () =>
    parse(reddit.channel, {
      token: "t-secret",
      user: "acme_news",
      subreddit: "acme",
      server: stage.url,
      web: "https://r.example",
    });
  const context = (more: Partial<Parameters<typeof contextOn>[2]> = {}) =>
    contextOn(reddit, stage, { channel: settings(), ...more });
  const form = () => Object.fromEntries(new URLSearchParams(stage.requests.at(-1)!.body.toString()));

  it("says who it is, and submits a text with its flair", async () => {
    const post = postOf({ title: "Acme 2.4", text: "Out", options: { flair_id: "f1", nsfw: true } });
    expect(await reddit.publish(post, context())).toEqual({
      id: "t3_7",
      url: "https://r.example/r/acme/comments/7/",
    });
    expect(stage.requests[0]!.headers["user-agent"]).toMatch(/^node:broadcast\/.* \(by \/u\/acme_news\)$/);
    expect(form()).toEqual({
      api_type: "json",
      sr: "acme",
      title: "Acme 2.4",
      kind: "self",
      text: "Out",
      resubmit: "true",
      sendreplies: "true",
      flair_id: "f1",
      nsfw: "true",
    });
  });

  it("submits the link where there is no text", async () => {
    const link = { url: "https://acme.example" };
    await reddit.publish(postOf({ title: "T", text: " ", link, options: {} }), context());
    expect(form()).toMatchObject({ kind: "link", url: link.url });
  });

  it("asks a question for whole days", async () => {
    const poll = { choices: ["Tea", "Coffee"], open: "3d" as const };
    await reddit.publish(postOf({ title: "T", text: "Drink?", poll, options: {} }), context());
    expect(stage.requests[0]!.path).toBe("/api/submit_poll_post");
    expect(JSON.parse(stage.requests[0]!.body.toString())).toMatchObject({
      options: ["Tea", "Coffee"],
      duration: 3,
    });
  });

  it("makes a gallery of several pictures, with captions, and edits its text alone", async () => {
    const picture = (n: number) => ({
      file: `${n}.png`,
      sha256: `0${n}`,
      type: "image/png",
      bytes: 4,
      alt: n === 1 ? "A ship" : "",
    });
    const post = postOf({
      title: "Acme 2.4",
      text: "Look",
      media: [picture(1), picture(2)],
      options: { gallery: true, nsfw: true },
    });
    let leases = 0;
    stage.answer = ({ path }) => {
      if (path === "/api/media/asset.json") {
        const asset = { asset_id: `a${++leases}` };
        return { status: 200, body: { args: { action: `${stage.url}/s3`, fields: [] }, asset } };
      }
      if (path === "/s3") return { status: 201 };
      if (path === "/api/editusertext") return SUCCESS;
      const data = { url: "https://r.example/r/acme/comments/7/acme_24/" };
      return { status: 200, body: { json: { errors: [], data } } };
    };
    const made = await reddit.publish(post, context({ read: () => Buffer.alloc(4) }));
    expect(made).toMatchObject({ id: "t3_7", url: "https://r.example/r/acme/comments/7/acme_24/" });
    const request = stage.requests.at(-1)!;
    expect(request.path).toBe("/api/submit_gallery_post.json");
    expect(JSON.parse(request.body.toString())).toEqual({
      api_type: "json",
      sr: "acme",
      title: "Acme 2.4",
      text: "Look",
      sendreplies: true,
      show_error_list: true,
      nsfw: true,
      items: [
        { caption: "A ship", outbound_url: "", media_id: "a1" },
        { caption: "", outbound_url: "", media_id: "a2" },
      ],
    });
    await reddit.edit!(made, { ...post, text: "Look here" }, context());
    expect(form()).toEqual({ api_type: "json", thing_id: "t3_7", text: "Look here" });
    const others = { ...post, media: [picture(2), picture(1)] };
    await expect(reddit.edit!(made, others, context())).rejects.toMatchObject({ code: "rejected" });
    const told = (media: object[]) =>
      reddit.check!({ ...post, media: media as typeof post.media }, settings());
    expect(told(post.media)).toEqual([]);
    expect(told([picture(1)])).toMatchObject([{ about: "media" }]);
  });

  it("puts what follows below the post before, as a comment", async () => {
    reply = {
      json: {
        errors: [],
        data: { things: [{ data: { name: "t1_8", permalink: "/r/acme/comments/7/_/8/" } }] },
      },
    };
    const thread = { root: { id: "t3_7" }, parent: { id: "t3_7" } };
    expect(await reddit.publish(postOf({ text: "More", options: {} }), context({ thread }))).toEqual({
      id: "t1_8",
      url: "https://r.example/r/acme/comments/7/_/8/",
    });
    expect(form()).toEqual({ api_type: "json", thing_id: "t3_7", text: "More" });
  });

  it.each([
    ["SUBREDDIT_NOTALLOWED", "you aren't allowed to post there.", "rejected"],
    ["USER_REQUIRED", "Please log in to do that.", "auth"],
    ["RATELIMIT", "Take a break for 7 minutes before trying again.", "limited"],
  ] as const)("reads %s, though it comes with 200", async (code, words, expected) => {
    reply = { json: { errors: [[code, words, "sr"]] } };
    const error = await reddit
      .publish(postOf({ title: "T", options: {} }), context())
      .catch((refusal) => refusal);
    expect(error).toMatchObject({ code: expected });
    if (expected === "limited") expect(Math.round((error.retryAt - Date.now()) / 60_000)).toBe(7);
  });

  it("reads the words without the pictures above them", () => {
    const shown =
      "[A](https://preview.redd.it/a.png?w=1)\n\nhttps://preview.redd.it/b.png\n\n[Acme](https://a.example) is out";
    expect(wordsOf(shown)).toBe("[Acme](https://a.example) is out");
  });

  it("takes a subreddit without r/", () => {
    const { subreddit: _, ...rest } = settings();
    expect(safeParse(reddit.channel, { ...rest, subreddit: "r/acme" }).success).toBe(false);
  });

  it.each<[string, object, object]>([
    ["demands a flair", { is_flair_required: true }, {}],
    ["takes no links: write a text", { link_restriction_policy: "notAllowed" }, LINK],
    ["takes links only", { link_restriction_policy: "required" }, {}],
    ["takes no links to acme.example", { domain_blacklist: ["acme.example"] }, LINK],
    ["takes no links to acme.example", { domain_whitelist: ["github.com"] }, LINK],
    ["takes no text, only titles", { body_restriction_policy: "notAllowed" }, {}],
    ["demands a title of 20 characters; this has 8", { title_text_min_length: 20 }, {}],
    ["takes a text of 5 characters; this has 15", { body_text_max_length: 5 }, {}],
    ["demands one of these in the title: [Release]", { title_required_strings: ["[Release]"] }, {}],
    ['takes no text with "IS OUT" in it', { body_blacklisted_strings: ["IS OUT"] }, {}],
  ])("asks what the subreddit demands, and fails before anything is sent: %s", async (words, rules, more) => {
    const { answer } = stage;
    stage.answer = (request) =>
      request.path.endsWith("/post_requirements") ? { status: 200, body: rules } : answer(request);
    const post = postOf({ title: "Acme 2.4", options: {}, ...more });
    await expect(publishOn(reddit, post, context())).rejects.toMatchObject({
      code: "rejected",
      message: expect.stringContaining(words),
    });
    expect(stage.requests.map(({ method }) => method)).toEqual(["GET"]);
  });

  it("minds nothing where a subreddit demands nothing, or does not tell", async () => {
    const { answer } = stage;
    for (const reply of [
      { status: 200, body: {} },
      { status: 403, body: {} },
    ]) {
      stage.answer = (request) => (request.path.endsWith("/post_requirements") ? reply : answer(request));
      const post = postOf({ title: "Acme 2.4", options: {} });
      expect((await publishOn(reddit, post, context())).id).toMatch(/^t3_/);
    }
  });
});
