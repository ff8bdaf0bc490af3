import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { hashnode } from "../../src/adapters/hashnode/hashnode.ts";
import { hashnode as half } from "../../src/sandbox/networks/hashnode/hashnode.ts";
import {
  contextOn,
  fixturesOf,
  newMemory,
  openStage,
  postOf,
  STARTED,
  type Stage,
} from "../../src/testing.ts";
import { describeAdapter } from "./contract.ts";

const comment = (id: string, username: string, day: number) => ({
  node: {
    ...{ id, dateAdded: `2026-11-${day}T09:00:00.000Z`, content: { text: "Good" } },
    author: { username, name: username },
  },
});
const article = {
  ...{
    id: "6a603fb103e2cb323e7851f6",
    slug: "acme",
    url: "https://acme.hashnode.dev/acme",
    title: "Acme 2.4",
  },
  content: { markdown: "Acme 2.4 is out" },
  ...{ publishedAt: "2026-11-23T09:00:00.000Z", updatedAt: "2026-11-23T10:00:00.000Z" },
  ...{ views: 40, reactionCount: 9, responseCount: 2 },
  comments: { edges: [comment("c2", "bob", 25), comment("c1", "ada", 24), comment("c0", "acme-news", 24)] },
};
const out = { id: article.id, url: article.url, ref: { slug: "acme" } };
const gone = { status: 200, body: { data: { publication: { post: null } } } };

describeAdapter(hashnode, half, {
  receipt: out,
  answer({ body }) {
    const asked = String(body);
    if (asked.includes("publication(id: $id) { post"))
      return { status: 200, body: { data: { publication: { post: article } } } };
    if (asked.includes("updatePost("))
      return { status: 200, body: { data: { updatePost: { post: article } } } };
    if (asked.includes("removePost("))
      return { status: 200, body: { data: { removePost: { post: article } } } };
    return undefined;
  },
  changes: ({ body }) => /(?:update|remove)Post\(/.test(String(body)),
  gone,
});

describe("hashnode", () => {
  let stage: Stage;
  const fixture = fixturesOf<object>(half).token!;
  beforeEach(async () => {
    stage = await openStage((request) => fixture.answer(request, stage.url));
    fixture.begin?.(stage.url);
  });
  afterEach(() => stage.close());
  const context = (part: object = {}, channel: object = {}) =>
    contextOn(hashnode, stage, { channel: { ...fixture.channel(stage.url), ...channel }, ...part });
  const post = (part: object = {}) => postOf({ options: {}, title: "Acme 2.4", ...part });
  const said = () => stage.requests.map(({ body }) => /\b(\w+)\(input/.exec(String(body))?.[1] ?? "query");

  it("makes a draft with all that the campaign says, and publishes it with one change", async () => {
    const options = {
      ...{ subtitle: "Faster", slug: "acme-2-4", cover: "https://acme.example/c.png", newsletter: true },
      ...{ delisted: true, comments: false, series: "a".repeat(24) },
    };
    const canonical = "https://acme.example/2-4";
    const receipt = await hashnode.publish(
      post({ options, canonical, summary: "In short.", tags: ["Field Work", "ünïcode"] }),
      context(),
    );
    expect(said()).toEqual(["createDraft", "publishDraft"]);
    expect(stage.events.indexOf("sending")).toBe(1);
    expect(JSON.parse(String(stage.requests[0]!.body)).variables.input).toMatchObject({
      ...{ slug: "acme-2-4", subtitle: "Faster", originalArticleURL: canonical, disableComments: true },
      ...{ seriesId: "a".repeat(24), metaTags: { description: "In short." } },
      settings: { slugOverridden: true, activateNewsletter: true, delist: true },
      coverImageOptions: { coverImageURL: "https://acme.example/c.png" },
      tags: [
        { slug: "field-work", name: "field-work" },
        { slug: "u-ni-code", name: "u-ni-code" },
      ],
    });
    expect(receipt).toMatchObject({ url: `${stage.url}/acme-news/acme-2-4`, ref: { slug: "acme-2-4" } });
  });

  it("looks at the address where a draft is used up, and never publishes twice", async () => {
    const memory = newMemory();
    expect(await hashnode.find!(post(), context({ memory }), STARTED)).toBe("absent");
    const receipt = await hashnode.publish(post(), context({ memory }));
    expect(await hashnode.publish(post(), context({ memory }))).toEqual(receipt);
    expect(await hashnode.find!(post(), context({ memory }), STARTED)).toEqual(receipt);
    await hashnode.retract!(receipt, context());
    await hashnode.retract!(receipt, context());
    await expect(hashnode.publish(post(), context({ memory }))).rejects.toMatchObject({ code: "uncertain" });
  });

  it("asks so that no cache can answer", async () => {
    await hashnode.read!(out, context());
    await new Promise((resolve) => setTimeout(resolve, 2));
    await hashnode.read!(out, context());
    const [one, two] = stage.requests;
    expect(String(one!.body)).not.toBe(String(two!.body));
  });

  it("tells what kind of refusal it is, at status 200", async () => {
    for (const [code, expected] of [
      ["UNAUTHENTICATED", "auth"],
      ["FORBIDDEN", "rejected"],
      ["TOO_MANY_REQUESTS", "limited"],
      ["INTERNAL_SERVER_ERROR", "unavailable"],
    ]) {
      stage.answer = () => ({
        status: 200,
        body: { errors: [{ message: "No.", extensions: { code } }], data: null },
      });
      await expect(hashnode.publish(post(), context()), code).rejects.toMatchObject({ code: expected });
    }
  });

  it("says who publishes where, and that a publication is not there", async () => {
    expect(await hashnode.account!(context())).toMatchObject({ handle: "@acme-news in acme-news" });
    await expect(hashnode.account!(context({}, { publication: "0".repeat(24) }))).rejects.toMatchObject({
      code: "rejected",
    });
  });

  it("hears answers since a time, without its own, oldest first", async () => {
    stage.answer = ({ body }) =>
      String(body).includes("query { me")
        ? { status: 200, body: { data: { me: { id: "1", username: "acme-news" } } } }
        : { status: 200, body: { data: { publication: { post: article } } } };
    const replies = await hashnode.replies!(out, context(), new Date("2026-11-24T00:00:00Z"));
    expect(replies.map(({ id, author, url }) => [id, author.handle, url])).toEqual([
      ["c1", "@ada", `https://hashnode.com/posts/acme/${article.id}/comment/c1`],
      ["c2", "@bob", `https://hashnode.com/posts/acme/${article.id}/comment/c2`],
    ]);
  });

  it("takes 15 tags and no more", () => {
    const tags = Array.from({ length: 16 }, (_, n) => `tag${n}`);
    expect(hashnode.check?.(post({ tags: tags.slice(1) }), {} as never)).toBeUndefined();
    expect(hashnode.check?.(post({ tags }), {} as never)).toMatchObject({ message: /16/ });
  });
});
