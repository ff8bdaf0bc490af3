/** A campaign that announces a feed: each entry once, over runs, machines and kills, whatever the feed does. */
import { execFileSync } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer, type IncomingHttpHeaders, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { planCampaign } from "../../src/app/plan.ts";
import { openProject } from "../../src/app/project.ts";
import { run } from "../../src/app/run.ts";
import { upcoming } from "../../src/app/upcoming.ts";
import { fetchPublic, isPrivate } from "../../src/http/public-fetch.ts";
import { Ledger } from "../../src/ledger/ledger.ts";
import { EVERYTHING } from "../sample.ts";

/** Two hundred where there is time: each is pushed with the ledger. */
const MANY = process.env.ALL ? 200 : 20;

let folder: string;
let server: Server;
let asked: IncomingHttpHeaders;
let answer: (path: string) => { status?: number; headers?: Record<string, string>; body?: string | Buffer };
let url: string;

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), "broadcast-feed-"));
  server = createServer((request, response) => {
    asked = request.headers;
    const { status = 200, headers = {}, body = "" } = answer(request.url ?? "");
    response.writeHead(status, headers).end(body);
  });
  await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  config();
  campaign();
});
afterEach(async () => {
  server.closeAllConnections();
  await new Promise((done) => server.close(done));
  rmSync(folder, { recursive: true, force: true });
});

function config(more = "fetch: { private: true }", ledger = ""): void {
  writeFileSync(
    join(folder, "broadcast.yml"),
    `channels:\n  news: { network: feed, folder: public, keep: 1000, title: News, url: "https://acme.example/" }\n${more}\n${ledger}\n`,
  );
}

function campaign(more = "", name = "blog"): void {
  mkdirSync(join(folder, "campaigns"), { recursive: true });
  writeFileSync(
    join(folder, `campaigns/${name}.yml`),
    `kind: update\ntitle: "{{ entry.title }}"\nbody: "{{ entry.summary }} by {{ entry.author }}"\nlink: "{{ entry.url }}"\nchannels: [news]\nsource: { feed: "${url}/feed.xml"${more} }\n`,
  );
}

const rss = (items: readonly string[]) =>
  `<?xml version="1.0"?><rss version="2.0"><channel><title>A</title><link>https://blog.example</link><description>d</description>${items.join("")}</channel></rss>`;
const item = (n: number, more = "") =>
  `<item><title>Entry ${n}</title><guid isPermaLink="false">id-${n}</guid><link>https://blog.example/${n}</link><description>Words ${n}</description>${more}</item>`;

async function round(cwd = folder) {
  const project = await openProject({ cwd, env: {} });
  return (await run([join(cwd, "campaigns")], project))!;
}
const pages = (cwd = folder) => {
  try {
    return readdirSync(join(cwd, "public"), { withFileTypes: true }).filter((one) => one.isDirectory());
  } catch {
    return [];
  }
};

