import { createHash } from "node:crypto";
import { request as rawRequest } from "node:http";
import { describe, expect, it } from "vitest";
import { sanitise } from "../../src/sandbox/sanitise.ts";
import type { Sandbox } from "../../src/sandbox/server.ts";
import { call, fileForm, png, stand } from "./stand.ts";

const HOSTILE = `<script>alert(1)</script><img src=x onerror=alert(2)>"'><a href="javascript:alert(3)">x</a></article><!--`;

async function post(sandbox: Sandbox, status: string, more: Record<string, unknown> = {}) {
  const { server, token } = sandbox.channel("mastodon", "acme");
  const headers = { authorization: `Bearer ${token}` };
  return (await call(`${server}/api/v1/statuses`, { json: { status, ...more }, headers })).body;
}

describe("the sandbox's page", () => {
  it("allows only its own styles and script, and no frame, form or other host", async () => {
    const { sandbox } = await stand();
    const { headers, text } = await call(sandbox.url);
    const policy = headers["content-security-policy"] ?? "";
    expect(policy).toContain("default-src 'none'");
    expect(policy).toContain("frame-ancestors 'none'");
    expect(policy).not.toMatch(/unsafe|\*|https?:/);
    const own = [...text.matchAll(/<(script|style)>([\s\S]*?)<\/\1>/g)];
    expect(own.map(([, kind]) => kind)).toEqual(["style", "script"]);
    for (const [, kind, content = ""] of own)
      expect(policy).toContain(
        `${kind}-src 'sha256-${createHash("sha256").update(content).digest("base64")}'`,
      );
    expect(text).not.toMatch(/\sstyle=|\son[a-z]+=|(?:src|href)="https?:/);
  });

  it("shows hostile text as text: on the page, on the post's page, in events and in media", async () => {
    const { sandbox } = await stand();
    const { server, token } = sandbox.channel("mastodon", "acme");
    const headers = { authorization: `Bearer ${token}` };
    const upload = { data: fileForm({ description: HOSTILE }, { file: png() }), headers };
    const media = (await call(`${server}/api/v2/media`, upload)).body;
    const { url } = await post(sandbox, HOSTILE, { spoiler_text: HOSTILE, media_ids: [media.id] });
    const pages = [(await call(sandbox.url)).text, (await call(url)).text, await firstEvent(sandbox, "all")];
    for (const page of pages) {
      expect(page).toContain("&lt;script&gt;alert(1)");
      expect(page).not.toMatch(/<script>alert|<img src=x|href=\\?"javascript:|<!--/);
    }
  });

  it("shows the newest first, with its length", async () => {
    const { sandbox, clock } = await stand();
    await post(sandbox, "the older one");
    clock.at += 1_000;
    await post(sandbox, "the newer one");
    const { text } = await call(sandbox.url);
    expect(text.indexOf("the newer one")).toBeLessThan(text.indexOf("the older one"));
    expect(text).toContain("13 of 500");
  });

  it("tells an open page of every new, edited and deleted post", async () => {
    const { sandbox, clock } = await stand();
    const events = await listen(sandbox);
    expect(await events.next("all")).toEqual([]);
    const first = await post(sandbox, "a first post");
    expect(await events.next("thread")).toMatchObject({ html: expect.stringContaining("a first post") });
    clock.at += 1_000;
    await post(sandbox, "its reply", { in_reply_to_id: first.id });
    expect(await events.next("thread")).toMatchObject({
      html: expect.stringMatching(/a first post.*its reply/s),
    });
    const { server, token } = sandbox.channel("mastodon", "acme");
    const headers = { authorization: `Bearer ${token}` };
    const at = `${server}/api/v1/statuses/${first.id}`;
    await call(at, { method: "PUT", json: { status: "a better post" }, headers });
    expect(await events.next("thread")).toMatchObject({
      html: expect.stringMatching(/a better post.*1 of 2, edited.*its reply/s),
    });
    await call(at, { method: "DELETE", headers });
    const { key, html } = (await events.next("thread")) as { key: string; html: string };
    expect(key).toBe(`mastodon ${first.id}`);
    expect(html).toMatch(/class="part gone".*a better post.*1 of 2, taken back.*class="part".*its reply/s);
    expect((await call(first.url)).text).toContain("partly taken back");
    expect((await call(`${sandbox.url}/api/posts`)).body).toMatchObject([{ text: "its reply" }]);
    events.stop();
  });

  it("serves media by digest, and nothing that could run", async () => {
    const { sandbox } = await stand();
    const { server, token } = sandbox.channel("mastodon", "acme");
    const upload = { data: fileForm({}, { file: png() }), headers: { authorization: `Bearer ${token}` } };
    const media = (await call(`${server}/api/v2/media`, upload)).body;
    await post(sandbox, "", { media_ids: [media.id] });
    const [{ media: files }] = (await call(`${sandbox.url}/api/posts`)).body;
    const file = await call(sandbox.url + files[0].url);
    expect(file.headers).toMatchObject({ "content-type": "image/png", "x-content-type-options": "nosniff" });
    expect((await call(`${sandbox.url}/media/..%2f..%2fetc%2fpasswd`)).status).toBe(404);
  });

  it("answers only to its own name", async () => {
    const { sandbox } = await stand();
    expect((await call(sandbox.url, { headers: { host: "evil.example" } })).status).toBe(421);
    expect((await call(sandbox.url, { headers: { host: `localhost:${sandbox.port}` } })).status).toBe(200);
  });

  it("is each network alone under a name of its own, for clients that keep no path before theirs", async () => {
    const { sandbox } = await stand();
    const { token } = sandbox.channel("mastodon", "acme");
    const headers = { host: `mastodon.localhost:${sandbox.port}`, authorization: `Bearer ${token}` };
    const sent = await call(`${sandbox.url}/api/v1/statuses`, { json: { status: "Hi" }, headers });
    expect(sent.status).toBe(200);
    expect(await sandbox.posts()).toMatchObject([{ network: "mastodon", text: "Hi" }]);
    const unknown = { host: "nothing.localhost", authorization: `Bearer ${token}` };
    expect((await call(`${sandbox.url}/api/v1/statuses`, { json: {}, headers: unknown })).status).toBe(404);
  });
});

describe("the sandbox", () => {
  it("gives every network credentials of its own, and takes no others", async () => {
    const { sandbox } = await stand();
    for (const network of ["mastodon", "bluesky", "discord", "slack", "telegram", "feed"]) {
      expect(JSON.stringify(sandbox.channel(network, "acme"))).toMatch(/sandbox/);
    }
    expect(() => sandbox.channel("nowhere", "acme")).toThrow('the sandbox has no network "nowhere"');
  });

  it("answers the same without a socket", async () => {
    const { sandbox } = await stand();
    const { server, token } = sandbox.channel("mastodon", "acme");
    const reply = await sandbox.handle({
      method: "POST",
      url: `${server}/api/v1/statuses`,
      headers: { Authorization: `Bearer ${token}`, "Content-Type": "application/json" },
      body: Buffer.from(JSON.stringify({ status: "no socket" })),
    });
    expect(reply.status).toBe(200);
    expect(JSON.parse(reply.body.toString())).toMatchObject({ content: "<p>no socket</p>" });
    expect(await sandbox.posts()).toHaveLength(1);
  });

  it("remembers the requests that it got", async () => {
    const { sandbox } = await stand();
    await post(sandbox, "x");
    expect(sandbox.requests).toMatchObject([
      {
        method: "POST",
        path: "/mastodon/api/v1/statuses",
        fault: "ok",
        headers: { authorization: "Bearer sandbox-acme" },
      },
    ]);
  });

  it("refuses a body above 220 MB and an unknown network", async () => {
    const { sandbox } = await stand();
    expect((await call(`${sandbox.url}/nowhere/api`)).status).toBe(404);
    const { server, token } = sandbox.channel("mastodon", "acme");
    const huge = { bytes: Buffer.alloc(220_000_001), headers: { authorization: `Bearer ${token}` } };
    expect((await call(`${server}/api/v2/media`, huge)).status).toBe(413);
  });
});

describe("what passes the last gate", () => {
  it.each([
    ["<b>bold</b>", "<b>bold</b>"],
    ["<b>open", "<b>open</b>"],
    ["</b>closed", "closed"],
    ["<script>x</script>", "&lt;script&gt;x&lt;/script&gt;"],
    ['<a href="javascript:x">y</a>', "<a>y</a>"],
    [
      '<a href="https://a.example" onclick="x">y</a>',
      '<a href="https://a.example" target="_blank" rel="noopener noreferrer nofollow">y</a>',
    ],
    ['<img src="https://a.example/x.png" alt="a">', "<i>a</i>"],
    ["<b onclick=alert(1)>x</b>", "&lt;b onclick=alert(1)&gt;x"],
    ['<span class="mention evil">x</span>', "<span>x</span>"],
    ["a & b &amp; c &lt;", "a &amp; b &amp; c &lt;"],
  ])("%s", (html, safe) => {
    expect(sanitise(html)).toBe(safe);
  });

  it("in linear time", () => {
    const started = performance.now();
    sanitise("<".repeat(200_000) + '<a href="'.repeat(20_000));
    expect(performance.now() - started).toBeLessThan(1_000);
  });
});

async function firstEvent(sandbox: Sandbox, name: string): Promise<string> {
  const events = await listen(sandbox);
  const data = JSON.stringify(await events.next(name));
  events.stop();
  return data;
}

/** An EventSource, as far as needed here. */
async function listen(sandbox: Sandbox) {
  const heard: { name: string; data: unknown }[] = [];
  const waiting: (() => void)[] = [];
  let rest = "";
  const sent = rawRequest(`${sandbox.url}/events`, (answer) => {
    answer.setEncoding("utf8").on("data", (chunk: string) => {
      const blocks = (rest + chunk).split("\n\n");
      rest = blocks.pop() ?? "";
      for (const block of blocks) {
        const [, name, data] = /^event: (\w+)\ndata: (.*)$/s.exec(block) ?? [];
        if (name && data) heard.push({ name, data: JSON.parse(data) });
      }
      for (const wake of waiting.splice(0)) wake();
    });
  });
  sent.on("error", () => {}).end();
  return {
    async next(name: string): Promise<unknown> {
      for (;;) {
        const index = heard.findIndex((event) => event.name === name);
        if (index >= 0) return heard.splice(0, index + 1).at(-1)?.data;
        await new Promise<void>((resolve) => waiting.push(resolve));
      }
    },
    stop: () => sent.destroy(),
  };
}
