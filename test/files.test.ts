/** What is written is whole, kept out of git where it is private, and what the system refuses is said in words. */
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import { systemClock } from "../src/clock.ts";
import { InputError } from "../src/errors.ts";
import { writeAtomically } from "../src/files.ts";
import { openAt } from "../src/ledger/open.ts";
import { lock } from "../src/lock.ts";

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "broadcast-files-"));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const ignored = () => readFileSync(join(folder, ".broadcast/.gitignore"), "utf8");

it("the state folder keeps itself out of git, whoever writes into it first", async () => {
  const first = {
    session: () => writeAtomically(join(folder, ".broadcast/sessions/a.json"), "{}", 0o600),
    ledger: async () => (await openAt(join(folder, ".broadcast/ledger.db"))).close(),
    rehearsal: async () => (await openAt(join(folder, ".broadcast/sandbox/ledger.db"))).close(),
    lock: async () =>
      (await lock(join(folder, ".broadcast/run.lock"), { clock: systemClock, patience: 0 }))?.release(),
  };
  writeFileSync(join(folder, "broadcast.yml"), "channels: {}\n");
  for (const write of Object.values(first)) {
    await write();
    expect(ignored()).toBe("*\n");
    rmSync(join(folder, ".broadcast"), { recursive: true });
  }
});

it("a state folder that is there already gets its .gitignore; one that a person emptied stays empty", async () => {
  writeFileSync(join(folder, "broadcast.yml"), "channels: {}\n");
  mkdirSync(join(folder, ".broadcast"));
  await writeAtomically(join(folder, ".broadcast/seen.json"), "{}");
  expect(ignored()).toBe("*\n");
  writeFileSync(join(folder, ".broadcast/.gitignore"), "");
  await writeAtomically(join(folder, ".broadcast/seen.json"), "{}");
  expect(ignored()).toBe("");
});

it("nothing else gets one", async () => {
  writeFileSync(join(folder, "broadcast.yml"), "channels: {}\n");
  await writeAtomically(join(folder, "campaigns/a.yml"), "kind: update\n");
  expect(readdirSync(join(folder, "campaigns"))).toEqual(["a.yml"]);
  expect(existsSync(join(folder, ".gitignore"))).toBe(false);
});

it("what cannot be written is bad input, with the path and a remedy, and leaves nothing behind", async () => {
  mkdirSync(join(folder, "plan.json"));
  writeFileSync(join(folder, "file"), "");
  const said = (path: string) =>
    writeAtomically(join(folder, path), "x").then(
      () => undefined,
      (error: unknown) => (error instanceof InputError ? error.problems[0] : error),
    );
  expect(await said("plan.json")).toMatchObject({
    code: "unwritable-file",
    message: expect.stringMatching(/plan\.json cannot be written: it is a folder$/),
    remedy: expect.any(String),
  });
  expect(await said("file/plan.json")).toMatchObject({
    code: "unwritable-file",
    message: expect.stringMatching(/file\/plan\.json cannot be written: a part of its path is a file$/),
  });
  expect(readdirSync(folder).sort()).toEqual(["file", "plan.json"]);
});
