import { chmodSync, existsSync, mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, afterEach, beforeEach, describe, expect, it } from "vitest";
import { exec } from "../../src/adapters/exec/exec.ts";
import { openRehearsal } from "../../src/app/sandbox.ts";
import { addressOf } from "../../src/http/program-address.ts";
import { createWire } from "../../src/http/transport.ts";
import { exec as half } from "../../src/sandbox/networks/exec.ts";
import { type Sandbox, startSandbox } from "../../src/sandbox/server.ts";
import { contextOn, KEY, openStage, postOf, type Stage } from "../../src/testing.ts";
import { describeAdapter } from "./contract.ts";

describeAdapter(exec, half);

const post = (part: object = {}) => postOf({ options: {}, title: "Acme 2.4", ...part });
const folder = mkdtempSync(join(tmpdir(), "exec-"));
const image = { file: "a.png", sha256: "00", type: "image/png", bytes: 10, alt: "A picture" };

/** A program in the shell's language; its folder is its own. */
function program(name: string, script: string): string {
  const file = join(folder, name);
  writeFileSync(file, `#!/bin/sh\n${script}\n`);
  chmodSync(file, 0o755);
  return file;
}

describe("a program", () => {
  let stage: Stage;
  beforeEach(async () => {
    stage = await openStage(() => ({ status: 404 }));
  });
  afterEach(() => stage.close());
  afterAll(() => {
    delete process.env.BROADCAST_TEST_SECRET;
  });
  const publish = (file: string, channel: object = {}, part: object = {}, thread?: object) =>
    exec.publish(
      post(part),
      contextOn(exec, stage, { channel: { program: file, ...channel }, thread } as never),
    );

  it("gets the post as JSON, with its files and its secret, and answers with a receipt", async () => {
    const file = program("good", `cat > input.json\necho '{"id": 7, "url": "https://acme.example/7"}'`);
    const parent = { id: "6" };
    const receipt = await publish(
      file,
      { token: "program-token" },
      { media: [image], tags: ["release"], options: { values: { room: "hall" } } },
      { root: parent, parent },
    );
    expect(receipt).toEqual({ id: "7", url: "https://acme.example/7" });
    expect(stage.events).toEqual(["sending"]);
    expect(JSON.parse(readFileSync(join(folder, "input.json"), "utf8"))).toEqual({
      ...{ version: 1, type: "publish", key: KEY, part: 1, time: "2026-11-23T09:00:00.000Z" },
      ...{ root: "6", parent: "6", token: "program-token", values: { room: "hall" } },
      post: {
        ...{ title: "Acme 2.4", text: "Acme 2.4 is out", markup: "markdown", tags: ["release"] },
        media: [
          {
            ...{ name: "a.png", type: "image/png", alt: "A picture" },
            data: Buffer.from("bytes of a.png").toString("base64"),
          },
        ],
      },
    });
  });

  it("is called with its arguments, by no shell, and with few variables", async () => {
    process.env.BROADCAST_TEST_SECRET = "not-for-programs";
    process.env.BROADCAST_TEST_REGION = "eu";
    const file = program("args", `echo "$#|$1|$(env | grep BROADCAST_TEST)" > args.txt\necho '{"id":"1"}'`);
    await publish(file, { args: ["a b; touch hacked", "$HOME"], variables: ["BROADCAST_TEST_REGION"] });
    expect(readFileSync(join(folder, "args.txt"), "utf8")).toBe(
      "2|a b; touch hacked|BROADCAST_TEST_REGION=eu\n",
    );
    expect(existsSync(join(folder, "hacked"))).toBe(false);
  });

  it.each([
    ["a refusal", `echo '{"error": "rejected", "message": "no hash"}'`, "rejected", /says: no hash/],
    ["a wait", `echo '{"error": "limited", "retry_after": 60}'`, "limited", /gives no reason/],
    [
      "a refusal that repeats its secret",
      `echo "{\\"error\\": \\"auth\\", \\"message\\": \\"program-token?\\"}"`,
      "auth",
      /says: \*\*\*\?/,
    ],
    ["an end without a word", "exit 0", "uncertain", /no receipt/],
    ["other words than a receipt", "echo done", "uncertain", /no receipt/],
    [
      "an exit code",
      `echo '{"id":"1"}'; echo "boom program-token" >&2; exit 3`,
      "uncertain",
      /exit code 3: boom \*\*\*/,
    ],
    ["an end by a signal", "kill -KILL $$", "uncertain", /SIGKILL/],
  ])("that ends with %s is told by %s", async (_, script, code, message) => {
    const file = program("odd", `cat > /dev/null\n${script}`);
    await expect(publish(file, { token: "program-token" })).rejects.toMatchObject({
      code,
      message: expect.stringMatching(message),
    });
  });

  it("that takes too long is ended, with what it has started", async () => {
    const file = program("slow", "(sleep 1; touch late) &\nsleep 5");
    await expect(publish(file, { timeout: "300ms" })).rejects.toMatchObject({ code: "uncertain" });
    await sleep(1_200);
    expect(existsSync(join(folder, "late"))).toBe(false);
  });

  it("that does not read what it gets may still answer", async () => {
    const file = program("deaf", `echo '{"id":"1"}'`);
    expect(await publish(file, {}, { text: "long ".repeat(90_000) })).toEqual({ id: "1" });
  });

  it("that cannot be started is told, also beforehand, and was certainly not run", async () => {
    const plain = join(folder, "plain.txt");
    writeFileSync(plain, "not a program");
    for (const [file, words] of [
      [join(folder, "nowhere"), /is not there/],
      [plain, /may not be run/],
    ] as const) {
      await expect(publish(file)).rejects.toMatchObject({ code: "rejected" });
      const context = contextOn(exec, stage, { channel: { program: file } });
      await expect(exec.account!(context)).rejects.toThrow(words);
    }
  });

  it("is not run when its account is asked for", async () => {
    const file = program("asked", "touch was-run");
    const context = contextOn(exec, stage, { channel: { program: file, once: true } });
    expect(await exec.account!(context)).toEqual({ id: "asked", handle: "asked", idempotency: "forever" });
    expect(existsSync(join(folder, "was-run"))).toBe(false);
  });
});

describe("a program in a rehearsal", () => {
  let stage: Stage;
  let sandbox: Sandbox;
  beforeEach(async () => {
    stage = await openStage(() => ({ status: 404 }));
    sandbox = await startSandbox({ networks: [half], folder: mkdtempSync(join(tmpdir(), "exec-")) });
  });
  afterEach(async () => {
    await stage.close();
    await sandbox.close();
  });

  it("is played by the sandbox", async () => {
    const context = contextOn(exec, stage, { channel: sandbox.channel("exec", "acme") });
    const receipt = await exec.publish(post({ media: [image] }), context);
    expect(await sandbox.posts()).toMatchObject([
      { id: receipt.id, title: "Acme 2.4", media: [{ alt: "A picture" }] },
    ]);
    const stranger = contextOn(exec, stage, {
      channel: { ...sandbox.channel("exec", "acme"), token: "stranger" },
    });
    await expect(exec.publish(post(), stranger)).rejects.toMatchObject({ code: "auth" });
  });

  it("cannot be run, whatever a setting says", async () => {
    const { override } = await openRehearsal({ url: sandbox.url, folder: "nowhere" });
    const { dial } = createWire({ only: override.places });
    const file = program("forbidden", "touch forbidden-run");
    await expect(dial(new URL(addressOf({ file })), AbortSignal.timeout(1_000))).rejects.toThrow(
      "reaches only",
    );
  });
});
