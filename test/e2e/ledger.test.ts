/** A bad day for the ledger, and the words that settle what is open, through the built program. */
import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import {
  chmodSync,
  chownSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { openAt } from "../../src/ledger/open.ts";
import type { NewDelivery } from "../../src/ledger/types.ts";
import { networks } from "../../src/sandbox/networks/index.ts";
import { startSandbox } from "../../src/sandbox/server.ts";

const root = fileURLToPath(new URL("../../", import.meta.url));
const built = join(root, "dist/cli.js");
const FILE = "campaigns/update.yml";
const ID = `${FILE}/news`;
const NOBODY = 65_534;

let folder: string;
let state: string;
const mounts: string[] = [];
const servers: Server[] = [];

beforeAll(() => {
  const sources = readdirSync(join(root, "src"), { recursive: true, encoding: "utf8" }).map(
    (name) => statSync(join(root, "src", name)).mtimeMs,
  );
  if (!existsSync(built) || statSync(built).mtimeMs < Math.max(...sources)) {
    execFileSync(process.execPath, [join(root, "scripts/build.mjs")], { cwd: root, stdio: "inherit" });
  }
}, 120_000);

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "broadcast-ledger-"));
  state = join(folder, ".broadcast");
  mkdirSync(join(folder, "campaigns"));
  // A feed in a folder: it needs no server and no credential.
  write(
    "broadcast.yml",
    `channels:
  news: { network: feed, audience: external, lang: en, folder: ${folder}/public, title: News, url: https://acme.example/news/ }
`,
  );
  write(FILE, campaign());
});

afterEach(() => {
  for (const mount of mounts.splice(0)) execFileSync("umount", ["-l", mount]);
  for (const server of servers.splice(0)) server.close();
  rmSync(folder, { recursive: true, force: true });
});

function campaign(more = "", channels = "news"): string {
  return `kind: update\ntitle: Acme 2.4 is out\nbody: The words of the post.\nchannels: [${channels}]\n${more}`;
}

function write(name: string, content: string): void {
  writeFileSync(join(folder, name), content);
}

interface Ran {
  code: number | null;
  out: string;
  err: string;
}

function broadcast(
  argv: readonly string[],
  as: { env?: Record<string, string>; uid?: number } = {},
): Promise<Ran> {
  const child: ChildProcess = spawn(process.execPath, [join(root, "bin/broadcast.js"), ...argv], {
    cwd: folder,
    env: { PATH: process.env.PATH ?? "", HOME: folder, TZ: "UTC", ...as.env },
    uid: as.uid,
    gid: as.uid,
    stdio: ["ignore", "pipe", "pipe"],
  });
  const ran: Ran = { code: null, out: "", err: "" };
  child.stdout?.on("data", (chunk) => {
    ran.out += chunk;
  });
  child.stderr?.on("data", (chunk) => {
    ran.err += chunk;
  });
  return new Promise((resolve) => {
    child.on("close", (code) => resolve({ ...ran, code }));
  });
}

/** Nothing was sent, and the person is told why and what to do. */
async function expectRefusal(words: string, as: Parameters<typeof broadcast>[1] = {}): Promise<void> {
  const { code, out, err } = await broadcast(["send", FILE, "--yes"], as);
  expect({ code, out }).toEqual({ code: 2, out: "" });
  expect(err).toContain(words);
  expect(err).toMatch(
    /\n {2}= .+\n\n1 problem, nothing was sent\.\nTo read more: broadcast explain ledger-\S+\n$/,
  );
  expect(err).not.toMatch(/\n\s+at |SQLITE|node:/);
  expect(existsSync(join(folder, "public", "feed.json"))).toBe(false);
}

/** A delivery as another process left it. The account is the one that the channel has. */
async function left(how: "held" | "failed" | "late", more: Partial<NewDelivery> = {}): Promise<void> {
  const { deliveries } = JSON.parse((await broadcast(["plan", FILE, "--json"])).out);
  const { account, digest, posts } = deliveries[0];
  const ledger = await openAt(join(state, "ledger.db"));
  const now = Date.now();
  await ledger.add(
    [
      {
        id: ID,
        campaign: FILE,
        channel: "news",
        network: "feed",
        account,
        digest,
        posts: posts.map(({ post }: { post: unknown }) => post),
        dueAt: now,
        ...more,
      },
    ],
    now,
  );
  if (how !== "late") {
    const [mine] = await ledger.claim({ owner: "me", now, until: now + 1, channel: "news", limit: 1 });
    const begun = await ledger.begin(mine!, 0, now, now, []);
    if (begun === "lost" || !("attempt" in begun)) throw new Error("no attempt");
    if (how === "failed") {
      await ledger.end(begun.attempt, account, { outcome: "rejected", message: "too long" }, now);
      await ledger.release(mine!, "failed", now, { code: "rejected", message: "too long" });
    } else {
      await ledger.release(mine!, "held", now, { code: "uncertain", message: "nobody answered" });
    }
  }
  await ledger.close();
}

