// biome-ignore-all lint/suspicious/noTemplateCurlyInString: ${NAME} is what broadcast.yml holds
/** `verify`, `stats`, `replies` and `reply` with the built CLI, against networks that take them for real ones. */
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import * as v from "valibot";
import { afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { documentOf } from "../../scripts/documents.ts";
import { networks } from "../../src/sandbox/networks/index.ts";
import { type Sandbox, startSandbox } from "../../src/sandbox/server.ts";
import { broadcast, build } from "./built.ts";

beforeAll(build, 120_000);

const CAMPAIGN = "campaigns/release.yml";
let folder: string;
let sandbox: Sandbox;
beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), "broadcast-afterwards-"));
  mkdirSync(join(folder, "campaigns"));
  sandbox = await startSandbox({ networks, folder: join(folder, "stage") });
  config();
  writeFileSync(
    join(folder, CAMPAIGN),
    "kind: update\ntitle: Acme 2.4 is out\nbody: It is twice as fast.\ntags: [acme]\nchannels: [social, talk]\n",
  );
  const sent = await run("send", CAMPAIGN, "--yes");
  expect(sent.code, sent.err).toBe(0);
});
afterEach(async () => {
  await sandbox.close();
  rmSync(folder, { recursive: true, force: true });
});

function config(more = ""): void {
  const { url } = sandbox;
  const bot = sandbox.channel("discord", "talk", { token: "t" });
  writeFileSync(
    join(folder, "broadcast.yml"),
    `channels:\n  social: { network: mastodon, audience: external, server: "${url}/mastodon", token: "\${SOCIAL}" }\n  talk: { network: discord, audience: external, server: "${bot.server}", channel_id: "${bot.channel_id}", token: "\${TALK}" }\n${more}`,
  );
}

const run = (...argv: string[]) =>
  broadcast(folder, argv, { env: { SOCIAL: "sandbox-social", TALK: "sandbox-talk" } });
const posts = async (network: string) => (await sandbox.posts()).filter((one) => one.network === network);

async function json(code: number, ...argv: string[]) {
  const ran = await run(...argv, "--json");
  expect(ran.code, ran.err + ran.out).toBe(code);
  return v.parse(documentOf(argv[0]!), JSON.parse(ran.out)) as Record<string, ReturnType<typeof JSON.parse>>;
}

/** Somebody else on the same Mastodon server. */
const maria = (path: string, body?: object, method = body ? "POST" : "GET") =>
  fetch(`${sandbox.url}/mastodon/api/v1/${path}`, {
    method,
    headers: { authorization: "Bearer sandbox-maria", "content-type": "application/json" },
    ...(body && { body: JSON.stringify(body) }),
  });

describe("verify", () => {
  it("finds what stands as it was sent, what was changed by hand, and what was deleted", async () => {
    expect(await json(0, "verify")).toMatchObject({ posts: [{ found: "same" }, { found: "same" }] });
    const [post] = await posts("mastodon");
    const own = { authorization: "Bearer sandbox-social", "content-type": "application/json" };
    const status = `${sandbox.url}/mastodon/api/v1/statuses/${post!.id}`;
    await fetch(status, {
      method: "PUT",
      headers: own,
      body: JSON.stringify({ status: "Acme 2.4 is out\n\nIt is thrice as fast." }),
    });
    const changed = await run("verify", CAMPAIGN);
    expect(changed.code).toBe(3);
    expect(changed.out).toMatch(/social\s+was changed there/);
    expect(changed.out).toContain("[-twice-]{+thrice+}");
    expect((await run("status")).out).toContain("changed there by somebody");
    // Our own edit puts it right.
    writeFileSync(
      join(folder, CAMPAIGN),
      readFileSync(join(folder, CAMPAIGN), "utf8").replace("twice", "really twice"),
    );
    expect((await run("edit", CAMPAIGN, "--yes")).code).toBe(0);
    expect((await run("status")).out).not.toContain("by somebody");
    expect((await json(0, "verify")).posts).toHaveLength(2);
    await fetch(status, { method: "DELETE", headers: own });
    expect(await json(3, "verify", "--channel", "social")).toMatchObject({ posts: [{ found: "gone" }] });
    expect((await run("status")).out).toContain("deleted there by somebody");
  });
});

describe("stats", () => {
  it("counts, keeps the series, groups, and does not take unknown for zero", async () => {
    const [post] = await posts("mastodon");
    expect((await maria(`statuses/${post!.id}/favourite`, {})).status).toBe(200);
    const counted = await json(0, "stats", CAMPAIGN);
    const social = counted.rows.find(({ name }: { name: string }) => name.endsWith("/social"));
    expect(social).toMatchObject({ counts: { likes: 1, shares: 0, replies: 0 }, known: 1 });
    expect(counted.rows.find(({ name }: { name: string }) => name.endsWith("/talk")).counts).toEqual({
      likes: 0,
    });
    await run("stats");
    expect((await json(0, "stats", "--cached")).series).toHaveLength(4);
    for (const [by, name] of [
      ["channel", "social"],
      ["kind", "update"],
      ["tag", "acme"],
      ["campaign", CAMPAIGN],
    ])
      expect((await run("stats", "--by", by!, "--cached")).out).toContain(name);
    const csv = (await run("stats", "--csv", "--cached", "--by", "channel")).out.split("\r\n");
    expect(csv[0]).toBe("channel,deliveries,views,likes,shares,quotes,replies,bookmarks,clicks,counted");
    expect(csv.find((line) => line.startsWith("talk,"))).toMatch(/^talk,1,,0,,,,,,/);
    expect((await run("stats", "--by", "chanel")).err).toContain("Did you mean `channel`?");
  });
});

