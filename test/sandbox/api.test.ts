/** What every half gets from `api`: routes, credentials, windows, trouble, bodies. */
import { describe, expect, it } from "vitest";
import { type ApiRules, api, isOneOf, refusal, unlessRefused } from "../../src/sandbox/api.ts";
import { bearer } from "../../src/sandbox/body.ts";
import type { SandboxNetwork, SandboxReply, Trouble } from "../../src/sandbox/network.ts";
import { createStage } from "../../src/sandbox/router.ts";
import { NOW } from "./stand.ts";

const said = (status: number, error: string): SandboxReply => ({ status, body: { error } });

function ask(change: Partial<ApiRules<{ made: unknown[] }, string>> = {}) {
  const clock = { at: NOW };
  const network: SandboxNetwork = {
    id: "acme",
    name: "Acme",
    look: { light: "#000000", dark: "#ffffff", mark: "A", layout: "post", alt: false },
    ways: [{ name: "token" }],
    channel: (_, server) => ({ server }),
    publishes: isOneOf("POST /posts"),
    handle: api<{ made: unknown[] }, string>({
      id: "acme",
      state: () => ({ made: [] }),
      auth({ request }) {
        const name = bearer(request);
        if (name === undefined) throw refusal(said(401, "who?"));
        return name;
      },
      expired: () => said(401, "ended"),
      windows: { posts: [{ posts: 3, ms: 10_000 }], calls: [{ posts: 9, ms: 1_000 }] },
      limited: ({ window, limit }) => said(429, `${window} ${limit}`),
      rateHeaders: ({ window, remaining, seconds }) => ({ "x-left": `${window} ${remaining} ${seconds}` }),
      malformed: ({ type }) => said(400, `no ${type}`),
      unknown: ({ path }, allowed) =>
        path.startsWith("/page") ? undefined : said(404, `nothing; ${allowed.join(" ")}`),
      open: {
        "GET /who": (call) => ({ status: 200, body: { who: unlessRefused(() => call.who()) ?? null } }),
      },
      routes: {
        "POST /posts": (call) => {
          const { text } = call.fields();
          if (text === undefined) throw refusal(said(422, "no text"));
          call.take("posts", call.who(), Number(call.fields().cost ?? 1));
          call.state.made.push(text);
          return { status: 201, body: { made: call.state.made } };
        },
        "GET /posts/:id/files/*path": ({ params }) => ({ status: 200, body: params }),
        "DELETE /posts/:id": () => {
          throw new RangeError("ours");
        },
      },
      ...change,
    }),
  };
  const stage = createStage({
    networks: [network],
    origin: () => "http://x",
    folder: "/nowhere",
    now: () => clock.at,
  });
  const call = async (
    method: string,
    path: string,
    { as = "ann", json, trouble }: { as?: string | null; json?: unknown; trouble?: Trouble } = {},
  ) => {
    const headers = {
      ...(as === null ? {} : { authorization: `Bearer ${as}` }),
      ...(json === undefined ? {} : { "content-type": "application/json" }),
    };
    const body = typeof json === "string" ? json : JSON.stringify(json);
    const request = { method, url: `/acme${path}`, headers, ...(body && { body: Buffer.from(body) }) };
    const reply = await stage.handle(request, trouble);
    return {
      status: reply.status,
      headers: reply.headers,
      body: JSON.parse(reply.body.toString() || "null"),
    };
  };
  return { call, clock, stage, network };
}

