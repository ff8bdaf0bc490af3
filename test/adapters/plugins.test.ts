import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { loadPlugins } from "../../src/adapters/plugins.ts";
import { InputError } from "../../src/errors.ts";

const schema = '{ type: "strict_object", entries: {}, "~run": (state) => state }';
const pager = (id: string, part = "") => `
export const ${id} = {
  id: "${id}", name: "Pager", source: { url: "https://pager.example", checked: "2026-11-23" }, group: "team", shape: "short", edits: "none", retracts: "none",
  channel: ${schema}, options: ${schema}, auth: { kind: "none", steps: [] },
  text: { max: 80, unit: "grapheme", markup: "plain" }, media: "none", thread: "none", card: "none",
  rates: [{ posts: 1, per: "1m" }], idempotency: "none", async publish() { return { id: "1" }; }, ${part}
};`;

describe("plug-ins", () => {
  let root: string;
  beforeEach(async () => {
    root = await mkdtemp(join(tmpdir(), "plugins-"));
  });
  afterEach(() => rm(root, { recursive: true }));
  const write = async (name: string, text: string) => {
    await mkdir(dirname(join(root, name)), { recursive: true });
    await writeFile(join(root, name), text);
  };
  const problems = async (...specifiers: string[]) => {
    const error = await loadPlugins(specifiers, root).catch((refusal) => refusal);
    expect(error).toBeInstanceOf(InputError);
    return (error as InputError).problems;
  };

  it("are loaded from the project's files and its packages, in order", async () => {
    await write("adapters/pager.mjs", pager("pager"));
    await write("node_modules/plain/package.json", '{ "name": "plain", "main": "index.mjs" }');
    await write("node_modules/plain/index.mjs", pager("plain"));
    const exports = { ".": { import: { default: "./lib/esm.js" } } };
    await write(
      "node_modules/@acme/modern/package.json",
      JSON.stringify({ name: "@acme/modern", type: "module", exports }),
    );
    await write("node_modules/@acme/modern/lib/esm.js", pager("modern"));
    const { adapters } = await loadPlugins(["@acme/modern", "./adapters/pager.mjs", "plain"], root);
    expect(adapters.map(({ id }) => id)).toEqual(["modern", "pager", "plain"]);
  });

  it("are refused with a reason for each thing that is wrong", async () => {
    await write("odd.mjs", pager("odd", 'rates: [{ posts: 1, per: "often" }], card: "yes", find: true'));
    await write("empty.mjs", "export const answer = 42;");
    await write("broken.mjs", "export const = ;");
    const found = await problems(
      "./odd.mjs",
      "./empty.mjs",
      "./broken.mjs",
      "./gone.mjs",
      "../outside.mjs",
      "not installed",
    );
    expect(found.map(({ code }) => code)).toEqual([
      "bad-adapter",
      "bad-adapter",
      "bad-adapter",
      "not-an-adapter",
      "adapter-not-loaded",
      "adapter-not-loaded",
      "adapter-not-loaded",
      "adapter-not-loaded",
    ]);
    expect(found.map(({ message }) => message).join("\n")).toMatch(
      /card must be.*\n.*rates must be.*\n.*find must be/,
    );
    expect(found[6]?.message).toContain("outside the project");
    for (const { message } of found) expect(message).not.toContain("\n");
  });

  it("may not share a name", async () => {
    await write("one.mjs", pager("pager"));
    await write("two.mjs", pager("pager"));
    expect(await problems("./one.mjs", "./two.mjs")).toMatchObject([{ code: "adapter-twice" }]);
  });

  it("may not take the name of a built-in network", async () => {
    await write("mine.mjs", pager("mastodon"));
    const error = await loadPlugins(["./mine.mjs"], root, ["bluesky", "mastodon"]).catch(
      (refusal) => refusal,
    );
    expect((error as InputError).problems).toMatchObject([
      {
        code: "adapter-twice",
        message: expect.stringContaining("called mastodon"),
        remedy: expect.anything(),
      },
    ]);
    expect((await loadPlugins(["./mine.mjs"], root, ["bluesky"])).adapters).toHaveLength(1);
  });

  it("that are not installed say so", async () => {
    expect(await problems("broadcast-pager")).toMatchObject([
      { code: "adapter-not-loaded", remedy: expect.stringContaining("Install the package") },
    ]);
  });
});
