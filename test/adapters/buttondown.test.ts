import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { buttondown } from "../../src/adapters/buttondown.ts";
import { buttondown as half } from "../../src/sandbox/networks/buttondown.ts";
import {
  contextOn,
  KEY,
  newMemory,
  openStage,
  postOf,
  STARTED,
  type Stage,
  type StageReply,
  type StageRequest,
} from "../../src/testing.ts";
import { describeAdapter } from "./contract.ts";

const MODE = "<!-- buttondown-editor-mode: plaintext -->\n";
const email = (part: object = {}) => ({
  id: "em_1",
  status: "draft",
  subject: "Acme 2.4",
  body: `${MODE}Acme 2.4 is out`,
  absolute_url: "https://buttondown.com/acme/archive/1/",
  metadata: {},
  ...part,
});
let drafts: object[] = [];
let standing: object = email({ status: "sent" });

function answer({ method, path }: StageRequest): StageReply {
  if (path.endsWith("/analytics")) return { status: 200, body: { opens: 40, clicks: 9, replies: 1 } };
  if (path.endsWith("/publish")) return { status: 200, body: email({ status: "about_to_send" }) };
  if (path.startsWith("/v1/emails/")) return { status: 200, body: standing };
  return method === "POST" ? { status: 201, body: email() } : { status: 200, body: { results: drafts } };
}

const out = { id: "em_1", url: email().absolute_url };

describeAdapter(buttondown, half, {
  receipt: out,
  answer: (request) =>
    request.path.startsWith("/v1/emails/em_1") ? (answer(request) as { status: number }) : undefined,
  changes: () => false,
});

describe("buttondown", () => {
  let stage: Stage;
  beforeEach(async () => {
    drafts = [];
    standing = email({ status: "sent" });
    stage = await openStage(answer);
  });
  afterEach(() => stage.close());
  const context = (part: object = {}) =>
    contextOn(buttondown, stage, { channel: { api_key: "buttondown-secret", server: stage.url }, ...part });
  const post = postOf({
    options: {},
    title: "Acme 2.4",
    summary: "In short.",
    canonical: "https://acme.example/2-4",
  });

  it("makes a draft under its key, and sends it with a single change", async () => {
    expect(await buttondown.publish(post, context())).toEqual(out);
    const [, made, sent] = stage.requests;
    expect(JSON.parse(made!.body.toString())).toEqual({
      subject: "Acme 2.4",
      body: `${MODE}Acme 2.4 is out`,
      status: "draft",
      description: "In short.",
      canonical_url: "https://acme.example/2-4",
      metadata: { broadcast: KEY },
    });
    expect(made!.headers).toMatchObject({
      "x-idempotency-key": KEY,
      authorization: "Token buttondown-secret",
    });
    expect([sent!.method, sent!.path]).toEqual(["POST", "/v1/emails/em_1/publish"]);
    expect(stage.events.indexOf("sending")).toBe(2);
  });

  it("takes a draft that is there already for its own by the key", async () => {
    drafts = [
      email({ id: "em_0", metadata: { broadcast: "another" } }),
      email({ metadata: { broadcast: KEY } }),
    ];
    await buttondown.publish(post, context());
    expect(stage.requests.map(({ method }) => method)).toEqual(["GET", "POST"]);
  });

  it("looks at the draft's state after a lost answer, and never sends it twice", async () => {
    const memory = newMemory();
    expect(await buttondown.find!(post, context({ memory }), STARTED)).toBe("absent");
    await buttondown.publish(post, context({ memory }));
    expect(await buttondown.find!(post, context({ memory }), STARTED)).toEqual(out);
    standing = email();
    expect(await buttondown.find!(post, context({ memory }), STARTED)).toBe("absent");
    stage.answer = (request) =>
      request.path.endsWith("/publish")
        ? { status: 400, body: { code: "sent", detail: "sent" } }
        : answer(request);
    await expect(buttondown.publish(post, context({ memory }))).rejects.toMatchObject({ code: "rejected" });
    standing = email({ status: "in_flight" });
    expect(await buttondown.publish(post, context({ memory }))).toEqual(out);
  });

  it("refuses beforehand what would be read as settings", () => {
    const channel = { api_key: "k", server: "https://api.buttondown.com" };
    expect(buttondown.check?.(postOf({ options: {}, text: "---\na: b\n---\n" }), channel)).toBeDefined();
    expect(buttondown.check?.(post, channel)).toBeUndefined();
  });
});