describe("replies and reply", () => {
  const answer = async (text: string) => {
    const [post] = await posts("mastodon");
    expect((await maria("statuses", { status: text, in_reply_to_id: post!.id })).status).toBe(200);
  };

  it("shows what people answered, unread ones marked, and makes nothing of what they wrote", async () => {
    await answer("Does it run\u001b[2J offline? ​");
    const first = await run("replies");
    expect(first.out).toMatch(/^●\s+.*@maria@/);
    expect(first.out).toContain("offline?");
    expect(first.out).not.toContain("\u001b[2J");
    expect((await run("replies")).out).toMatch(/^\s+.*@maria@/);
    expect((await run("replies", "--unread")).err).toContain("There is no new answer");
    await answer("And on Linux?");
    const all = await json(0, "replies", CAMPAIGN);
    expect(all.replies.map(({ text, unread }: { text: string; unread: boolean }) => [text, unread])).toEqual([
      ["And on Linux?", true],
      [expect.stringContaining("offline"), false],
    ]);
  });

  it("answers once, from the same account, below the answer", async () => {
    await answer("Does it run offline?");
    const [{ name, id }] = (await json(0, "replies")).replies;
    expect((await run("reply", name, "Yes, it does.")).code).toBe(2);
    for (let n = 0; n < 2; n++) {
      const sent = await run("reply", name, "Yes, it **does**.", "--yes");
      expect(sent.code, sent.err).toBe(0);
    }
    const own = (await posts("mastodon")).filter(({ text }) => text.includes("Yes, it does."));
    expect(own).toMatchObject([{ parent: id, text: expect.stringMatching(/^@maria@\S+ Yes, it does\.$/) }]);
    // Ours are not among the answers.
    expect((await json(0, "replies")).replies).toHaveLength(1);
    // Below our own post, without an answer to it.
    expect((await run("reply", `${CAMPAIGN}/social`, "One more thing.", "--yes")).code).toBe(0);
    const first = (await posts("mastodon")).find(({ text }) => text.startsWith("Acme 2.4"));
    expect((await posts("mastodon")).find(({ text }) => text === "One more thing.")?.parent).toBe(first!.id);
    expect((await run("reply", name, "x".repeat(501), "--yes")).err).toContain("characters, and 500 fit");
  });

  it("is under the same policies as a campaign", async () => {
    await answer("Does it run offline?");
    const [{ name }] = (await json(0, "replies")).replies;
    config("policy: [{ approvals: 1, by: [marta] }]\n");
    const refused = await run("reply", name, "Yes.", "--yes");
    expect(refused.code, refused.err).toBe(5);
    expect((await run("reply", name, "Yes.", "--out", "reply.json")).code).toBe(0);
    expect((await run("approve", "--plan", "reply.json", "--as", "marta", "--yes")).code).toBe(0);
    expect((await run("send", "--plan", "reply.json", "--yes")).code).toBe(0);
    expect((await posts("mastodon")).filter(({ text }) => text.endsWith("Yes."))).toHaveLength(1);
    // Other words, or another parent, are another answer.
    const plan = readFileSync(join(folder, "reply.json"), "utf8");
    writeFileSync(join(folder, "reply.json"), plan.replace(/"id": "\d+"/, '"id": "1"'));
    expect((await run("send", "--plan", "reply.json", "--yes")).code).toBe(2);
  });

  it("forgets somebody's words, and all of them after their time", async () => {
    await answer("Does it run offline?");
    await run("replies");
    expect(readFileSync(join(folder, ".broadcast/replies.json"), "utf8")).toContain("offline");
    expect((await run("replies", "--forget", "@maria")).err).toContain("1 answer forgotten");
    expect(readFileSync(join(folder, ".broadcast/replies.json"), "utf8")).not.toContain("offline");
    expect(readFileSync(join(folder, ".broadcast/ledger.db")).includes("run offline")).toBe(false);
    // The network still has it; it does not come back.
    expect((await run("replies")).out).not.toContain("offline");
    expect(readFileSync(join(folder, ".broadcast/replies.json"), "utf8")).not.toContain("offline");
    expect(readFileSync(join(folder, ".broadcast/replies-forgotten.json"), "utf8")).not.toContain("maria");
    config("replies: { keep: 1s }\n");
    await new Promise((done) => setTimeout(done, 1_100));
    await run("replies", "--cached");
    expect(readFileSync(join(folder, ".broadcast/replies.json"), "utf8")).not.toContain("offline");
  });
});
