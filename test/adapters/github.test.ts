import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { github } from "../../src/adapters/github/github.ts";
import { github as half } from "../../src/sandbox/networks/github/github.ts";
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

const release = (part: object = {}) => ({
  id: 7,
  tag_name: "v2.4.0",
  html_url: "https://github.com/acme/app/releases/tag/v2.4.0",
  name: "v2.4.0",
  body: "Acme 2.4 is out",
  draft: false,
  reactions: { total_count: 4 },
  ...part,
});
const issue = (part: object = {}) => ({
  number: 12,
  html_url: "https://github.com/acme/app/issues/12",
  title: "Acme 2.4",
  body: "Acme 2.4 is out",
  created_at: "2026-11-23T09:00:01Z",
  comments: 1,
  reactions: { total_count: 2 },
  user: { login: "acme" },
  ...part,
});
const comment = (id: number, at: string, part: object = {}) => ({
  id,
  html_url: `https://github.com/acme/app/issues/12#issuecomment-${id}`,
  body: "Thanks",
  created_at: at,
  user: { login: "eve", html_url: "https://github.com/eve" },
  ...part,
});
const said = (id: string, at: string, part: object = {}) => ({
  id,
  url: `https://github.com/acme/app/discussions/3#${id}`,
  body: "Thanks",
  createdAt: at,
  viewerDidAuthor: false,
  author: { login: "eve", url: "https://github.com/eve" },
  ...part,
});
const discussion = (part: object = {}) => ({
  id: "D_1",
  url: "https://github.com/acme/app/discussions/3",
  title: "Acme 2.4",
  body: "Acme 2.4 is out",
  createdAt: "2026-11-23T09:00:01Z",
  viewerDidAuthor: true,
  lastEditedAt: null,
  upvoteCount: 3,
  reactionGroups: [{ reactors: { totalCount: 2 } }],
  comments: {
    totalCount: 2,
    nodes: [
      {
        ...said("DC_1", "2026-11-23T09:30:00Z"),
        replies: { nodes: [said("DC_2", "2026-11-23T11:00:00Z", { viewerDidAuthor: true })] },
      },
      { ...said("DC_3", "2026-11-23T10:00:00Z"), replies: { nodes: [] } },
    ],
  },
  ...part,
});
const CATEGORIES = [{ id: "DIC_1", name: "Announcements", slug: "announcements" }];
let tagged: StageReply = { status: 404, body: { message: "Not Found", documentation_url: "d" } };
let issues: object[] = [];
let discussions: object[] = [];

