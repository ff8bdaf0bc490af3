// biome-ignore-all lint/suspicious/noTemplateCurlyInString: ${NAME} is what broadcast.yml holds
/** `schedule: network` with the built CLI: planned in words, handed over once, seen in `status`, taken back by `cancel`. */
import { type ChildProcess, spawn } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { networks } from "../../src/sandbox/networks/index.ts";
import { type Sandbox, startSandbox } from "../../src/sandbox/server.ts";
import { broadcast, build, root } from "./built.ts";

beforeAll(build, 120_000);

const HOUR = 3_600_000;
const ENV = { SOCIAL_TOKEN: "sandbox-social" };

let folder: string;
let sandbox: Sandbox;
let ahead: number;
beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), "broadcast-handover-"));
  mkdirSync(join(folder, "campaigns"));
  ahead = 0;
  sandbox = await startSandbox({
    networks,
    folder: join(folder, "stage"),
    now: () => Date.now() + ahead,
  });
  config(`${sandbox.url}/mastodon`);
});
afterEach(async () => {
  await sandbox.close();
  rmSync(folder, { recursive: true, force: true });
});

function config(server: string): void {
  const text = `channels:\n  social:\n    network: mastodon\n    server: ${server}\n    token: \${SOCIAL_TOKEN}\n  news:\n    network: feed\n    folder: public\n    title: News\n    url: https://acme.example/news\n`;
  writeFileSync(join(folder, "broadcast.yml"), text);
}

function campaign(more: string, channels = "social"): void {
  writeFileSync(
    join(folder, "campaigns/release.yml"),
    `kind: update\ntitle: Acme 2.4 is out\nbody: It is twice as fast.\nchannels: [${channels}]\n${more}\n`,
  );
}

const due = (from = Date.now()) => new Date(Math.ceil((from + HOUR) / 60_000) * 60_000).toISOString();
const run = (...argv: string[]) => broadcast(folder, argv, { env: ENV });
const send = () => run("send", "campaigns/release.yml", "--yes");

async function waiting(): Promise<string[]> {
  const answer = await fetch(`${sandbox.url}/mastodon/api/v1/scheduled_statuses`, {
    headers: { authorization: "Bearer sandbox-social" },
  });
  return ((await answer.json()) as { scheduled_at: string }[]).map(({ scheduled_at }) => scheduled_at);
}

describe("a campaign that the network is to publish", () => {
  it("is planned in words, handed over once, and seen to wait there", async () => {
    const at = due();
    campaign(`at: ${at}\nschedule: network`);
    const plan = await run("plan", "campaigns/release.yml");
    expect(plan.code, plan.err).toBe(0);
    expect(plan.out).toMatch(/handed to Mastodon now, appears \d{4}-\d{2}-\d{2} \d{2}:\d{2} /);
    const dry = await run("send", "campaigns/release.yml", "--dry-run");
    expect(dry.out).toContain(`"scheduled_at": "${at}"`);
    expect(await waiting()).toEqual([]);

    const sent = await send();
    expect(sent.code, sent.err).toBe(0);
    expect(sent.out).toContain("scheduled at mastodon for ");
    expect(sent.out).toContain("broadcast cancel campaigns/release.yml/social");
    expect((await send()).code).toBe(0);
    expect(await run("run", "--due")).toEqual({ code: 0, out: "", err: "" });
    expect(await waiting()).toEqual([at]);
    expect(await sandbox.posts()).toEqual([]);

    expect((await run("status")).out).toMatch(/scheduled +social .*scheduled at mastodon for /);
    expect((await run("schedule")).out).toMatch(/in (59 min|1 h).*social +handed over/);
    const { deliveries } = JSON.parse((await run("status", "--json")).out);
    expect(deliveries[0]).toMatchObject({ state: "scheduled", due: at, receipts: [{ due: at }] });
    expect(deliveries[0].receipts[0].url).toBeUndefined();
  });

  it("is handed over by the first `run` that sees it, and only there: the others wait here", async () => {
    campaign(`at: ${due()}\nonly: { social: { schedule: network } }`, "social, news");
    const first = await run("run", "--due");
    expect(first.code, first.err).toBe(0);
    expect(first.out).toMatch(
      /^· {2}campaigns\/release\.yml\/social {2}scheduled {2}scheduled at mastodon for /,
    );
    expect(first.out.trim().split("\n")).toHaveLength(1);
    expect(await run("run", "--due")).toEqual({ code: 0, out: "", err: "" });
    expect(await waiting()).toHaveLength(1);
    const { deliveries } = JSON.parse((await run("status", "--json")).out);
    expect(deliveries).toHaveLength(1);
  });

  it("comes again and again ahead of its time, too", async () => {
    const hour = new Date(Date.now() + 3 * HOUR).toISOString().slice(11, 13);
    campaign(`every: ${hour}:00 UTC\nschedule: network`);
    expect((await run("run", "--due")).out).toContain("scheduled at mastodon for ");
    expect(await run("run", "--due")).toEqual({ code: 0, out: "", err: "" });
    expect(await waiting()).toHaveLength(1);
  });

  it("is told at once where it cannot be", async () => {
    campaign(`at: ${due()}\nschedule: network`, "social, news");
    const refused = await send();
    expect(refused.code).toBe(2);
    expect(refused.err).toContain("`news` cannot get it ahead of time: Feed publishes at once");
    expect(refused.err).toContain("only: { news: { schedule: broadcast } }");
    campaign("schedule: network");
    expect((await send()).err).toContain("needs a time");
    campaign(`at: ${due()}\nschedule: network\nonly: { mastodon: { text: "${"long words ".repeat(90)}" } }`);
    expect((await send()).err).toContain("cannot get a thread of 2 posts ahead of time");
    expect(await waiting()).toEqual([]);
  });

  it("killed while it is handed over, is there once", async () => {
    const { server, first } = await proxy();
    config(`http://127.0.0.1:${(server.address() as AddressInfo).port}/mastodon`);
    campaign(`at: ${due()}\nschedule: network`);
    const child = start(["send", "campaigns/release.yml", "--yes"]);
    await first;
    child.kill("SIGKILL");
    await new Promise((gone) => child.once("close", gone));
    expect(await waiting()).toHaveLength(1);

    const again = await send();
    expect(again.code, again.err).toBe(0);
    expect(again.out).toContain("scheduled at mastodon for ");
    expect(await waiting()).toHaveLength(1);
    server.closeAllConnections();
    await new Promise((closed) => server.close(closed));
  });
});

