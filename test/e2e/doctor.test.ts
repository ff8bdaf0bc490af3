// biome-ignore-all lint/suspicious/noTemplateCurlyInString: ${NAME} is what broadcast.yml holds
/** `doctor` with the built CLI: what a weekly cron line says, and its exit code. */
import { execFileSync } from "node:child_process";
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { driver } from "../../src/ledger/driver.ts";
import { broadcast, build } from "./built.ts";

beforeAll(build, 120_000);

let folder: string;
let server: Server;
/** Headers of every answer. */
let headers: Record<string, string>;
let refused: boolean;
const TOKEN = "s3cret-token-1";

beforeEach(async () => {
  headers = {};
  refused = false;
  server = createServer((request, response) => {
    response.writeHead(refused ? 401 : 200, { "content-type": "application/json", ...headers });
    const body = refused
      ? { error: "The access token was revoked" }
      : request.url?.includes("instance")
        ? { domain: "social.example", configuration: { statuses: { max_characters: 1234 } } }
        : { id: "7", acct: "acme", username: "acme" };
    response.end(JSON.stringify(body));
  });
  await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
  folder = mkdtempSync(join(tmpdir(), "broadcast-doctor-"));
  write(`channels:
  social:
    network: mastodon
    server: http://127.0.0.1:${(server.address() as AddressInfo).port}
    token: \${SOCIAL_TOKEN}
`);
});
afterEach(() => {
  server.close();
  rmSync(folder, { recursive: true, force: true });
});

const write = (config: string) => writeFileSync(join(folder, "broadcast.yml"), config);
const env = { SOCIAL_TOKEN: TOKEN };

async function findings(argv: string[] = []) {
  const { code, out, err } = await broadcast(folder, ["doctor", "--json", ...argv], { env });
  expect(out + err).not.toContain(TOKEN);
  return { code, found: JSON.parse(out).findings as { about: string; state: string; message: string }[] };
}

/** A login of this channel that ends in so many days. */
function logIn(days: number): void {
  const { port } = server.address() as AddressInfo;
  const iso = (ms: number) => new Date(Date.now() + ms).toISOString();
  const login = {
    channel: "social",
    network: "mastodon",
    settings: { token: TOKEN },
    scopes: ["read:accounts", "write:statuses"],
    obtained: iso(-86_400_000),
    expires: iso(days * 86_400_000 + 60_000),
    place: { server: `http://127.0.0.1:${port}` },
  };
  mkdirSync(join(folder, ".broadcast/logins"), { recursive: true });
  writeFileSync(join(folder, ".broadcast/logins/social.json"), JSON.stringify({ version: 1, login }));
}

