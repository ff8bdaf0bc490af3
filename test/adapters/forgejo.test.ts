import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { forgejo } from "../../src/adapters/forgejo.ts";
import { forgejo as half } from "../../src/sandbox/networks/forgejo.ts";
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
  html_url: "https://codeberg.org/acme/app/releases/tag/v2.4.0",
  name: "v2.4.0",
  body: "Acme 2.4 is out",
  draft: false,
  ...part,
});
const none: StageReply = { status: 404, body: { message: "The target couldn't be found.", url: "u" } };
let tagged: StageReply = none;

function answer({ method, path }: StageRequest): StageReply {
  if (path.includes("/releases/tags/")) return tagged;
  if (method === "DELETE") return { status: 204 };
  if (path.includes("/releases?"))
    return { status: 200, body: [release({ tag_name: "v1" }), release({ draft: true })] };
  if (path.includes("/releases")) return { status: method === "POST" ? 201 : 200, body: release() };
  return { status: 200, body: { id: 1, full_name: "acme/app", html_url: "https://codeberg.org/acme/app" } };
}

const out = { id: "7", url: release().html_url };

describeAdapter(forgejo, half, {
  receipt: out,
  answer: (request) =>
    request.path.endsWith("/releases/7") ? (answer(request) as { status: number }) : undefined,
  changes: ({ method }) => method === "PATCH" || method === "DELETE",
});

describe("forgejo", () => {
  let stage: Stage;
  beforeEach(async () => {
    tagged = none;
    stage = await openStage(answer);
  });
  afterEach(() => stage.close());
  const context = (part: Partial<Parameters<typeof contextOn>[2]> = {}) =>
    contextOn(forgejo, stage, {
      channel: { token: "forgejo-secret-token", repository: "acme/app", server: stage.url },
      ...part,
    });
  const sent = () => JSON.parse(stage.requests.at(-1)!.body.toString());
  const post = (part: object = {}) => postOf({ options: { tag: "v2.4.0", ...part } });
  const last = () => [stage.requests.at(-1)!.method, stage.requests.at(-1)!.path];

  it("makes the release of a tag, and takes one with the same words for it", async () => {
    expect(await forgejo.publish(post({ target: "main", prerelease: true }), context())).toEqual(out);
    expect(last()).toEqual(["POST", "/api/v1/repos/acme/app/releases"]);
    expect(sent()).toEqual({
      tag_name: "v2.4.0",
      name: "v2.4.0",
      body: "Acme 2.4 is out",
      prerelease: true,
      target_commitish: "main",
    });
    expect(stage.requests.at(-1)!.headers.authorization).toBe("token forgejo-secret-token");
    stage.answer = (request) =>
      request.method === "POST"
        ? { status: 409, body: { message: "Release is has no Tag", url: "u" } }
        : answer(request);
    tagged = { status: 200, body: release() };
    expect(await forgejo.publish(post(), context())).toEqual(out);
    tagged = { status: 200, body: release({ body: "By hand" }) };
    await expect(forgejo.publish(post(), context())).rejects.toMatchObject({ code: "rejected" });
  });

  it("replaces the words of a release that was there, if it may, and does not delete it", async () => {
    tagged = { status: 200, body: release({ body: "By a robot" }) };
    const updating = post({ update: true });
    const memory = newMemory();
    const receipt = await forgejo.publish(updating, context({ memory }));
    expect([last(), receipt]).toEqual([
      ["PATCH", "/api/v1/repos/acme/app/releases/7"],
      { ...out, ref: { was: "there" } },
    ]);
    expect(await forgejo.find!(updating, context({ memory }), STARTED)).toBe("absent");
    tagged = { status: 200, body: release() };
    expect(await forgejo.find!(updating, context({ memory }), STARTED)).toEqual(receipt);
    await expect(forgejo.retract!(receipt, context())).rejects.toMatchObject({ code: "rejected" });
  });

  it("looks for a draft in the list", async () => {
    expect(await forgejo.find!(post({ draft: true }), context(), STARTED)).toMatchObject({
      id: "7",
      hidden: "draft",
    });
    expect(await forgejo.find!(post(), context(), STARTED)).toBe("absent");
  });

  it.each([
    [403, "token does not have at least one of required scope(s): [write:repository]", "auth"],
    [422, "tag does not exist", "rejected"],
  ])("reads %i %s as %s", async (status, message, code) => {
    stage.answer = () => ({ status, body: { message, url: "u" } });
    await expect(forgejo.publish(post(), context())).rejects.toMatchObject({ code });
  });

  it("asks for a tag beforehand", () => {
    const channel = { token: "t", repository: "acme/app", server: "https://codeberg.org" };
    expect(forgejo.check?.(postOf({ options: {} }), channel)).toMatchObject({ about: "options" });
    expect(forgejo.check?.(post(), channel)).toBeUndefined();
  });
});