describe("a campaign that announces a feed", () => {
  it("announces nothing old, then each new entry once, with its own words", async () => {
    answer = () => ({ body: rss([item(2), item(1)]) });
    expect((await round()).histories).toEqual([]);
    answer = () => ({ body: rss([item(3, "<author>a@b.example (Ada)</author>"), item(2), item(1)]) });
    const { histories } = await round();
    expect(histories).toMatchObject([
      { state: "published", campaign: expect.stringMatching(/^campaigns\/blog\.yml@[0-9a-f]{12}$/) },
    ]);
    expect(histories[0]!.posts[0]).toMatchObject({ title: "Entry 3" });
    expect(histories[0]!.posts[0]!.text).toContain("Words 3 by Ada");
    // Reordered, edited, without the old ones: nothing.
    answer = () => ({ body: rss([item(1), item(3).replace("Words 3", "Other words")]) });
    expect((await round()).histories).toEqual([]);
    expect(pages()).toHaveLength(1);
  });

  it("announces nothing old of another feed that takes its place", async () => {
    answer = () => ({ body: rss([item(1)]) });
    await round();
    answer = () => ({ body: rss([item(9), item(8)]) });
    writeFileSync(
      join(folder, "campaigns/blog.yml"),
      readFileSync(join(folder, "campaigns/blog.yml"), "utf8").replace("/feed.xml", "/other.xml"),
    );
    expect((await round()).histories).toEqual([]);
    answer = () => ({ body: rss([item(10), item(9), item(8)]) });
    expect((await round()).histories).toHaveLength(1);
  });

  it("with an error elsewhere is told of that alone", async () => {
    writeFileSync(
      join(folder, "campaigns/blog.yml"),
      `${readFileSync(join(folder, "campaigns/blog.yml"), "utf8")}nonsense: 1\n`,
    );
    expect((await round()).problems.map(({ code }) => code)).toEqual(["unknown-key"]);
  });

  it("names the entry in the command that approves it", async () => {
    config("fetch: { private: true }\npolicy: [{ by: [marta] }]");
    answer = () => ({ body: rss([item(1)]) });
    await round();
    answer = () => ({ body: rss([item(2), item(1)]) });
    const [problem] = (await round()).problems;
    expect(problem?.remedy).toMatch(/broadcast approve .*blog\.yml --occurrence [0-9a-f]{12} --as marta/);
  });

  it("is asked for again only if it changed, and what has not changed is not forgotten", async () => {
    const headers = { etag: '"v1"', "last-modified": "Thu, 26 Nov 2026 09:00:00 GMT" };
    const feed = (...numbers: number[]) => ({ headers, body: rss(numbers.map((n) => item(n))) });
    answer = () => feed(1);
    await round();
    expect(asked).not.toHaveProperty("if-none-match");
    answer = () => feed(2, 1);
    const project = await openProject({ cwd: folder, env: {} });
    const { list } = await upcoming(
      [join(folder, "campaigns")],
      project,
      Date.now(),
      Date.now() + 86_400_000,
    );
    expect(list.map(({ title }) => title)).toEqual(["Entry 2"]);
    expect(asked).toMatchObject({ "if-none-match": '"v1"', "if-modified-since": headers["last-modified"] });
    answer = () => ({ status: 304 });
    expect((await round()).histories).toHaveLength(1);
    expect((await round()).histories).toHaveLength(0);
    expect(pages()).toHaveLength(1);
    // Another answer than 304 to the condition is an answer.
    answer = () => feed(3, 2, 1);
    expect((await round()).histories).toHaveLength(1);
    // A server that says 304 to whoever has nothing is wrong.
    rmSync(join(folder, ".broadcast/cache"), { recursive: true });
    answer = () => ({ status: 304 });
    expect((await round()).problems).toMatchObject([{ code: "feed-unreadable" }]);
  });

  it("begins with the newest where it is told to, also when the feed was empty at first", async () => {
    campaign(", newest: 1");
    answer = () => ({ body: rss([item(2), item(1)]) });
    expect((await round()).histories.map(({ posts }) => posts[0]!.title)).toEqual(["Entry 2"]);
    campaign("", "empty");
    rmSync(join(folder, "campaigns/blog.yml"));
    answer = () => ({ body: rss([]) });
    await round();
    answer = () => ({ body: rss([item(9)]) });
    expect((await round()).histories.map(({ posts }) => posts[0]!.title)).toEqual(["Entry 9"]);
  });

  it.runIf(EVERYTHING)(
    "announces nasty entries once each, over three runs and two machines with a git ledger",
    async () => {
      const nasty = Array.from(
        { length: MANY },
        (_, n) =>
          [
            item(n),
            `<item><title>&lt;script&gt;alert(${n})&lt;/script&gt; {{ vars }} **b** @everyone</title><guid>n-${n}</guid><description>{% raw %} &amp;amp; &#x1F600; ${"x".repeat(n * 20)}</description></item>`,
            `<item><title>No id ${n}</title><link>/relative/${n}?a=(1)&amp;b=[2]</link><pubDate>not a date</pubDate></item>`,
            `<item><guid>only-id-${n}</guid><description><![CDATA[<p>Hi<img src=x onerror=alert(1)> ${n}]]></description></item>`,
          ][n % 4]!,
      );
      const git = (...args: string[]) => execFileSync("git", args, { cwd: folder, stdio: "pipe" });
      const bare = join(folder, "remote.git");
      execFileSync("git", ["init", "-q", "--bare", bare]);
      config("fetch: { private: true }", "ledger: git");
      git("init", "-q");
      git("-c", "user.name=a", "-c", "user.email=a@b", "commit", "-q", "--allow-empty", "-m", "x");
      git("remote", "add", "origin", bare);
      const other = mkdtempSync(join(tmpdir(), "broadcast-feed-other-"));
      cpSync(folder, other, { recursive: true });
      try {
        answer = () => ({ body: rss([]) });
        await round();
        answer = () => ({ body: rss(nasty.slice(0, (MANY * 3) / 5)) });
        const first = await round();
        expect(first.problems).toEqual([]);
        // The same ones in another order, twice, and the rest; on a machine that has seen nothing.
        answer = () => ({ body: rss([...nasty].reverse().concat(nasty.slice(0, 50))) });
        const second = await round(other);
        const third = await round();
        expect([first, second, third].map(({ histories }) => histories.length)).toEqual([
          (MANY * 3) / 5,
          (MANY * 2) / 5,
          0,
        ]);
        expect(pages().length + pages(other).length).toBe(MANY);
        const all = [...first.histories, ...second.histories];
        expect(new Set(all.map(({ campaign }) => campaign)).size).toBe(MANY);
        for (const { posts } of all) expect(posts[0]!.text).not.toMatch(/<script|<img|onerror="/i);
      } finally {
        rmSync(other, { recursive: true, force: true });
      }
    },
    300_000,
  );

  it("counts an entry as dealt with only together with its deliveries", async () => {
    answer = () => ({ body: rss([]) });
    await round();
    answer = () => ({ body: rss([item(1)]) });
    const { addEntries } = Ledger.prototype;
    Ledger.prototype.addEntries = () => Promise.reject(new Error("killed"));
    await expect(round()).rejects.toThrow("killed");
    Ledger.prototype.addEntries = addEntries;
    expect((await round()).histories).toHaveLength(1);
    expect((await round()).histories).toHaveLength(0);
  });

  it("tries again what could not be planned, and lets nothing else wait", async () => {
    answer = () => ({ body: rss([]) });
    await round();
    campaign("", "other");
    answer = () => ({ body: rss([]) });
    await round();
    writeFileSync(
      join(folder, "campaigns/blog.yml"),
      `kind: update\ntitle: "{{ entry.nonsense }}"\nchannels: [news]\nsource: { feed: "${url}/feed.xml" }\n`,
    );
    answer = () => ({ body: rss([item(1)]) });
    const { histories, problems, code } = await round();
    expect(histories).toHaveLength(1);
    expect(problems.map(({ code }) => code)).toContain("undefined-variable");
    expect(code).toBe(2);
    campaign();
    expect((await round()).histories).toHaveLength(1);
  });

  it.each([
    ["a page that is not a feed", () => ({ body: "<html>" }), "is not a feed"],
    ["404", () => ({ status: 404 }), "answers 404"],
    [
      "a redirect without end",
      () => ({ status: 302, headers: { location: "/again" } }),
      "redirects more than",
    ],
    [
      "another protocol",
      () => ({ status: 302, headers: { location: "file:///etc/passwd" } }),
      "leads to file:",
    ],
    ["too much", () => ({ body: Buffer.alloc(20_000_001, 32) }), "is larger than 20 MB"],
  ])("says in one problem what is wrong with %s", async (_, reply, words) => {
    answer = reply;
    const { problems, code } = await round();
    expect(problems).toMatchObject([{ code: "feed-unreadable", message: expect.stringContaining(words) }]);
    expect(problems[0]!.place).toMatchObject({ line: 6 });
    expect(code).toBe(2);
  });

  it("is listed while it is new", async () => {
    answer = () => ({ body: rss([]) });
    await round();
    answer = () => ({ body: rss([item(2), item(1)]) });
    const project = await openProject({ cwd: folder, env: {} });
    const titles = async () =>
      (await upcoming([join(folder, "campaigns")], project, Date.now(), Date.now() + 86_400_000)).list.map(
        ({ title }) => title,
      );
    expect(await titles()).toEqual(["Entry 1", "Entry 2"]);
    await round();
    expect(await titles()).toEqual([]);
  });

  it("is planned for its newest entry, or the one that is named", async () => {
    answer = () => ({ body: rss([item(2), item(1)]) });
    const project = await openProject({ cwd: folder, env: {} });
    const file = join(folder, "campaigns/blog.yml");
    const { plan } = await planCampaign(file, project);
    expect(plan.deliveries[0]!.posts[0]!.post.title).toBe("Entry 2");
    const key = (await planCampaign(file, project)).plan.campaign.id.split("@")[1];
    expect((await planCampaign(file, project, { occurrence: key })).plan.digest).toBe(plan.digest);
    await expect(planCampaign(file, project, { occurrence: "0".repeat(12) })).rejects.toThrow("has no entry");
  });
});

describe("a private address", () => {
  it("is not read unless that is allowed, whatever leads to it", async () => {
    config("");
    answer = () => ({ body: rss([item(1)]) });
    expect((await round()).problems[0]?.message).toContain("an address of this computer or of its network");
    const ask = (address: string) => fetchPublic(address, { most: 1_000, deadline: 2_000, userAgent: "t" });
    for (const address of [
      "http://localhost/",
      "http://127.1/",
      "http://0x7f.1/",
      "http://[::1]/",
      "http://[::ffff:127.0.0.1]/",
      "http://169.254.169.254/latest",
      "ftp://acme.example/",
    ])
      await expect(ask(address), address).rejects.toThrow(/address of this computer|leads to/);
  });

  it.each(["10.1.2.3", "172.31.0.1", "192.168.1.1", "100.64.0.1", "fd00::1", "fe80::1", "::", "224.0.0.1"])(
    "is %s",
    (address) => expect(isPrivate(address)).toBe(true),
  );
  it.each(["8.8.8.8", "2606:4700::1111", "acme.example"])("is not %s", (address) =>
    expect(isPrivate(address)).toBe(false),
  );
});