describe("a half's rules", () => {
  it("find a route by method and path, and name its parts", async () => {
    const { call } = ask();
    expect((await call("GET", "/posts/7/files/a/b.png")).body).toEqual({ id: "7", path: "a/b.png" });
    expect(await call("GET", "/posts/7/8/files/a")).toMatchObject({
      status: 404,
      body: { error: "nothing; " },
    });
    expect((await call("PUT", "/posts")).body).toEqual({ error: "nothing; POST" });
  });

  it("leave what is no part of the API to the sandbox", async () => {
    const { network, stage } = ask();
    const asked = {
      method: "GET",
      path: "/page/1",
      query: new URLSearchParams(),
      headers: {},
      body: Buffer.of(),
    };
    expect(network.handle(asked, stage.world)).toBeUndefined();
  });

  it("ask for a credential where the route is not open", async () => {
    const { call } = ask();
    expect(await call("POST", "/posts", { as: null, json: { text: "x" } })).toMatchObject({
      status: 401,
      body: { error: "who?" },
    });
    expect((await call("GET", "/who", { as: null })).body).toEqual({ who: null });
    expect((await call("GET", "/who")).body).toEqual({ who: "ann" });
  });

  it("end a credential and fill a window when chaos says so, in the network's words", async () => {
    const { call } = ask();
    const post = (trouble: Trouble) => call("POST", "/posts", { json: { text: "x" }, trouble });
    expect(await post({ kind: "expired" })).toMatchObject({ status: 401, body: { error: "ended" } });
    const full = await post({ kind: "limited", retryAfter: "2" });
    expect(full).toMatchObject({ status: 429, headers: { "retry-after": "2" }, body: { error: "posts 3" } });
    expect((await post({ kind: "limited" })).headers).not.toHaveProperty("retry-after");
    expect((await call("POST", "/posts", { json: { text: "first" } })).body).toEqual({ made: ["first"] });
  });

  it("count, tell what is left, and refuse until the window has room", async () => {
    const { call, clock } = ask();
    const post = (as = "ann", cost = 1) => call("POST", "/posts", { as, json: { text: "x", cost } });
    expect((await post()).headers["x-left"]).toBe("posts 2 10");
    clock.at += 1_500;
    expect((await post("ann", 2)).headers["x-left"]).toBe("posts 0 8.5");
    const refused = await post();
    expect(refused).toMatchObject({ status: 429, headers: { "retry-after": "9" } });
    expect((await post("ben")).status).toBe(201);
    clock.at += 8_500;
    expect((await post()).status).toBe(201);
  });

  it("do not count what they refuse", async () => {
    const { call } = ask();
    for (let n = 0; n < 5; n++) expect((await call("POST", "/posts", { json: {} })).status).toBe(422);
    expect((await call("POST", "/posts", { json: { text: "x" } })).headers["x-left"]).toBe("posts 2 10");
  });

  it("count every call where the network does", async () => {
    const { call } = ask({ always: { window: "calls", account: (who) => who } });
    expect((await call("GET", "/posts/1/files/a")).headers["x-left"]).toBe("calls 8 1");
    for (let n = 0; n < 8; n++) await call("GET", "/posts/1/files/a");
    expect(await call("GET", "/posts/1/files/a")).toMatchObject({ status: 429, body: { error: "calls 9" } });
    expect((await call("GET", "/who")).status).toBe(200);
  });

  it("refuse a body that is not what it says", async () => {
    const { call } = ask();
    expect(await call("POST", "/posts", { json: "{" })).toMatchObject({
      status: 400,
      body: { error: "no json" },
    });
  });

  it("take nothing for a refusal that is none", async () => {
    await expect(ask().call("DELETE", "/posts/1")).rejects.toThrow("ours");
    expect(() =>
      unlessRefused(() => {
        throw new RangeError("ours");
      }),
    ).toThrow("ours");
  });

  it("know a route without a request", () => {
    const publishes = isOneOf("POST /posts", "PUT /rooms/:room/posts/:id");
    expect([publishes("POST", "/posts"), publishes("PUT", "/rooms/a/posts/1")]).toEqual([true, true]);
    expect([
      publishes("GET", "/posts"),
      publishes("PUT", "/rooms/a/posts"),
      publishes("POST", "/posts/"),
    ]).toEqual([false, false, false]);
  });
});
