// biome-ignore-all lint/suspicious/noTemplateCurlyInString: ${NAME} is what broadcast.yml holds
/** One approval for all that a feed will say, bound to the campaign, the templates and the channels. */
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { sendApproved } from "../../src/app/agent.ts";
import { approve } from "../../src/app/approve.ts";
import { approveSource } from "../../src/app/approve-source.ts";
import { planCampaign } from "../../src/app/plan.ts";
import { openProject } from "../../src/app/project.ts";
import { run } from "../../src/app/run.ts";

let folder: string;
let server: Server;
let url: string;
let entries: number[];

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), "broadcast-approve-source-"));
  entries = [1];
  server = createServer((_, response) => {
    const items = entries.map(
      (n) =>
        `<item><title>Entry ${n}</title><guid>id-${n}</guid><link>https://blog.example/${n}</link></item>`,
    );
    response.end(`<rss version="2.0"><channel><title>A</title>${items.join("")}</channel></rss>`);
  });
  await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/feed.xml`;
  mkdirSync(join(folder, "campaigns"));
  config("[{ by: [marta], approve_source: true }]");
  campaign();
});
afterEach(async () => {
  server.closeAllConnections();
  await new Promise((done) => server.close(done));
  rmSync(folder, { recursive: true, force: true });
});

function config(policy: string, address = "https://acme.example/"): void {
  writeFileSync(
    join(folder, "broadcast.yml"),
    `channels:\n  news: { network: feed, folder: public, title: News, url: "${address}" }\nfetch: { private: true }\npolicy: ${policy}\n`,
  );
}

const FILE = () => join(folder, "campaigns/blog.yml");
function campaign(body = "Read it."): void {
  writeFileSync(
    FILE(),
    `kind: update\ntitle: "{{ entry.title }}"\nbody: "${body}"\nlink: "{{ entry.url }}"\nchannels: [news]\nsource: { feed: "${url}" }\n`,
  );
}

const project = () => openProject({ cwd: folder, env: {} });
async function round() {
  const done = (await run([join(folder, "campaigns")], await project()))!;
  return { published: pages(), codes: done.problems.map(({ code }) => code) };
}
const pages = () => {
  try {
    return readdirSync(join(folder, "public"), { withFileTypes: true }).filter((one) => one.isDirectory())
      .length;
  } catch {
    return 0;
  }
};
const next = () => entries.unshift(entries[0]! + 1);

describe("`approve_source: true`", () => {
  it("lets one approval stand for every entry, until the campaign, a template or a channel changes", async () => {
    // The first look announces nothing old.
    expect(await round()).toEqual({ published: 0, codes: [] });
    next();
    expect(await round()).toEqual({ published: 0, codes: ["approval-missing"] });
    const approved = await approveSource(FILE(), await project(), { by: "marta" });
    expect(approved.approval?.campaign).toBe("campaigns/blog.yml");
    expect((await round()).published).toBe(1);
    next();
    next();
    expect((await round()).published).toBe(3);

    campaign("Read it all.");
    next();
    expect(await round()).toMatchObject({ published: 3, codes: ["approval-stale"] });
    await approveSource(FILE(), await project(), { by: "marta" });
    expect((await round()).published).toBe(4);

    mkdirSync(join(folder, "templates/update"), { recursive: true });
    writeFileSync(join(folder, "templates/update/article.md"), "{{ title }} says: buy!");
    next();
    expect(await round()).toMatchObject({ published: 4, codes: ["approval-stale"] });
    await approveSource(FILE(), await project(), { by: "marta" });
    expect((await round()).published).toBe(5);

    config("[{ by: [marta], approve_source: true }]", "https://other.example/");
    next();
    expect(await round()).toMatchObject({ published: 5, codes: ["approval-stale"] });
  });

  it("counts like any approval: of those who are named, not the author's, not when it has expired", async () => {
    await expect(approveSource(FILE(), await project(), { by: "ada" })).rejects.toThrow(
      "for `marta` to approve",
    );
    writeFileSync(FILE(), `author: Marta\n${readFileSync(FILE(), "utf8")}`);
    await expect(approveSource(FILE(), await project(), { by: "marta" })).rejects.toThrow("is the author");
    campaign();
    await round();
    next();
    await approveSource(FILE(), await project(), {
      by: "marta",
      expiresIn: 1000,
      clock: { now: () => Date.now() - 5000, sleep: async () => {} },
    });
    expect(await round()).toMatchObject({
      published: 0,
      codes: expect.arrayContaining(["approval-missing"]),
    });
  });

  it("is what the rule must say, and what only a campaign with a feed can have", async () => {
    config("[{ by: [marta] }]");
    await expect(approveSource(FILE(), await project(), { by: "marta" })).rejects.toThrow(
      "takes an approval of its source",
    );
    writeFileSync(join(folder, "campaigns/plain.yml"), "kind: update\ntitle: Plain\nchannels: [news]\n");
    await expect(
      approveSource(join(folder, "campaigns/plain.yml"), await project(), { by: "marta" }),
    ).rejects.toThrow("announces no feed");
  });

  it("is not enough where another rule asks for each entry", async () => {
    config("[{ by: [marta], approve_source: true }, { by: [chinwe] }]");
    await round();
    next();
    await approveSource(FILE(), await project(), { by: "marta" });
    expect(await round()).toEqual({ published: 0, codes: ["approval-missing"] });
    await approve({ file: FILE() }, await project(), { by: "chinwe" });
    expect((await round()).published).toBe(1);
  });

  it("does not let an agent publish", async () => {
    await approveSource(FILE(), await project(), { by: "marta" });
    const { plan } = await planCampaign(FILE(), await project());
    await expect(sendApproved(FILE(), plan.digest, await project())).rejects.toThrow(/1 approval is needed/);
    expect(pages()).toBe(0);
  });
});
