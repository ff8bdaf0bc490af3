import { describe, expect, it } from "vitest";
import { createFaultSchedule, FAULTS, type Fault, PROFILES } from "../../src/sandbox/chaos.ts";
import type { SandboxNetwork } from "../../src/sandbox/network.ts";
import type { Sandbox } from "../../src/sandbox/server.ts";
import { call, fileForm, NOW, png, stand } from "./stand.ts";

async function playing(steps: Fault[]) {
  const { sandbox, clock } = await stand({ chaos: { profile: "calm", seed: 1, scripts: [{ steps }] } });
  return { sandbox, clock, post: (key?: string) => post(sandbox, key) };
}

function post(sandbox: Sandbox, key?: string) {
  const { server, token } = sandbox.channel("mastodon", "acme");
  const headers = { authorization: `Bearer ${token}`, ...(key ? { "idempotency-key": key } : {}) };
  return call(`${server}/api/v1/statuses`, { json: { status: "out" }, headers });
}

const kept = async (sandbox: Sandbox) => (await sandbox.posts()).length;

describe("chaos", () => {
  it("breaks the connection before it reads, or after it took the post", async () => {
    const { sandbox, post } = await playing(["reset", "commit-then-reset", "ok"]);
    await expect(post()).rejects.toThrow();
    expect(await kept(sandbox)).toBe(0);
    await expect(post("key")).rejects.toThrow();
    expect(await kept(sandbox)).toBe(1);
    expect((await post("key")).status).toBe(200);
    expect(await kept(sandbox)).toBe(1);
  });

  it("plays on what a body publishes, where one address does everything", async () => {
    const graph: SandboxNetwork = {
      id: "graph",
      name: "Graph",
      look: { light: "#000000", dark: "#ffffff", mark: "G", layout: "message", alt: false },
      ways: [{ name: "token" }],
      channel: (_, server) => ({ server }),
      publishes: (method, path) => method === "POST" && path === "/graphql",
      publishing: (body) => body.includes("mutation"),
      handle: () => ({ status: 200, body: { data: null } }),
    };
    const scripts = [{ steps: ["html-error" as const] }];
    const { sandbox } = await stand({ networks: [graph], chaos: { profile: "calm", seed: 1, scripts } });
    const ask = (query: string) => call(`${sandbox.url}/graph/graphql`, { json: { query } });
    expect([(await ask("query { me }")).status, (await ask("mutation { post }")).status]).toEqual([200, 502]);
    expect(sandbox.requests.map(({ publishes }) => publishes)).toEqual([false, true]);
  });

  it("takes the post and never answers", async () => {
    const { sandbox, post } = await playing(["commit-then-hang"]);
    const answer = await Promise.race([
      post().catch(() => "broken"),
      new Promise((done) => setTimeout(done, 150, "silent")),
    ]);
    expect(answer).toBe("silent");
    expect(await kept(sandbox)).toBe(1);
  });

  it.each([
    ["commit-then-500", 500, 1],
    ["commit-then-502", 502, 1],
    ["commit-then-504", 504, 1],
    ["html-error", 502, 0],
  ] as const)("answers %s", async (fault, status, posts) => {
    const { sandbox, post } = await playing([fault]);
    expect((await post()).status).toBe(status);
    expect(await kept(sandbox)).toBe(posts);
  });

  it("limits with Retry-After in seconds, as a date, and without", async () => {
    const { sandbox, post } = await playing(["limited-seconds", "limited-date", "limited-bare"]);
    const answers = [await post(), await post(), await post()];
    expect(answers.map(({ status }) => status)).toEqual([429, 429, 429]);
    expect(answers.map(({ headers }) => headers["retry-after"])).toEqual([
      "2",
      new Date(NOW + 2_000).toUTCString(),
      undefined,
    ]);
    expect(answers[2]?.body).toEqual({ error: "Too many requests" });
    expect(await kept(sandbox)).toBe(0);
  });

  it("garbles the answer to a post that is out", async () => {
    const { sandbox, post } = await playing(["truncated-json", "wrong-type", "huge", "slow"]);
    const [truncated, typed, huge, slow] = [await post(), await post(), await post(), await post()];
    expect(() => JSON.parse(truncated.text)).toThrow();
    expect(typed.headers["content-type"]).toContain("text/plain");
    expect(huge.text.length).toBeGreaterThan(16_000_000);
    expect(slow.body.content).toBe("<p>out</p>");
    expect(await kept(sandbox)).toBe(4);
  });

  it("redirects to another host, and sees whether credentials follow", async () => {
    const { sandbox, post } = await playing(["redirect"]);
    const { status, headers } = await post();
    expect(status).toBe(307);
    expect(new URL(headers.location ?? "").hostname).toBe("localhost");
    expect(await kept(sandbox)).toBe(0);
    expect(sandbox.requests.map(({ fault }) => fault)).toEqual(["redirect"]);
    await call((headers.location ?? "").replace("localhost", "127.0.0.1"), {
      headers: { authorization: "Bearer followed" },
    });
    expect(sandbox.requests.at(-1)).toMatchObject({
      path: "/elsewhere/mastodon/api/v1/statuses",
      headers: { authorization: "Bearer followed" },
    });
  });

  it("shuts the door for a moment, and opens it again", async () => {
    const { sandbox, post } = await playing(["refuse"]);
    expect((await post()).status).toBe(503);
    await expect(post()).rejects.toMatchObject({ code: expect.stringMatching(/^ECONN(REFUSED|RESET)$/) });
    await new Promise((done) => setTimeout(done, 600));
    expect((await post()).status).toBe(200);
    expect(await kept(sandbox)).toBe(1);
  });

  it("ends a credential in the network's own words", async () => {
    const { post } = await playing(["expired"]);
    expect(await post()).toMatchObject({ status: 401, body: { error: "The access token was revoked" } });
    expect((await post()).status).toBe(200);
  });

  it("ends a session for good where it can be refreshed", async () => {
    const { sandbox } = await playing(["expired"]);
    const { server, identifier, password } = sandbox.channel("bluesky", "acme");
    const session = (
      await call(`${server}/xrpc/com.atproto.server.createSession`, { json: { identifier, password } })
    ).body;
    const record = { $type: "app.bsky.feed.post", text: "x", createdAt: "2026-11-23T08:00:00Z" };
    const json = { repo: session.did, collection: record.$type, rkey: "3lbfxabcdef22", record };
    const put = () =>
      call(`${server}/xrpc/com.atproto.repo.putRecord`, {
        json,
        headers: { authorization: `Bearer ${session.accessJwt}` },
      });
    expect((await put()).body.error).toBe("ExpiredToken");
    expect((await put()).body.error).toBe("ExpiredToken");
  });

  it("keeps an upload in processing", async () => {
    const scripts = [{ path: "/api/v2/media", steps: ["processing" as const] }];
    const { sandbox, clock } = await stand({ chaos: { profile: "calm", seed: 1, scripts } });
    const { server, token } = sandbox.channel("mastodon", "acme");
    const headers = { authorization: `Bearer ${token}` };
    const media = await call(`${server}/api/v2/media`, { data: fileForm({}, { file: png() }), headers });
    expect(media.status).toBe(202);
    clock.at += 2_000;
    expect((await call(`${server}/api/v1/media/${media.body.id}`, { headers })).status).toBe(206);
    clock.at += 2_000;
    expect((await call(`${server}/api/v1/media/${media.body.id}`, { headers })).status).toBe(200);
  });

  it("sets the server's clock wrong by minutes", async () => {
    const { post } = await playing(["clock-off"]);
    const { body, headers } = await post();
    const off = Math.abs(Date.parse(body.created_at) - NOW);
    expect(off).toBeGreaterThanOrEqual(120_000);
    expect(off).toBeLessThan(600_000);
    expect(Date.parse(headers.date ?? "")).toBe(Date.parse(body.created_at));
  });

  it("delivers twice only what the network itself would recognise", async () => {
    const { sandbox, post } = await playing(["duplicate", "duplicate"]);
    await post("key");
    expect(await kept(sandbox)).toBe(1);
    await post();
    expect(await kept(sandbox)).toBe(2);
  });

  it("leaves a refusal as it is", async () => {
    const { sandbox } = await playing(["commit-then-500"]);
    const { server } = sandbox.channel("mastodon", "acme");
    expect((await call(`${server}/api/v1/statuses`, { json: { status: "x" } })).status).toBe(401);
  });

  it("leaves the page alone", async () => {
    const { sandbox } = await stand({
      chaos: { profile: "commit-then-500", seed: 1, scripts: [{ path: "/", steps: ["reset"] }] },
    });
    expect((await call(sandbox.url)).status).toBe(200);
  });
});