describe("doctor", () => {
  it("says that all is well: Node, the file, the ledger, the clock, who we are and what the server takes", async () => {
    const { code, out, err } = await broadcast(folder, ["doctor"], { env });
    expect(code).toBe(0);
    expect(out).toMatch(/✓ node +Node \d+/);
    expect(out).toMatch(/✓ config +broadcast\.yml: 1 channel/);
    expect(out).toMatch(/✓ ledger +nothing was sent yet/);
    expect(out).toMatch(/✓ clock +right to the second/);
    expect(out).toMatch(/✓ social +@acme@social\.example, 1234 characters/);
    expect(err).toContain("All is well.");
  });

  it.each([
    ["a credential that is refused", 6],
    ["a server that does not answer", 3],
    ["a credential that is missing", 6],
    ["a file that is wrong", 2],
    ["no file at all", 2],
  ])("ends with its own code for %s", async (what, expected) => {
    if (what.includes("refused")) refused = true;
    if (what.includes("does not answer")) {
      server.closeAllConnections();
      server.close();
    }
    if (what.includes("file that is wrong")) write("channels:\n  social: { network: mastodno }\n");
    if (what.includes("no file")) rmSync(join(folder, "broadcast.yml"));
    const { code, out, err } = await broadcast(folder, ["doctor"], {
      env: what.includes("missing") ? {} : env,
    });
    expect(code).toBe(expected);
    // Who has to log in again is told what to type.
    if (expected === 6) expect(out.replace(/\s+/g, " ")).toContain("broadcast login social");
    expect(err).toContain("1 problem");
  });

  it("warns in time of a login that ends, and not before", async () => {
    logIn(20);
    write(
      `channels:\n  social:\n    network: mastodon\n    server: http://127.0.0.1:${(server.address() as AddressInfo).port}\n`,
    );
    const early = await findings();
    expect(early.code).toBe(0);
    expect(early.found).toContainEqual(
      expect.objectContaining({ message: expect.stringContaining("scopes read:accounts write:statuses") }),
    );
    const wide = await findings(["--days", "30"]);
    expect(wide.code).toBe(6);
    expect(wide.found).toContainEqual(
      expect.objectContaining({
        about: "social",
        state: "warning",
        message: expect.stringMatching(/^the credential expires in 20 days/),
        remedy: "broadcast login social",
      }),
    );
    logIn(-1);
    const late = await findings();
    expect(late.code).toBe(6);
    expect(late.found).toContainEqual(
      expect.objectContaining({ state: "error", message: expect.stringMatching(/^the credential expired/) }),
    );
  });

  it("compares the clock with the servers' own", async () => {
    headers.date = new Date(Date.now() + 600_000).toUTCString();
    const { code, found } = await findings();
    expect(code).toBe(0);
    expect(found).toContainEqual(
      expect.objectContaining({
        about: "clock",
        state: "warning",
        message: expect.stringMatching(/clock is (9|10) min behind$/),
      }),
    );
  });

  it("tells what is left of a rate, and when the server takes this API away", async () => {
    headers = {
      "x-ratelimit-limit": "300",
      "x-ratelimit-remaining": "298",
      sunset: new Date(Date.now() + 5 * 86_400_000).toUTCString(),
    };
    const { found } = await findings();
    const social = found
      .filter(({ about }) => about === "social")
      .map(({ message, state }) => `${state}: ${message}`);
    expect(social).toContain("ok: 298 of 300 requests left in this window");
    expect(social).toContainEqual(expect.stringMatching(/^warning: this version of the API ends on/));
  });

  it("warns of a .env that git would take, or has, and not of one that it ignores", async () => {
    const git = (...args: string[]) => execFileSync("git", args, { cwd: folder });
    const said = async () =>
      (await findings()).found.map(({ message }) => message).filter((message) => message.includes(".env"));
    git("init", "--quiet");
    writeFileSync(join(folder, ".env"), "X=1\n", { mode: 0o600 });
    expect(await said()).toEqual([expect.stringMatching(/^git does not ignore \.env/)]);
    git("add", ".env");
    expect(await said()).toEqual([expect.stringMatching(/^\.env is in the git repository/)]);
    git("rm", "--quiet", "--cached", ".env");
    writeFileSync(join(folder, ".gitignore"), ".env\n");
    expect(await said()).toEqual([".env is readable by you alone"]);
  });

  it("says what the ledger lacks in the ledger's own words, and asks the networks all the same", async () => {
    execFileSync("git", ["init", "--quiet"], { cwd: folder });
    const before = readFileSync(join(folder, "broadcast.yml"), "utf8");
    write(`ledger: git\n${before}`);
    const { code, found } = await findings();
    expect(code).toBe(2);
    expect(found).toContainEqual({
      about: "ledger",
      state: "error",
      message: "the ledger's repository cannot be used: there is no remote `origin` here",
      remedy: expect.stringContaining("git remote add"),
    });
    expect(found).toContainEqual(expect.objectContaining({ about: "social", state: "ok" }));
  });

  it("works where nothing can be written, and says that", async () => {
    writeFileSync(join(folder, ".broadcast"), "a file where the folder belongs");
    const { code, found } = await findings();
    expect(code).toBe(2);
    expect(found).toContainEqual(expect.objectContaining({ about: "ledger", state: "error" }));
    expect(found).toContainEqual(expect.objectContaining({ about: "social", state: "ok" }));
  });

  it("says once that a .env cannot be read", async () => {
    mkdirSync(join(folder, ".env"));
    const said = (await findings()).found.filter(({ message }) => message.includes(".env"));
    expect(said).toEqual([expect.objectContaining({ state: "error" })]);
  });

  it("notices secrets that others can read", async () => {
    writeFileSync(join(folder, ".env"), "X=1\n");
    chmodSync(join(folder, ".env"), 0o644);
    expect((await findings()).found).toContainEqual(
      expect.objectContaining({
        state: "warning",
        message: expect.stringContaining(".env can be read by others"),
      }),
    );
  });
});

it("finds a delivery that waits until an impossible time, and says what puts it right", async () => {
  write(
    'channels:\n  news: { network: feed, audience: external, folder: public, title: News, url: "https://acme.example/" }\n',
  );
  mkdirSync(join(folder, "campaigns"));
  writeFileSync(
    join(folder, "campaigns/c.yml"),
    "kind: update\ntitle: Later\nbody: Words.\nchannels: [news]\nat: 2099-01-01 09:00 Europe/Rome\n",
  );
  expect((await broadcast(folder, ["send", "campaigns/c.yml", "--yes"])).code).toBe(0);
  const { DatabaseSync } = await driver();
  const db = new DatabaseSync(join(folder, ".broadcast/ledger.db"));
  db.exec("update deliveries set next_at = 9000000000000000");
  db.close();
  const { code, found } = await findings();
  expect(found.find(({ message }) => message.includes("impossible time"))).toMatchObject({
    about: "ledger",
    state: "error",
    remedy: expect.stringContaining("--repair"),
  });
  expect(code).toBe(2);
  expect((await broadcast(folder, ["ledger", "check", "--repair"])).code).toBe(0);
  expect((await findings()).found.filter(({ state }) => state === "error")).toEqual([]);
});
