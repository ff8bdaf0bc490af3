/** A person at the served preview, in a browser: it follows every save, and takes a sign-off. */
import { readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { findChromium, openChromium } from "../../src/app/chromium.ts";
import { type OpenDesk, openDesk } from "../../src/app/desk.ts";
import { watchProject } from "../../src/cli/watch-project.ts";
import { serious } from "../pages/axe.ts";
import { everything, type Stage } from "../pages/everything.ts";

const chromium = findChromium(process.env);

describe.skipIf(chromium === undefined)("the served preview", () => {
  let browser: Browser;
  let stage: Stage;
  let desk: OpenDesk;
  let unwatch: () => void;
  let page: Page;
  const NAMES = ["mastodon", "bluesky", "feed", "slack"];

  beforeAll(async () => {
    browser = await openChromium(process.env);
    stage = everything({ only: NAMES, policy: "policy: [{ by: [marta, chinwe], not_author: false }]\n" });
    write("It takes 5 seconds.");
    // Approvals are for real posts, so that this is not a rehearsal.
    const open = async () => ({ ...(await stage.open()), rehearsal: false });
    const file = join(stage.folder, "campaigns/release.yml");
    desk = await openDesk({ ref: { file }, open, command: "broadcast preview --serve", toFile: true });
    unwatch = watchProject([file], await stage.open(), () => void desk.changed());
  });
  afterAll(async () => {
    unwatch?.();
    await desk?.close();
    await browser?.close();
    if (stage) rmSync(stage.folder, { recursive: true, force: true });
  });
  beforeEach(async () => {
    page = await browser.newPage({ viewport: { width: 1440, height: 900 } });
    return () => page.close();
  });

  function write(body: string, only = {}): void {
    stage.write("release", { kind: "update", title: "A title", body, channels: NAMES, only });
  }

  it("comes again within 300 ms of a save", async () => {
    write("Before.");
    await page.goto(desk.url);
    await page.locator("#at-mastodon", { hasText: "Before." }).waitFor();
    await page.locator("#live", { hasText: "live" }).waitFor();
    const reload = async () => {
      const begun = performance.now();
      await page.reload();
      await page.locator("#at-mastodon", { hasText: "Before." }).waitFor();
      return performance.now() - begun;
    };
    // What the browser takes by itself tells how busy the machine is.
    const alone = Math.min(await reload(), await reload(), await reload());
    await page.locator("#live", { hasText: "live" }).waitFor();
    const limit = Math.max(300, 2.5 * alone);
    const times: number[] = [];
    // Other tests run beside this one: what counts is what it takes when it has the machine.
    for (let n = 1; n <= 20 && (n <= 3 || Math.min(...times) >= limit); n++) {
      const word = `Number ${n} is there.`;
      await page.waitForTimeout(250);
      const begun = performance.now();
      write(word);
      await page.locator("#at-mastodon", { hasText: word }).waitFor();
      times.push(performance.now() - begun);
    }
    expect(Math.min(...times)).toBeLessThan(limit);
  }, 30_000);

  it("shows what is wrong while it is wrong, and the posts again", async () => {
    await page.goto(desk.url);
    writeFileSync(join(stage.folder, "campaigns/release.yml"), "kind: update\ntitel: x\n");
    await page.getByRole("heading", { name: "It cannot be shown yet" }).waitFor();
    write("Right again.");
    await page.locator("#at-mastodon", { hasText: "Right again." }).waitFor();
  });

  it("keeps what was read and typed, and asks again for what has changed", async () => {
    write("The same.");
    await page.goto(desk.url);
    await page.locator("#at-mastodon", { hasText: "The same." }).waitFor();
    for (const box of await page.locator("[name=read]").all()) await box.check();
    await page.locator("#at-feed .say summary").click();
    await page.locator("#at-feed textarea").fill("Half a comment");
    write("The same.", { bluesky: { text: "Another." } });
    await page.locator("#at-bluesky", { hasText: "Another." }).waitFor();
    const read = await page
      .locator("[name=read]:checked")
      .evaluateAll((boxes) => boxes.map((box) => box.getAttribute("data-read-of")));
    expect(read).toEqual(["mastodon", "feed", "slack"]);
    expect(await page.locator("#at-feed textarea").inputValue()).toBe("Half a comment");
    expect(await page.locator("#why").textContent()).toContain("Not read yet: bluesky.");
  });

  it("lets a person read, comment, and approve exactly this", async () => {
    write("It takes 4 seconds.");
    await page.goto(desk.url);
    await page.locator("#at-mastodon", { hasText: "4 seconds" }).waitFor();
    expect(await serious(page)).toEqual([]);
    // What one has marked is what one means.
    await page.evaluate(
      "getSelection().selectAllChildren(document.querySelector('#at-slack .txt p:last-child'))",
    );
    await page.locator("#at-slack .say summary").click();
    await page.locator("#at-slack .quoted", { hasText: "It takes 4 seconds." }).waitFor();
    await page.locator("#at-slack textarea").fill("Is 4 right?");
    await page.locator("#at-slack .say input[name=by]").fill("marta");
    await page.locator("#at-slack .say button").click();
    await page.locator("#at-slack .talk", { hasText: "Is 4 right?" }).waitFor();
    expect(readFileSync(join(stage.folder, "campaigns/release.review.yml"), "utf8")).toContain("Is 4 right?");
    expect(await page.locator("#at-slack .talk q").textContent()).toBe("It takes 4 seconds.");
    const go = page.locator("#go");
    expect(await go.isDisabled()).toBe(true);
    for (const box of await page.locator("[name=read]").all()) await box.check();
    expect(await page.locator("#name").inputValue()).toBe("marta");
    await go.click();
    await page.locator(".said.good", { hasText: "Approved by marta" }).waitFor();
    await page.locator(".state.yes", { hasText: "approved" }).first().waitFor({ state: "attached" });
    write("It takes 3 seconds.");
    await page.locator(".state", { hasText: "stale" }).first().waitFor({ state: "attached" });
    expect(await page.locator("#at-mastodon .slip del").first().textContent()).toBe("4");
  }, 30_000);
});
