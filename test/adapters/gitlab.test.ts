import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { gitlab } from "../../src/adapters/gitlab.ts";
import { gitlab as half } from "../../src/sandbox/networks/gitlab.ts";
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

const PAGE = "https://gitlab.com/acme/app/-/releases/v2.4.0";
const release = (part: object = {}) => ({
  tag_name: "v2.4.0",
  name: "v2.4.0",
  description: "Acme 2.4 is out",
  _links: { self: PAGE },
  ...part,
});
const none: StageReply = { status: 404, body: { message: "404 Not Found" } };
let tagged: StageReply = none;

function answer({ method, path }: StageRequest): StageReply {
  if (path.endsWith("/uploads")) return { status: 201, body: { url: "/uploads/abc/hero.png" } };
  if (method === "GET" && path.endsWith("/releases/v2.4.0")) return tagged;
  if (path.includes("/releases")) return { status: method === "POST" ? 201 : 200, body: release() };
  return {
    status: 200,
    body: { id: 1, path_with_namespace: "acme/app", web_url: "https://gitlab.com/acme/app" },
  };
}

const out = { id: "v2.4.0", url: PAGE };

describeAdapter(gitlab, half, {
  receipt: out,
  answer: (request) => {
    tagged = { status: 200, body: release() };
    return request.path.endsWith("/releases/v2.4.0") ? (answer(request) as { status: number }) : undefined;
  },
  changes: ({ method }) => method === "PUT" || method === "DELETE",
});

describe("gitlab", () => {
  let stage: Stage;
  beforeEach(async () => {
    tagged = none;
    stage = await openStage(answer);
  });
  afterEach(() => stage.close());
  const context = (part: Partial<Parameters<typeof contextOn>[2]> = {}) =>
    contextOn(gitlab, stage, {
      channel: { token: "gitlab-secret-token", project: "acme/app", server: stage.url },
      ...part,
    });
  const sent = () => JSON.parse(stage.requests.at(-1)!.body.toString());
  const post = (options: object = {}, part: object = {}) =>
    postOf({ options: { tag: "v2.4.0", ...options }, ...part });
  const last = () => [stage.requests.at(-1)!.method, stage.requests.at(-1)!.path];
  const image = {
    file: "images/hero.png",
    sha256: "00",
    type: "image/png",
    bytes: 10,
    alt: "A [small] phone",
  };

  it("makes the release of a tag, and takes one with the same words for it", async () => {
    expect(await gitlab.publish(post({ target: "main", milestones: ["2.4"] }), context())).toEqual(out);
    expect(last()).toEqual(["POST", "/api/v4/projects/acme%2Fapp/releases"]);
    expect(sent()).toEqual({
      tag_name: "v2.4.0",
      name: "v2.4.0",
      description: "Acme 2.4 is out",
      milestones: ["2.4"],
      ref: "main",
    });
    expect(stage.requests.at(-1)!.headers["private-token"]).toBe("gitlab-secret-token");
    stage.answer = (request) =>
      request.method === "POST"
        ? { status: 409, body: { message: "Release already exists" } }
        : answer(request);
    tagged = { status: 200, body: release() };
    expect(await gitlab.publish(post(), context())).toEqual(out);
    tagged = { status: 200, body: release({ description: "By hand" }) };
    await expect(gitlab.publish(post(), context())).rejects.toMatchObject({ code: "rejected" });
  });

  it("shows pictures above the text, and reads the words alone", async () => {
    await gitlab.publish(post({}, { media: [image] }), context());
    const description = "![A  small  phone](/uploads/abc/hero.png)\n\nAcme 2.4 is out";
    expect(sent()).toMatchObject({ description });
    tagged = { status: 200, body: release({ description }) };
    expect(await gitlab.read!(out, context())).toEqual({
      text: "Acme 2.4 is out",
      title: "v2.4.0",
      url: PAGE,
    });
  });

  it("replaces the words of a release that was there, if it may, and does not delete it", async () => {
    tagged = { status: 200, body: release({ description: "By a robot" }) };
    const updating = post({ update: true });
    const memory = newMemory();
    const receipt = await gitlab.publish(updating, context({ memory }));
    expect([last(), receipt]).toEqual([
      ["PUT", "/api/v4/projects/acme%2Fapp/releases/v2.4.0"],
      { ...out, ref: { was: "there" } },
    ]);
    expect(await gitlab.find!(updating, context({ memory }), STARTED)).toBe("absent");
    tagged = { status: 200, body: release() };
    expect(await gitlab.find!(updating, context({ memory }), STARTED)).toEqual(receipt);
    await expect(gitlab.retract!(receipt, context())).rejects.toMatchObject({ code: "rejected" });
  });

  it.each([
    [403, { error: "insufficient_scope", error_description: "…" }, "auth"],
    [429, "Retry later\n", "uncertain"],
    [422, { message: "Ref is not specified" }, "rejected"],
  ])("reads %i %j as %s", async (status, body, code) => {
    stage.answer = () => ({ status, body });
    await expect(gitlab.publish(post(), context())).rejects.toMatchObject({ code });
  });

  it("asks for a tag beforehand", () => {
    const channel = { token: "t", project: "acme/app", server: "https://gitlab.com" };
    expect(gitlab.check?.(postOf({ options: {} }), channel)).toMatchObject({ about: "options" });
    expect(gitlab.check?.(post(), channel)).toBeUndefined();
  });
});
