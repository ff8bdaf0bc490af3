// biome-ignore-all lint/suspicious/noTemplateCurlyInString: ${NAME} is what broadcast.yml holds
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
    `To send it for real:  broadcast send ${AGAIN}\n`,
  );
});

it("of one time of a recurrence keeps which time it is", async () => {
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

it("where a credential is missing is how to get it, and a rehearsal, which needs none", async () => {
  const social =
    '  social: { network: mastodon, server: "https://social.example", token: "${SOCIAL_TOKEN}" }\n';
  const folder = project(
    "kind: update\ntitle: Acme 2.4 is out\nbody: Words.\nchannels: [news, social]\n",
    social,
  );
  const { code, err } = await broadcast(folder, ["plan", "campaigns/c.yml"]);
  expect(code).toBe(0);
  expect(err).toContain("To get its credential:  broadcast login social\n");
  expect(err).toContain("To rehearse it in the meantime:  broadcast send campaigns/c.yml --sandbox\n");
  expect(err).not.toContain("To send it");
});

it("is said by the commands that only show", async () => {
  const folder = project("kind: update\ntitle: Acme 2.4 is out\nbody: Words.\nchannels: [news]\n");
  const said = async (...argv: string[]) => (await broadcast(folder, argv)).err;
  expect(await said("preview", "campaigns/c.yml")).toBe(
    "\nTo see the whole plan:  broadcast plan campaigns/c.yml\n",
  );
  expect(await said("networks")).toContain("broadcast init --channel NAME=NETWORK");
  expect(await said("schedule")).toContain("broadcast new --at TIME");
  expect(await said("status", "campaigns/c.yml")).toContain("broadcast plan campaigns/c.yml\n");
});

it("only the commands that send say that nothing was sent", async () => {
  const folder = project("kind: updat\nchannels: [news]\n");
  const said = async (...argv: string[]) => (await broadcast(folder, argv)).err;
  expect(await said("send", "campaigns/c.yml", "--yes")).toMatch(/\n\d problems?, nothing was sent\.\n/);
  expect(await said("status", "nope.yml")).toMatch(/\n1 problem\.\n/);
});

it("networks that do not answer are one warning for all of them", async () => {
  const gone = (name: string) =>
    `  ${name}: { network: mastodon, server: "http://127.0.0.1:9", token: "\${T}" }\n`;
  const folder = project("kind: update\ntitle: T\nbody: W.\nchannels: [news, a, b]\n", gone("a") + gone("b"));
  const { err } = await broadcast(folder, ["send", "campaigns/c.yml"], {
    env: { T: "x".repeat(20) },
    answers: [false],
  });
  const warnings = err.split("\n").filter((line) => line.includes("could not be checked"));
  expect(warnings).toEqual([
    expect.stringMatching(/^warning {2}the account could not be checked: `a` \(.+\), `b` \(.+\)$/),
  ]);
});
