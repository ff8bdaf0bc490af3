import { safeParse } from "valibot";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { mattermost } from "../../src/adapters/mattermost/mattermost.ts";
import { mattermost as half } from "../../src/sandbox/networks/mattermost/mattermost.ts";
import {
  contextOn,
  openStage,
  postOf,
  type Stage,
  type StageReply,
  type StageRequest,
} from "../../src/testing.ts";
import { describeAdapter } from "./contract.ts";

const ROOM = "abcdefghijklmnopqrstuvwxyz";
const channel = (server: string) => ({ server, token: "mattermost-secret", channel_id: ROOM });
const post = (part: object = {}) => ({
  id: "p1",
  channel_id: ROOM,
  create_at: Date.parse("2026-11-23T09:00:01Z"),
  user_id: "u1",
  message: "Acme 2.4 is out",
  ...part,
});

function answer({ method, path }: StageRequest): StageReply {
  if (path === "/api/v4/users/me") return { status: 200, body: { id: "u1", username: "acme" } };
  if (path.startsWith("/api/v4/config/"))
    return { status: 200, body: { MaxPostSize: "4000", MaxFileSize: "1000" } };
  if (path === "/api/v4/users/ids")
    return { status: 200, body: [{ id: "u2", username: "maria", first_name: "Maria", last_name: "Rossi" }] };
  if (path === `/api/v4/channels/${ROOM}`)
    return { status: 200, body: { id: ROOM, team_id: "t1", display_name: "News" } };
  if (path === "/api/v4/teams/t1") return { status: 200, body: { name: "acme" } };
  if (path === "/api/v4/posts/p1/thread") {
    const own = post({ id: "p2", root_id: "p1" });
    const others = [
      { id: "p4", at: "2026-11-23T10:00:00Z", message: "Later" },
      { id: "p3", at: "2026-11-23T09:30:00Z", message: "Thanks" },
    ].map(({ id, at, message }) =>
      post({ id, root_id: "p1", user_id: "u2", create_at: Date.parse(at), message }),
    );
    const posts = Object.fromEntries([post(), own, ...others].map((one) => [one.id, one]));
    return { status: 200, body: { order: Object.keys(posts), posts } };
  }
  if (path === "/api/v4/posts/p1/reactions")
    return { status: 200, body: [{ emoji_name: "tada" }, { emoji_name: "+1" }] };
  if (path.startsWith("/api/v4/posts/p1")) return { status: 200, body: post({ reply_count: 3 }) };
  return method === "POST" ? { status: 201, body: post() } : { status: 404, body: {} };
}

const out = { id: "p1", url: "https://chat.example/acme/pl/p1" };

describeAdapter(
  mattermost,
  { ...half, ways: half.ways.slice(0, 1) },
  {
    receipt: out,
    answer: (request) =>
      /\/posts\/p1/.test(request.path) ? (answer(request) as { status: number }) : undefined,
    changes: ({ method, path }) => /\/posts\/p1/.test(path) && (method === "PUT" || method === "DELETE"),
  },
);
describeAdapter(mattermost, { ...half, ways: half.ways.slice(1) });

describe("mattermost", () => {
  let stage: Stage;
  beforeEach(async () => {
    stage = await openStage(answer);
  });
  afterEach(() => stage.close());
  const context = (part: Partial<Parameters<typeof contextOn>[2]> = {}) =>
    contextOn(mattermost, stage, { channel: channel(stage.url), ...part });
  const sent = () => JSON.parse(stage.requests.at(-1)!.body.toString());

  it("labels the first post of a thread, and hangs the others below it", async () => {
    const options = { priority: "urgent" as const };
    const receipt = await mattermost.publish(postOf({ options }), context());
    expect(receipt).toEqual({ id: "p1", url: `${stage.url}/acme/pl/p1` });
    expect(sent()).toMatchObject({ channel_id: ROOM, metadata: { priority: { priority: "urgent" } } });
    const thread = { root: receipt, parent: { id: "p2", ref: { root: "p1" } } };
    const second = await mattermost.publish(postOf({ options }), context({ thread }));
    expect(sent()).toMatchObject({ root_id: "p1" });
    expect(sent()).not.toHaveProperty("metadata");
    expect(second.ref).toEqual({ root: "p1" });
  });

  it("gives direct messages, which have no team, an address that any of the reader's teams opens", async () => {
    const rest = stage.answer;
    stage.answer = (request) =>
      request.path === `/api/v4/channels/${ROOM}`
        ? { status: 200, body: { id: ROOM, team_id: "" } }
        : rest(request);
    expect((await mattermost.publish(postOf({ options: {} }), context())).url).toBe(
      `${stage.url}/_redirect/pl/p1`,
    );
  });

  it("takes the server's own limits, and says who it is and where", async () => {
    expect(await mattermost.account?.(context())).toMatchObject({
      id: "u1",
      handle: "@acme in News",
      limits: { text: { max: 4000 }, media: { image: { bytes: 1000 }, document: { bytes: 1000 } } },
    });
    expect(stage.events).not.toContain("sending");
  });

  it("counts reactions and answers, and hears others with their names", async () => {
    expect(await mattermost.metrics?.([out], context())).toEqual([{ likes: 2, replies: 3 }]);
    const heard = await mattermost.replies?.(out, context(), new Date("2026-11-23T09:10:00Z"));
    expect(heard?.map(({ id, text }) => [id, text])).toEqual([
      ["p3", "Thanks"],
      ["p4", "Later"],
    ]);
    expect(heard?.[0]).toMatchObject({
      author: { handle: "@maria", name: "Maria Rossi" },
      url: "https://chat.example/acme/pl/p3",
      ref: { root: "p1" },
    });
  });

  it("is not sure while the server still works on the same post, and knows a webhook that is gone", async () => {
    stage.answer = () => ({
      status: 500,
      body: { id: "api.post.deduplicate_create_post.pending", message: "pending", status_code: 500 },
    });
    const again = mattermost.publish(
      postOf({ options: {} }),
      context({ memory: { steps: known(), session: null } }),
    );
    await expect(again).rejects.toMatchObject({ code: "uncertain" });
    stage.answer = () => ({
      status: 400,
      body: { id: "web.incoming_webhook.invalid.app_error", message: "Invalid webhook.", status_code: 400 },
    });
    const hook = contextOn(mattermost, stage, { channel: { webhook: `${stage.url}/hooks/x` } });
    await expect(mattermost.publish(postOf({ options: {} }), hook)).rejects.toMatchObject({ code: "auth" });
  });

  it("takes either a webhook or a bot with a channel's id", () => {
    const takes = (settings: object) => safeParse(mattermost.channel, settings).success;
    expect(takes(channel("https://chat.example"))).toBe(true);
    expect(takes({ webhook: "https://chat.example/hooks/x" })).toBe(true);
    expect(takes({ ...channel("https://chat.example"), channel_id: "town-square" })).toBe(false);
    expect(takes({ server: "https://chat.example", token: "t" })).toBe(false);
    expect(takes({ webhook: "https://chat.example/hooks/x", token: "t" })).toBe(false);
    const image = { file: "a.png", sha256: "00", type: "image/png", bytes: 1, alt: "A" };
    const hook = { webhook: "https://chat.example/hooks/x" };
    expect(mattermost.check?.(postOf({ options: {}, media: [image] }), hook)).toMatchObject({
      about: "media",
    });
  });
});

function known() {
  return new Map([["team", { result: "acme", at: Date.now() }]]);
}
