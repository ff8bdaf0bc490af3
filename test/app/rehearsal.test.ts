// biome-ignore-all lint/suspicious/noTemplateCurlyInString: ${NAME} is what broadcast.yml holds
/** A rehearsal never reaches a real network: what has no half in the sandbox is refused, a plug-in may bring its half. */
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { deliverAll, deliveriesOf, enter } from "../../src/app/deliver.ts";
import { ledgerDoor } from "../../src/app/ledger.ts";
import { planCampaign, requireSound } from "../../src/app/plan.ts";
import { openProject } from "../../src/app/project.ts";
import { openRehearsal, type Rehearsal } from "../../src/app/sandbox.ts";
import { project } from "../campaign/project.ts";

const VALIBOT = pathToFileURL(join(process.cwd(), "node_modules/valibot/dist/index.mjs")).href;

const pager = (more: string) => `import * as v from ${JSON.stringify(VALIBOT)};
export const pager = {
  id: "pager", name: "Pager", source: { url: "https://pager.example", checked: "2026-11-23" }, group: "team",
  shape: "short", channel: v.strictObject({ server: v.string() }), options: v.strictObject({}),
  auth: { kind: "none", steps: [] }, text: { max: 80, unit: "grapheme", markup: "plain" }, media: "none",
  thread: "none", card: "none", rates: [], idempotency: "none", edits: "none", retracts: "none",
  endpoint: ({ server }) => ({ base: server }),
  async publish(post, { ask }) {
    return ask({ method: "POST", path: "/pages", json: { text: post.text } }, v.object({ id: v.string() }), "an id");
  },
};
${more}`;

// Below the sandbox's address, and a reply that says where it was posted.
const HALF = `export const sandbox = {
  id: "pager", name: "Pager", look: { light: "#000000", dark: "#ffffff", mark: "P", layout: "post", alt: false },
  channel: (name, base) => ({ server: base }),
  publishes: (method, path) => method === "POST" && path === "/pages",
  handle: ({ method, path }) => method === "POST" && path === "/pages" ? { status: 200, body: { id: "rehearsed" } } : undefined,
};`;

describe("a rehearsal", () => {
  let rehearsal: Rehearsal;
  const real: string[] = [];
  const server = createServer((request, response) => {
    real.push(`${request.method} ${request.url}`);
    response.setHeader("content-type", "application/json").end('{"id":"real"}');
  });
  beforeEach(async () => {
    real.length = 0;
    await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
  });
  afterEach(async () => {
    await rehearsal.close();
    await new Promise((done) => server.close(done));
  });

  const open = async (more: string) => {
    const { port } = server.address() as AddressInfo;
    const cwd = project({
      "pager.mjs": pager(more),
      "broadcast.yml": `adapters: [./pager.mjs]\nchannels:\n  team: { network: pager, server: "http://127.0.0.1:${port}" }\n`,
      "c.yml": "kind: update\ntitle: Hi\nbody: Hello.\nchannels: [team]\n",
      "templates/update/default.md": "{{ body }}\n",
    });
    rehearsal = await openRehearsal({ folder: join(cwd, ".broadcast/sandbox"), port: 0 });
    const home = await openProject({ cwd, override: rehearsal.override, env: {} });
    return { home, planned: async () => (await planCampaign(join(cwd, "c.yml"), home)).plan };
  };
  const send = async ({ home, planned }: Awaited<ReturnType<typeof open>>) => {
    const plan = await planned();
    requireSound(plan);
    const ledger = await ledgerDoor(home).open();
    try {
      const [added] = await enter(deliveriesOf(plan, Date.now()), ledger, Date.now());
      await deliverAll(home, ledger, { stop: new AbortController().signal, patience: 0 });
      return await ledger.history(added!.delivery.id);
    } finally {
      await ledger.close();
    }
  };

  it("refuses a network without a half there, before anything is sent", async () => {
    const opened = await open("");
    await expect(send(opened)).rejects.toMatchObject({ problems: [{ code: "no-sandbox", channel: "team" }] });
    expect(real).toEqual([]);
  });

  it("refuses it also when the ledger holds a delivery already", async () => {
    const { home } = await open("");
    const ledger = await ledgerDoor(home).open();
    const now = Date.now();
    await ledger.add(
      [
        {
          id: "c/team",
          campaign: "c",
          channel: "team",
          network: "pager",
          account: "a",
          digest: "d",
          posts: [{ text: "Hi", entities: [], media: [], tags: [], options: {} }],
          dueAt: now,
        },
      ],
      now,
    );
    const sent = deliverAll(home, ledger, { stop: new AbortController().signal, patience: 0 });
    await expect(sent).rejects.toMatchObject({ problems: [{ code: "no-sandbox" }] });
    expect((await ledger.get("c/team"))?.state).toBe("scheduled");
    await ledger.close();
    expect(real).toEqual([]);
  });

  it("takes the half that a plug-in brings along", async () => {
    const opened = await open(HALF);
    expect(await send(opened)).toMatchObject({ state: "published", receipts: [{ id: "rehearsed" }] });
    expect(real).toEqual([]);
  });

  it("does not reach the network even when a plug-in's half points there", async () => {
    const { port } = server.address() as AddressInfo;
    const opened = await open(HALF.replace("server: base", `server: "http://127.0.0.1:${port}"`));
    const history = await send(opened);
    expect(history?.state).toBe("failed");
    expect(history?.message).toContain("reaches only the sandbox");
    expect(real).toEqual([]);
  });
});
