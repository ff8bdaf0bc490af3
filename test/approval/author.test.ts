import { execFileSync } from "node:child_process";
import { mkdtempSync, realpathSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { authorOf, isAuthor } from "../../src/approval/author.ts";

let folder: string;
let file: string;

beforeEach(() => {
  folder = realpathSync(mkdtempSync(join(tmpdir(), "broadcast-author-")));
  file = join(folder, "release.yml");
  writeFileSync(file, "kind: release\n");
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

function git(...argv: string[]): void {
  execFileSync("git", argv, { cwd: folder, stdio: "pipe" });
}

function as(name: string, email: string): void {
  git("config", "user.name", name);
  git("config", "user.email", email);
}

function commit(): void {
  git("add", "-A");
  git("commit", "-qm", "words");
}

describe("the author", () => {
  it("is who the campaign says", async () => {
    const author = await authorOf(file, "Ada Author <ada@acme.example>");
    expect(author.names).toEqual(["Ada Author", "ada@acme.example", "ada"]);
    expect(isAuthor("Ada", author)).toBe(true);
    expect(isAuthor("marta", author)).toBe(false);
  });

  it("is who committed the file last", async () => {
    git("init", "-q");
    as("Ada Author", "ada@acme.example");
    commit();
    as("Marta", "marta@acme.example");
    writeFileSync(join(folder, "other.yml"), "kind: update\n");
    commit();
    expect((await authorOf(file, undefined)).names).toEqual(["Ada Author", "ada@acme.example", "ada"]);
  });

  it("is also who is changing it now", async () => {
    git("init", "-q");
    as("Ada Author", "17+ada@users.noreply.example");
    commit();
    as("Marta", "marta@acme.example");
    writeFileSync(file, "kind: update\n");
    const { names } = await authorOf(file, undefined);
    expect(names).toContain("ada");
    expect(names).toContain("marta");
  });

  it("does not hide, by what the campaign says, who committed it", async () => {
    git("init", "-q");
    as("Ada Author", "ada@acme.example");
    commit();
    const author = await authorOf(file, "Somebody Else");
    expect(author.names).toEqual(["Somebody Else"]);
    expect(author.committers).toEqual(["Ada Author", "ada@acme.example", "ada"]);
  });

  it("is not guessed at without a history", async () => {
    expect((await authorOf(file, undefined)).names).toEqual([]);
    expect((await authorOf(undefined, undefined)).names).toEqual([]);
  });

  it("is not guessed at where a shallow clone begins", async () => {
    git("init", "-q");
    as("Ada Author", "ada@acme.example");
    commit();
    as("Marta", "marta@acme.example");
    writeFileSync(join(folder, "other.yml"), "kind: update\n");
    commit();
    const clone = join(folder, "clone");
    git("clone", "-q", "--depth", "1", `file://${folder}`, clone);
    const author = await authorOf(join(clone, "release.yml"), undefined);
    expect(author).toEqual({ names: [], source: expect.stringContaining("no history") });
  });
});