/** A small file system at `.broadcast`; `false` where this user may not mount one. */
function smallDisk(bytes: string): boolean {
  mkdirSync(state);
  try {
    execFileSync("mount", ["-t", "tmpfs", "-o", `size=${bytes}`, "tmpfs", state], { stdio: "ignore" });
  } catch {
    return false;
  }
  mounts.push(state);
  return true;
}

describe("before anything is sent", () => {
  it("a full disk is found", async ({ skip }) => {
    if (!smallDisk("256k")) return skip("mounting a file system takes root");
    execFileSync("sh", ["-c", `head -c 1000000 /dev/zero > ${state}/filler 2>/dev/null; true`]);
    await expectRefusal("error  the disk is full, so the ledger cannot be written: ledger.db");
  });

  it("a read-only disk is found", async ({ skip }) => {
    if (!smallDisk("1m")) return skip("mounting a file system takes root");
    execFileSync("mount", ["-o", "remount,ro", state]);
    await expectRefusal("error  the ledger is read-only: ledger.db");
  });

  it("a folder that is not one's own is found", async ({ skip }) => {
    if (process.getuid?.() !== 0) return skip("giving a folder away takes root");
    mkdirSync(join(folder, "public"));
    chownSync(join(folder, "public"), NOBODY, NOBODY);
    mkdirSync(state, { mode: 0o755 });
    chmodSync(folder, 0o755);
    await expectRefusal("error  you do not have permission to write the ledger", { uid: NOBODY });
  });

  it("a damaged ledger is found", async () => {
    await left("failed");
    writeFileSync(join(state, "ledger.db"), "x".repeat(8192));
    for (const end of ["-wal", "-shm"]) rmSync(join(state, `ledger.db${end}`), { force: true });
    await expectRefusal("error  the ledger is damaged: ledger.db");
    const checked = await broadcast(["ledger", "check"]);
    expect(checked.code).toBe(2);
    expect(checked.err).toContain("the ledger is damaged");
  });
});

describe("while posts go out", () => {
  it("a ledger that disappears stops the rest, and the program says so", async () => {
    let posts = 0;
    const server = createServer((request, response) => {
      request.resume().on("end", () => {
        response.setHeader("content-type", "application/json");
        if (request.method === "POST") {
          posts++;
          rmSync(state, { recursive: true });
        }
        response.end(
          JSON.stringify({ id: `${posts}`, url: "https://acme.example/1", acct: "acme", username: "acme" }),
        );
      });
    });
    servers.push(server);
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    const { port } = server.address() as AddressInfo;
    write(
      "broadcast.yml",
      `channels:
  toots: { network: mastodon, audience: external, lang: en, server: "http://127.0.0.1:${port}", token: "\${TOKEN}" }
`,
    );
    write(FILE, campaign("", "toots").replace("The words of the post.", "Many words. ".repeat(150)));
    const { code, err } = await broadcast(["send", FILE, "--yes"], { env: { TOKEN: "a-secret-token" } });
    expect(posts).toBe(1);
    expect(code).toBe(1);
    expect(err).toContain("the ledger was deleted or replaced while it was in use: ledger.db");
    expect(err).toContain("every post that was sent is recorded");
    expect(err).not.toContain("a-secret-token");
  });
});

