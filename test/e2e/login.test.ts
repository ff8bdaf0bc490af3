// biome-ignore-all lint/suspicious/noTemplateCurlyInString: ${NAME} is what broadcast.yml holds
/** `login` and what rests on it, with the built CLI, a real OAuth server, and a network that is only declared. */
import { chmodSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeAll, beforeEach, describe, expect, it, onTestFinished } from "vitest";
import { networks } from "../../src/sandbox/networks/index.ts";
import { startSandbox } from "../../src/sandbox/server.ts";
import { APP, type Provider, startProvider } from "../auth/provider.ts";
import { broadcast, build, root } from "./built.ts";

beforeAll(build, 120_000);

let folder: string;
let provider: Provider;
beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), "broadcast-login-"));
  provider = await startProvider({ pkce: true });
  const write = (name: string, content: string) => writeFileSync(join(folder, name), content);
  // A network still to come: PKCE, Basic, two hours, rotating refresh tokens. It declares its login and no more.
  write(
    "birdsong.mjs",
    `import * as v from ${JSON.stringify(join(root, "node_modules/valibot/dist/index.mjs"))};
const secret = v.pipe(v.string(), v.metadata({ secret: true }), v.description("Token"));
const bearer = ({ channel }) => ({ Authorization: "Bearer " + channel.token });
export default {
  id: "birdsong", name: "Birdsong", source: { url: "https://bird.example", checked: "2026-11-23" }, group: "public", shape: "short",
  channel: v.strictObject({ server: v.pipe(v.string(), v.description("The server")), token: secret }),
  options: v.strictObject({}),
  auth: {
    kind: "token", steps: ["Make an app."],
    oauth2: { authorize: "{server}/oauth/authorize", token: "{server}/oauth/token", scopes: ["read", "write"], pkce: "S256", client: "basic" },
  },
  text: { max: 500, unit: "grapheme", markup: "plain", tags: "text" }, media: "none", thread: "none", card: "none",
  own: { body: v.object({ error: v.string() }) },
  rates: [], idempotency: "none", edits: "none", retracts: "none",
  async account(context) {
    const { body } = await context.http({ url: context.channel.server + "/api/v1/accounts/verify_credentials", headers: bearer(context) });
    return { id: body.id, handle: "@" + body.acct };
  },
  async publish(post, context) {
    const { body } = await context.http({ method: "POST", url: context.channel.server + "/posts", headers: bearer(context), json: { text: post.text } });
    return { id: body.id };
  },
};\n`,
  );
  write(
    "broadcast.yml",
    `adapters: [./birdsong.mjs]\nchannels:\n  bird:\n    network: birdsong\n    server: ${provider.url}\n  social:\n    network: mastodon\n    server: ${provider.url}\n    token: \${SOCIAL_TOKEN}\n`,
  );
  write("hello.yml", "kind: update\ntitle: Hello\nbody: Hello, world.\nchannels: [bird]\n");
  write("browser", `#!${process.execPath}\nfetch(process.argv[2]);\n`);
  chmodSync(join(folder, "browser"), 0o755);
});
afterEach(async () => {
  rmSync(folder, { recursive: true, force: true });
  await provider.close();
});

const browser = () => ({
  BROWSER: join(folder, "browser"),
  BIRD_CLIENT_ID: APP.id,
  BIRD_CLIENT_SECRET: APP.secret,
});
const loginFile = (channel: string) => join(folder, ".broadcast/logins", `${channel}.json`);
const stored = (channel: string) => JSON.parse(readFileSync(loginFile(channel), "utf8")).login;

async function logInBird(env: Record<string, string> = {}) {
  return broadcast(folder, ["login", "bird", "--port", "0"], { env: { ...browser(), ...env } });
}

/** As if the two hours were almost over. */
function ageLogin(): void {
  const login = stored("bird");
  const [obtained, expires] = [-7_000_000, 60_000].map((ms) => new Date(Date.now() + ms).toISOString());
  writeFileSync(loginFile("bird"), JSON.stringify({ version: 1, login: { ...login, obtained, expires } }));
}

