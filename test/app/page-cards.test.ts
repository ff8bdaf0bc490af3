// biome-ignore-all lint/suspicious/noTemplateCurlyInString: ${NAME} is what broadcast.yml holds
/** The card of a link, from the page's own words: read once, frozen, and never a reason to send nothing. */
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { crc32 } from "node:zlib";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { planCampaign } from "../../src/app/plan.ts";
import { openProject } from "../../src/app/project.ts";
import { openRehearsal } from "../../src/app/sandbox.ts";
import { send } from "../../src/app/send.ts";
import { verifyPlan } from "../../src/app/verify-plan.ts";
import { digest } from "../../src/plan/digest.ts";
import type { Plan } from "../../src/plan/types.ts";

/** A PNG whose structure holds and whose pixels do not. */
function undecodable(png: Buffer): Buffer {
  const bytes = Buffer.from(png);
  let at = 8;
  while (bytes.toString("latin1", at + 4, at + 8) !== "IDAT") at += 12 + bytes.readUInt32BE(at);
  const end = at + 8 + bytes.readUInt32BE(at);
  bytes.fill(0xff, at + 8, end);
  bytes.writeUInt32BE(crc32(bytes.subarray(at + 4, end)), end);
  return bytes;
}

const PICTURE = readFileSync(resolve("campaigns/images/ticks.png"));
const PAGE = (more = "") =>
  `<html><head><title>The page</title><meta property="og:description" content="What it says"><meta property="og:image" content="/a.png">${more}</head><body>${"x".repeat(700_000)}</body></html>`;

let folder: string;
let server: Server;
let url: string;
let asked: string[];
let answer: (path: string) => { status?: number; headers?: Record<string, string>; body?: string | Buffer };

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), "broadcast-page-cards-"));
  asked = [];
  answer = (path) =>
    path === "/a.png" ? { body: PICTURE } : { headers: { "content-type": "text/html" }, body: PAGE() };
  server = createServer(({ url: path = "" }, response) => {
    asked.push(path);
    const { status = 200, headers = {}, body = "" } = answer(path);
    response.writeHead(status, headers).end(body);
  });
  await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  config();
});
afterEach(async () => {
  server.closeAllConnections();
  await new Promise((done) => server.close(done));
  rmSync(folder, { recursive: true, force: true });
});

function config(more = "fetch: { private: true }"): void {
  writeFileSync(
    join(folder, "broadcast.yml"),
    `channels:\n  sky: { network: bluesky, identifier: a.example, password: "\${T}" }\n  news: { network: feed, folder: public, title: News, url: "https://acme.example/" }\n  talk: { network: discord, webhook: "\${H}" }\n${more}\n`,
  );
}

async function planned(more: string, channels = "sky"): Promise<Plan> {
  const file = join(folder, "c.yml");
  writeFileSync(file, `kind: update\ntitle: Ours\nsummary: Our words.\nchannels: [${channels}]\n${more}\n`);
  const project = await openProject({ cwd: folder, env: {} });
  return (await planCampaign(file, project, { withoutCredentials: true })).plan;
}
const cardOn = (plan: Plan, channel = "sky") =>
  plan.deliveries.find((one) => one.channel === channel)?.posts[0]?.post.link;
const codes = (plan: Plan) => plan.problems.map(({ code }) => code).filter((code) => code !== "missing-env");

