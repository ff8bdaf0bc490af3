/** What was sent is what is read back, whatever the campaign says: only what somebody changed there is called changed. */
import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { openProject, type Project } from "../../src/app/project.ts";
import { openRehearsal } from "../../src/app/sandbox.ts";
import { send } from "../../src/app/send.ts";
import { verifyPosts } from "../../src/app/verify-posts.ts";
import { jumpingClock } from "../sandbox/loop.ts";

const HARD = `kind: update
title: "Lists, *marks* & <angles> in 1.2"
summary: What a server rewrites.
link: https://acme.example/a?b=1&c=2
body: |
  ## A heading with \`code\`

  1. First, see https://acme.example/docs/one-very-long-address-that-is-shortened-by-some and go on.
  2. Second: **bold**, _slanted_, ~~struck~~.
     - below, with [words behind it](https://acme.example/x)
     - and \`a < b && c > d\`

  > A quotation, by @acme

  | Name | Count |
  | ---- | ----- |
  | one  | 1     |

  \`\`\`sh
  npm install   # two  spaces
  \`\`\`

  Ends with emoji 👩‍👩‍👧 and “quotes”…
tags: [one, two words]
channels: [everyone]
`;

let folder: string;
let project: Project;
let clock: ReturnType<typeof jumpingClock>;
let rehearsal: Awaited<ReturnType<typeof openRehearsal>>;
beforeAll(async () => {
  clock = jumpingClock();
  folder = mkdtempSync(join(tmpdir(), "broadcast-verify-"));
  for (const part of ["campaigns", "broadcast.yml"])
    cpSync(resolve(part), join(folder, part), { recursive: true });
  writeFileSync(join(folder, "campaigns/hard.yml"), HARD);
  for (const name of files()) {
    const file = join(folder, "campaigns", name);
    writeFileSync(file, readFileSync(file, "utf8").replaceAll(/^(?:at|every|until|late|expires):.*\n/gm, ""));
  }
  rehearsal = await openRehearsal({ folder: join(folder, ".broadcast", "sandbox") });
  project = await openProject({ cwd: folder, env: {}, override: rehearsal.override });
});
afterAll(async () => {
  await rehearsal.close();
  clock.restore();
  rmSync(folder, { recursive: true, force: true });
});

const files = () => readdirSync(join(folder, "campaigns")).filter((name) => name.endsWith(".yml"));

describe("verify", () => {
  it("finds every shipped campaign, and a hard one, as it was sent", { timeout: 60_000 }, async () => {
    for (const name of files()) {
      const { code, histories } = await send(join(folder, "campaigns", name), project, { clock });
      expect(
        histories.map(({ state }) => state),
        name,
      ).not.toContain("failed");
      expect(code, name).toBe(0);
    }
    const { found } = await verifyPosts(project);
    expect(found.length).toBeGreaterThan(25);
    expect(
      found
        .filter((one) => one.found !== "same")
        .map(({ delivery, sent, words }) => ({ delivery, sent, words })),
    ).toEqual([]);
  });

  it("says so when the link card that was sent is not there, or leads elsewhere", async () => {
    const { channels } = project.config;
    const { adapter, ...channel } = channels.get("bluesky")!;
    for (const card of ["none", "https://evil.example/"]) {
      const read: typeof adapter.read = async (...given) => {
        const standing = await adapter.read!(...given);
        return standing === "gone" ? standing : { ...standing, card };
      };
      channels.set("bluesky", { ...channel, adapter: { ...adapter, read } });
      const { found, code } = await verifyPosts(project, { what: join(folder, "campaigns/hard.yml") });
      expect(code).toBe(3);
      expect(found.filter((one) => one.found === "changed")).toMatchObject([
        {
          delivery: "campaigns/hard.yml/bluesky",
          sent: expect.stringMatching(/Link card: https:\/\/acme\.example\/a\?b=1&c=2$/),
          words: expect.stringMatching(new RegExp(`Link card: ${card}$`)),
        },
      ]);
    }
    channels.set("bluesky", { ...channel, adapter });
  });
});