describe("login", () => {
  it("goes through the browser, asks who we are, and keeps the token where only its owner reads it", async () => {
    const { code, out, err } = await logInBird();
    expect(code, err).toBe(0);
    expect(out).toContain("`bird` is logged in: @acme on Birdsong");
    const { settings, refresh } = stored("bird");
    expect(provider.good).toContain(settings.token);
    expect(statSync(loginFile("bird")).mode & 0o777).toBe(0o600);
    expect(out + err).not.toMatch(new RegExp(`${settings.token}|${refresh}|${APP.secret}`));
    expect(readFileSync(join(folder, "broadcast.yml"), "utf8")).not.toContain(settings.token);
  });

  it("registers the app by itself where the network has that, and stands in for a variable that is not set", async () => {
    provider.rules = { pkce: true, client: "body", expires: "unsaid", refresh: "never" };
    const { code, err } = await broadcast(folder, ["login", "social"], { env: browser() });
    expect(code, err).toBe(0);
    expect(provider.requests[0]).toBe("POST /api/v1/apps");
    const { out } = await broadcast(folder, ["doctor", "--json"]);
    const about = JSON.parse(out).findings.filter((one: { about: string }) => one.about === "social");
    expect(about).toMatchObject([{ state: "ok", message: expect.stringContaining("@acme@") }]);
  });

  it("takes a token from stdin, checks it, and does not keep one that is refused", async () => {
    provider.good.add("good-token-1");
    const wrong = await broadcast(folder, ["login", "social", "--token"], { input: "wr0ng-token\n" });
    expect(wrong.code).toBe(6);
    expect(wrong.err).toContain("The access token was revoked");
    expect(wrong.out + wrong.err).not.toContain("wr0ng-token");
    expect(readdirSync(folder)).not.toContain(".broadcast");

    const right = await broadcast(folder, ["login", "social", "--token"], { input: "good-token-1\n" });
    expect(right.code, right.err).toBe(0);
    expect(stored("social").settings).toEqual({ token: "good-token-1" });
  });

  it.each([
    ["mastodon", "token", "@main@"],
    ["bluesky", "password", "@main.sandbox.test"],
    ["slack", "token", "@main in Sandbox"],
    ["discord", "webhook", "Discord"],
  ])("takes what %s gives by paste, and refuses what it does not know", async (network, secret, handle) => {
    const sandbox = await startSandbox({ networks, folder: join(folder, "stage") });
    onTestFinished(() => sandbox.close());
    const written = network === "slack" ? { token: "x" } : {};
    const { [secret]: good = "", ...open } = sandbox.channel(network, "main", written);
    const lines = Object.entries(open).map(([key, value]) => `    ${key}: ${JSON.stringify(value)}\n`);
    writeFileSync(
      join(folder, "broadcast.yml"),
      `channels:\n  main:\n    network: ${network}\n${lines.join("")}`,
    );
    const wrong = good.replace("main", "ma1n-s3cret").replace("sandbox-", "nobody-");
    const refused = await broadcast(folder, ["login", "main", "--token"], { input: `${wrong}\n` });
    expect(refused.code, refused.out).toBe(6);
    expect(refused.out + refused.err).not.toContain("s3cret");
    expect(readdirSync(folder)).not.toContain(".broadcast");

    const { code, out, err } = await broadcast(folder, ["login", "main", "--token"], { input: `${good}\n` });
    expect(code, err).toBe(0);
    expect(out).toContain(handle);
    expect(out + err).not.toContain(good);
    expect(statSync(loginFile("main")).mode & 0o777).toBe(0o600);
    writeFileSync(join(folder, "hello.yml"), "kind: update\ntitle: Hello\nbody: Hello.\nchannels: [main]\n");
    const sent = await broadcast(folder, ["send", "hello.yml", "--yes"]);
    expect(sent.code, sent.err).toBe(0);
    expect(await sandbox.posts()).toHaveLength(1);
  });

  it("says what goes before it", async () => {
    provider.good.add("good-token-1");
    const { err } = await broadcast(folder, ["login", "social", "--token"], {
      input: "good-token-1\n",
      env: { SOCIAL_TOKEN: "other-token" },
    });
    expect(err).toContain("SOCIAL_TOKEN is set, and is used instead of this login");
  });

  it("needs somebody, and says how to do without", async () => {
    const nobody = await broadcast(folder, ["login", "bird"], { env: { BROWSER: "none" } });
    expect(nobody.code).toBe(2);
    const nothing = await broadcast(folder, ["login", "social", "--token"]);
    expect(nothing.code).toBe(2);
    expect(nothing.err).toContain("SOCIAL_TOKEN");
    const unknown = await broadcast(folder, ["login", "brid"]);
    expect(unknown.err).toContain("Did you mean `bird`?");
  });

  it("is forgotten on request", async () => {
    await logInBird();
    const { out } = await broadcast(folder, ["login", "bird", "--remove"]);
    expect(out).toContain("deleted");
    expect((await broadcast(folder, ["doctor"])).code).toBe(6);
  });
});

