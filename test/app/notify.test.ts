// biome-ignore-all lint/suspicious/noTemplateCurlyInString: ${NAME} is what broadcast.yml holds
/** `notify:`: the team is told once each what needs a person; never the public, and never in the way of a delivery. */
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { history } from "../../src/app/history.ts";
import { openProject } from "../../src/app/project.ts";
import { run } from "../../src/app/run.ts";
import { send } from "../../src/app/send.ts";
import { stats } from "../../src/app/stats.ts";
import { InputError } from "../../src/errors.ts";
import { networks } from "../../src/sandbox/networks/index.ts";
import { type Sandbox, startSandbox } from "../../src/sandbox/server.ts";

let folder: string;
let sandbox: Sandbox;
beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), "broadcast-notify-"));
  mkdirSync(join(folder, "campaigns"));
  sandbox = await startSandbox({ networks, folder: join(folder, "stage") });
});
afterEach(async () => {
  await sandbox.close();
  rmSync(folder, { recursive: true, force: true });
});

function config(notify: string, more = "", team = "audience: internal"): void {
  writeFileSync(
    join(folder, "broadcast.yml"),
    `channels:\n  social: { network: mastodon, audience: external, server: "${sandbox.url}/mastodon", token: "\${T}" }\n  team: { network: feed, ${team}, folder: team, title: Team, url: "https://acme.example/" }\n${notify}\n${more}`,
  );
}
const open = (token = "sandbox-social") => openProject({ cwd: folder, env: { T: token } });
function campaign(at: string): void {
  writeFileSync(
    join(folder, "campaigns/c.yml"),
    `kind: update\ntitle: It is out\nbody: Words.\nchannels: [social]\n${at}`,
  );
}
const told = () => {
  try {
    return readdirSync(join(folder, "team"), { withFileTypes: true })
      .filter((one) => one.isDirectory())
      .map(({ name }) => readFileSync(join(folder, "team", name, "index.html"), "utf8"));
  } catch {
    return [];
  }
};

describe("notify", () => {
  it("tells once what was missed by cron and what needs a login, also under a policy", async () => {
    config(
      "notify: { channel: team }",
      "policy: [{ approvals: 1, by: [marta], when: { audience: internal } }]\n",
    );
    const late = new Date(Date.now() - 3 * 3_600_000).toISOString();
    campaign(`at: ${late}\nlate: ask\n`);
    for (let n = 0; n < 3; n++) await run([join(folder, "campaigns")], await open());
    expect(told()).toHaveLength(1);
    // It is nothing that was said to readers.
    expect(await history(await open())).toEqual([]);
    expect((await stats(await open(), { cached: true })).rows).toEqual([]);
    expect(told()[0]).toContain("was missed and waits for a decision");
    expect(told()[0]).toContain("broadcast resolve campaigns/c.yml/social");
  });

  it("is quiet without it, and when all is well", async () => {
    config("");
    campaign(`at: ${new Date(Date.now() - 60_000).toISOString()}\n`);
    await run([join(folder, "campaigns")], await open());
    expect(told()).toEqual([]);
    config("notify: { channel: team }");
    await run([join(folder, "campaigns")], await open());
    expect(told()).toEqual([]);
  });

  it("stops nothing when it cannot be told", async () => {
    config("notify: { channel: team }", "", "audience: internal, keep: 1");
    // Where its folder should be, there is a file.
    writeFileSync(join(folder, "team"), "");
    campaign("");
    const { code, histories } = await send(join(folder, "campaigns/c.yml"), await open());
    expect(code).toBe(0);
    expect(histories).toMatchObject([{ state: "published" }]);
  });

  it("is never the public's", async () => {
    config("notify: { channel: team }", "", "audience: external");
    const problems = (await open()).problems.map(({ code, place }) => [code, place?.line]);
    expect(problems).toEqual([["internal-to-external", 4]]);
    config("notify: { channel: tema }");
    expect((await open()).problems).toMatchObject([
      { code: "unknown-channel", remedy: expect.stringContaining("team") },
    ]);
    campaign("");
    await expect(send(join(folder, "campaigns/c.yml"), await open())).rejects.toThrow(InputError);
  });
});
