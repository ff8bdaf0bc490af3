// biome-ignore-all lint/suspicious/noTemplateCurlyInString: ${NAME} is what broadcast.yml holds
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { InputError, type Problem } from "../../src/errors.ts";
import { readSource } from "../../src/yaml/source.ts";
import { brief, config, project } from "../campaign/project.ts";

/** The problems with a file of this content. */
async function faults(content: string | Uint8Array, secrets = false): Promise<readonly Problem[]> {
  const folder = project({ "a.yml": content });
  try {
    await readSource(join(folder, "a.yml"), "a.yml", { secrets });
    return [];
  } catch (error) {
    if (error instanceof InputError) return error.problems;
    throw error;
  }
}

async function read(content: string) {
  return readSource(join(project({ "a.yml": content }), "a.yml"), "a.yml");
}

describe("what is no YAML is explained in plain words", () => {
  test.each<[string, string, string, RegExp]>([
    ["a tab", "a:\n\tb: 1\n", "a.yml:2:1 yaml-tab", /spaces/],
    ["a colon in a value", "title: Acme: it is out\n", "a.yml:1:8 yaml", /quotes/],
    ["Liquid without quotes", "title: {{ version }}\n", "a.yml:1:9 yaml", /quotes/],
    ["an open quote", "a: 'x\n", "a.yml:1:4 yaml", /Close it/],
    ["an open bracket", "a: [1, 2\n", "a.yml:1:8 yaml", /`\]`/],
    ["an at sign", "a: @acme\n", "a.yml:1:4 yaml", /quotes/],
    ["a bang", "a: !soon x\n", "a.yml:1:4 yaml", /quotes/],
    ["an asterisk", "a: *bold* move\n", "a.yml:1:4 yaml", /quotes/],
    ["a second document", "a: 1\n---\nb: 2\n", "a.yml:2:1 yaml", /one document/],
    ["crooked indentation", "a:\n  b: 1\n c: 2\n", "a.yml:3:1 yaml", /indented/],
    ["a duplicate key", "a: 1\nb: 2\na: 3\n", "a.yml:3:1 duplicate-key", /first in line 1/],
    ["a reference in braces", "a: { token: ${X} }\n", "a.yml:1:14 yaml", /quotes/],
  ])("%s", async (_, content, expected, words) => {
    const problems = await faults(content);
    expect(problems.map(brief)).toEqual([expected]);
    expect(`${problems[0]?.message} ${problems[0]?.remedy}`).toMatch(words);
    expect(problems[0]?.place?.text).toBe(content.split("\n")[problems[0]!.place!.line! - 1]);
  });
});

describe("what is not a file for us is refused before it can do harm", () => {
  const bomb = [
    "a: &a [x,x,x,x,x,x,x,x,x]",
    "b: &b [*a,*a,*a,*a,*a,*a,*a,*a,*a]",
    "c: &c [*b,*b,*b,*b,*b,*b,*b,*b,*b]",
    "d: &d [*c,*c,*c,*c,*c,*c,*c,*c,*c]",
  ];
  const utf16 = Buffer.from("kind: release\n", "utf16le");
  test.each<[string, string | Uint8Array, string, RegExp]>([
    ["an empty file", "", "empty-file", /empty/],
    ["a file with comments only", "# soon\n", "empty-file", /empty/],
    ["a text", "hello\n", "wrong-type", /keys and values/],
    ["a binary", Buffer.from([0x89, 0x50, 0x4e, 0x47, 0, 0, 1, 2, 0, 3, 0]), "binary-file", /not text/],
    ["UTF-16", Buffer.concat([Buffer.from([0xff, 0xfe]), utf16]), "wrong-encoding", /UTF-16/],
    ["UTF-16 without a mark", utf16, "wrong-encoding", /UTF-16/],
    ["Latin-1", Buffer.from("a: 1\nb: caffè\n", "latin1"), "wrong-encoding", /Latin-1/],
    ["an alias bomb", bomb.join("\n"), "alias-bomb", /multiply/],
    ["100,000 brackets", "[".repeat(100_000), "too-deep", /deep/],
    ["100,000 dashes", "- ".repeat(100_000), "too-deep", /deep/],
    ["50 MB", Buffer.alloc(50_000_000, "a: b\n"), "file-too-large", /50\.0 MB; at most 1 MB/],
  ])("%s", async (_, content, code, words) => {
    const started = performance.now();
    const problems = await faults(content);
    expect(problems.map((problem) => problem.code)).toEqual([code]);
    expect(`${problems[0]?.message} ${problems[0]?.remedy}`).toMatch(words);
    expect(performance.now() - started).toBeLessThan(2000);
  });

  test("the line that is not UTF-8 is named", async () => {
    const [problem] = await faults(Buffer.from("a: 1\nb: caffè\n", "latin1"));
    expect(problem?.place).toEqual({ file: "a.yml", line: 2 });
  });

  test("a missing file, with the one that was meant", async () => {
    const folder = project({ "release.yml": "a: 1" });
    const reading = readSource(join(folder, "relese.yml"), "relese.yml");
    await expect(reading).rejects.toMatchObject({
      problems: [{ code: "missing-file", remedy: "Did you mean `release.yml`?" }],
    });
  });

  test("a folder", async () => {
    const folder = project();
    mkdirSync(join(folder, "campaigns"));
    const reading = readSource(join(folder, "campaigns"), "campaigns");
    await expect(reading).rejects.toMatchObject({ problems: [{ code: "not-a-file" }] });
  });

  test("20,000 unknown keys", async () => {
    const keys = Array.from({ length: 20_000 }, (_, index) => `a${index}: 1`).join("\n");
    const folder = project({ "broadcast.yml": keys });
    const started = performance.now();
    const { problems } = await config(folder);
    expect(problems.length).toBeGreaterThan(0);
    expect(performance.now() - started).toBeLessThan(8000);
  });

  test("20,000 keys do not take quadratic time", async () => {
    const keys = Array.from({ length: 20_000 }, (_, index) => `a${index}: 1`).join("\n");
    const started = performance.now();
    await read(keys);
    expect(performance.now() - started).toBeLessThan(5000);
  });
});

