// biome-ignore-all lint/suspicious/noTemplateCurlyInString: ${NAME} is what broadcast.yml holds
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import fc from "fast-check";
import { expect, test } from "vitest";
import { loadCampaign } from "../../src/campaign/load.ts";
import { adapters, brief, CONFIG, campaign, config, project } from "./project.ts";

const RUNS = { seed: 24, numRuns: process.env.DEEP ? 30_000 : 300 };

const CAMPAIGN = `kind: release
title: { en: Acme 2.4, it: Acme 2.4 }
lang: en
body: |
  **Acme** {{ version }}
vars: { version: "2.4.0" }
media:
  - { file: a.png, alt: A }
only: { bird: { body: x, options: { visibility: public } } }
channels: [all]
`;

/** Slips and attacks: a few characters of the text are lost, and others come in. */
const slips = fc.array(
  fc.record({
    at: fc.nat(400),
    lose: fc.nat(6),
    put: fc.oneof(
      fc.constantFrom(
        "\t",
        "\n",
        ":",
        ": ",
        "{",
        "[",
        "]",
        "}",
        "'",
        '"',
        "*a",
        "&a ",
        "- ",
        "!x ",
        "|",
        "#",
        "~",
        "1",
        "__proto__: ",
        "<<: ",
      ),
      fc.string({ maxLength: 4, unit: "grapheme" }),
    ),
  }),
  { minLength: 1, maxLength: 4 },
);

function slipped(text: string, all: { at: number; lose: number; put: string }[]): string {
  return all.reduce((now, { at, lose, put }) => now.slice(0, at) + put + now.slice(at + lose), text);
}

test("whatever is written, the answer is a campaign or problems with places, never an exception", async () => {
  const folder = project({ "broadcast.yml": CONFIG, "a.png": "x" });
  const { config: known } = await config(folder);
  await fc.assert(
    fc.asyncProperty(slips, async (changes) => {
      writeFileSync(join(folder, "c.yml"), slipped(CAMPAIGN, changes));
      const { campaign: read, problems } = await loadCampaign("c.yml", known, adapters, folder);
      expect(read === undefined).toBe(problems.some(({ severity }) => severity === "error"));
      for (const { place } of problems) expect(place?.file).toMatch(/^(c|broadcast)\.yml$/);
    }),
    RUNS,
  );
});

test("whatever is written into broadcast.yml, a secret in it is never shown", async () => {
  const folder = project();
  const written = CONFIG.replace("${BIRD_TOKEN}", "s3cretvalue");
  await fc.assert(
    fc.asyncProperty(slips, async (changes) => {
      // The word itself stays whole, so that it can be looked for.
      const text = slipped(written, changes);
      fc.pre(text.includes("token: s3cretvalue"));
      writeFileSync(join(folder, "broadcast.yml"), text);
      const { problems } = await config(folder);
      expect(JSON.stringify(problems)).not.toContain("s3cretvalue");
    }),
    RUNS,
  );
});

test("keys that are dangerous in JavaScript are only wrong keys", async () => {
  const { problems } = await campaign(
    "kind: update\ntitle: x\nchannels: [bird]\nconstructor: x\ntoString: x\n",
  );
  expect(problems.map(({ code }) => code)).toEqual(["unknown-key", "unknown-key"]);
  const proto = await campaign(
    "kind: update\n__proto__: { audience: internal }\nvars: { __proto__: { x: 1 } }\n",
  );
  expect(proto.problems.map(brief)).toEqual(["campaign.yml:2:1 unknown-key", "campaign.yml:3:9 unknown-key"]);
  const names = await campaign("kind: update\ntitle: x\nchannels: [constructor, __proto__]\n");
  expect(names.problems.map(({ code }) => code)).toEqual(["unknown-channel", "unknown-channel"]);
});