describe("the weather", () => {
  const drawn = (seed: number, network: string, count = 200) => {
    const weather = createFaultSchedule({ profile: "storm", seed });
    return Array.from({ length: count }, () => weather.next(network, "POST", "/x", true));
  };

  it("is the same for the same seed, and another for another", () => {
    expect(drawn(7, "a")).toEqual(drawn(7, "a"));
    expect(drawn(7, "a")).not.toEqual(drawn(8, "a"));
  });

  it("does not depend on what the other networks do", () => {
    const weather = createFaultSchedule({ profile: "storm", seed: 7 });
    const mixed = Array.from({ length: 200 }, () => {
      weather.next("b", "POST", "/x", true);
      return weather.next("a", "POST", "/x", true);
    });
    expect(mixed).toEqual(drawn(7, "a"));
  });

  it("comes about as often as its profile says", () => {
    const faults = drawn(3, "a", 4_000);
    for (const [fault, probability] of Object.entries(PROFILES.storm ?? {})) {
      if (fault === "processing") continue;
      const share = faults.filter((one) => one === fault).length / faults.length;
      expect(Math.abs(share - probability)).toBeLessThan(0.02);
    }
  });

  it("plays a script per network and path, and is calm afterwards", () => {
    const scripts = [
      { network: "a", steps: ["reset" as const, "ok" as const, "slow" as const] },
      { network: "b", path: "/upload", steps: ["html-error" as const] },
    ];
    const weather = createFaultSchedule({ profile: "calm", seed: 1, scripts });
    expect(weather.next("b", "POST", "/x", true)).toBe("ok");
    expect(weather.next("a", "GET", "/x", false)).toBe("ok");
    expect([1, 2, 3, 4].map(() => weather.next("a", "POST", "/x", true))).toEqual([
      "reset",
      "ok",
      "slow",
      "ok",
    ]);
    expect(weather.next("b", "POST", "/upload/1", false)).toBe("html-error");
  });

  it("takes one fault's name as a profile, and tells the names when it knows none", () => {
    const weather = createFaultSchedule({ profile: "slow", seed: 1 });
    expect(new Set(Array.from({ length: 50 }, () => weather.next("a", "POST", "/x", true)))).toEqual(
      new Set(["ok", "slow"]),
    );
    expect(() => createFaultSchedule({ profile: "sunny", seed: 1 })).toThrow(
      'there is no chaos profile "sunny"',
    );
  });

  it("adds up to less than one in every profile", () => {
    for (const profile of Object.values(PROFILES)) {
      const { processing: _, ...posts } = profile;
      expect(Object.values(posts).reduce((sum, one) => sum + one, 0)).toBeLessThanOrEqual(1);
      expect(Object.keys(profile).every((fault) => FAULTS.includes(fault as Fault))).toBe(true);
    }
  });
});