describe("everything has its place", () => {
  test("keys, values, list items, and the nearest thing to what is missing", async () => {
    const source = await read(
      "kind: release\nmedia:\n  - file: a.png\n    alt: 𝒜 dot\nonly: { x: { body: hi } }\n",
    );
    expect(source.place(["kind"])).toMatchObject({ line: 1, column: 7, length: 7, text: "kind: release" });
    expect(source.place(["kind"], "key")).toMatchObject({ line: 1, column: 1, length: 4 });
    expect(source.place(["media", 0, "alt"])).toMatchObject({ line: 4, column: 10, length: 5 });
    expect(source.place(["media", 0, "decorative"])).toMatchObject({ line: 3, column: 5 });
    expect(source.place(["only", "x", "body"])).toMatchObject({ line: 5, column: 20, length: 2 });
    expect(source.place(["only", "x", "title"])).toMatchObject({ line: 5, column: 9 });
  });

  test("through an alias", async () => {
    const source = await read("a: &words { title: hi }\nb: *words\n");
    expect(source.value).toEqual({ a: { title: "hi" }, b: { title: "hi" } });
    expect(source.place(["b", "title"])).toMatchObject({ line: 1, column: 20 });
  });

  test.each([
    [
      "a block text",
      "body: |\n  one\n  two {{ x }}\n",
      ["body"],
      { line: 2, column: 5 },
      { line: 3, column: 7 },
    ],
    [
      "a block text in a list",
      "a:\n  - |\n    x\n    y z\n",
      ["a", 0],
      { line: 2, column: 3 },
      { line: 4, column: 7 },
    ],
    ["a plain text", "title: Acme {{ x }}\n", ["title"], { line: 1, column: 6 }, { line: 1, column: 13 }],
    ["a quoted text", 'title: "Acme {{ x }}"\n', ["title"], { line: 1, column: 6 }, { line: 1, column: 14 }],
    [
      "a text with escapes, by its start",
      'title: "A\\n {{ x }}"\n',
      ["title"],
      { line: 2, column: 2 },
      { line: 1, column: 8 },
    ],
  ])("inside %s", async (_, content, path, spot, expected) => {
    const source = await read(content);
    expect(source.placeIn(path, spot)).toMatchObject(expected);
  });

  test("with Windows line ends", async () => {
    const source = await read("a: 1\r\nb: 2\r\n");
    expect(source.place(["b"])).toMatchObject({ line: 2, column: 4, text: "b: 2" });
  });
});

describe("a file with secrets", () => {
  test("does not show them, not even when its YAML is broken", async () => {
    const broken = await faults("channels:\n  a:\n    token: abc: s3cret\n", true);
    expect(broken).toHaveLength(1);
    expect(JSON.stringify(broken)).not.toMatch(/s3cret|abc/);
    const url = await faults("ledger: postgres://me:s3cret@host: x\n", true);
    expect(JSON.stringify(url)).not.toMatch(/s3cret/);
  });

  test.each(["*", "|", "> ", "!", "&", "@", "%", "? ", "{ ", "<<: "])(
    "nor what follows `%s`, which means something in YAML",
    async (sign) => {
      const broken = await faults(`channels:\n  a:\n    token: ${sign}s3cret-value\n    b: [\n`, true);
      const alone = await faults(`channels:\n  a:\n    token: ${sign}s3cret-value\n`, true).catch(() => []);
      expect(JSON.stringify([broken, alone])).not.toContain("s3cret");
    },
  );

  test("still shows references", async () => {
    const [problem] = await faults("a: { token: ${TOKEN} }\n", true);
    expect(problem?.place?.text).toBe("a: { token: ${TOKEN} }");
  });
});