describe("cancel", () => {
  it("takes it back from the network, and a retry hands it over again", async () => {
    campaign(`at: ${due()}\nschedule: network`);
    await send();
    const cancelled = await run("cancel", "campaigns/release.yml");
    expect(cancelled.code, cancelled.err).toBe(0);
    expect(cancelled.out).toMatch(/cancelled +social/);
    expect(await waiting()).toEqual([]);
    expect((await run("cancel", "campaigns/release.yml")).code).toBe(2);

    expect((await run("retry", "social")).out).toContain("scheduled at mastodon for ");
    expect(await waiting()).toHaveLength(1);
  });

  it("says where it is when it is out already", async () => {
    campaign(`at: ${due()}\nschedule: network`);
    await send();
    ahead = 2 * HOUR;
    const late = await run("cancel", "campaigns/release.yml");
    expect(late.code).toBe(3);
    const [post] = await sandbox.posts();
    expect(late.err).toContain(`campaigns/release.yml/social is out already: ${post?.url}`);
    expect((await run("status")).out).toMatch(/published +social/);
  });

  it("does not say cancelled when the network cannot be reached", async () => {
    campaign(`at: ${due()}\nschedule: network`);
    await send();
    const { port } = sandbox;
    await sandbox.close();
    const failed = await run("cancel", "campaigns/release.yml");
    expect(failed.code).toBe(3);
    expect(failed.err).toContain("may still go out: it could not be taken back");
    expect((await run("status")).out).toContain("scheduled at mastodon for ");
    expect(port).toBeGreaterThan(0);
  });

  it("takes a rehearsal back in the sandbox", async () => {
    campaign(`at: ${due()}\nschedule: network`);
    const rehearsed = await run("send", "campaigns/release.yml", "--yes", "--sandbox", sandbox.url);
    expect(rehearsed.code, rehearsed.err).toBe(0);
    expect(await waiting()).toHaveLength(1);
    const back = await run("cancel", "campaigns/release.yml", "--sandbox", sandbox.url);
    expect(back.code, back.err).toBe(0);
    expect(await waiting()).toEqual([]);
  });
});

/** Passes everything on; the answer to the first post never comes. */
async function proxy(): Promise<{ server: Server; first: Promise<void> }> {
  let arrived = () => {};
  const first = new Promise<void>((resolve) => {
    arrived = resolve;
  });
  let held = false;
  const server = createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const headers = Object.entries(request.headers).filter(
      ([name]) => !/^(host|connection|content-length)$/.test(name),
    );
    const answer = await fetch(`${sandbox.url}${request.url}`, {
      method: request.method,
      headers: headers as [string, string][],
      ...(chunks.length > 0 && { body: Buffer.concat(chunks) }),
    });
    const body = await answer.text();
    if (request.method === "POST" && !held) {
      held = true;
      return arrived();
    }
    response.writeHead(answer.status, { "content-type": answer.headers.get("content-type") ?? "text/plain" });
    response.end(body);
  });
  await new Promise<void>((listening) => server.listen(0, "127.0.0.1", listening));
  return { server, first };
}

function start(argv: string[]): ChildProcess {
  return spawn(process.execPath, [join(root, "bin/broadcast.js"), ...argv], {
    cwd: folder,
    env: { PATH: process.env.PATH ?? "", HOME: folder, ...ENV },
    stdio: "ignore",
  });
}