describe("a login that is kept", () => {
  it("is sealed by BROADCAST_PASSPHRASE, which every later command needs", async () => {
    const env = { BROADCAST_PASSPHRASE: "correct horse" };
    await logInBird(env);
    expect(readFileSync(loginFile("bird"), "utf8")).not.toMatch(/token-|refresh-/);
    const without = await broadcast(folder, ["send", "hello.yml", "--yes"]);
    expect(without.code).toBe(2);
    expect(without.err).toContain("the login of `bird` is encrypted");
    const { code, err } = await broadcast(folder, ["send", "hello.yml", "--yes"], { env });
    expect(code, err).toBe(0);
    expect(provider.posts).toBe(1);
  });

  it("is renewed before its end, once, by three processes at the same time", async () => {
    await logInBird();
    const before = stored("bird");
    ageLogin();
    // Long enough for all three to be there.
    provider.rules.slow = 1_500;
    const ran = await Promise.all(
      [1, 2, 3].map(() => broadcast(folder, ["doctor"], { env: { SOCIAL_TOKEN: [...provider.good][0]! } })),
    );
    expect(ran.map(({ code, out }) => (code === 0 ? 0 : out))).toEqual([0, 0, 0]);
    expect([provider.renewals, provider.burnt]).toEqual([1, 0]);
    expect(stored("bird").settings.token).not.toBe(before.settings.token);
    expect(stored("bird").refresh).not.toBe(before.refresh);
  });

  it("is renewed when the network refuses it before its time, and the post goes out once", async () => {
    await logInBird();
    const env = { SOCIAL_TOKEN: "x" };
    // Known for a day: the refusal comes with the post itself.
    await broadcast(folder, ["doctor"], { env });
    provider.good.delete(stored("bird").settings.token);
    const { code, err } = await broadcast(folder, ["send", "hello.yml", "--yes"]);
    expect(code, err).toBe(0);
    expect(provider.renewals).toBe(1);
    expect(provider.posts).toBe(1);
    expect(readFileSync(join(folder, ".broadcast/ledger.db")).includes(stored("bird").settings.token)).toBe(
      false,
    );
  });

  it("does not follow its channel to another server", async () => {
    await logInBird();
    const file = join(folder, "broadcast.yml");
    const other = await startProvider();
    writeFileSync(file, readFileSync(file, "utf8").replaceAll(provider.url, other.url));
    const { code, err } = await broadcast(folder, ["send", "hello.yml", "--yes"]);
    await other.close();
    expect(code).toBe(2);
    expect(err).toContain("the channel `bird` has no credential");
    expect(other.requests).toEqual([]);
  });
});
