/** The command that comes next reaches the same plan: with every word that was typed to reach it. */
import { rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { broadcast, folderWith } from "./stand-in.ts";

const config = (folder: string, more = "") => `channels:
  news: { network: feed, folder: ${folder}/public/news, title: Acme, url: "https://acme.example/news/" }
${more}`;
const CHANGELOG = "# Changelog\n\n## 2.4.0 - 2026-12-01\n\n- Offline mode.\n";

function project(campaign: string, more = ""): string {
  const folder = folderWith({ "campaigns/c.yml": campaign, "CHANGELOG.md": CHANGELOG });
  writeFileSync(join(folder, "broadcast.yml"), config(folder, more));
  return folder;
}

const RELEASE = "kind: release\nchannels: [news]\n";
const WEEKLY =
  "kind: update\ntitle: Weekly\nbody: Words.\nchannels: [news]\nfrom: 2098-12-08\nevery: monday 09:00 Europe/Rome\n";
const TYPED = ["campaigns/c.yml", "--from", "changelog"];
const AGAIN = "campaigns/c.yml --from changelog";

it("of a release keeps where its facts are from", async () => {
  const folder = project(RELEASE);
  const said = async (...argv: string[]) => (await broadcast(folder, argv)).err;
  expect(await said("plan", ...TYPED)).toContain(`To send it:  broadcast send ${AGAIN}\n`);
  expect(await said("send", ...TYPED, "--dry-run")).toContain(`To send it:  broadcast send ${AGAIN}\n`);
  expect(await said("send", ...TYPED, "--sandbox", "--yes")).toContain(
    `For everybody:  broadcast send ${AGAIN}\n`,
  );
});

it("of one time of a rhythm keeps which time it is", async () => {
  const folder = project(WEEKLY);
  const time = ["--occurrence", "2098-12-15T09:00"];
  const { out, err } = await broadcast(folder, ["send", "campaigns/c.yml", ...time, "--yes"]);
  expect(out, err).toContain("or later: broadcast send campaigns/c.yml --occurrence 2098-12-15T09:00\n");
  // Also the one that was not named: when it is due, the next one is another.
  const next = await broadcast(folder, ["send", "campaigns/c.yml", "--yes"]);
  expect(next.out).toContain("or later: broadcast send campaigns/c.yml --occurrence 2098-12-08T09:00\n");
});

it("to an approval keeps both, and quotes what a shell would take apart", async () => {
  const folder = project(RELEASE, "policy:\n  - { approvals: 1 }\n");
  writeFileSync(join(folder, "THE NEWS.md"), CHANGELOG);
  rmSync(join(folder, "CHANGELOG.md"));
  const from = ["--from", "changelog:THE NEWS.md"];
  const again = "campaigns/c.yml --from 'changelog:THE NEWS.md'";
  const sent = await broadcast(folder, ["send", "campaigns/c.yml", ...from, "--yes"]);
  expect(sent.code).toBe(5);
  expect(sent.err).toContain(`broadcast approve ${again}`);
  const planned = await broadcast(folder, ["plan", "campaigns/c.yml", ...from]);
  expect(planned.err).toContain(`To approve it:  broadcast approve ${again}\n`);
  const approved = await broadcast(folder, ["approve", "campaigns/c.yml", ...from, "--as", "me", "--yes"]);
  expect(approved.err).toContain(`To send it:  broadcast send ${again}\n`);
  const kept = await broadcast(folder, ["plan", "campaigns/c.yml", ...from, "--out", "my plan.json"]);
  expect(kept.err).toContain("broadcast send --plan 'my plan.json'\n");
});
