import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { mkdtemp, readdir, readFile, rm, utimes, writeFile } from "node:fs/promises";
import { hostname, tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { Media, Post, Receipt } from "../../src/adapter.ts";
import { feed } from "../../src/adapters/feed/feed.ts";
import { feed as half } from "../../src/sandbox/networks/feed.ts";
import { contextOn, KEY, openStage, postOf, STARTED, type Stage } from "../../src/testing.ts";
import { describeAdapter } from "./contract.ts";

describeAdapter(feed, half);

describe("feed", () => {
  let folder: string;
  let stage: Stage;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), "feed-"));
    stage = await openStage(() => ({ status: 500 }));
  });
  afterEach(async () => {
    await stage.close();
    await rm(folder, { recursive: true });
  });

  const image: Media = {
    file: "images/hero.png",
    sha256: "00",
    type: "image/png",
    bytes: 24,
    alt: "Three devices",
    width: 4,
    height: 3,
  };
  const keyOf = (number: number) => createHash("md5").update(String(number)).digest("hex");
  const context = (key = KEY, startedAt = STARTED, part: object = {}) =>
    contextOn(feed, stage, {
      channel: { folder, title: "Acme & News", url: "https://acme.example/news/", ...part },
      key,
      startedAt,
    });
  const publish = (post: Partial<Post> = {}, key = KEY, startedAt = STARTED, part: object = {}) =>
    feed.publish(
      postOf({ text: "<p>Faster</p>", title: "Acme 2.4 is out", ...post, options: {} }),
      context(key, startedAt, part),
    );
  const read = (name: string) => readFile(join(folder, name), "utf8");
  const items = async () => JSON.parse(await read("feed.json")).items;
  const files = async () => (await readdir(folder, { recursive: true })).sort();

  it("writes a page, a JSON feed, an Atom feed and an index, and nothing else", async () => {
    const receipt = await publish({ summary: "Faster sync", lang: "en", tags: ["release"], media: [image] });
    expect(receipt).toEqual({
      id: "urn:uuid:4f1d2c3b-5a69-4887-96a5-b4c3d2e1f00f",
      url: "https://acme.example/news/acme-2-4-is-out-4f1d2c/",
      ref: { slug: "acme-2-4-is-out-4f1d2c" },
    });
    expect(await files()).toEqual([
      "acme-2-4-is-out-4f1d2c",
      "acme-2-4-is-out-4f1d2c/index.html",
      "feed.json",
      "feed.xml",
      "index.html",
      "media",
      "media/acme-2-4-is-out-4f1d2c-1.png",
      "rss.xml",
    ]);
    expect(JSON.parse(await read("feed.json"))).toEqual({
      version: "https://jsonfeed.org/version/1.1",
      title: "Acme & News",
      home_page_url: "https://acme.example/news/",
      feed_url: "https://acme.example/news/feed.json",
      items: [
        {
          id: receipt.id,
          url: receipt.url,
          title: "Acme 2.4 is out",
          content_html:
            '<p>Faster</p>\n<figure><img src="https://acme.example/news/media/acme-2-4-is-out-4f1d2c-1.png" alt="Three devices" width="4" height="3"></figure>',
          summary: "Faster sync",
          image: "https://acme.example/news/media/acme-2-4-is-out-4f1d2c-1.png",
          date_published: "2026-11-23T09:00:00.000Z",
          language: "en",
          tags: ["release"],
          attachments: [
            {
              url: "https://acme.example/news/media/acme-2-4-is-out-4f1d2c-1.png",
              mime_type: "image/png",
              size_in_bytes: 24,
            },
          ],
        },
      ],
    });
    const atom = await read("feed.xml");
    expect(atom).toContain("<title>Acme &amp; News</title>");
    expect(atom).toContain("<id>urn:uuid:4f1d2c3b-5a69-4887-96a5-b4c3d2e1f00f</id>");
    expect(atom).toContain('<content type="html">&lt;p&gt;Faster&lt;/p&gt;');
    const page = await read("acme-2-4-is-out-4f1d2c/index.html");
    expect(page).toContain('<img src="../media/acme-2-4-is-out-4f1d2c-1.png" alt="Three devices"');
    expect(page).toContain(
      '<meta property="og:image" content="https://acme.example/news/media/acme-2-4-is-out-4f1d2c-1.png">',
    );
    expect(await read("index.html")).toContain('<a href="acme-2-4-is-out-4f1d2c/">Acme 2.4 is out</a>');
    expect(stage.events).toEqual(["sending"]);
  });

  it("has an RSS feed that says the same, and languages where they belong", async () => {
    await publish({ summary: "Faster & lighter", lang: "de-AT", tags: ["a & b"], media: [image] });
    const rss = await read("rss.xml");
    for (const part of [
      '<guid isPermaLink="false">urn:uuid:4f1d2c3b-5a69-4887-96a5-b4c3d2e1f00f</guid>',
      "<pubDate>Mon, 23 Nov 2026 09:00:00 GMT</pubDate>",
      "<language>de-AT</language>",
      "<category>a &amp; b</category>",
      "<description>Faster &amp; lighter</description>",
      "<content:encoded>&lt;p&gt;Faster&lt;/p&gt;",
      'media/acme-2-4-is-out-4f1d2c-1.png" type="image/png" length="24"/>',
      '<atom:link rel="self" type="application/rss+xml" href="https://acme.example/news/rss.xml"/>',
    ])
      expect(rss).toContain(part);
    expect(await read("feed.xml")).toContain('<entry xml:lang="de-AT">');
    expect(await read("acme-2-4-is-out-4f1d2c/index.html")).toContain('<html lang="de-AT">');
    expect(await read("index.html")).toContain('type="application/rss+xml" title="RSS" href="rss.xml"');
  });

  it("has one heading of the first level, whatever the text begins with", async () => {
    await publish({ text: "<h1>News</h1>\n<h2>More</h2>" });
    const page = await read("acme-2-4-is-out-4f1d2c/index.html");
    expect(page.match(/<h1>/g)).toHaveLength(1);
    expect(page).toContain("<h2>News</h2>\n<h3>More</h3>");
    await publish({ text: "<h2>More</h2>" });
    expect(await read("acme-2-4-is-out-4f1d2c/index.html")).toContain("<h2>More</h2>");
  });

  it("writes the address of the link as a URL is written", async () => {
    await publish({ link: { url: "https://bücher.example/größe?q=ä b" } });
    expect((await items())[0].external_url).toBe(
      "https://xn--bcher-kva.example/gr%C3%B6%C3%9Fe?q=%C3%A4%20b",
    );
  });

  it("keeps the id that its readers know an entry by", async () => {
    const receipt = await publish();
    const older = "urn:uuid:4f1d2c3b-5a69-7887-96a5-b4c3d2e1f00f";
    await writeFile(join(folder, "feed.json"), (await read("feed.json")).replace(receipt.id, older));
    expect((await publish({ text: "<p>Fixed</p>" })).id).toBe(older);
    expect(await items()).toMatchObject([{ id: older, content_html: "<p>Fixed</p>" }]);
  });

  it("tells its hub when the feed is written, and tries again until it is told", async () => {
    const told: string[] = [];
    stage.answer = ({ body }) => {
      const form = new URLSearchParams(body.toString());
      told.push(`${form.get("hub.mode")} ${form.get("hub.url")}`);
      return { status: 204 };
    };
    const hub = { hub: `${stage.url}/hub` };
    await publish({}, KEY, STARTED, hub);
    expect(told).toEqual(
      ["feed.json", "feed.xml", "rss.xml"].map((name) => `publish https://acme.example/news/${name}`),
    );
    expect(JSON.parse(await read("feed.json")).hubs).toEqual([{ type: "WebSub", url: hub.hub }]);
    expect(await read("feed.xml")).toContain(`<link rel="hub" href="${hub.hub}"/>`);
    expect(await read("rss.xml")).toContain(`<atom:link rel="hub" href="${hub.hub}"/>`);
    stage.answer = () => ({ status: 400, body: "no" });
    await expect(publish({}, KEY, STARTED, hub)).rejects.toMatchObject({
      code: "unavailable",
      message: expect.stringContaining("in the feed"),
    });
    expect(await items()).toHaveLength(1);
  });

  it("keeps one entry however often it is published", async () => {
    await publish();
    const before = await read("feed.json");
    await publish();
    expect(await read("feed.json")).toBe(before);
  });

  it("puts right what an attempt cut off between two files has left", async () => {
    await publish();
    const whole = await read("index.html");
    await writeFile(join(folder, "index.html"), "");
    await publish();
    expect(await read("index.html")).toBe(whole);
  });

  it("lists the newest first, drops the oldest from the lists, and keeps their pages", async () => {
    for (const day of [2, 3, 1]) {
      await publish({ title: `Day ${day}` }, keyOf(day), new Date(`2026-11-0${day}T09:00:00Z`), { keep: 2 });
    }
    expect((await items()).map(({ title }: { title: string }) => title)).toEqual(["Day 3", "Day 2"]);
    expect((await files()).filter((name) => name.startsWith("day-1"))).toHaveLength(2);
  });

  it("lets nothing hostile become markup", async () => {
    const evil = `"><script>alert('1')</script>`;
    await publish({
      title: evil,
      summary: evil,
      tags: [evil],
      media: [{ ...image, alt: evil }],
      link: { url: "javascript:alert(1)", title: evil, description: evil },
    });
    const [{ url }] = await items();
    const pages = [
      await read("index.html"),
      await read("feed.xml"),
      await read(`${url.split("/").at(-2)}/index.html`),
    ];
    for (const page of pages) {
      expect(page).not.toMatch(/<script|javascript:/i);
      expect(page).toContain("&lt;script&gt;");
    }
    expect(pages[2]).toContain(`default-src 'none'`);
  });

  it("draws a card for the link", async () => {
    await publish({ link: { url: "https://acme.example/a?b=1&c=2", title: "The release" } });
    expect((await items())[0].content_html).toContain(
      '<a href="https://acme.example/a?b=1&amp;c=2">The release</a>',
    );
  });

  it.each([
    [
      { title: "Faster!", description: "Much faster." },
      "<p>It is <b>faster</b>.</p>",
      "acme.example/2-4</a><br>Much faster.</p>",
    ],
    [
      { title: "Elsewhere", description: "it is FASTER" },
      "<p>It is <b>faster</b>.</p>",
      ">Elsewhere</a></p>",
    ],
  ])("does not say again in its card what stands above it: %j", async (words, text, end) => {
    const { url } = await publish({
      title: "Faster",
      text,
      link: { url: "https://acme.example/2-4", ...words },
    });
    expect(await read(`${url!.split("/").at(-2)}/index.html`)).toContain(end);
  });

  it("draws none where it would say nothing that is new", async () => {
    const { url } = await publish({
      title: "Faster",
      text: '<p>It is out: <a href="https://acme.example/2-4">acme.example/2-4</a></p>',
      link: { url: "https://acme.example/2-4", title: "Faster", description: "It is out" },
    });
    expect(await read(`${url!.split("/").at(-2)}/index.html`)).not.toContain('class="card"');
  });

  it("finds a title where there is none, and an address in any script", async () => {
    await publish({ title: undefined, text: "<p>速く &amp; 軽く</p>" });
    expect((await items())[0]).toMatchObject({
      title: "速く & 軽く",
      url: "https://acme.example/news/post-4f1d2c/",
    });
  });

  it("loses no entry and shows no half file when many write at once", async () => {
    let writing = true;
    const reader = (async () => {
      while (writing) {
        const text = await read("feed.json").catch(() => "{}");
        expect(() => JSON.parse(text)).not.toThrow();
        await new Promise((resolve) => setTimeout(resolve, 1));
      }
    })();
    const numbers = Array.from({ length: 12 }, (_, at) => at);
    await Promise.all(numbers.map((number) => publish({ title: `Post ${number}` }, keyOf(number))));
    writing = false;
    await reader;
    expect(await items()).toHaveLength(12);
    expect((await files()).filter((name) => name.startsWith("."))).toEqual([]);
  });

  describe("its lock", () => {
    const host = createHash("sha256").update(hostname()).digest("hex").slice(0, 8);
    const lock = async (pid: number) => {
      const path = join(folder, `.lock-${host}-${pid}-aaaa`);
      await writeFile(path, "");
      return path;
    };

    it("is not held by a dead process", async () => {
      const { pid } = spawnSync(process.execPath, ["-e", ""]);
      await lock(pid);
      await publish();
      expect((await files()).filter((name) => name.startsWith("."))).toEqual([]);
    });

    it("is respected while its process lives, and not for ever", async () => {
      const path = await lock(process.pid);
      let done = false;
      const publishing = publish().then(() => {
        done = true;
      });
      await new Promise((resolve) => setTimeout(resolve, 150));
      expect(done).toBe(false);
      await utimes(path, 1, 1);
      await publishing;
    });
  });

  it("does not write over a feed.json that it cannot read", async () => {
    await writeFile(join(folder, "feed.json"), "my notes");
    await expect(publish()).rejects.toMatchObject({
      code: "rejected",
      message: expect.stringContaining("feed.json"),
    });
    expect(await read("feed.json")).toBe("my notes");
  });

  it("says what the disk says", async () => {
    const file = join(folder, "file");
    await writeFile(file, "");
    await expect(publish({}, KEY, STARTED, { folder: join(file, "news") })).rejects.toMatchObject({
      code: "rejected",
    });
  });

  it("takes a post back with its page and its media, and nobody else's", async () => {
    const receipt = await publish({ media: [image] });
    await publish({ title: "Other", media: [image] }, keyOf(2));
    await feed.retract?.(receipt, context());
    expect((await items()).map(({ title }: { title: string }) => title)).toEqual(["Other"]);
    expect((await files()).filter((name) => name.includes("acme-2-4"))).toEqual([]);
    expect(await files()).toContain("media/other-c81e72-1.png");
    await feed.retract?.({ id: "urn:uuid:x", ref: { slug: "other-c81e72/../media" } }, context());
    expect(await files()).toContain("media/other-c81e72-1.png");
  });

  describe("once a post is out", () => {
    const correct = (receipt: Receipt, post: Partial<Post>) =>
      feed.edit?.(
        receipt,
        postOf({ text: "<p>Faster</p>", title: "Acme 2.4 is out", ...post, options: {} }),
        context(),
      );

    it("reads it, also when the lists do not hold it any more, and says when it is gone", async () => {
      const receipt = await publish(
        {
          text: "<p>Faster &amp; <b>lighter</b></p>",
          media: [image],
          tags: ["sync"],
          link: { url: "https://acme.example/2-4", title: "All about it", description: "A page" },
        },
        KEY,
        new Date("2026-11-01T09:00:00Z"),
      );
      expect(await feed.read?.(receipt, context())).toEqual({
        title: "Acme 2.4 is out",
        text: "Faster & lighter",
        url: receipt.url,
      });
      await publish({ title: "Newer" }, keyOf(2), STARTED, { keep: 1 });
      expect((await items()).map(({ title }: { title: string }) => title)).toEqual(["Newer"]);
      expect(await feed.read?.(receipt, context())).toEqual({ text: "Faster & lighter", url: receipt.url });
      await feed.retract?.(receipt, context());
      expect(await feed.read?.(receipt, context())).toBe("gone");
    });

    it("corrects it in its place: same id, same address, a date of change, and the files that it has now", async () => {
      const receipt = await publish({ media: [image, { ...image, file: "b.png" }] });
      stage.events.length = 0;
      const edited = await correct(receipt, {
        title: "Acme 2.4.1 is out",
        text: "<p>Fixed</p>",
        media: [image],
      });
      expect(edited).toEqual(receipt);
      expect(stage.events).toEqual(["sending"]);
      const [item, ...others] = await items();
      expect(others).toEqual([]);
      expect(item).toMatchObject({ id: receipt.id, url: receipt.url, title: "Acme 2.4.1 is out" });
      expect(item.date_published).toBe("2026-11-23T09:00:00.000Z");
      expect(Date.parse(item.date_modified)).toBeGreaterThan(Date.parse(item.date_published));
      expect(await read("feed.xml")).toContain(`<updated>${item.date_modified}</updated>`);
      expect(await read("acme-2-4-is-out-4f1d2c/index.html")).toContain("<p>Fixed</p>");
      expect((await files()).filter((name) => name.startsWith("media/"))).toEqual([
        "media/acme-2-4-is-out-4f1d2c-1.png",
      ]);
      expect(await feed.read?.(receipt, context())).toMatchObject({
        text: "Fixed",
        edited: item.date_modified,
      });
    });

    it("changes nothing more when it is corrected a second time with the same", async () => {
      const receipt = await publish();
      await correct(receipt, { text: "<p>Fixed</p>" });
      const before = await read("feed.json");
      await correct(receipt, { text: "<p>Fixed</p>" });
      expect(await read("feed.json")).toBe(before);
    });
  });
});
