import * as v from "valibot";
import { describe, expect, it } from "vitest";
import { NetworkError } from "../../src/errors.ts";
import { createHttp, expectReply, type HttpOptions, isOwn, type WireReply } from "../../src/http/http.ts";
import { quotaOf, resetAt } from "../../src/http/rate-limit.ts";

const NOW = Date.parse("2026-12-01T08:00:00Z");
const reply = (status: number, body: string, headers: Record<string, string> = {}): WireReply => ({
  status,
  headers: { "content-type": "application/json", ...headers },
  body: Buffer.from(body),
});

function client(answer: WireReply | Error, over: Partial<HttpOptions> = {}) {
  const seen: Parameters<HttpOptions["transport"]>[0][] = [];
  const http = createHttp({
    transport: async (request) => {
      seen.push(request);
      if (answer instanceof Error) throw answer;
      return answer;
    },
    userAgent: "test/1",
    secrets: ["s3cret token"],
    now: () => NOW,
    ...over,
  });
  return { http, seen };
}

async function refusal(promise: Promise<unknown>): Promise<NetworkError> {
  const error = await promise.then(
    () => undefined,
    (reason) => reason,
  );
  expect(error).toBeInstanceOf(NetworkError);
  return error as NetworkError;
}

const OWN = { body: v.object({ error: v.string() }) };
const URL_WITH_PATH = "https://net.example/bot12345/send?x=1";
const post = { method: "POST", url: URL_WITH_PATH, json: {} } as const;
const broken = (code: string) => Object.assign(new Error(code), { code });

