import { createVerify, generateKeyPairSync } from "node:crypto";
import { safeParse } from "valibot";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { googlechat } from "../../src/adapters/googlechat/googlechat.ts";
import { googlechat as half } from "../../src/sandbox/networks/googlechat/googlechat.ts";
import {
  contextOn,
  KEY,
  newMemory,
  openStage,
  postOf,
  type Stage,
  type StageReply,
  type StageRequest,
} from "../../src/testing.ts";
import { describeAdapter } from "./contract.ts";

const { privateKey, publicKey } = generateKeyPairSync("rsa", { modulusLength: 2048 });
const pem = privateKey.export({ format: "pem", type: "pkcs8" }).toString();
const NAME = "spaces/AAAA/messages/T1.M1";
const message = (part: object = {}) => ({
  name: NAME,
  text: "Acme 2.4 is out",
  thread: { name: "spaces/AAAA/threads/T1" },
  ...part,
});
const refusal = (code: number, status: string) => ({
  status: code,
  body: { error: { code, message: "no", status } },
});

function answer({ method, path }: StageRequest): StageReply {
  if (path === "/token") return { status: 200, body: { access_token: "ya29.app", expires_in: 3599 } };
  if (path === "/v1/spaces/AAAA")
    return { status: 200, body: { displayName: "News", spaceUri: "https://chat.google.com/room/AAAA" } };
  if (method === "DELETE") return { status: 200, body: {} };
  return {
    status: 200,
    body: message({ emojiReactionSummaries: [{ reactionCount: 2 }, { reactionCount: 1 }] }),
  };
}

const out = {
  id: NAME,
  url: "https://chat.google.com/room/AAAA/T1/M1",
  ref: { thread: "spaces/AAAA/threads/T1" },
};

const [webhook, app] = half.ways;
describeAdapter(googlechat, { ...half, ways: [webhook!] });
describeAdapter(
  googlechat,
  { ...half, ways: [app!] },
  {
    receipt: out,
    answer: (request) =>
      request.path.includes("/messages/T1.M1") ? (answer(request) as { status: number }) : undefined,
    changes: ({ method, path }) => /\/messages\/T1/.test(path) && method !== "GET",
  },
);

describe("googlechat", () => {
  let stage: Stage;
  beforeEach(async () => {
    stage = await openStage(answer);
  });
  afterEach(() => stage.close());
  const settings = () => ({
    server: stage.url,
    login: `${stage.url}/token`,
    client_email: "app@acme.iam.gserviceaccount.com",
    private_key: pem.replaceAll("\n", "\\n"),
    space: "spaces/AAAA",
  });
  const byApp = (part: Partial<Parameters<typeof contextOn>[2]> = {}) =>
    contextOn(googlechat, stage, { channel: settings(), ...part });
  const byWebhook = (part: Partial<Parameters<typeof contextOn>[2]> = {}) =>
    contextOn(googlechat, stage, {
      channel: { webhook: `${stage.url}/v1/spaces/AAAA/messages?key=k&token=hook-secret` },
      ...part,
    });
  const queryOf = ({ path }: StageRequest) => Object.fromEntries(new URL(path, "http://x").searchParams);
  const last = () => stage.requests.at(-1)!;

  it("proves who it is with a signed assertion, once for many requests", async () => {
    const memory = newMemory();
    await googlechat.publish(postOf({ options: {} }), byApp({ memory }));
    await googlechat.read?.(out, byApp({ memory }));
    const logins = stage.requests.filter(({ path }) => path === "/token");
    expect(logins).toHaveLength(1);
    const [head, claims, signature] = new URLSearchParams(logins[0]!.body.toString())
      .get("assertion")!
      .split(".");
    expect(
      createVerify("RSA-SHA256").update(`${head}.${claims}`).verify(publicKey, signature!, "base64url"),
    ).toBe(true);
    expect(JSON.parse(Buffer.from(claims!, "base64url").toString())).toMatchObject({
      iss: "app@acme.iam.gserviceaccount.com",
      scope: "https://www.googleapis.com/auth/chat.bot",
      aud: `${stage.url}/token`,
    });
    expect(last().headers.authorization).toBe("Bearer ya29.app");
  });

  it("names its message, and finds it by that name", async () => {
    expect(await googlechat.publish(postOf({ options: {} }), byApp())).toMatchObject({
      id: NAME,
      ref: out.ref,
    });
    expect(queryOf(last())).toEqual({ requestId: KEY, messageId: `client-${KEY}` });
    expect(JSON.parse(last().body.toString())).toEqual({
      text: "Acme 2.4 is out",
      markupSyntax: "MARKUP_SYNTAX_CHAT",
    });
    expect(await googlechat.find?.(postOf({ options: {} }), byApp(), new Date())).toMatchObject({ id: NAME });
    expect(last().path).toBe(`/v1/spaces/AAAA/messages/client-${KEY}`);
  });

  it("answers in the thread, or begins one where that is gone", async () => {
    const thread = { root: out, parent: out };
    await googlechat.publish(postOf({ options: {} }), byWebhook({ thread }));
    expect(queryOf(last())).toEqual({
      key: "k",
      token: "hook-secret",
      messageReplyOption: "REPLY_MESSAGE_FALLBACK_TO_NEW_THREAD",
      requestId: KEY,
    });
    expect(JSON.parse(last().body.toString()).thread).toEqual({ name: "spaces/AAAA/threads/T1" });
  });

  it("is not sure when its name is taken, and has no address where the name has no thread", async () => {
    stage.answer = (request) =>
      request.path === "/token" ? answer(request) : refusal(409, "ALREADY_EXISTS");
    await expect(googlechat.publish(postOf({ options: {} }), byApp())).rejects.toMatchObject({
      code: "uncertain",
    });
    stage.answer = () => ({ status: 200, body: { name: "spaces/AAAA/messages/M9" } });
    expect(await googlechat.publish(postOf({ options: {} }), byWebhook())).toEqual({
      id: "spaces/AAAA/messages/M9",
    });
  });

  it("says which key is not good: one that is none, and one that the login refuses", async () => {
    const channel = { ...settings(), private_key: "not a key" };
    await expect(googlechat.prepare?.([], byApp({ channel }))).rejects.toMatchObject({ code: "auth" });
    stage.answer = () => ({
      status: 400,
      body: { error: "invalid_grant", error_description: "Invalid JWT Signature." },
    });
    await expect(googlechat.prepare?.([], byApp())).rejects.toMatchObject({ code: "auth" });
  });

  it("counts reactions; takes a deleted message for gone; a webhook does none of it", async () => {
    expect(await googlechat.metrics?.([out], byApp())).toEqual([{ likes: 3 }]);
    stage.answer = (request) =>
      request.path === "/token"
        ? answer(request)
        : { status: 200, body: message({ deleteTime: "2026-11-23T10:00:00Z" }) };
    expect(await googlechat.read?.(out, byApp())).toBe("gone");
    await expect(googlechat.read?.(out, byWebhook())).rejects.toMatchObject({ code: "rejected" });
    await expect(googlechat.retract?.(out, byWebhook())).rejects.toMatchObject({ code: "rejected" });
  });

  it("takes a webhook, or an app with its space", () => {
    const takes = (channel: object) => safeParse(googlechat.channel, channel).success;
    expect(takes(settings())).toBe(true);
    expect(takes({ webhook: "https://chat.googleapis.com/v1/spaces/A/messages?key=k&token=t" })).toBe(true);
    expect(takes({ webhook: "https://chat.googleapis.com/v1/spaces/A/messages" })).toBe(false);
    expect(takes({ client_email: "a", private_key: "b" })).toBe(false);
  });
});