describe("looking after the ledger", () => {
  it("checks, copies and exports it", async () => {
    expect((await broadcast(["ledger", "check"])).err).toContain("there is no ledger");
    await broadcast(["send", FILE, "--yes"]);

    const check = await broadcast(["ledger", "check"]);
    expect(check.code).toBe(0);
    expect(check.out).toMatch(
      /^✓ \.broadcast\/ledger\.db {2}\d+ kB, version \d+\n {2}1 published\n {2}1 attempts, 1 receipts\n$/,
    );
    const json = JSON.parse((await broadcast(["ledger", "check", "--json"])).out);
    expect(json).toMatchObject({
      command: "ledger",
      sound: true,
      deliveries: { published: 1 },
      problems: [],
    });

    const backup = await broadcast(["ledger", "backup", "copy.db"]);
    expect(backup).toMatchObject({ code: 0, err: "" });
    expect(backup.out).toMatch(/^copy\.db {2}\d+ kB\n$/);
    const again = await broadcast(["ledger", "backup", "copy.db"]);
    expect(again.code).toBe(2);
    expect(again.err).toContain("there is a file `copy.db` already");
    const unnamed = await broadcast(["ledger", "backup"]);
    expect(unnamed.out).toMatch(/^\.broadcast\/ledger\.db\.\d{4}-\d\d-\d\dT\d{6}Z\.bak /);

    const { out } = await broadcast(["ledger", "export"]);
    const lines = out.trimEnd().split("\n");
    expect(lines).toHaveLength(1);
    const line = JSON.parse(lines[0]!);
    expect(line).toMatchObject({
      id: ID,
      state: "published",
      receipts: [{ part: 0 }],
      attempts: [{ outcome: "published" }],
    });
    expect(line.posts[0].text).toContain("The words of the post.");
    expect(line).not.toHaveProperty("seed");
    expect(line).not.toHaveProperty("rehearsal");
  });

  it("explains itself, and says what it cannot do", async () => {
    expect((await broadcast(["ledger", "--help"])).out).toContain("broadcast ledger export > ledger.jsonl");
    await broadcast(["send", FILE, "--yes"]);
    const { code, err } = await broadcast(["ledger", "burn"]);
    expect(code).toBe(2);
    expect(err).toContain("It can check, backup, export and copy.");
  });

  it("a copy in its place knows what is out: nothing goes out twice", async () => {
    await broadcast(["send", FILE, "--yes"]);
    await broadcast(["ledger", "backup", "copy.db"]);
    rmSync(state, { recursive: true });
    mkdirSync(state);
    writeFileSync(join(state, "ledger.db"), readFileSync(join(folder, "copy.db")));
    const { code, err } = await broadcast(["send", FILE]);
    expect(code).toBe(0);
    expect(err).toContain("Everything was out already; nothing was sent.");
  });
});

describe("settling", () => {
  it("shows what is held with all that is known, first", async () => {
    await left("held");
    const { out } = await broadcast(["status"]);
    expect(out).toMatch(/\n\? {2}held +news .*nobody answered\n/);
    expect(out).toMatch(
      /It is unknown whether it is out; it was sent \d{4}-.* UTC\. Look at news for “.+”, then say what you saw:\n/,
    );
    for (const way of ["--published URL", "--resend", "--cancel"])
      expect(out).toContain(`broadcast resolve ${ID} ${way}\n`);
    const { deliveries } = JSON.parse((await broadcast(["status", "--json"])).out);
    expect(deliveries[0].look).toMatchObject({ at: expect.stringMatching(/Z$/) });
    expect(deliveries[0].look.for.length).toBeGreaterThan(5);
  });

  it("points to the account, or else to the last known post of it", async () => {
    await broadcast(["send", FILE, "--yes"]);
    const sent = JSON.parse((await broadcast(["status", "--json"])).out).deliveries[0].receipts[0].url;
    await left("held", { id: "campaigns/other.yml/news", campaign: "campaigns/other.yml" });
    const { out } = await broadcast(["status"]);
    expect(out.indexOf("held")).toBeLessThan(out.indexOf("published  "));
    expect(out).toContain("Look at news (News) for");
    expect(out).toContain("     https://acme.example/news/\n");
    rmSync(join(state, "accounts.json"));
    expect((await broadcast(["status"])).out).toContain(`     ${sent}\n`);
  });

  it.each([
    ["--published", "https://acme.example/news/1", 0, "published"],
    ["--resend", undefined, 0, "published"],
    ["--cancel", undefined, 0, "cancelled"],
  ])("takes a person's word: %s", async (way, url, code, after) => {
    await left("held");
    const ran = await broadcast(["resolve", "news", way, ...(url ? [url] : [])]);
    expect(ran.code).toBe(code);
    const { deliveries } = JSON.parse((await broadcast(["status", "--json"])).out);
    expect(deliveries[0].state).toBe(after);
    expect(existsSync(join(folder, "public", "feed.json"))).toBe(way === "--resend");
    const twice = await broadcast(["resolve", "news", way, ...(url ? [url] : [])]);
    expect(twice.code).toBe(2);
  });

  it("asks nothing when nobody can answer", async () => {
    await left("held");
    const { code, err } = await broadcast(["resolve", "news"]);
    expect(code).toBe(2);
    expect(err).toContain("Say `--published URL`, `--resend` or `--cancel`.");
  });

  it("tries a failed one again, and only what is not out", async () => {
    await left("failed");
    const { code } = await broadcast(["retry"]);
    expect(code).toBe(0);
    const entries = () => JSON.parse(readFileSync(join(folder, "public", "feed.json"), "utf8")).items.length;
    expect(entries()).toBe(1);
    expect((await broadcast(["retry"])).err).toContain("Nothing has failed.");
    expect(entries()).toBe(1);
  });

  it("shows an edit after publishing as a difference, and sends nothing", async () => {
    await broadcast(["send", FILE, "--yes"]);
    const feed = readFileSync(join(folder, "public", "feed.json"), "utf8");
    write(FILE, campaign().replace("The words", "Other words"));
    const { code, err } = await broadcast(["send", FILE, "--yes"]);
    expect(code).toBe(0);
    expect(err).toMatch(
      /news: out with other content; it is not changed\n +- .*The words of the post.*\n +\+ .*Other words of/,
    );
    expect(readFileSync(join(folder, "public", "feed.json"), "utf8")).toBe(feed);
  });
});