describe("http", () => {
  it.each([
    [401, "uncertain", "auth"],
    [403, "rejected", "rejected"],
    [404, "rejected", "rejected"],
    [422, "rejected", "rejected"],
    [408, "uncertain", "unavailable"],
    [425, "uncertain", "unavailable"],
    [429, "uncertain", "limited"],
    [500, "uncertain", "unavailable"],
    [502, "uncertain", "unavailable"],
    [503, "uncertain", "unavailable"],
    [504, "uncertain", "unavailable"],
    [521, "uncertain", "unavailable"],
    [523, "uncertain", "unavailable"],
    [302, "rejected", "rejected"],
  ])("reads %i as %s for what publishes and as %s for what only asks", async (status, publishing, asking) => {
    // Whoever has an HTML page for it: a proxy may have passed the post on before.
    const { http } = client(reply(status, "<html>words", { "content-type": "text/html" }), { own: OWN });
    expect((await refusal(http(post))).code).toBe(publishing);
    expect((await refusal(http({ url: URL_WITH_PATH }))).code).toBe(asking);
  });

  it.each([
    [401, "auth"],
    [429, "limited"],
    [408, "unavailable"],
    [503, "unavailable"],
  ])("believes the network's own %i also for what publishes", async (status, code) => {
    const answer = reply(status, '{"error":"words"}');
    expect((await refusal(client(answer, { own: OWN }).http(post))).code).toBe(code);
    expect((await refusal(client(answer).http(post))).code).toBe("uncertain");
  });

  it("does not believe a rule's words in a page that is not the network's", async () => {
    const errors = [{ status: 403, words: "login", code: "auth" }] as const;
    const page = reply(403, "<html>Please login to the hotel", { "content-type": "text/html" });
    expect((await refusal(client(page, { errors, own: OWN }).http(post))).code).toBe("uncertain");
    const said = reply(403, '{"error":"login"}');
    expect((await refusal(client(said, { errors, own: OWN }).http(post))).code).toBe("auth");
  });

  it.each([
    ["ECONNREFUSED", "unavailable"],
    ["ENOTFOUND", "unavailable"],
    ["EHOSTUNREACH", "uncertain"],
    ["CERT_HAS_EXPIRED", "unavailable"],
    ["ECONNRESET", "uncertain"],
    ["UND_ERR_SOCKET", "uncertain"],
    ["EPIPE", "uncertain"],
    ["REPLY_TOO_LARGE", "uncertain"],
  ])("reads %s as %s", async (code, expected) => {
    expect((await refusal(client(broken(code)).http(post))).code).toBe(expected);
    const wrapped = new TypeError("fetch failed", { cause: broken(code) });
    expect((await refusal(client(wrapped).http(post))).code).toBe(expected);
  });

  it("knows that nothing left when the connection never stood", async () => {
    for (const code of ["EHOSTUNREACH", "ENETUNREACH", "ETIMEDOUT", "ECONNRESET"]) {
      const never = Object.assign(broken(code), { syscall: "connect" });
      expect((await refusal(client(never).http(post))).code).toBe("unavailable");
    }
    const both = new AggregateError([
      Object.assign(broken("ETIMEDOUT"), { syscall: "connect" }),
      broken("ECONNRESET"),
    ]);
    expect((await refusal(client(both).http(post))).code).toBe("uncertain");
  });

  it("takes the end of a rate window for no word about when a server that is down is back", async () => {
    const down = await refusal(
      client(reply(503, "{}", { "x-ratelimit-reset": "300" })).http({ url: URL_WITH_PATH }),
    );
    expect(down.retryAt).toBeUndefined();
    for (const request of [post, { url: URL_WITH_PATH }]) {
      const said = await refusal(client(reply(503, "{}", { "retry-after": "9" })).http(request));
      expect(said.retryAt).toBe(NOW + 9000);
    }
  });

  it("masks a webhook's token also where the server repeats only the path, and a session's token", async () => {
    const hook = "https://hooks.example/services/T000/B000/abcdefghijklmnop";
    const { http } = client(
      reply(404, '{"error":"no /services/T000/B000/abcdefghijklmnop or abcdefghijklmnop, jwt.jwt.jwt"}'),
      {
        secrets: [hook],
      },
    );
    const error = await refusal(http({ ...post, headers: { Authorization: "Bearer jwt.jwt.jwt" } }));
    expect(error.message).toBe("POST net.example answered 404: no *** or ***, ***");
  });

  it("masks before it cuts, so that no half of a secret is left", async () => {
    const token = "s3cret-token-of-some-length";
    for (let before = 200; before < 260; before++) {
      const { http } = client(reply(400, JSON.stringify({ error: "x".repeat(before) + token })), {
        secrets: [token],
      });
      const { message } = await refusal(http(post));
      expect(message).not.toContain(token.slice(0, 4));
      expect(message.length).toBeLessThan(300);
    }
  });

  it("gives up at the deadline, and does not know then", async () => {
    const { http } = client(reply(200, "{}"), {
      transport: (_request, signal) =>
        new Promise((_resolve, reject) => signal.addEventListener("abort", () => reject(signal.reason))),
    });
    const error = await refusal(http({ ...post, deadline: 20 }));
    expect(error.code).toBe("uncertain");
    expect(error.message).toBe("POST net.example did not answer within 20 ms");
  });

  it("takes a success with broken JSON for uncertain, since the post may be out", async () => {
    expect((await refusal(client(reply(200, '{"id":')).http(post))).code).toBe("uncertain");
    const page = await client(reply(200, "<html>", { "content-type": "text/html" })).http(post);
    expect(() => expectReply(page, v.object({ id: v.string() }), "an id")).toThrow(
      "answered 200 without an id",
    );
  });

  it("names the host and never the path, and masks secrets in the network's words", async () => {
    const error = await refusal(client(reply(422, '{"error":"bad s3cret token here"}')).http(post));
    expect(error.message).toBe("POST net.example answered 422: bad *** here");
  });

  it("waits for the record before anything that may publish, and not before a question", async () => {
    const order: string[] = [];
    const { http } = client(reply(200, "{}"), {
      sending: async () => void order.push("record"),
      transport: async ({ method }) => {
        order.push(method);
        return reply(200, "{}");
      },
    });
    await http({ url: URL_WITH_PATH });
    await http(post);
    expect(order).toEqual(["GET", "record", "POST"]);
  });

  it("sends nothing when the record cannot be made", async () => {
    const { http, seen } = client(reply(200, "{}"), {
      sending: () => Promise.reject(new Error("disk full")),
    });
    await expect(http(post)).rejects.toThrow("disk full");
    expect(seen).toHaveLength(0);
  });

  it("lets the adapter's reading win over the table", async () => {
    const { http } = client(reply(200, '{"ok":false}'), {
      classify: () => ({ code: "rejected", message: "token revoked" }),
    });
    expect((await refusal(http(post))).code).toBe("rejected");
  });

  it("sends the same multipart bytes every time", async () => {
    const { http, seen } = client(reply(200, "{}"));
    const parts = [
      { name: "a", value: "1" },
      { name: "file", value: new Uint8Array([1, 2, 3]), filename: 'we"ird\r\n.png', type: "image/png" },
    ];
    await http({ method: "POST", url: URL_WITH_PATH, parts });
    await http({ method: "POST", url: URL_WITH_PATH, parts });
    const text = Buffer.from(seen[0]?.body ?? []).toString("latin1");
    expect(seen[0]?.body).toEqual(seen[1]?.body);
    expect(text).toContain('filename="we%22ird%0D%0A.png"');
  });
});

