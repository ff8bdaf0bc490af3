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
    writeFileSync(file, `${readFileSync(file, "utf8")}{"kind":"acc`);

    const second = await open();
    expect((await second.posts()).map(({ text }) => text)).toEqual(["Still here"]);
    await second.close();
  });
});
