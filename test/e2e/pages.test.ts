/** The pages in a browser: what they look like, whom they can be used by, and that nothing in them runs. */
import { readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { calendarOf } from "../../src/app/calendar.ts";
import { findChromium, openChromium } from "../../src/app/chromium.ts";
import { shotsOf } from "../../src/app/page-shots.ts";
import { previewOf } from "../../src/app/preview-page.ts";
import { calendarPage } from "../../src/pages/calendar/page.ts";
import { reportPage } from "../../src/pages/report/page.ts";
import { networks } from "../../src/sandbox/networks/index.ts";
import { startSandbox } from "../../src/sandbox/server.ts";
import { serious } from "../pages/axe.ts";
import { attack, everything, release, type Stage, UNLIKE } from "../pages/everything.ts";
import { reported } from "../pages/reported.ts";
import { EVERYTHING, sample } from "../sample.ts";

const LOOKS = sample(
  [
    [1280, false],
    [390, false],
    [390, true],
    [1280, true],
  ] as const,
  1,
);
// A browser takes its time: `npm test` asks it for the most, ALL=1 for everything.
const more = it.runIf(EVERYTHING);

const chromium = findChromium(process.env);
// Say so, instead of passing silently.
if (chromium === undefined)
  process.stderr.write("No Chromium here: the pages are not tested in a browser.\n");

describe.skipIf(chromium === undefined)("the preview in a browser", () => {
  let browser: Browser;
  let stage: Stage;
  beforeAll(async () => {
    browser = await openChromium(process.env);
    stage = everything(EVERYTHING ? {} : { only: UNLIKE });
  });
  afterAll(async () => {
    await browser?.close();
    if (stage) rmSync(stage.folder, { recursive: true, force: true });
  });

  async function previewFile(name: string, campaign: object): Promise<string> {
    const file = stage.write(name, campaign);
    const { page } = await previewOf({ file }, await stage.open(), {
      command: "broadcast preview",
      now: Date.parse("2026-11-27T08:00:00Z"),
    });
    const path = join(stage.folder, `${name}.html`);
    writeFileSync(path, page);
    return pathToFileURL(path).href;
  }

  async function open(
    url: string,
    { width = 1280, dark = false } = {},
  ): Promise<{ page: Page; heard: string[] }> {
    const page = await browser.newPage({
      viewport: { width, height: width > 600 ? 900 : 844 },
      colorScheme: dark ? "dark" : "light",
      // Else the page is still on its way when it is looked at.
      reducedMotion: "reduce",
    });
    const heard: string[] = [];
    page.on("console", (message) => heard.push(message.text()));
    page.on("pageerror", (error) => heard.push(error.message));
    page.on("request", (request) => {
      if (!/^(?:file|data):/.test(request.url())) heard.push(request.url());
    });
    await page.goto(url);
    return { page, heard };
  }

  for (const [width, dark] of LOOKS)
    it(`fits ${width} pixels in ${dark ? "dark" : "light"}, and axe finds nothing serious`, async () => {
      const { page, heard } = await open(await previewFile("release", release(stage.channels)), {
        width,
        dark,
      });
      expect(await page.locator(".proof").count()).toBe(stage.channels.length);
      expect(
        await page.evaluate<number>("document.documentElement.scrollWidth - innerWidth"),
      ).toBeLessThanOrEqual(0);
      expect(heard).toEqual([]);
      expect(await serious(page)).toEqual([]);
      await page.close();
    }, 60_000);

  it("filters, and shows a filtered post again when it is asked for by name", async () => {
    const { page } = await open(await previewFile("release", release(stage.channels)));
    await page.selectOption("#net", "mastodon");
    expect(await page.locator(".proof:visible").count()).toBe(1);
    expect(await page.locator("#shown").textContent()).toBe(`1 of ${stage.channels.length} posts`);
    await page.selectOption("#net", "");
    await page.getByLabel("Internal", { exact: true }).check({ force: true });
    expect(await page.locator(".proof:visible").count()).toBe(2);
    await page.close();
  });

  it("is read from left to right and from right to left as the words are", async () => {
    const { page } = await open(await previewFile("release", release(stage.channels)));
    const direction = (id: string) =>
      page.evaluate<string>(`getComputedStyle(document.querySelector("${id} .sheet-in")).direction`);
    const [arabic, english] = [await direction("#at-facebook"), await direction("#at-mastodon")];
    expect([arabic, english]).toEqual(["rtl", "ltr"]);
    await page.close();
  });

  it("is all there without a script", async () => {
    const context = await browser.newContext({ javaScriptEnabled: false });
    const page = await context.newPage();
    await page.goto(await previewFile("release", release(stage.channels)));
    expect(await page.locator(".proof:visible").count()).toBe(stage.channels.length);
    expect(await page.locator("#filters:visible").count()).toBe(0);
    await context.close();
  });

  it("stays inert whatever is written in it", async () => {
    const { page, heard } = await open(
      await previewFile("attack", attack(stage.channels.filter((name) => name !== "feed"))),
    );
    await page.evaluate("document.querySelectorAll('details').forEach((one) => { one.open = true; })");
    expect(await page.title()).toMatch(/^Preview: /);
    expect(heard).toEqual([]);
    const count = (rule: string) => page.locator(rule).count();
    const made = {
      scripts: await count("script"),
      sheets: await count("style"),
      frames: await count("iframe, object, embed, img, link[rel=stylesheet]"),
      styles: await count("[style]"),
      handlers: await page.evaluate<number>(
        "[...document.querySelectorAll('*')].filter((one) => [...one.attributes].some(({ name }) => name.startsWith('on'))).length",
      ),
      links: await page.evaluate<string[]>(
        "[...document.querySelectorAll('a')].map((one) => one.getAttribute('href')).filter((href) => !/^(?:https?:|mailto:|#)/.test(href))",
      ),
    };
    expect(made).toEqual({ scripts: 1, sheets: 1, frames: 0, handlers: 0, styles: 0, links: [] });
    // Nothing of ours has been turned around or hidden.
    expect(await page.locator(".foot:visible").count()).toBe(1);
    await page.close();
  }, 60_000);

  more(
    "takes ten thousand tags",
    async () => {
      const tags = Array.from({ length: 10_000 }, (_, n) => `#t${n}`).join(" ");
      const begun = Date.now();
      const url = await previewFile("tags", {
        kind: "update",
        title: "T",
        body: tags,
        channels: ["feed", "facebook"],
      });
      const { page } = await open(url);
      expect(await page.locator("#at-feed .txt").textContent()).toContain("#t9999");
      expect(Date.now() - begun).toBeLessThan(15_000);
      await page.close();
    },
    60_000,
  );

  more(
    "turns the leaves of the calendar, by month and by week",
    async () => {
      for (const [name, at] of [
        ["one", "2026-12-10 18:00"],
        ["two", "2026-12-10 18:30"],
        ["three", "2027-01-12 09:00"],
      ])
        stage.write(name!, {
          kind: "update",
          title: `Title ${name}`,
          body: "Words.",
          at: `${at} Europe/Rome`,
          channels: ["mastodon", "slack"],
        });
      const project = { ...(await stage.open()), rehearsal: false };
      const { view } = await calendarOf([join(stage.folder, "campaigns")], project, {
        now: Date.parse("2026-12-09T08:00:00Z"),
        command: "broadcast calendar",
      });
      const path = join(stage.folder, "calendar.html");
      writeFileSync(path, calendarPage(view));
      for (const [width, dark] of sample(LOOKS, 1)) {
        const { page, heard } = await open(pathToFileURL(path).href, { width, dark });
        expect(
          await page.evaluate<number>("document.documentElement.scrollWidth - innerWidth"),
        ).toBeLessThanOrEqual(0);
        expect(await serious(page)).toEqual([]);
        expect(heard).toEqual([]);
        expect(await page.locator("h1").textContent()).toBe("December 2026");
        expect(await page.locator(".clash:visible").count()).toBe(1);
        await page.locator("#next").click();
        expect(await page.locator("h1").textContent()).toBe("January 2027");
        expect(await page.locator(".ev:visible").count()).toBe(1);
        await page.getByLabel("Week", { exact: true }).check({ force: true });
        expect(await page.locator("h1").textContent()).toBe("Week 50, 7 December to 13 December");
        expect(await serious(page)).toEqual([]);
        await page.close();
      }
    },
    60_000,
  );

  more(
    "reports what came of it, readable for everybody",
    async () => {
      const path = join(stage.folder, "report.html");
      writeFileSync(path, reportPage(reported));
      for (const [width, dark] of sample(LOOKS, 1)) {
        const { page, heard } = await open(pathToFileURL(path).href, { width, dark });
        expect(
          await page.evaluate<number>("document.documentElement.scrollWidth - innerWidth"),
        ).toBeLessThanOrEqual(0);
        expect(await serious(page)).toEqual([]);
        expect(heard).toEqual([]);
        await page.locator(".behind summary").first().click();
        expect(await page.locator(".behind td.r:visible").count()).toBeGreaterThan(1);
        await page.close();
      }
    },
    60_000,
  );

  more(
    "makes pictures of the whole and of each post, in which nothing runs",
    async () => {
      const file = stage.write("shots", attack(["mastodon", "slack"]));
      const { page } = await previewOf({ file }, await stage.open(), { command: "broadcast preview" });
      const folder = join(stage.folder, "shots");
      const files = await shotsOf(page, { folder, name: "shots", env: process.env });
      expect(files).toEqual(["shots.png", "shots-mastodon.png", "shots-slack.png"]);
      const { imageSize } = await import("image-size");
      const [whole, one] = files.map((name) => imageSize(readFileSync(join(folder, name))));
      expect(whole!.width).toBe(1280);
      expect(one!.height).toBeGreaterThan(400);
    },
    60_000,
  );

  it("is said not to be there where there is no Chromium", async () => {
    const shots = shotsOf("<p>", {
      folder: stage.folder,
      name: "x",
      env: { PATH: "/nowhere", CHROMIUM: "" },
    });
    await expect(shots).rejects.toThrow(/Chromium/);
  });

  it("shows a rehearsal while it goes on, and filters it", async () => {
    const sandbox = await startSandbox({ networks, folder: join(stage.folder, "live") });
    try {
      const say = async (network: string, words: string) => {
        const { server, token } = sandbox.channel(network, "acme");
        await fetch(`${server}/api/v1/statuses`, {
          method: "POST",
          headers: { authorization: `Bearer ${token}`, "content-type": "application/json" },
          body: JSON.stringify({ status: words }),
        });
      };
      await say("mastodon", "<b>before</b>");
      const page = await browser.newPage({
        viewport: { width: 1280, height: 900 },
        reducedMotion: "reduce",
      });
      const heard: string[] = [];
      page.on("console", (message) => heard.push(message.text()));
      page.on("pageerror", (error) => heard.push(error.message));
      await page.goto(sandbox.url);
      await page.locator("#live.on").waitFor();
      await say("mastodon", "and after");
      await page.locator(".proof", { hasText: "and after" }).waitFor();
      expect(await page.locator(".proof:visible").count()).toBe(2);
      expect(await page.locator(".proof", { hasText: "<b>before</b>" }).count()).toBe(1);
      await page.selectOption("#by-network", "mastodon");
      expect(await page.locator("#shown").textContent()).toBe("2 posts");
      expect(await serious(page)).toEqual([]);
      expect(heard).toEqual([]);
      await page.close();
    } finally {
      await sandbox.close();
    }
  }, 60_000);

  more(
    "hides nothing that has the focus, whoever comes by keyboard",
    async () => {
      const url = await previewFile("release", release(stage.channels));
      for (const width of [1280, 390]) {
        const { page } = await open(url, { width });
        const covered: string[] = [];
        const seen = new Set<string>();
        for (let n = 0; n < 60; n++) {
          await page.keyboard.press("Tab");
          const [what, isSeen] = await page.evaluate<[string, boolean]>(`(() => {
          const one = document.activeElement, box = one.getBoundingClientRect();
          const [x, y] = [box.left + Math.min(box.width / 2, 40), box.top + Math.min(box.height / 2, 10)];
          const top = document.elementFromPoint(x, y);
          const words = one.tagName + " " + (one.textContent || one.name || "").trim().slice(0, 40);
          return [words, one === document.body || (top !== null && (one.contains(top) || top.contains(one) || one.closest("label")?.contains(top) === true))];
        })()`);
          seen.add(what);
          if (!isSeen) covered.push(what);
        }
        expect(covered).toEqual([]);
        expect(seen.size).toBeGreaterThan(30);
        await page.close();
      }
    },
    60_000,
  );
});