describe("a request below the endpoint", () => {
  const endpoint = {
    base: "https://net.example/v1",
    headers: { Authorization: "Bearer tok.en", "X-Version": "7" },
  };

  it("gets its address, its query and its headers there, and another address gets none of them", async () => {
    const { http, seen } = client(reply(200, "{}"), { endpoint });
    const query = { limit: 40, before: undefined, "id[]": ["1", "2"], all: true };
    await http({ path: "/posts?x=1", query });
    await http({ url: "https://files.example/upload" });
    expect(seen[0]?.url).toBe("https://net.example/v1/posts?x=1&limit=40&id%5B%5D=1&id%5B%5D=2&all=true");
    expect(seen[0]?.headers).toMatchObject({ authorization: "Bearer tok.en", "x-version": "7" });
    expect(seen[1]?.headers).not.toHaveProperty("authorization");
    expect(seen[1]?.headers).not.toHaveProperty("x-version");
  });

  it("keeps the endpoint's token out of messages", async () => {
    const { http } = client(reply(422, '{"error":"tok.en is bad"}'), { endpoint });
    expect((await refusal(http({ path: "/posts" }))).message).not.toContain("tok.en");
  });

  it("is signed over its final bytes, just before the attempt is written down", async () => {
    const order: string[] = [];
    const { http, seen } = client(reply(200, "{}"), {
      endpoint: {
        ...endpoint,
        sign({ method, url, headers, body }) {
          order.push("sign");
          return {
            "X-Signed": [method, url, headers["content-type"], Buffer.from(body ?? []).toString()].join(" "),
          };
        },
      },
      sending: async () => void order.push("sending"),
    });
    await http({ method: "POST", path: "/posts", query: { a: 1 }, json: { text: "Hi" } });
    expect(seen[0]?.headers["x-signed"]).toBe(
      'POST https://net.example/v1/posts?a=1 application/json {"text":"Hi"}',
    );
    expect(order).toEqual(["sign", "sending"]);
  });

  it("leaves undefined fields of a form out", async () => {
    const { http, seen } = client(reply(200, "{}"), { endpoint });
    await http({ method: "POST", path: "/", form: { a: "1", b: undefined } });
    expect(Buffer.from(seen[0]?.body ?? []).toString()).toBe("a=1");
  });
});

