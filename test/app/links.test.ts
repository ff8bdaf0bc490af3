/** Links that lead nowhere are pointed out before readers meet them; nothing waits for them, and nothing is held up. */
import { existsSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { deadLinks } from "../../src/app/links.ts";
import { planCampaign } from "../../src/app/plan.ts";
import { openProject } from "../../src/app/project.ts";
import { openRehearsal } from "../../src/app/sandbox.ts";
import { send } from "../../src/app/send.ts";
import { broadcast } from "../cli/stand-in.ts";

let folder: string;
let server: Server;
let url: string;
let asked: string[];

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), "broadcast-links-"));
  asked = [];
  server = createServer(({ url: path = "" }, response) => {
    asked.push(path);
    if (path === "/hang") return;
    if (path === "/moved") response.writeHead(302, { location: "/gone-404" }).end();
    else if (path === "/endless") response.writeHead(200).write("x".repeat(100_000));
    else response.writeHead(Number(/\d{3}/.exec(path)?.[0] ?? 200)).end("words");
  });
  await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  config();
});
afterEach(async () => {
  server.closeAllConnections();
  await new Promise((done) => server.close(done));
  rmSync(folder, { recursive: true, force: true });
});

function config(fetch = "fetch: { private: true, cards: false }"): void {
  writeFileSync(
    join(folder, "broadcast.yml"),
    `channels:\n  news: { network: feed, folder: public, title: News, url: "https://acme.example/" }\n  more: { network: feed, folder: other, title: More, url: "https://b.example/" }\n${fetch}\n`,
  );
}

const file = () => join(folder, "c.yml");
function campaign(link: string, body = "Words.", channels = "news, more"): void {
  writeFileSync(
    file(),
    `kind: update\ntitle: A title\nlink: ${link}\nbody: ${JSON.stringify(body)}\nchannels: [${channels}]\n`,
  );
}
const project = () => openProject({ cwd: folder, env: {} });
const dead = async () => {
  const opened = await project();
  return deadLinks((await planCampaign(file(), opened)).plan, opened);
};

describe("the links of a campaign", () => {
  it("that their servers call gone are named, once each, with how it is known", async () => {
    campaign(
      `${url}/page-404`,
      `[a](${url}/old-410#part) [b](${url}/ok) [c](${url}/broken-500) [d](${url}/moved) [e](https://acme.example/x)`,
    );
    expect((await dead()).map(({ severity, code, message }) => [severity, code, message]).sort()).toEqual([
      ["warning", "dead-link", `readers will not find ${url}/moved: its server answers 404`],
      ["warning", "dead-link", `readers will not find ${url}/old-410: its server answers 410`],
      ["warning", "dead-link", `readers will not find ${url}/page-404: its server answers 404`],
    ]);
    // For two channels a link is asked for once.
    expect(asked.filter((path) => path === "/page-404")).toHaveLength(1);
  });

  it("are not waited for longer than two seconds, nor read", async () => {
    campaign(`${url}/hang`, `${url}/endless ${url}/hang?2 http://no-such-name.acme-unknown-host.com/`);
    const began = performance.now();
    expect(await dead()).toEqual([]);
    expect(performance.now() - began).toBeLessThan(2_800);
  });

  it("on this computer's network are not asked for unless that is allowed", async () => {
    config("fetch: { cards: false }");
    campaign(`${url}/page-404`);
    expect(await dead()).toEqual([]);
    expect(asked).toEqual([]);
  });

  it("are asked for before a real send, which goes out all the same", async () => {
    campaign(`${url}/page-404`, "Words.", "news");
    const warned: string[] = [];
    const sent = await send(file(), await project(), {
      onEvent: (event) => {
        if (event.type === "planned") warned.push(...event.warnings.map(({ code }) => code));
      },
    });
    expect([sent.code, warned, sent.problems.map(({ code }) => code)]).toEqual([
      0,
      ["dead-link"],
      ["dead-link"],
    ]);
    expect(existsSync(join(folder, "public/feed.json"))).toBe(true);
    // What is out already is not asked about again.
    await send(file(), await project());
    expect(asked).toHaveLength(1);
  });

  it("are not asked for in a rehearsal, nor where that is not wanted", async () => {
    campaign(`${url}/page-404`, "Words.", "news");
    expect((await send(file(), await project(), { checkLinks: false })).problems).toEqual([]);
    const rehearsal = await openRehearsal({ folder: join(folder, ".broadcast/sandbox") });
    try {
      const rehearsed = await openProject({ cwd: folder, env: {}, override: rehearsal.override });
      expect((await send(file(), rehearsed)).code).toBe(0);
    } finally {
      await rehearsal.close();
    }
    expect(asked).toEqual([]);
  });

  it.each([
    [["--check-links"], {}, 1],
    [[], { CI: "true" }, 1],
    [["--no-check-links"], { CI: "true" }, 0],
    [[], {}, 0],
  ])("are checked by `plan` when it is told to, and in CI: %j %j", async (options, env, times) => {
    campaign(`${url}/page-404`, "Words.", "news");
    const { code, out } = await broadcast(folder, ["plan", "c.yml", "--json", ...options], { env });
    const { problems, digest } = JSON.parse(out);
    expect([code, problems.map((one: { code: string }) => one.code)]).toEqual([
      0,
      times === 1 ? ["dead-link"] : [],
    ]);
    expect(asked).toHaveLength(times);
    // A link that is dead today is not another plan.
    expect(digest).toBe((await planCampaign(file(), await project())).plan.digest);
  });
});