describe("the card of a link", () => {
  it("says what the page says, with its picture, where the card is ours", async () => {
    const plan = await planned(`link: ${url}/post`, "sky, news, talk");
    expect(cardOn(plan)).toMatchObject({
      url: `${url}/post`,
      title: "The page",
      description: "What it says",
      image: {
        type: "image/png",
        bytes: PICTURE.length,
        file: expect.stringMatching(/^\.broadcast\/cache\/card-\w{32}\.png$/),
      },
    });
    expect(cardOn(plan, "news")).toMatchObject({ title: "The page" });
    // Once for all channels.
    expect(asked).toEqual(["/post", "/a.png"]);
    expect(codes(plan)).toEqual([]);
  });

  it("is not asked for where every network makes its own", async () => {
    await planned(`link: ${url}/post`, "talk");
    await planned(`link: ${url}/post\nmedia: [{ file: a.png, alt: A }]`, "talk").catch(() => {});
    expect(asked).toEqual([]);
  });

  it("is that of the first link in the text, where there is no other", async () => {
    const text = (more = "") => `only: { sky: { text: "See ${url}/first and ${url}/second."${more} } }`;
    const plan = await planned(text());
    expect(cardOn(plan)).toMatchObject({ url: `${url}/first`, title: "The page" });
    expect(asked).toEqual(["/first", "/a.png"]);
    expect(cardOn(await planned(text(", card: false")))).toBeUndefined();
  });

  it("is not asked for where the project does not want that", async () => {
    config("fetch: { private: true, cards: false }");
    expect(cardOn(await planned(`link: ${url}/post`))).toMatchObject({ title: "Ours" });
    expect(asked).toEqual([]);
  });

  it("gives way to the campaign's own words and picture", async () => {
    writeFileSync(join(folder, "own.png"), PICTURE);
    const plan = await planned(`link: ${url}/post\ncard: { title: Mine, image: own.png }`);
    expect(cardOn(plan)).toMatchObject({
      title: "Mine",
      description: "What it says",
      image: { file: "own.png" },
    });
  });

  it("is frozen: the same plan again, also when the page has changed or gone, and on another machine", async () => {
    const first = await planned(`link: ${url}/post?utm_source=x`);
    answer = () => ({ status: 500 });
    expect((await planned(`link: ${url}/post?utm_source=x`)).digest).toBe(first.digest);
    expect(asked).toHaveLength(2);
    // Another machine reads the page itself.
    rmSync(join(folder, ".broadcast"), { recursive: true });
    answer = (path) => (path === "/a.png" ? { body: PICTURE } : { body: PAGE() });
    expect((await planned(`link: ${url}/post?utm_source=x`)).digest).toBe(first.digest);
    // Its picture has been tidied away: it is read again.
    for (const name of readdirSync(join(folder, ".broadcast/cache")).filter((one) => one.endsWith(".png")))
      rmSync(join(folder, ".broadcast/cache", name));
    const again = await planned(`link: ${url}/post?utm_source=x`);
    expect(existsSync(join(folder, cardOn(again)!.image!.file))).toBe(true);
  });

  it.each([
    ["is not there", () => ({ status: 404 }), "answers 404"],
    [
      "leads to itself",
      (path: string) => ({ status: 302, headers: { location: path } }),
      "redirects more than",
    ],
  ])("has the campaign's words where the page %s, and says so", async (_, given, why) => {
    answer = given;
    const plan = await planned(`link: ${url}/post`);
    expect(cardOn(plan)).toEqual({ url: `${url}/post`, title: "Ours", description: "Our words." });
    expect(plan.problems.find(({ code }) => code === "card-unread")).toMatchObject({
      severity: "warning",
      message: expect.stringContaining(why),
    });
    const times = asked.length;
    // Not at every look.
    await planned(`link: ${url}/post`);
    expect(asked).toHaveLength(times);
  });

  it("does not look at private addresses unless that is allowed, whatever leads there", async () => {
    config("");
    const plan = await planned(`link: ${url}/post`);
    expect([asked, codes(plan)]).toEqual([[], ["card-unread"]]);
  });

  it.each([
    ["no page", () => ({ headers: { "content-type": "application/pdf" }, body: "%PDF" })],
    ["nothing", () => ({ headers: { "content-type": "text/html" }, body: "" })],
  ])("has the campaign's words where the address is %s", async (_, given) => {
    answer = given;
    const plan = await planned(`link: ${url}/post`);
    expect([cardOn(plan), codes(plan)]).toEqual([
      { url: `${url}/post`, title: "Ours", description: "Our words." },
      [],
    ]);
  });

  it.each([
    ["is half a download", PICTURE.subarray(0, 2_000)],
    ["is something else", Buffer.from("<html>404</html>")],
    [
      "is a drawing that could be a program",
      Buffer.from('<svg xmlns="http://www.w3.org/2000/svg"><script/></svg>'),
    ],
  ])("does without a picture that %s", async (_, body) => {
    answer = (path) => (path === "/a.png" ? { body } : { body: PAGE() });
    expect(cardOn(await planned(`link: ${url}/post`))).toEqual({
      url: `${url}/post`,
      title: "The page",
      description: "What it says",
    });
  });

  it("makes a picture fit that is too large for the network", async () => {
    const large = Buffer.concat([PICTURE, Buffer.alloc(1_200_000)]);
    answer = (path) => (path === "/a.png" ? { body: large } : { body: PAGE() });
    const plan = await planned(`link: ${url}/post`);
    const image = cardOn(plan)?.image;
    expect(image?.fit).toMatchObject({ type: "image/jpeg", bytes: 1_000_000 });
    expect(plan.deliveries[0]?.posts[0]?.fitted?.[image!.file]?.bytes).toBeLessThan(1_000_000);
    expect(codes(plan)).toEqual([]);
  });

  it("leaves out a large picture that nobody can decode, or that may not be changed, and says so", async () => {
    const large = Buffer.concat([PICTURE, Buffer.alloc(1_200_000)]);
    answer = (path) => (path === "/a.png" ? { body: undecodable(large) } : { body: PAGE() });
    for (const more of ["", "\nfit_media: false"]) {
      const plan = await planned(`link: ${url}/post${more}`);
      expect(cardOn(plan)).toMatchObject({ title: "The page" });
      expect(cardOn(plan)?.image).toBeUndefined();
      expect(plan.deliveries[0]?.lost).toContain("the card without its picture");
      expect(plan.deliveries[0]?.digest).toBe(digest(plan.deliveries[0]?.posts.map(({ post }) => post)));
      expect(codes(plan)).toEqual([]);
    }
  });

  it("says that it lacks the picture that the page names and that is none", async () => {
    const bomb = Buffer.from(PICTURE);
    bomb.writeUInt32BE(60_000, 16);
    bomb.writeUInt32BE(60_000, 20);
    bomb.writeUInt32BE(crc32(bomb.subarray(12, 29)), 29);
    for (const [path, image] of [
      ["bomb", { body: bomb }],
      ["half", { body: PICTURE.subarray(0, 900) }],
      ["none", { status: 404 }],
    ] as const) {
      answer = (asked) => (asked === "/a.png" ? image : { body: PAGE() });
      const plan = await planned(`link: ${url}/${path}`);
      expect(cardOn(plan)?.image, path).toBeUndefined();
      expect(plan.deliveries[0]?.lost, path).toContain("the card without its picture");
    }
  });

  it("is read again where its kept picture was spoilt", async () => {
    const file = cardOn(await planned(`link: ${url}/spoilt`))!.image!.file;
    writeFileSync(join(folder, file), "spoilt");
    expect(cardOn(await planned(`link: ${url}/spoilt`))?.image?.file).toBe(file);
    expect(readFileSync(join(folder, file))).toEqual(PICTURE);
  });

  it("of a page that answers compressed, though it was asked not to, is a warning", async () => {
    answer = () => ({
      headers: { "content-type": "text/html", "content-encoding": "gzip" },
      body: "x".repeat(99),
    });
    expect(codes(await planned(`link: ${url}/gz`))).toEqual(["card-unread"]);
  });

  it("has its picture on another machine, too, as long as the page shows the same one", async () => {
    const plan = await planned(`link: ${url}/elsewhere`);
    const cache = join(folder, ".broadcast/cache");
    rmSync(cache, { recursive: true });
    const project = await openProject({ cwd: folder, env: { T: "abcd-abcd-abcd-abcd" } });
    expect((await verifyPlan(plan, project)).digest).toBe(plan.digest);
    rmSync(cache, { recursive: true });
    answer = (path) => (path === "/a.png" ? { body: undecodable(PICTURE) } : { body: PAGE() });
    await expect(verifyPlan(plan, project)).rejects.toMatchObject({
      problems: [{ code: "stale-plan" }],
    });
  });

  it("in a rehearsal is what was read before, and nothing is asked", async () => {
    const rehearsal = await openRehearsal({ folder: join(folder, ".broadcast/sandbox") });
    try {
      await planned(`link: ${url}/known`);
      const times = asked.length;
      const project = await openProject({ cwd: folder, env: {}, override: rehearsal.override });
      const sent = await send(join(folder, "c.yml"), project);
      expect([sent.code, cardOn(sent.plan)?.title]).toEqual([0, "The page"]);
      writeFileSync(
        join(folder, "c.yml"),
        readFileSync(join(folder, "c.yml"), "utf8").replace("known", "unknown"),
      );
      const other = await send(join(folder, "c.yml"), project);
      expect([other.code, cardOn(other.plan)?.title]).toEqual([0, "Ours"]);
      expect(asked).toHaveLength(times);
    } finally {
      await rehearsal.close();
    }
  });
});
