/** The served calendar follows what is saved, and takes nothing. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import { serveCalendar } from "../../src/app/calendar.ts";
import type { PageServer } from "../../src/app/page-server.ts";
import { openProject } from "../../src/app/project.ts";

let folder: string;
let server: PageServer;
const faults: string[] = [];
const soon = new Date(Date.now() + 86_400_000).toISOString();

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), "broadcast-calendar-"));
  mkdirSync(join(folder, "campaigns"));
  config("news");
  campaign("one");
  server = await serveCalendar([join(folder, "campaigns")], () => openProject({ cwd: folder, env: {} }), {
    command: "broadcast calendar --serve",
    onFault: (message) => faults.push(message),
  });
});
afterEach(async () => {
  await server.close();
  rmSync(folder, { recursive: true, force: true });
});

function config(name: string): void {
  const channel = `{ network: feed, folder: public, title: News, url: "https://acme.example/" }`;
  writeFileSync(join(folder, "broadcast.yml"), `channels: { ${name}: ${channel} }\n`);
}
function campaign(name: string): void {
  const lines = `kind: update\ntitle: Title ${name}\nbody: Words.\nchannels: [news]\nat: ${soon}\n`;
  writeFileSync(join(folder, `campaigns/${name}.yml`), lines);
}
const page = async () => (await fetch(server.url)).text();

it("shows a campaign as soon as it is saved", async () => {
  expect(await page()).toContain("Title one");
  expect(await page()).not.toContain("Title two");
  campaign("two");
  await server.changed();
  expect(await page()).toContain("Title two");
});

it("has the same version as long as it says the same", async () => {
  const version = async () => /data-version="([0-9a-f]{16})"/.exec(await page())?.[1];
  const first = await version();
  await server.changed();
  expect(await version()).toBe(first);
  campaign("two");
  await server.changed();
  expect(await version()).not.toBe(first);
});

it("needs the token, and does nothing that it is told", async () => {
  expect((await fetch(new URL("/", server.url))).status).toBe(404);
  const form = {
    method: "POST",
    body: new URLSearchParams({ as: "marta" }),
    headers: { origin: new URL(server.url).origin },
  };
  expect((await fetch(`${server.url}approve`, form)).status).toBe(404);
});

it("says what is wrong, and goes on", async () => {
  writeFileSync(join(folder, "broadcast.yml"), "channels: 7\n");
  await server.changed();
  expect(faults.join()).toContain("channels");
  config("news");
  await server.changed();
  expect(await page()).toContain("Title one");
});
