import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { networks } from "../../src/sandbox/networks/index.ts";
import { startSandbox } from "../../src/sandbox/server.ts";

describe("a sandbox with a journal", () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "journal-"));
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  const open = () => startSandbox({ networks: [...networks], folder, journal: join(folder, "posts.jsonl") });
  const say = async (url: string, status: string) => {
    const answer = await fetch(`${url}/mastodon/api/v1/statuses`, {
      method: "POST",
      headers: { authorization: "Bearer sandbox-a", "content-type": "application/json" },
      body: JSON.stringify({ status }),
    });
    return (await answer.json()) as { id: string; url: string };
  };

  it("shows the next sandbox what was taken, at links that work there", async () => {
    const first = await open();
    const { url } = await say(first.url, "Kept over the night");
    await first.close();

    const second = await open();
    const posts = await second.posts();
    expect(posts.map(({ text }) => text)).toEqual(["Kept over the night"]);
    expect(posts[0]?.url).toBe(second.url + new URL(url).pathname);
    expect(await (await fetch(posts[0]!.url)).text()).toContain("Kept over the night");
    await second.close();
  });

  it("gives a chat's next message an id that no earlier one has", async () => {
    const tell = async ({ channel }: Awaited<ReturnType<typeof open>>, text: string) => {
      const { server, token, chat } = channel("telegram", "news");
      const body = JSON.stringify({ chat_id: chat, text });
      const headers = { "content-type": "application/json" };
      const answer = await fetch(`${server}/bot${token}/sendMessage`, { method: "POST", headers, body });
      return ((await answer.json()) as { result: { message_id: number } }).result.message_id;
    };
    const first = await open();
    expect([await tell(first, "one"), await tell(first, "two")]).toEqual([1, 2]);
    await first.close();

    const second = await open();
    expect(await tell(second, "three")).toBe(3);
    const urls = (await second.posts()).map(({ url }) => url);
    expect(new Set(urls).size).toBe(3);
    await second.close();
  });

  it("knows again what it took: keys, threads, logins and records", async () => {
    const first = await open();
    const toot = async ({ url }: { url: string }, body: object, key: string) => {
      const answer = await fetch(`${url}/mastodon/api/v1/statuses`, {
        method: "POST",
        headers: {
          authorization: "Bearer sandbox-a",
          "content-type": "application/json",
          "idempotency-key": key,
        },
        body: JSON.stringify(body),
      });
      return (await answer.json()) as { id: string };
    };
    const xrpc = async ({ url }: { url: string }, name: string, token: string, body?: object) => {
      const answer = await fetch(`${url}/bluesky/xrpc/${name}`, {
        method: body ? "POST" : "GET",
        headers: { ...(token && { authorization: `Bearer ${token}` }), "content-type": "application/json" },
        ...(body && { body: JSON.stringify(body) }),
      });
      return (await answer.json()) as Record<string, string>;
    };
    const { id } = await toot(first, { status: "One" }, "k1");
    const { identifier, password } = first.channel("bluesky", "a");
    const { accessJwt = "", did = "" } = await xrpc(first, "com.atproto.server.createSession", "", {
      identifier,
      password,
    });
    const place = { repo: did, collection: "app.bsky.feed.post", rkey: "3lbfxabcdef22" };
    const record = { $type: place.collection, text: "x", createdAt: new Date().toISOString() };
    const { cid } = await xrpc(first, "com.atproto.repo.putRecord", accessJwt, { ...place, record });
    await first.close();

    const second = await open();
    expect((await toot(second, { status: "One" }, "k1")).id).toBe(id);
    expect(await toot(second, { status: "Two", in_reply_to_id: id }, "k2")).toMatchObject({
      in_reply_to_id: id,
    });
    const query = new URLSearchParams(place);
    expect(await xrpc(second, `com.atproto.repo.getRecord?${query}`, accessJwt)).toMatchObject({ cid });
    expect(await xrpc(second, "com.atproto.server.getSession", accessJwt)).toMatchObject({ did });
    expect(await second.posts()).toHaveLength(3);
    await second.close();
  });

  it("forgets what was deleted, and bears a line that a crash cut short", async () => {
    const first = await open();
    const { id } = await say(first.url, "Gone again");
    await say(first.url, "Still here");
    await fetch(`${first.url}/mastodon/api/v1/statuses/${id}`, {
      method: "DELETE",
      headers: { authorization: "Bearer sandbox-a" },
    });
    await first.close();
    const file = join(folder, "posts.jsonl");
    const { writeFileSync } = await import("node:fs");
    writeFileSync(file, `${readFileSync(file, "utf8")}{"at":17`);

    const second = await open();
    expect((await second.posts()).map(({ text }) => text)).toEqual(["Still here"]);
    await second.close();
  });
});
