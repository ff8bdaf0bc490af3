import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { devto } from "../../src/adapters/devto.ts";
import { devto as half } from "../../src/sandbox/networks/devto.ts";
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

const article = (part: object = {}) => ({
  id: 7,
  url: "https://dev.to/acme/acme-2-4-7",
  title: "Acme 2.4",
  body_markdown: "Acme 2.4 is out",
  published: true,
  comments_count: 1,
  public_reactions_count: 4,
  page_views_count: 90,
  user: { username: "acme" },
  ...part,
});
const comment = (id_code: string, created_at: string, part: object = {}) => ({
  ...{
    id_code,
    created_at,
    body_html: "<p>Thanks</p>",
    user: { username: "eve", name: "Eve" },
    children: [],
  },
  ...part,
});
let own: object[] = [];

function answer({ method, path }: StageRequest): StageReply {
  const say = (body: unknown, status = 200) => ({ status, body });
  if (path.startsWith("/api/articles/me/all")) return say(own);
  if (path === "/api/users/me") return say({ id: 1, username: "acme" });
  if (path.startsWith("/api/comments"))
    return say([
      comment("c", "2026-11-23T10:00:00Z"),
      comment("a", "2026-11-23T09:20:00Z", {
        user: { username: "acme" },
        children: [comment("b", "2026-11-23T09:30:00Z")],
      }),
    ]);
  return say(article(), method === "POST" ? 201 : 200);
}

const out = { id: "7", url: article().url };

describeAdapter(devto, half, {
  receipt: out,
  answer: (request) => {
    own = [article()];
    return /\/me\/all|\/articles\/7|\/comments/.test(request.path)
      ? (answer(request) as { status: number })
      : undefined;
  },
  changes: ({ method }) => method === "PUT",
  gone: { status: 200, body: [] },
});

describe("dev.to", () => {
  let stage: Stage;
  beforeEach(async () => {
    own = [];
    stage = await openStage(answer);
  });
  afterEach(() => stage.close());
  const context = (channel: object = {}) =>
    contextOn(devto, stage, { channel: { api_key: "devto-secret-key", server: stage.url, ...channel } });
  const sent = () => JSON.parse(stage.requests.at(-1)!.body.toString()).article;
  const post = (part: object = {}) => postOf({ options: {}, title: "Acme 2.4", ...part });

  it("publishes an article with all that it has fields for", async () => {
    const receipt = await devto.publish(
      post({
        summary: "In short.",
        tags: ["Open Source", "release"],
        canonical: "https://acme.example/2-4",
        options: { series: "Acme", cover: "https://acme.example/c.png" },
      }),
      context({ organization: 3 }),
    );
    expect(receipt).toEqual(out);
    expect(sent()).toEqual({
      title: "Acme 2.4",
      body_markdown: "Acme 2.4 is out",
      published: true,
      tags: ["opensource", "release"],
      description: "In short.",
      canonical_url: "https://acme.example/2-4",
      series: "Acme",
      main_image: "https://acme.example/c.png",
      organization_id: 3,
    });
    expect(stage.requests.at(-1)!.headers).toMatchObject({
      "api-key": "devto-secret-key",
      accept: "application/vnd.forem.api-v1+json",
    });
  });

  it("knows its own article in a refusal to take it twice, and no draft with its words", async () => {
    const taken = { status: 422, body: { error: "Body markdown has already been taken", status: 422 } };
    stage.answer = (request) => (request.method === "POST" ? taken : answer(request));
    own = [article({ id: 6, title: "Other" }), article()];
    expect(await devto.publish(post(), context())).toEqual(out);
    own = [article({ published: false })];
    await expect(devto.publish(post(), context())).rejects.toMatchObject({ code: "rejected" });
    expect(await devto.find!(post(), context(), STARTED)).toBe("absent");
    const draft = post({ options: { draft: true } });
    expect(await devto.find!(draft, context(), STARTED)).toEqual({ ...out, hidden: "draft" });
  });

  it("takes back by making it a draft, which counts as gone", async () => {
    await devto.retract!(out, context());
    expect(sent()).toEqual({ published: false });
    own = [article({ published: false })];
    expect(await devto.read!(out, context())).toBe("gone");
    expect(await devto.read!({ ...out, hidden: "draft" }, context())).toMatchObject({ hidden: "draft" });
  });

  it("counts, and hears others at any depth", async () => {
    own = [article()];
    expect(await devto.metrics!([out], context())).toEqual([{ likes: 4, replies: 1, views: 90 }]);
    const heard = await devto.replies!(out, context(), STARTED);
    expect(heard.map(({ id, parent }) => [id, parent])).toEqual([
      ["b", "a"],
      ["c", "7"],
    ]);
  });

  it("says beforehand what would be read as a command, and counts tags", () => {
    const channel = { api_key: "k", server: "https://dev.to" };
    const wrong = (part: object) => [devto.check?.(post(part), channel)].flat().length;
    expect(wrong({})).toBe(0);
    expect(wrong({ text: "---\ntitle: x\n---\nHello" })).toBe(1);
    expect(wrong({ text: "Write {% embed %}" })).toBe(1);
    expect(wrong({ text: "Write {% embed %}", options: { liquid: true } })).toBe(0);
    expect(wrong({ tags: ["a", "b", "c", "d", "e"] })).toBe(1);
    expect(wrong({ tags: ["a", "b", "c", "d", "e"], options: { tags: ["a"] } })).toBe(0);
  });
});
