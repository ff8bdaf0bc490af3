// biome-ignore-all lint/suspicious/noTemplateCurlyInString: ${NAME} is what broadcast.yml holds
/** Rehearse, edit, rehearse: without questions, and without a sandbox of somebody else's. */
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { networks } from "../../src/sandbox/networks/index.ts";
import { startSandbox } from "../../src/sandbox/server.ts";
import { broadcast, folderWith } from "./stand-in.ts";

const CONFIG = 'channels:\n  team: { network: slack, token: "${SLACK}", channel: C1 }\n';
const campaign = (words: string) => `kind: update\ntitle: Hello\nbody: ${words}\nchannels: [team]\n`;

it("a changed campaign rehearses again, and an unchanged one does not", async () => {
  const folder = folderWith({ "broadcast.yml": CONFIG, "c.yml": campaign("One.") });
  const sandbox = await startSandbox({ networks: [...networks], folder: join(folder, "stage"), port: 0 });
  try {
    const rehearse = () => broadcast(folder, ["send", "c.yml", "--sandbox", sandbox.url]);
    const posts = () => sandbox.posts();
    expect((await rehearse()).code).toBe(0);
    expect((await rehearse()).err).toContain("Everything was out already");
    expect(await posts()).toHaveLength(1);
    writeFileSync(join(folder, "c.yml"), campaign("Two."));
    const again = await rehearse();
    expect(again.code, again.err).toBe(0);
    expect(again.err).toContain("1 published");
    expect((await posts()).map(({ text }) => text.split("\n").at(-1))).toEqual(["One.", "Two."]);
  } finally {
    await sandbox.close();
  }
});

it("says that the page ends with the command, and how to see it", async () => {
  const folder = folderWith({ "broadcast.yml": CONFIG, "c.yml": campaign("One.") });
  const { code, err } = await broadcast(folder, ["send", "c.yml", "--sandbox"]);
  expect(code, err).toBe(0);
  expect(err).toMatch(/The sandbox ends with this command\. To look at its posts: {2}broadcast sandbox/);
});

it("does not use the sandbox of another project at the usual port", async () => {
  const other = folderWith({});
  const theirs = await startSandbox({ networks: [...networks], folder: other, port: 4747 }).catch(
    () => undefined,
  );
  try {
    const folder = folderWith({ "broadcast.yml": CONFIG, "c.yml": campaign("One.") });
    const { out } = await broadcast(folder, ["send", "c.yml", "--sandbox"]);
    expect(out).toContain("published");
    // Where another test has the port, ours may get it when that one ends.
    if (theirs) {
      expect(out).not.toContain("127.0.0.1:4747");
      expect(await theirs.posts()).toEqual([]);
    }
  } finally {
    await theirs?.close();
  }
});
