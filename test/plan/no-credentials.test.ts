/** A plan is the same on a machine without credentials: what was approved there is what another machine sends. */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { planCampaign } from "../../src/app/plan.ts";
import { openProject } from "../../src/app/project.ts";
import { networks } from "../../src/sandbox/networks/index.ts";
import { isSecret } from "../../src/settings.ts";
import { entriesAt } from "../../src/yaml/schema-problems.ts";
import { adapters } from "../networks.ts";

const CAMPAIGN = `kind: update
title: Acme 2.4 is out
summary: Faster sync.
body: |
  **Lists** sync in half the time, [as measured](https://acme.example/docs).

  ${"And a sentence more, since there is so much to say about it. ".repeat(8)}
link: https://acme.example/blog/2-4
`;

interface Case {
  name: string;
  network: string;
  written: Record<string, unknown>;
  env: Record<string, string>;
}

// Every way that a network is used, and settings that change its rules.
const MORE: Record<string, object[]> = {
  x: [{ long: true }],
  farcaster: [{ long: true }],
  bookstack: [{ editor: "markdown" }],
  micropub: [{ as: "note" }],
  github: [{ as: "release" }],
};

const cases: Case[] = networks.flatMap(({ id, ways, channel }) => {
  const adapter = adapters.find((one) => one.id === id)!;
  const secrets = [...entriesAt(adapter.channel, [])]
    .filter(([, entry]) => isSecret(entry))
    .map(([key]) => key);
  return [...ways.map(({ settings }) => settings ?? {}), ...(MORE[id] ?? [])].map((settings, index) => {
    const name = `${id}-${index}`;
    const stand = { ...settings, ...channel(name, `https://${id}.example`, `/tmp/${id}`, { ...settings }) };
    const env: Record<string, string> = {};
    const said = Object.entries(stand).filter(([, value]) => value !== "");
    const written = said.map(([key, value]) => {
      if (!secrets.includes(key)) return [key, value];
      const variable = `${name.toUpperCase().replaceAll("-", "_")}_${key.toUpperCase()}`;
      // A key of several lines is written in one.
      env[variable] = String(value).replaceAll("\n", "\\n");
      return [key, `\${${variable}}`];
    });
    return { name, network: id, written: Object.fromEntries(written), env };
  });
});

describe("a plan without credentials", () => {
  let folder: string;
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), "broadcast-without-"));
  });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  it.each(cases)("says for $name what it says with them", async ({ name, network, written, env }) => {
    const config = { channels: { [name]: { network, ...written } }, programs: ["a-program-that-is-not-run"] };
    writeFileSync(join(folder, "broadcast.yml"), JSON.stringify(config));
    const file = join(folder, "c.yml");
    writeFileSync(file, `${CAMPAIGN}channels: [${name}]\n`);
    const planned = async (environment: Record<string, string>) => {
      const project = await openProject({ cwd: folder, env: environment });
      const { plan } = await planCampaign(file, project, { withoutCredentials: true });
      return plan.deliveries;
    };
    const [with_, without] = [await planned(env), await planned({})];
    expect(with_.length).toBeGreaterThan(0);
    expect(without.map(({ digest }) => digest)).toEqual(with_.map(({ digest }) => digest));
  });
});
