/** Makes the pictures in docs/ anew, from the example campaigns, in the system's Chromium: `npm run screenshots`. */
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Browser } from "playwright-core";
import sharp from "sharp";
import { approve } from "../src/app/approve.ts";
import { calendarDocument } from "../src/app/calendar.ts";
import { openChromium } from "../src/app/chromium.ts";
import { openDesk } from "../src/app/desk.ts";
import { previewOf } from "../src/app/preview-page.ts";
import { openProject } from "../src/app/project.ts";
import { addComment } from "../src/app/review.ts";
import { openRehearsal } from "../src/app/sandbox.ts";
import { send } from "../src/app/send.ts";
import { reportPage } from "../src/pages/report/page.ts";
import { networks } from "../src/sandbox/networks/index.ts";
import { reported } from "../test/pages/reported.ts";

const NOW = Date.parse("2026-11-27T09:20:00Z");
const temporary = mkdtempSync(join(tmpdir(), "broadcast-screenshots-"));
const folder = join(temporary, "acme");
for (const one of ["campaigns", "broadcast.yml"]) cpSync(one, join(folder, one), { recursive: true });
// Two more networks, so that the layouts are seen beside each other.
const config = readFileSync("broadcast.yml", "utf8")
  .replace(
    "\ngroups:",
    "\n  x: { network: x, audience: external, lang: en }\n  linkedin: { network: linkedin, audience: external, lang: en }\n\ngroups:",
  )
  .replace("everyone: [mastodon, bluesky,", "everyone: [mastodon, bluesky, linkedin,");
writeFileSync(
  join(folder, "broadcast.yml"),
  `${config}\ntimezone: Europe/Rome\npolicy: [{ by: [marta, chinwe], approvals: 2, not_author: false }]\n`,
);
const release = join(folder, "campaigns/release.yml");
writeFileSync(release, `${readFileSync(release, "utf8")}at: 2026-12-01 09:00 Europe/Rome\n`);

const half = (network: string, channel: string, written: Record<string, unknown>) =>
  networks
    .find(({ id }) => id === network)
    ?.channel(channel, `http://127.0.0.1:4747/${network}`, folder, written);
const open = async () => ({
  ...(await openProject({
    cwd: folder,
    env: {},
    override: Object.assign(half, { places: ["http://127.0.0.1:4747"], add: () => {} }),
  })),
  rehearsal: false,
});

interface Shot {
  width?: number;
  height?: number;
  dark?: boolean;
  /** Of the picture. */
  to?: number;
}

async function shoot(
  browser: Browser,
  page: { html: string } | { url: string },
  file: string,
  { width = 1360, height = 900, dark = false, to = 1100 }: Shot = {},
) {
  const tab = await browser.newPage({
    viewport: { width, height },
    deviceScaleFactor: 2,
    colorScheme: dark ? "dark" : "light",
  });
  if ("html" in page) await tab.setContent(page.html);
  else await tab.goto(page.url);
  const picture = await tab.screenshot();
  await tab.close();
  const scaled = sharp(picture).resize({ width: to });
  const small = await (file.endsWith(".png")
    ? scaled.png({ palette: true, colours: 64 })
    : scaled.webp({ quality: 72 })
  ).toBuffer();
  writeFileSync(join("docs", file), small);
  console.log(`docs/${file}: ${Math.round(small.length / 1000)} kB`);
}

const browser = await openChromium(process.env);
try {
  await approve({ file: release }, await open(), { by: "marta", toFile: true });
  writeFileSync(
    release,
    readFileSync(release, "utf8").replace("in 4 seconds instead", "in 3 seconds instead"),
  );
  const command = "broadcast preview campaigns/release.yml";
  const { page: html } = await previewOf({ file: "campaigns/release.yml" }, await open(), {
    command,
    now: NOW,
  });
  await shoot(browser, { html }, "preview.webp", { height: 1150 });
  await shoot(browser, { html }, "preview-phone.webp", { width: 390, height: 1500, dark: true, to: 430 });
  await addComment(
    "campaigns/release.yml",
    {
      channel: "mastodon",
      by: "Chinwe",
      text: "Is 3 right? The page says 4.",
      digest: "0".repeat(64),
      now: NOW,
    },
    { cwd: folder },
  );
  const desk = await openDesk({ ref: { file: "campaigns/release.yml" }, open, command, toFile: true });
  await shoot(browser, { url: desk.url }, "sign-off.webp", { height: 1080, dark: true });
  await desk.close();
  for (const [name, at] of [
    ["question", "2026-12-03 17:30"],
    ["demo", "2026-12-03 18:00"],
    ["vision", "2026-12-08 09:00"],
    ["decision", "2026-12-09 10:00"],
    ["update", "2026-12-21 09:00"],
  ]) {
    const file = join(folder, `campaigns/${name}.yml`);
    writeFileSync(file, `${readFileSync(file, "utf8").replace(/^at: .*\n/m, "")}at: ${at} Europe/Rome\n`);
  }
  const calendar = await calendarDocument([join(folder, "campaigns")], await open(), {
    now: Date.parse("2026-12-02T09:20:00Z"),
    command: "broadcast calendar --html calendar.html",
  });
  await shoot(browser, { html: calendar.page }, "calendar.webp", { height: 960 });
  await shoot(browser, { html: reportPage(reported) }, "report.webp", { height: 1150 });
  const rehearsal = await openRehearsal({ folder: join(folder, ".broadcast/sandbox"), port: 0 });
  const stage = await openProject({ cwd: folder, env: {}, override: rehearsal.override });
  const demo = join(folder, "campaigns/sandbox.yml");
  writeFileSync(demo, readFileSync("campaigns/release.yml"));
  await send(demo, stage, {});
  await shoot(browser, { url: rehearsal.url }, "sandbox.png", { height: 1000 });
  await rehearsal.close();
} finally {
  await browser.close();
  rmSync(temporary, { recursive: true, force: true });
}
