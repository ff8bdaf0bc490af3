/** What a campaign can name: regular files of the project, and nothing that is kept from others. */
import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { InputError } from "../src/errors.ts";
import { readFileInside, requireNotIgnored, workTreeAround } from "../src/project-file.ts";
import { broadcast } from "./cli/stand-in.ts";

let base: string;
let root: string;
beforeEach(() => {
  base = realpathSync(mkdtempSync(join(tmpdir(), "broadcast-file-")));
  root = join(base, "project");
  mkdirSync(root);
});
afterEach(() => rmSync(base, { recursive: true, force: true }));

function put(name: string, content = "words"): string {
  const path = join(root, name);
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, content);
  return path;
}

const read = (path: string, most = 100) =>
  readFileInside(path, { inside: root, shown: "notes.md", most })?.toString();

function codeOf(act: () => unknown): string {
  try {
    return `read: ${act()}`;
  } catch (error) {
    if (error instanceof InputError) return error.problems[0]!.code;
    throw error;
  }
}

describe("a file that a campaign names", () => {
  it("is read, also by a link inside the project", () => {
    put("docs/notes.md");
    symlinkSync(join(root, "docs/notes.md"), join(root, "link.md"));
    expect(read(join(root, "docs/notes.md"))).toBe("words");
    expect(read(join(root, "link.md"))).toBe("words");
    expect(read(join(root, "none.md"))).toBeUndefined();
  });

  it.each([
    ["a link out of the project", () => symlinkSync(join(base, "secret"), join(root, "notes.md"))],
    ["a link to .env", () => symlinkSync(put(".env"), join(root, "notes.md"))],
    ["a link to .env.production", () => symlinkSync(put(".env.production"), join(root, "notes.md"))],
    ["a link into .git", () => symlinkSync(put(".git/config"), join(root, "notes.md"))],
    ["a link into .broadcast", () => symlinkSync(put(".broadcast/logins/a.json"), join(root, "notes.md"))],
    [
      "a folder that is a link",
      () => {
        mkdirSync(join(base, "away"));
        writeFileSync(join(base, "away/notes.md"), "words");
        symlinkSync(join(base, "away"), join(root, "docs"));
        symlinkSync(join(root, "docs/notes.md"), join(root, "notes.md"));
      },
    ],
  ])("is not %s", (_what, make) => {
    writeFileSync(join(base, "secret"), "s3cret");
    make();
    expect(codeOf(() => read(join(root, "notes.md")))).toBe("file-outside");
  });

  it("is a regular file: a pipe is not waited for", () => {
    execFileSync("mkfifo", [join(root, "notes.md")]);
    expect(codeOf(() => read(join(root, "notes.md")))).toBe("not-a-file");
  });

  it("has a bounded size", () => {
    put("notes.md", "x".repeat(101));
    expect(codeOf(() => read(join(root, "notes.md")))).toBe("file-too-large");
  });

  it("is not one that git leaves out", async () => {
    execFileSync("git", ["init", "--quiet", root]);
    put(".gitignore", "private.md\n");
    await requireNotIgnored(put("notes.md"), "notes.md");
    await expect(requireNotIgnored(put("private.md"), "private.md")).rejects.toThrow(InputError);
    await requireNotIgnored(put("-q"), "-q");
    expect(workTreeAround(join(root, "deep/er"))).toBe(root);
  });
});

describe("a campaign", () => {
  const CONFIG =
    "channels:\n  news: { network: feed, folder: public, title: Acme, url: https://acme.example/ }\n";
  const CAMPAIGN = "kind: update\ntitle: Hello\nbody: Words.\nchannels: [news]\n";

  it("does not get at .env by a template that is a link", async () => {
    put("broadcast.yml", CONFIG);
    put("c.yml", CAMPAIGN);
    put(".env", "PASSWORD=hunter2hunter2\n");
    mkdirSync(join(root, "templates/update"), { recursive: true });
    symlinkSync(join(root, ".env"), join(root, "templates/update/feed.md"));
    const { code, out, err } = await broadcast(root, ["plan", "c.yml"]);
    expect(code).toBe(2);
    expect(err).toContain("private");
    expect(out + err).not.toContain("hunter2");
  });

  it("that is a pipe is refused, and not waited for", async () => {
    put("broadcast.yml", CONFIG);
    execFileSync("mkfifo", [join(root, "c.yml")]);
    const { code, err } = await broadcast(root, ["plan", "c.yml"]);
    expect(code).toBe(2);
    expect(err).toContain("not a regular file");
  });
});