function answer({ method, path, body }: StageRequest): StageReply {
  const [where = ""] = path.split("?");
  const say = (body: unknown, status = 200) => ({ status, body });
  if (where === "/graphql") {
    const { query } = JSON.parse(body.toString());
    const repository = { id: "R_1", discussionCategories: { nodes: CATEGORIES } };
    if (query.includes("discussionCategories")) return say({ data: { repository } });
    if (query.includes("discussions("))
      return say({ data: { repository: { discussions: { nodes: discussions } } } });
    if (query.includes("node(")) return say({ data: { node: discussion() } });
    const [, name = ""] = /(\w+Discussion)\(/.exec(query) ?? [];
    return say({ data: { [name]: { discussion: { id: "D_1", url: discussion().url } } } });
  }
  if (where.endsWith("/comments"))
    return say([comment(2, "2026-11-23T10:00:00Z"), comment(1, "2026-11-23T09:30:00Z")]);
  if (where.includes("/releases/tags/")) return tagged;
  if (method === "DELETE") return { status: 204 };
  if (where.endsWith("/issues") && method === "GET") return say(issues);
  if (where.includes("/issues")) return say(issue(), method === "POST" ? 201 : 200);
  if (where.includes("/releases")) return say(release(), method === "POST" ? 201 : 200);
  return say({ id: 1, full_name: "acme/app", html_url: "https://github.com/acme/app" });
}

const GONE = {
  data: { node: null },
  errors: [{ type: "NOT_FOUND", message: "Could not resolve to a node" }],
};
const [byDiscussion, byRelease, byIssue] = half.ways;
const [outRelease, outDiscussion, outIssue] = [
  { id: "7", url: release().html_url },
  { id: "D_1", url: discussion().url },
  { id: "12", url: issue().html_url, ref: { author: "acme" } },
];

const about = (of: RegExp) => (request: StageRequest) =>
  of.test(`${request.path} ${request.body.toString()}`) ? (answer(request) as { status: number }) : undefined;
const changes = ({ method, body }: StageRequest) =>
  ["PATCH", "DELETE"].includes(method) || /(update|delete)Discussion\(/.test(body.toString());

describeAdapter(
  // Nobody can answer a release.
  { ...github, replies: undefined },
  { ...half, ways: [byRelease!] },
  { receipt: outRelease, answer: about(/releases\/7/), changes },
);
describeAdapter(
  github,
  { ...half, ways: [byDiscussion!] },
  {
    receipt: outDiscussion,
    answer: about(/node\(|(update|delete)Discussion/),
    changes,
    gone: { status: 200, body: GONE },
  },
);
describeAdapter(github, { ...half, ways: [byIssue!] });

describe("github", () => {
  let stage: Stage;
  beforeEach(async () => {
    tagged = { status: 404, body: { message: "Not Found", documentation_url: "d" } };
    issues = [];
    discussions = [];
    stage = await openStage(answer);
  });
  afterEach(() => stage.close());
  const settings = { token: "github-secret-token", repository: "acme/app" };
  const on = (as: string, part: Partial<Parameters<typeof contextOn>[2]> = {}) =>
    contextOn(github, stage, {
      channel: { ...settings, as, category: "Announcements", server: stage.url },
      ...part,
    });
  const sent = () => JSON.parse(stage.requests.at(-1)!.body.toString());
  const post = (part: object = {}) => postOf({ options: { tag: "v2.4.0" }, ...part });
  const announcement = (part: object = {}) => postOf({ options: {}, title: "Acme 2.4", ...part });
  const last = () => [stage.requests.at(-1)!.method, stage.requests.at(-1)!.path];

  it("makes the release of a tag, and takes one with the same words for it", async () => {
    const options = {
      tag: "v2.4.0",
      target: "main",
      prerelease: true,
      latest: false,
      discussion: "Announcements",
    };
    expect(await github.publish(post({ options, title: "Acme 2.4" }), on("release"))).toEqual(outRelease);
    expect(last()).toEqual(["POST", "/repos/acme/app/releases"]);
    expect(sent()).toEqual({
      tag_name: "v2.4.0",
      name: "Acme 2.4",
      body: "Acme 2.4 is out",
      prerelease: true,
      make_latest: "false",
      target_commitish: "main",
      discussion_category_name: "Announcements",
    });
    expect(stage.requests.at(-1)!.headers).toMatchObject({
      authorization: "Bearer github-secret-token",
      "x-github-api-version": "2022-11-28",
    });
    const exists = { message: "Validation Failed", errors: [{ code: "already_exists", field: "tag_name" }] };
    stage.answer = (request) => (request.method === "POST" ? { status: 422, body: exists } : answer(request));
    tagged = { status: 200, body: release() };
    expect(await github.publish(post(), on("release"))).toEqual(outRelease);
    tagged = { status: 200, body: release({ body: "By hand" }) };
    await expect(github.publish(post(), on("release"))).rejects.toMatchObject({ code: "rejected" });
  });

  it("replaces the words of a release that was there, if it may, and does not delete it", async () => {
    tagged = { status: 200, body: release({ body: "By a robot" }) };
    const updating = post({ options: { tag: "v2.4.0", update: true } });
    const memory = newMemory();
    const receipt = await github.publish(updating, on("release", { memory }));
    expect([last(), receipt]).toEqual([
      ["PATCH", "/repos/acme/app/releases/7"],
      { ...outRelease, ref: { was: "there" } },
    ]);
    expect(await github.find!(updating, on("release", { memory }), STARTED)).toBe("absent");
    tagged = { status: 200, body: release() };
    expect(await github.find!(updating, on("release", { memory }), STARTED)).toEqual(receipt);
    await expect(github.retract!(receipt, on("release"))).rejects.toMatchObject({ code: "rejected" });
    await github.retract!(outRelease, on("release"));
    expect(last()).toEqual(["DELETE", "/repos/acme/app/releases/7"]);
  });

  it("says that a draft is hidden, and looks for it in the list", async () => {
    const draft = post({ options: { tag: "v2.4.0", draft: true } });
    stage.answer = (request) =>
      request.path.startsWith("/repos/acme/app/releases?")
        ? { status: 200, body: [release({ tag_name: "v1" }), release({ draft: true })] }
        : answer(request);
    expect(await github.find!(draft, on("release"), STARTED)).toMatchObject({ id: "7", hidden: "draft" });
    expect(await github.find!(post(), on("release"), STARTED)).toBe("absent");
  });

  it("opens a discussion in the category of that name, and finds it among the newest of one's own", async () => {
    expect(await github.publish(announcement(), on("discussion"))).toEqual(outDiscussion);
    expect(sent().variables).toEqual({
      input: { repositoryId: "R_1", categoryId: "DIC_1", title: "Acme 2.4", body: "Acme 2.4 is out" },
    });
    const find = () => github.find!(announcement(), on("discussion"), STARTED);
    expect(await find()).toBe("absent");
    discussions = [discussion({ id: "D_0", viewerDidAuthor: false }), discussion()];
    expect(await find()).toEqual(outDiscussion);
    discussions = [discussion({ createdAt: "2026-11-23T08:00:00Z" })];
    expect(await find()).toBe("absent");
    discussions = [discussion({ body: "Other words" })];
    expect(await find()).toEqual({ like: outDiscussion });
    const elsewhere = on("discussion", {
      channel: { ...settings, as: "discussion", category: "News", server: stage.url },
    });
    await expect(github.account!(elsewhere)).rejects.toThrow(
      'no discussion category "News"; it has Announcements',
    );
  });

  it("opens, finds, edits and counts an issue, and hears others", async () => {
    const labelled = announcement({ options: { labels: ["news"] } });
    expect(await github.publish(labelled, on("issue"))).toEqual(outIssue);
    expect(sent()).toEqual({ title: "Acme 2.4", body: "Acme 2.4 is out", labels: ["news"] });
    issues = [issue({ number: 13, title: "Other" }), issue()];
    expect(await github.find!(announcement(), on("issue"), STARTED)).toEqual(outIssue);
    expect(await github.metrics!([outIssue!], on("issue"))).toEqual([{ likes: 2, replies: 1 }]);
    await github.edit!(outIssue!, labelled, on("issue"));
    expect(last()).toEqual(["PATCH", "/repos/acme/app/issues/12"]);
    const heard = await github.replies!(outIssue!, on("issue"), STARTED);
    expect(heard.map(({ id, parent, author }) => [id, parent, author.handle])).toEqual([
      ["1", "12", "@eve"],
      ["2", "12", "@eve"],
    ]);
    await expect(github.retract!(outIssue!, on("issue"))).rejects.toMatchObject({ code: "rejected" });
  });

  it.each([
    [403, { message: "You have exceeded a secondary rate limit.", documentation_url: "d" }, "limited"],
    [403, { message: "Resource not accessible by integration", documentation_url: "d" }, "auth"],
    [422, { message: "Validation Failed", documentation_url: "d" }, "rejected"],
    [200, { data: null, errors: [{ type: "RATE_LIMITED", message: "API rate limit exceeded" }] }, "limited"],
    [200, { data: null, errors: [{ type: "FORBIDDEN", message: "Not allowed" }] }, "auth"],
    [200, { data: null, errors: [{ message: "Field 'x' doesn't exist" }] }, "rejected"],
  ])("reads %i %j as %s", async (status, body, code) => {
    stage.answer = (request) =>
      /createDiscussion/.test(request.body.toString()) ? { status, body } : answer(request);
    await expect(github.publish(announcement(), on("discussion"))).rejects.toMatchObject({ code });
  });

  it("reaches both APIs of a server of one's own", async () => {
    const server = `${stage.url}/api/v3`;
    const part = (as: string) => on(as, { channel: { ...settings, as, category: "Announcements", server } });
    stage.answer = (request) => answer({ ...request, path: request.path.replace(/^\/api(\/v3)?/, "") });
    await github.publish(post(), part("release"));
    expect(last()).toEqual(["POST", "/api/v3/repos/acme/app/releases"]);
    await github.publish(announcement(), part("discussion"));
    expect(last()).toEqual(["POST", "/api/graphql"]);
  });

  it("asks for a tag or a title beforehand", () => {
    const of = (part: object) => ({
      ...settings,
      server: "https://api.github.com",
      as: "release" as const,
      category: "News",
      ...part,
    });
    const words = (part: object, channel: object) =>
      [github.check?.(postOf({ options: {}, ...part }), of(channel))]
        .flat()
        .map((one) => (one as { message: string }).message);
    expect(words({}, {})).toEqual(["a release needs a tag"]);
    expect(words({}, { as: "issue" })).toEqual(["a GitHub issue needs a title"]);
    expect(words({ title: "A" }, { as: "discussion" })).toEqual([]);
    expect(words({ title: "A", options: { draft: true } }, { as: "issue" })).toEqual([
      "a GitHub issue has no draft",
    ]);
    expect(github.check?.(post(), of({}))).toEqual([]);
  });
});
