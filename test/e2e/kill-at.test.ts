/** What the kill matrix rests on: how much of a request has left when the process is killed at a boundary of its write. */
import { spawn } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import type { AddressInfo } from "node:net";
import { createServer, type Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { beforeAll, describe, expect, it } from "vitest";
import { build, root } from "./built.ts";

beforeAll(build, 120_000);

/** Sends a post to a server of bare TCP, which answers nothing, and gives what arrived there, one text per connection. */
async function arrivedWhenKilledAt(boundary: string): Promise<{ signal: string | null; arrived: string[] }> {
  const arrived: string[] = [];
  const ended: Promise<unknown>[] = [];
  const server = createServer((socket: Socket) => {
    const at = arrived.push("") - 1;
    socket.on("data", (bytes) => {
      arrived[at] += bytes.toString("latin1");
    });
    socket.on("error", () => {});
    ended.push(new Promise((done) => socket.on("close", done)));
  });
  await new Promise<void>((listening) => server.listen(0, "127.0.0.1", listening));
  const { port } = server.address() as AddressInfo;
  const folder = mkdtempSync(join(tmpdir(), "broadcast-write-"));
  try {
    mkdirSync(join(folder, "templates/update"), { recursive: true });
    writeFileSync(join(folder, "templates/update/default.md"), "{{ body }}\n");
    const webhook = `http://127.0.0.1:${port}/services/T1/B1/a-secret-of-the-team`;
    writeFileSync(
      join(folder, "broadcast.yml"),
      "channels:\n  team:\n    network: slack\n    webhook: ${HOOK}\n",
    );
    writeFileSync(join(folder, "c.yml"), "kind: update\ntitle: T\nchannels: [team]\nbody: All of it.\n");
    const killer = join(root, "test/chaos/kill-at.mjs");
    const argv = ["--import", killer, join(root, "bin/broadcast.js"), "send", "c.yml", "--yes"];
    const child = spawn(process.execPath, argv, {
      cwd: folder,
      env: {
        PATH: process.env.PATH ?? "",
        HOME: folder,
        BROADCAST_KEYRING: "none",
        HOOK: webhook,
        KILL_AT: boundary,
      },
      stdio: "ignore",
    });
    const signal = await new Promise<string | null>((done) => child.on("exit", (_, by) => done(by)));
    await Promise.all(ended);
    return { signal, arrived };
  } finally {
    server.close();
    rmSync(folder, { recursive: true, force: true });
  }
}

describe("a process that is killed", () => {
  it("before a write has sent nothing of the request", async () => {
    expect(await arrivedWhenKilledAt("before-write:1")).toEqual({ signal: "SIGKILL", arrived: [""] });
  });

  it("in the middle of a write has sent its head and half of its body", async () => {
    const { signal, arrived } = await arrivedWhenKilledAt("mid-write:1");
    expect([signal, arrived.length]).toEqual(["SIGKILL", 1]);
    const [head = "", body = ""] = arrived[0]!.split("\r\n\r\n");
    expect(head).toMatch(/^POST \/services\/T1\/B1\/a-secret-of-the-team HTTP\/1\.1\r\n/);
    const length = Number(/content-length: (\d+)/i.exec(head)?.[1]);
    expect(body.length).toBe(Math.floor(length / 2));
  });

  it("after a write has sent all of it", async () => {
    const { signal, arrived } = await arrivedWhenKilledAt("after-write:1");
    expect([signal, arrived.length]).toEqual(["SIGKILL", 1]);
    const [head = "", body = ""] = arrived[0]!.split("\r\n\r\n");
    expect(body.length).toBe(Number(/content-length: (\d+)/i.exec(head)?.[1]));
    expect(JSON.parse(body)).toMatchObject({ text: "All of it." });
  });
});
