import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { micropub } from "../../src/adapters/micropub.ts";
import { micropub as half } from "../../src/sandbox/networks/micropub.ts";
import {
  contextOn,
  KEY,
  openStage,
  postOf,
  STARTED,
  type Stage,
  type StageReply,
  type StageRequest,
} from "../../src/testing.ts";
import { describeAdapter } from "./contract.ts";

const out = { id: "https://acme.example/2026/acme", url: "https://acme.example/2026/acme" };
const isAction = ({ body }: StageRequest) => body.toString().includes('"action"');

function after(request: StageRequest): StageReply | undefined {
  if (isAction(request)) return { status: 204 };
  if (request.path.includes("url="))
    return { status: 200, body: { properties: { content: [{ html: "<p>Acme 2.4 is out</p>" }] } } };
  return undefined;
}

describeAdapter(micropub, half, { receipt: out, answer: after, changes: isAction });

const image = { file: "a.png", sha256: "00", type: "image/png", bytes: 10, alt: "Three devices" };
const entry = (part: object = {}) => ({
  properties: {
    url: [out.url],
    content: ["Acme 2.4 is out"],
    name: ["Acme"],
    published: ["2026-11-23T09:00:00+00:00"],
    ...part,
  },
});

describe("micropub", () => {
  let stage: Stage;
  let config: object;
  let items: object[];
  beforeEach(async () => {
    config = { "media-endpoint": "/media" };
    items = [];
    stage = await openStage((request) => {
      if (request.path.startsWith("/media"))
        return { status: 201, headers: { location: "https://acme.example/a.png" } };
      if (request.path.includes("q=config")) return { status: 200, body: config };
      if (request.path.includes("q=source&limit")) return { status: 200, body: { items } };
      return after(request) ?? { status: 202, headers: { location: "/2026/acme" } };
    });
  });
  afterEach(() => stage.close());
  const context = (channel: object = {}, part: object = {}) =>
    contextOn(micropub, stage, {
      channel: { endpoint: `${stage.url}/micropub`, token: "m-secret", ...channel },
      ...part,
    });
  const sent = () => JSON.parse(stage.requests.at(-1)!.body.toString());
  const post = (part: object = {}) => postOf({ options: {}, title: "Acme", ...part });

  it("posts an entry at a time and address of its own, with pictures uploaded before", async () => {
    const options = { draft: true, syndicate: ["https://social.example/acme"] };
    const receipt = await micropub.publish(
      post({ options, media: [image], tags: ["news"] }),
      context({ destination: "https://a.example/" }),
    );
    expect(receipt).toEqual({ id: `${stage.url}/2026/acme`, url: `${stage.url}/2026/acme`, hidden: "draft" });
    expect(sent()).toEqual({
      type: ["h-entry"],
      properties: {
        name: ["Acme"],
        content: [{ html: "Acme 2.4 is out" }],
        category: ["news"],
        photo: [{ value: "https://acme.example/a.png", alt: "Three devices" }],
        published: ["2026-11-23T09:00:00Z"],
        "mp-slug": [`acme-${KEY.slice(0, 12)}`],
        "post-status": ["draft"],
        "mp-syndicate-to": ["https://social.example/acme"],
        "mp-destination": ["https://a.example/"],
      },
    });
    expect(stage.requests.find(({ path }) => path === "/media")?.headers.authorization).toBe(
      "Bearer m-secret",
    );
  });

  it("is uncertain when nobody says where it is, and takes no file where there is no place", async () => {
    stage.answer = () => ({ status: 201, body: "" });
    await expect(micropub.publish(post(), context())).rejects.toMatchObject({ code: "uncertain" });
    stage.answer = () => ({ status: 200, body: {} });
    await expect(micropub.publish(post({ media: [image] }), context())).rejects.toMatchObject({
      code: "rejected",
    });
    expect((await micropub.account!(context())).limits).toEqual({ media: { count: 0 } });
  });

  it.each([
    [[entry({ url: [`https://acme.example/${KEY.slice(0, 12)}`], content: ["Other"] })], "found"],
    [[entry()], "found"],
    [[entry({ published: ["2026-11-23T09:02:00+00:00"] })], "like"],
    [[entry({ published: ["2026-11-22T09:00:00+00:00"] })], "absent"],
    [[entry({ content: "Acme 2.4 is out" })], "found"],
    [[], "absent"],
  ])("looks through the list of posts: %j is %s", async (found, expected) => {
    items = found;
    const outcome = await micropub.find!(post(), context(), STARTED);
    const kind = outcome === "absent" ? "absent" : "like" in outcome ? "like" : "found";
    expect(kind).toBe(expected);
  });

  it("knows when it cannot know: no list, or one that does not go back", async () => {
    const late = entry({
      url: ["https://acme.example/x"],
      content: ["Other words"],
      published: ["2026-11-23T12:00:00+00:00"],
    });
    items = Array.from({ length: 50 }, () => late);
    await expect(micropub.find!(post(), context(), STARTED)).rejects.toMatchObject({ code: "rejected" });
    stage.answer = () => ({ status: 400, body: { error: "invalid_request" } });
    await expect(micropub.find!(post(), context(), STARTED)).rejects.toMatchObject({ code: "rejected" });
  });

  it("puts an edit in the place of all that was said, and follows a post that moves", async () => {
    await micropub.edit!(out, post({ title: undefined, tags: ["a"] }), context());
    expect(sent()).toEqual({
      action: "update",
      url: out.url,
      replace: { content: [{ html: "Acme 2.4 is out" }], category: ["a"] },
      delete: ["name", "photo"],
    });
    stage.answer = () => ({ status: 201, headers: { location: "https://acme.example/new" } });
    expect(await micropub.edit!(out, post(), context())).toMatchObject({ id: "https://acme.example/new" });
  });

  it("is a note without a title where the channel says so, and names the sites there are", async () => {
    const channel = { endpoint: "", token: "", as: "note" as const };
    expect(micropub.rulesFor!(channel)).toEqual({ title: "none", shape: "short" });
    config = { "media-endpoint": "/media", destination: [{ uid: "https://a.example/", name: "A" }] };
    expect(await micropub.account!(context({ destination: "https://a.example/" }))).toMatchObject({
      handle: "A",
    });
    await expect(micropub.account!(context({ destination: "https://b.example/" }))).rejects.toMatchObject({
      message: expect.stringContaining("https://a.example/"),
    });
  });
});
