import { mkdir, symlink, writeFile } from "node:fs/promises";
import { request as rawRequest } from "node:http";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { call, png, stand } from "./stand.ts";

async function feed() {
  const { sandbox } = await stand();
  const { folder = "", url = "" } = sandbox.channel("feed", "news");
  await mkdir(join(folder, "media"), { recursive: true });
  await writeFile(join(folder, "index.html"), "<h1>News</h1>");
  await writeFile(join(folder, "media/a.png"), png());
  const write = (items: object[]) =>
    writeFile(
      join(folder, "feed.json"),
      JSON.stringify({ version: "https://jsonfeed.org/version/1.1", title: "News", items }),
    );
  return { sandbox, folder, url, write };
}

describe("the sandbox's feed", () => {
  it("serves the folder with the right types", async () => {
    const { url, write } = await feed();
    await write([]);
    expect(await call(url)).toMatchObject({
      status: 200,
      text: "<h1>News</h1>",
      headers: { "content-type": "text/html; charset=utf-8" },
    });
    expect((await call(`${url}feed.json`)).headers["content-type"]).toContain("application/feed+json");
    expect((await call(`${url}media/a.png`)).headers["content-type"]).toBe("image/png");
    expect((await call(url.slice(0, -1))).headers.location).toBe(url);
    expect((await call(`${url}missing.html`)).status).toBe(404);
  });

  it("lets no page of the feed run scripts", async () => {
    const { url } = await feed();
    const policy = (await call(url)).headers["content-security-policy"];
    expect(policy).toContain("default-src 'none'");
    expect(policy).toContain("sandbox");
    expect(policy).not.toContain("script-src");
  });

  it.each([
    "../secret.txt",
    "..%2fsecret.txt",
    "%2e%2e/secret.txt",
    "..%5csecret.txt",
    "link.txt",
    "%00",
    "%",
  ])("does not leave its folder for %s", async (path) => {
    const { sandbox, folder } = await feed();
    const secret = join(folder, "../../secret.txt");
    await writeFile(secret, "secret");
    await symlink(secret, join(folder, "link.txt"));
    for (const prefix of ["/feed/", "/feed/news/", "/feed/news/../"]) {
      const { status, text } = await raw(sandbox.port, prefix + path);
      expect(text).not.toContain("secret");
      expect(status).toBeGreaterThanOrEqual(400);
    }
  });

  it("shows what was published, and what was published since", async () => {
    const { sandbox, url, write } = await feed();
    const item = {
      id: "urn:1",
      url: `${url}first/`,
      title: "First",
      content_html: `<p>Hi <b>there</b><script>alert(1)</script></p><img src="${url}media/a.png" alt="a panel">`,
      date_published: "2026-11-23T07:00:00Z",
      attachments: [{ url: `${url}media/a.png`, mime_type: "image/png" }],
    };
    await write([item]);
    const [post] = await sandbox.posts();
    expect(post).toMatchObject({
      title: "First",
      at: Date.parse("2026-11-23T07:00:00Z"),
      media: [{ type: "image/png", alt: "a panel" }],
    });
    expect(post?.html).toContain("<b>there</b>");
    expect(post?.html).not.toContain("<script");
    await write([item, { ...item, id: "urn:2", title: "Second" }]);
    expect((await sandbox.posts()).map(({ title }) => title)).toEqual(["First", "Second"]);
    expect((await call(sandbox.url)).text).toContain("Second");
  });

  it("shows an entry's link once as a card, and none where the text alone has it", async () => {
    const { sandbox, url, write } = await feed();
    const link = "https://acme.example/?a=1&b=2";
    const said = `<p>Read on: <a href="https://acme.example/?a=1&amp;b=2">here</a></p>`;
    const card = `<p class="card"><a href="https://acme.example/?a=1&amp;b=2">A &amp; B</a><br>What it is.</p>`;
    const item = { url, external_url: link, date_published: "2026-11-23T07:00:00Z" };
    await write([
      { ...item, id: "urn:1", content_html: `${said}\n${card}` },
      { ...item, id: "urn:2", content_html: said },
      { ...item, id: "urn:3", content_html: "<p>Words</p>" },
    ]);
    const [one, two, three] = await sandbox.posts();
    expect(one?.card).toEqual({ url: link, title: "A & B", description: "What it is." });
    expect(one?.html).not.toContain("What it is.");
    expect(two?.card).toBeUndefined();
    expect(three?.card).toEqual({ url: link });
  });

  it("shows nothing for a feed that cannot be read", async () => {
    const { sandbox, folder } = await feed();
    await writeFile(join(folder, "feed.json"), "{");
    expect(await sandbox.posts()).toEqual([]);
  });
});

// Clients tidy a path before they send it; an attacker does not.
function raw(port: number, path: string): Promise<{ status: number; text: string }> {
  return new Promise((resolve, reject) => {
    const sent = rawRequest({ host: "127.0.0.1", port, path }, (answer) => {
      let text = "";
      answer.on("data", (chunk) => (text += chunk));
      answer.on("end", () => resolve({ status: answer.statusCode ?? 0, text }));
    });
    sent.on("error", reject).end();
  });
}
