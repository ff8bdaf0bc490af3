import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { writefreely } from "../../src/adapters/writefreely.ts";
import { writefreely as half } from "../../src/sandbox/networks/writefreely.ts";
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

const stored = (part: object = {}) => ({
  id: "abc",
  slug: "acme",
  title: "Acme",
  body: "Acme 2.4 is out",
  views: 9,
  ...part,
});
const isAbout = ({ path }: StageRequest) => path === "/api/posts/abc";

function after(request: StageRequest): StageReply | undefined {
  if (!isAbout(request)) return undefined;
  return request.method === "DELETE" ? { status: 204 } : { status: 200, body: { code: 200, data: stored() } };
}

describeAdapter(writefreely, half, {
  receipt: { id: "abc", url: "https://write.example/acme/acme" },
  answer: after,
  changes: (request) => isAbout(request) && request.method !== "GET",
});

describe("writefreely", () => {
  let stage: Stage;
  beforeEach(async () => {
    stage = await openStage(
      (request) => after(request) ?? { status: 201, body: { code: 201, data: stored() } },
    );
  });
  afterEach(() => stage.close());
  const context = () =>
    contextOn(writefreely, stage, { channel: { server: stage.url, blog: "acme", token: "w-secret" } });
  const sent = () => JSON.parse(stage.requests.at(-1)!.body.toString());

  it("posts Markdown under an address that ends with the key", async () => {
    const post = postOf({
      options: { font: "serif" as const },
      title: "Acme 2.4 – it’s out!",
      lang: "he-IL",
    });
    expect(await writefreely.publish(post, context())).toEqual({ id: "abc", url: `${stage.url}/acme/acme` });
    expect(stage.requests[0]!.headers.authorization).toBe("Token w-secret");
    expect(sent()).toEqual({
      title: "Acme 2.4 – it’s out!",
      body: "Acme 2.4 is out",
      font: "serif",
      lang: "he",
      rtl: true,
      slug: `acme-2-4-it-s-out-${KEY.slice(0, 16)}`,
    });
  });

  it("fits the server's column for addresses, whatever the title is", async () => {
    for (const title of ["х".repeat(160), "word ".repeat(60), "🦊"]) {
      await writefreely.publish(postOf({ options: {}, title }), context());
      expect(sent().slug).toMatch(/^[a-z0-9][a-z0-9-]{15,99}$/);
    }
  });

  it("asks for the address after a lost answer, and takes only that for its own", async () => {
    const post = postOf({ options: {}, title: "Acme" });
    stage.answer = () => ({ status: 200, body: { code: 200, data: stored() } });
    expect(await writefreely.find!(post, context(), STARTED)).toMatchObject({ id: "abc" });
    expect(stage.events.at(-1)).toBe(`GET /api/collections/acme/posts/acme-${KEY.slice(0, 16)}`);
    stage.answer = () => ({ status: 404, body: { code: 404, error_msg: "Post not found." } });
    expect(await writefreely.find!(post, context(), STARTED)).toBe("absent");
    // A page of somebody else's does not prove that there is none.
    stage.answer = () => ({ status: 200, body: "<html>Welcome" });
    await expect(writefreely.find!(post, context(), STARTED)).rejects.toMatchObject({ code: "unavailable" });
  });

  it("says that an unpublished post is gone, and counts views", async () => {
    const out = { id: "abc" };
    expect(await writefreely.metrics!([out], context())).toEqual([{ views: 9 }]);
    stage.answer = () => ({ status: 410, body: { code: 410, error_msg: "Post unpublished by author." } });
    expect(await writefreely.read!(out, context())).toBe("gone");
    await writefreely.retract!(out, context());
  });
});
