/** The sandbox's page: campaigns together, channels in their order, and a page that stays when the sandbox has ended. */
import { describe, expect, it } from "vitest";
import type { Sandbox } from "../../src/sandbox/server.ts";
import { call, fileForm, png, stand } from "./stand.ts";

async function post(sandbox: Sandbox, status: string, more: Record<string, unknown> = {}) {
  const { server, token } = sandbox.channel("mastodon", "acme");
  const headers = { authorization: `Bearer ${token}` };
  return (await call(`${server}/api/v1/statuses`, { json: { status, ...more }, headers })).body;
}

async function upload(sandbox: Sandbox): Promise<string> {
  const { server, token } = sandbox.channel("mastodon", "acme");
  const data = fileForm({ description: "A picture" }, { file: png() });
  return (await call(`${server}/api/v2/media`, { data, headers: { authorization: `Bearer ${token}` } })).body
    .id;
}

describe("the posts", () => {
  it("stand by campaign, the newest first, and in it in the order of the channels", async () => {
    const origins: {
      network: string;
      post: string;
      url?: string;
      campaign: string;
      channel: string;
      title?: string;
    }[] = [];
    const { sandbox, clock } = await stand({
      knowledge: {
        project: "acme",
        channels: async () => [
          { name: "first", internal: false },
          { name: "second", internal: true },
        ],
        origins: async () => origins,
      },
    });
    const from = async (words: string, campaign: string, channel: string) => {
      const { id } = await post(sandbox, words);
      origins.push({ network: "mastodon", post: id, campaign, channel, title: `Title of ${campaign}` });
      clock.at += 1_000;
    };
    await from("alpha one", "a.yml", "first");
    await from("beta two", "b.yml", "second");
    await from("beta one", "b.yml", "first");
    await post(sandbox, "nobody's");
    const { text } = await call(sandbox.url);
    expect(
      [...text.matchAll(/<section class="group" data-group="([^"]*)"/g)].map(([, campaign]) => campaign),
    ).toEqual(["", "b.yml", "a.yml"]);
    const order = [
      "nobody&#39;s",
      "Title of b.yml",
      "beta one",
      "beta two",
      "Title of a.yml",
      "alpha one",
    ].map((words) => text.indexOf(words));
    expect(order).toEqual([...order].sort((a, b) => a - b));
    expect(order).not.toContain(-1);
    expect(text).toContain("Sandbox of acme");
    const inner = [
      ...text.matchAll(/<article class="([^"]*)"[^>]*data-campaign="b.yml"[\s\S]*?<\/article>/g),
    ];
    expect(inner.map(([all, look]) => [look?.includes("inner"), all.includes("Internal")])).toEqual([
      [false, false],
      [true, true],
    ]);
  });

  it("are known by their address where the ledger calls them otherwise", async () => {
    const origins: { network: string; post: string; url: string; campaign: string; channel: string }[] = [];
    const { sandbox } = await stand({ knowledge: { origins: async () => origins } });
    const { url } = await post(sandbox, "words");
    // An adapter writes the network's own host.
    const path = new URL(url).pathname.replace("/mastodon/", "/");
    origins.push({
      network: "mastodon",
      post: "7",
      url: `https://mastodon.example${path}`,
      campaign: "c.yml",
      channel: "acme",
    });
    expect((await call(sandbox.url)).text).toContain('data-group="c.yml"');
  });
});

describe("the page that stays", () => {
  it("has all posts and pictures in it, the edited and the deleted too, and asks for nothing", async () => {
    const { sandbox } = await stand();
    const media_ids = [await upload(sandbox)];
    await post(sandbox, "with a picture", { media_ids });
    const gone = await post(sandbox, "taken back");
    const { server, token } = sandbox.channel("mastodon", "acme");
    const headers = { authorization: `Bearer ${token}` };
    await call(`${server}/api/v1/statuses/${gone.id}`, { method: "DELETE", headers });
    const { text } = await call(`${sandbox.url}/rehearsal.html`);
    expect(text).toContain("with a picture");
    expect(text).toMatch(/class="face(?: full)? gone"[\s\S]*taken back/);
    expect(text.match(/href="data:image\/png;base64,/g)).toHaveLength(1);
    expect(text).not.toMatch(/\/media\/|EventSource|(?:src|href)="http:/);
    expect(text).toContain("connect-src &#39;none&#39;");
  });
});
