// biome-ignore-all lint/suspicious/noTemplateCurlyInString: ${NAME} is what broadcast.yml holds
/** What would leave on a connection that is not HTTP, shown without a socket, with the real address and no secret. */
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { expect, it } from "vitest";
import { dryRun } from "../../src/app/dry-run.ts";
import { planCampaign } from "../../src/app/plan.ts";
import { openProject } from "../../src/app/project.ts";
import { project } from "../campaign/project.ts";

const VALIBOT = pathToFileURL(join(process.cwd(), "node_modules/valibot/dist/index.mjs")).href;
const PAGER = `import * as v from ${JSON.stringify(VALIBOT)};
const secret = v.pipe(v.string(), v.metadata({ secret: true }), v.description("Token"));
export const pager = {
  id: "pager", name: "Pager", source: { url: "https://pager.example", checked: "2026-11-23" }, group: "team",
  shape: "short", channel: v.strictObject({ relay: v.string(), token: secret }), options: v.strictObject({}),
  auth: { kind: "token", steps: ["Ask."] }, text: { max: 80, unit: "grapheme", markup: "plain" }, media: "none",
  thread: "none", card: "none", rates: [], idempotency: "none", edits: "none", retracts: "none",
  async publish(post, { channel, connect, key }) {
    const connection = await connect(channel.relay);
    await connection.send("HELLO " + channel.token, { safe: true });
    await connection.receive();
    await connection.send("POST " + post.text);
    return { id: await connection.receive() };
  },
};
`;
const HALF = (connect: string) => `
export const sandbox = {
  id: "pager", name: "Pager", look: { light: "#000000", dark: "#ffffff", mark: "P", layout: "post", alt: false },
  channel: (name, base) => ({ relay: base.replace("http", "ws"), token: "sandbox-token" }),
  publishes: () => false, handle: () => undefined,
  ${connect}
};`;
const CONNECT = `async connect(connection) {
    for (let said = await connection.receive(); said !== undefined; said = await connection.receive())
      await connection.send(said.toString().startsWith("HELLO sandbox-token") ? "WELCOME" : "7");
  },`;

async function shown(half: string) {
  const cwd = project({
    "pager.mjs": PAGER + half,
    "broadcast.yml":
      'adapters: [./pager.mjs]\nchannels:\n  team: { network: pager, relay: "wss://relay.acme.example/in", token: "${PAGER}" }\n',
    "c.yml": "kind: update\ntitle: Hi\nbody: Hello.\nchannels: [team]\n",
    "templates/update/default.md": "{{ body }}\n",
  });
  const home = await openProject({ cwd, env: { PAGER: "a-real-secret-token" } });
  const { plan } = await planCampaign(join(cwd, "c.yml"), home);
  return dryRun(plan, home.config, home.halves);
}

it("shows every message with the real address, secrets masked", async () => {
  const [run] = await shown(HALF(CONNECT));
  expect(run?.error).toBeUndefined();
  expect(run?.requests.map(({ method, url, body }) => `${method} ${url} ${body}`)).toEqual([
    "SEND wss://relay.acme.example/in HELLO ***",
    "SEND wss://relay.acme.example/in POST Hello.",
  ]);
});

it("says so where the half answers no connections, or there is none", async () => {
  expect((await shown(HALF("")))[0]).toMatchObject({
    requests: [],
    error: expect.stringContaining("answers no connections"),
  });
  expect((await shown(""))[0]).toMatchObject({
    requests: [],
    error: expect.stringContaining("no sandbox half"),
  });
});