describe("what is a refusal", () => {
  it("is not what the request says is fine: by status, or by words below 500", async () => {
    const gone = client(reply(404, '{"error":"gone"}')).http;
    expect((await gone({ ...post, ok: [404] })).status).toBe(404);
    const unknown = reply(200, '{"ok":false,"error":"message_not_found"}');
    const { http } = client(unknown, { classify: () => ({ code: "rejected", message: "no" }) });
    expect((await http({ ...post, ok: ["message_not_found"] })).status).toBe(200);
    expect((await refusal(http({ ...post, ok: ["another"] }))).code).toBe("rejected");
    const page = client(reply(502, "message_not_found")).http;
    expect((await refusal(page({ ...post, ok: ["message_not_found"] }))).code).toBe("uncertain");
  });

  it.each([
    [403, '{"error":"rate limit"}', "limited"],
    [403, '{"error":"no"}', "auth"],
    [422, '{"error":"D\\u00fcplicate"}', "uncertain"],
    // A success that happens to hold the words is none.
    [200, '{"text":"rate limit"}', undefined],
    [404, '{"error":"no"}', "rejected"],
  ])("is read from the rules first: %i %s", async (status, body, code) => {
    const errors = [
      { words: "RATE LIMIT", code: "limited" },
      { status: 403, code: "auth" },
      { status: [409, 422], words: /Düplicate/, code: "uncertain" },
    ] as const;
    const { http } = client(reply(status, body), { errors, own: OWN });
    const outcome = await http(post).then(
      () => undefined,
      (error: NetworkError) => error.code,
    );
    expect(outcome).toBe(code);
  });

  it("says in its body when to come again", async () => {
    const said = (body: string) => refusal(client(reply(429, body, { "retry-after": "9" })).http(post));
    expect((await said('{"retry_after":1.5}')).retryAt).toBe(NOW + 1_500);
    expect((await said('{"parameters":{"retry_after":35}}')).retryAt).toBe(NOW + 35_000);
    expect((await said('{"retry_after":"soon"}')).retryAt).toBe(NOW + 9_000);
  });
});

describe("the network's own word", () => {
  const own = { headers: ["x-request-id"], body: v.object({ error: v.string() }) };
  const read = (body: unknown, headers = {}) => ({ status: 503, headers, body, text: "" });

  it("is known by a header or by the shape of its body", () => {
    expect(isOwn(read("<html>", { "x-request-id": "1" }), own)).toBe(true);
    expect(isOwn(read({ error: "down" }), own)).toBe(true);
    expect(isOwn(read("<html>Bad gateway"), own)).toBe(false);
    expect(isOwn(read({ message: "proxy" }), own)).toBe(false);
  });

  it("is nothing where nothing is declared", () => {
    expect(isOwn(read({ error: "down" }), undefined)).toBe(false);
  });
});

describe("a server's word about its limits", () => {
  it.each([
    [{ "retry-after": "120" }, NOW + 120_000],
    [{ "retry-after": "Tue, 01 Dec 2026 08:05:00 GMT" }, NOW + 300_000],
    [{ "x-ratelimit-reset-after": "1.25" }, NOW + 1250],
    [{ "x-ratelimit-reset": "2026-12-01T08:03:00.000123Z" }, NOW + 180_000],
    [{ "x-rate-limit-reset": String(NOW / 1000 + 60) }, NOW + 60_000],
    [{ "ratelimit-reset": "42" }, NOW + 42_000],
    [{ "retry-after": "soon" }, undefined],
    [{}, undefined],
  ])("%j", (headers, expected) => {
    expect(resetAt(headers as Record<string, string>, NOW)).toBe(expected);
  });

  it("tells what is left of the window", () => {
    expect(quotaOf({ "x-ratelimit-remaining": "0", "x-ratelimit-reset": "30" }, NOW)).toEqual({
      remaining: 0,
      resetAt: NOW + 30_000,
    });
    expect(quotaOf({ "x-ratelimit-remaining": "5" }, NOW)).toBeUndefined();
  });
});