describe("settling in a rehearsal", () => {
  it.each([
    ["is held until a person has looked", "", 4, 1],
    ["is sent again where the campaign says so", "only: { chat: { uncertain: resend } }\n", 0, 2],
  ])("a post whose answer was lost %s", async (_, more, code, out) => {
    const sandbox = await startSandbox({
      networks: [...networks],
      folder: join(folder, "stage"),
      port: 0,
      chaos: { profile: "calm", seed: 1, scripts: [{ network: "telegram", steps: ["commit-then-reset"] }] },
    });
    try {
      write(
        "broadcast.yml",
        `channels:\n  chat: { network: telegram, audience: external, lang: en, token: "\${TOKEN}", chat: "@acme" }\n`,
      );
      write(FILE, campaign(more, "chat"));
      const sent = await broadcast(["send", FILE, "--yes", "--sandbox", sandbox.url]);
      expect(sent.code).toBe(code);
      expect(await sandbox.posts()).toHaveLength(out);
      if (more !== "") {
        expect(sent.err).toContain("sent again (`uncertain: resend`), so readers may see it twice");
        return;
      }
      const { out: listed } = await broadcast(["status"]);
      expect(listed).toContain(`broadcast resolve ${FILE}/chat --resend --sandbox\n`);
      const [post] = await sandbox.posts();
      const settled = await broadcast([
        "resolve",
        "chat",
        "--published",
        post!.url,
        "--sandbox",
        sandbox.url,
      ]);
      expect(settled.code).toBe(0);
      const again = await broadcast(["send", FILE, "--yes", "--sandbox", sandbox.url]);
      expect(again.err).toContain("Everything was out already");
      expect(await sandbox.posts()).toHaveLength(1);
    } finally {
      await sandbox.close();
    }
  });
});

describe("late", () => {
  const YESTERDAY = `at: "${new Date(Date.now() - 86_400_000).toISOString()}"\n`;

  it("`ask` holds it until a person says that it still goes out", async () => {
    write(FILE, campaign(`${YESTERDAY}late: ask\n`));
    const sent = await broadcast(["send", FILE, "--yes"]);
    expect(sent.code).toBe(4);
    expect(sent.out).toContain("it is 1 d late: does it still go out?");
    expect(sent.out).toMatch(/It was due \d{4}-.* and has not gone out: “.+”\. Say whether it still should:/);
    expect(existsSync(join(folder, "public", "feed.json"))).toBe(false);
    expect((await broadcast(["resolve", "news", "--resend"])).code).toBe(0);
    expect(existsSync(join(folder, "public", "feed.json"))).toBe(true);
  });

  it("`skip` lets it go, and says how it could still be sent", async () => {
    write(FILE, campaign(`${YESTERDAY}late: skip\n`));
    const { code, out } = await broadcast(["send", FILE, "--yes"]);
    expect(code).toBe(3);
    expect(out).toContain("expired");
    expect(out).toContain(`broadcast retry ${ID}`);
    expect(existsSync(join(folder, "public", "feed.json"))).toBe(false);
    expect((await broadcast(["retry", "news"])).code).toBe(0);
  });

  it("without it, `send` refuses what is long past, until `--late` says that it still goes out", async () => {
    write(FILE, campaign(YESTERDAY));
    expect((await broadcast(["send", FILE, "--yes"])).code).toBe(2);
    expect(existsSync(join(folder, "public", "feed.json"))).toBe(false);
    expect((await broadcast(["send", FILE, "--yes", "--late"])).code).toBe(0);
  });

  it("is part of what is approved, and the plan says it in words", async () => {
    const digest = async () => JSON.parse((await broadcast(["plan", FILE, "--json"])).out).digest;
    const before = await digest();
    write(FILE, campaign("uncertain: hold\n"));
    expect(await digest()).toBe(before);
    write(FILE, campaign("late: send\n"));
    expect(await digest()).not.toBe(before);
    write(FILE, campaign("only:\n  news: { late: skip, uncertain: resend }\n"));
    expect(await digest()).not.toBe(before);
    const { code, out } = await broadcast(["plan", FILE]);
    expect(code).toBe(0);
    expect(out).toContain("not when it is more than an hour late");
  });
});
