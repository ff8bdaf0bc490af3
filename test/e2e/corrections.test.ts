// biome-ignore-all lint/suspicious/noTemplateCurlyInString: ${NAME} is what broadcast.yml holds
/** `edit`, `retract`, `pause` and `resume` with the built CLI, against networks that take them for real ones. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import * as v from "valibot";
import { afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { documentOf } from "../../scripts/documents.ts";
import { networks } from "../../src/sandbox/networks/index.ts";
import { type Sandbox, startSandbox } from "../../src/sandbox/server.ts";
import { broadcast, build } from "./built.ts";

beforeAll(build, 120_000);

const ENV = { SOCIAL_TOKEN: "sandbox-social", HOOK: "" };
const CAMPAIGN = "campaigns/release.yml";

let folder: string;
let sandbox: Sandbox;
beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), "broadcast-corrections-"));
  mkdirSync(join(folder, "campaigns"));
  sandbox = await startSandbox({ networks, folder: join(folder, "stage") });
  ENV.HOOK = String(sandbox.channel("slack", "team", { webhook: "x" }).webhook);
  config();
  campaign("Acme 2.4 is out", "social");
});
afterEach(async () => {
  await sandbox.close();
  rmSync(folder, { recursive: true, force: true });
});

function config(policy = ""): void {
  const { url } = sandbox;
  writeFileSync(
    join(folder, "broadcast.yml"),
    `channels:\n  social: { network: mastodon, audience: external, server: "${url}/mastodon", token: "\${SOCIAL_TOKEN}" }\n  team: { network: slack, audience: internal, webhook: "\${HOOK}" }\n${policy}`,
  );
}

function campaign(title: string, channels = "social"): void {
  writeFileSync(
    join(folder, CAMPAIGN),
    `kind: update\ntitle: ${title}\nbody: It is twice as fast.\nchannels: [${channels}]\n`,
  );
}

const run = (...argv: string[]) => broadcast(folder, argv, { env: ENV });
const send = () => run("send", CAMPAIGN, "--yes");
const texts = async () => (await sandbox.posts()).map(({ text }) => text.split("\n")[0]);

async function json(code: number, ...argv: string[]) {
  const ran = await run(...argv, "--json");
  expect(ran.code, ran.err + ran.out).toBe(code);
  return v.parse(documentOf(argv[0]!), JSON.parse(ran.out));
}

describe("edit", () => {
  it("shows the difference word by word, changes nothing in a dry run, and then edits in place", async () => {
    expect((await send()).code).toBe(0);
    campaign("Acme 2.5 is out");
    const dry = await run("edit", CAMPAIGN, "--dry-run");
    expect(dry.err).toContain("Acme [-2.4-]{+2.5+} is out");
    expect(dry.err).toContain("readers see that it was edited");
    expect(await texts()).toEqual(["Acme 2.4 is out"]);
    const edited = await run("edit", CAMPAIGN, "--yes");
    expect(edited.code, edited.err).toBe(0);
    expect(await texts()).toEqual(["Acme 2.5 is out"]);
    expect((await run("edit", CAMPAIGN, "--yes")).err).toContain("nothing to edit");
    expect((await send()).err).toContain("Everything was out already");
    expect(await sandbox.posts()).toHaveLength(1);
  });

  it("needs a yes where nobody can be asked, and says what differs in JSON", async () => {
    await send();
    campaign("Acme 2.5 is out");
    expect((await run("edit", CAMPAIGN)).code).toBe(2);
    expect(await texts()).toEqual(["Acme 2.4 is out"]);
    const done = await json(0, "edit", CAMPAIGN, "--yes", "--reason", "typo");
    expect(done).toMatchObject({
      edits: [{ is: "edit", parts: [0], fields: ["text"], outcome: "done" }],
      deliveries: [{ state: "published", corrections: [{ kind: "edit", state: "done", reason: "typo" }] }],
    });
  });

  it("changes nothing at all until somebody says what becomes of what cannot be edited", async () => {
    campaign("Acme 2.4 is out", "social, team");
    await send();
    campaign("Acme 2.5 is out", "social, team");
    const refused = await run("edit", CAMPAIGN, "--yes");
    expect(refused.code).toBe(2);
    expect(refused.err).toContain("`team` cannot be edited in place: Slack cannot edit what is out");
    expect(refused.err).toContain("Leave it as it is with `--leave`.");
    expect(await texts()).not.toContain("Acme 2.5 is out");
    expect((await run("edit", CAMPAIGN, "--yes", "--leave")).code).toBe(0);
    expect(await texts()).toContain("Acme 2.5 is out");
    // A webhook can neither edit nor delete.
    const stuck = await run("edit", CAMPAIGN, "--yes", "--repost");
    expect(stuck.code).toBe(2);
    expect(stuck.err).toContain("can neither be edited nor taken back");
  });

  it("sends again what has another number of posts, once, where that is asked for", async () => {
    await send();
    writeFileSync(
      join(folder, CAMPAIGN),
      `kind: update\ntitle: Acme 2.5 is out\nbody: |\n${"  It is twice as fast, in every way that one can think of.\n\n".repeat(12)}channels: [social]\n`,
    );
    expect((await run("edit", CAMPAIGN, "--yes")).err).toMatch(/it would have \d+ posts, and 1 is out/);
    const again = await run("edit", CAMPAIGN, "--yes", "--repost");
    expect(again.code, again.err).toBe(0);
    const posts = await sandbox.posts();
    expect(posts.length).toBeGreaterThan(1);
    expect((await run("edit", CAMPAIGN, "--yes", "--repost")).err).toContain("nothing to edit");
    expect(await sandbox.posts()).toHaveLength(posts.length);
  });

  it("puts nothing there that was not approved", async () => {
    config("policy: [{ approvals: 1, by: [marta] }]\n");
    await run("approve", CAMPAIGN, "--as", "marta", "--yes");
    expect((await send()).code).toBe(0);
    campaign("Acme 2.5 is out");
    const refused = await run("edit", CAMPAIGN, "--yes");
    expect(refused.code, refused.err).toBe(5);
    expect(await texts()).toEqual(["Acme 2.4 is out"]);
    await run("approve", CAMPAIGN, "--as", "marta", "--yes");
    expect((await run("edit", CAMPAIGN, "--yes")).code).toBe(0);
    expect(await texts()).toEqual(["Acme 2.5 is out"]);
  });

  it("says so when nothing is out", async () => {
    expect((await run("edit", CAMPAIGN, "--yes")).code).toBe(2);
    await run("pause");
    await send();
    const waits = await run("edit", CAMPAIGN, "--yes");
    expect(waits.code).toBe(2);
    expect(waits.err).toContain("nothing of `campaigns/release.yml` is out");
  });
});

describe("retract", () => {
  it("takes back, keeps who and why, and nothing but retry brings it back", async () => {
    await send();
    expect((await run("cancel", CAMPAIGN)).err).toContain("broadcast retract campaigns/release.yml");
    expect((await run("retract", CAMPAIGN)).code).toBe(2);
    expect((await run("retract", CAMPAIGN, "--dry-run")).out).toContain("will be deleted: http");
    expect(await texts()).toHaveLength(1);
    const done = await json(0, "retract", CAMPAIGN, "--yes", "--reason", "wrong price");
    expect(done).toMatchObject({
      deliveries: [{ state: "retracted", corrections: [{ kind: "retract", reason: "wrong price" }] }],
    });
    expect(await texts()).toEqual([]);
    expect((await run("status")).out).toMatch(/retracted .*wrong price/);
    expect((await send()).code).toBe(0);
    expect(await texts()).toEqual([]);
    const gone = await run("retract", CAMPAIGN, "--yes");
    // What is gone already is not an error: the same command may come again.
    expect([gone.code, gone.out]).toEqual([0, expect.stringMatching(/retracted .*wrong price/)]);
    expect((await run("retry", "social")).code).toBe(0);
    expect(await texts()).toEqual(["Acme 2.4 is out"]);
  });

  it("does what it can and says what it cannot", async () => {
    campaign("Acme 2.4 is out", "social, team");
    await send();
    const part = await run("retract", CAMPAIGN, "--dry-run");
    expect(part.out).toContain("Slack cannot delete what is out");
    expect((await run("retract", CAMPAIGN, "--yes")).code).toBe(3);
    expect(await sandbox.posts()).toHaveLength(1);
    expect((await run("retract", CAMPAIGN, "--channel", "team", "--yes")).code).toBe(2);
  });

  it("waits for the approval that the policy asks for", async () => {
    config("policy: [{ retract: [marta] }]\n");
    expect((await send()).code).toBe(0);
    const refused = await run("retract", CAMPAIGN, "--yes");
    expect(refused.code, refused.err).toBe(5);
    expect(refused.err).toContain("broadcast approve campaigns/release.yml --retract --as marta");
    expect((await run("approve", CAMPAIGN, "--retract", "--as", "ada", "--yes")).code).toBe(5);
    expect((await run("retract", CAMPAIGN, "--yes")).code).toBe(5);
    expect((await run("approve", CAMPAIGN, "--retract", "--as", "marta", "--yes")).code).toBe(0);
    expect((await run("retract", CAMPAIGN, "--yes")).code).toBe(0);
    expect(await texts()).toEqual([]);
    // What is published afterwards was not meant.
    await run("retry", "social");
    expect((await run("retract", CAMPAIGN, "--yes")).code).toBe(5);
  });

  it("cancels what only waits", async () => {
    writeFileSync(
      join(folder, CAMPAIGN),
      "kind: update\ntitle: Later\nbody: Words.\nchannels: [social]\nat: 2099-01-01 09:00 Europe/Rome\n",
    );
    await send();
    expect((await run("retract", CAMPAIGN, "--yes", "--reason", "not now")).code).toBe(0);
    expect((await run("status")).out).toMatch(/cancelled .*taken back.*: not now/);
  });
});

describe("pause", () => {
  it("holds what is sent and what is due, says so first, and lets go again", async () => {
    const paused = await json(0, "pause", "--reason", "a bad day");
    expect(paused).toMatchObject({ pauses: [{ reason: "a bad day" }] });
    const held = await send();
    expect(held.code, held.err).toBe(0);
    expect(held.err).toContain("all channels are paused since");
    expect((await run("run", "--due")).code).toBe(0);
    expect(await texts()).toEqual([]);
    expect((await run("status")).out).toMatch(/^‖ all channels are paused since .*: a bad day\n/);
    expect((await run("doctor")).out).toMatch(/^!? *.*pause/);
    expect(await json(0, "resume")).toMatchObject({ ended: [{ reason: "a bad day" }], pauses: [] });
    expect((await run("run", "--due")).code).toBe(0);
    expect(await texts()).toEqual(["Acme 2.4 is out"]);
    expect((await run("resume")).err).toContain("Nothing is paused");
  });

  it("is for one channel where one is named, and known ones only", async () => {
    campaign("Acme 2.4 is out", "social, team");
    expect((await run("pause", "--channel", "socail")).err).toContain("Did you mean `social`?");
    await run("pause", "--channel", "social");
    expect((await send()).code).toBe(0);
    expect((await sandbox.posts()).map(({ network }) => network)).toEqual(["slack"]);
    expect((await run("resume", "--channel", "team")).code).toBe(2);
    await run("resume", "--channel", "social");
    await send();
    expect(await sandbox.posts()).toHaveLength(2);
  });
});
