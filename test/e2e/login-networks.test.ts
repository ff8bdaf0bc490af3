/**
 * `login` for each network that has one in a browser, with the built CLI and the network at its own addresses; then `send` or
 * `doctor` with what it gave, before and after a renewal.
 */
import { execFileSync, spawn } from "node:child_process";
import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { beforeAll, describe, expect, it, onTestFinished } from "vitest";
import { networks } from "../../src/sandbox/networks/index.ts";
import { startSandbox } from "../../src/sandbox/server.ts";
import { atItsAddresses } from "../auth/addresses.ts";
import { APPS, LOGINS, networkWith } from "../auth/networks.ts";
import { EVERYTHING } from "../sample.ts";
import { broadcast, build, root } from "./built.ts";

beforeAll(build, 120_000);

/** One of each kind; with `ALL=1` all. */
const SAMPLE = ["facebook", "reddit", "threads", "tiktok"];
const names = Object.keys(LOGINS).filter((id) => EVERYTHING || SAMPLE.includes(id));
/** Those that take a post without a picture. */
const WORDS = ["x", "linkedin", "threads", "facebook", "reddit", "tumblr", "googlebusiness"];

/** util-linux's `script` gives a program a terminal. */
const terminal = (() => {
  try {
    return execFileSync("script", ["--version"], { encoding: "utf8" }).includes("util-linux");
  } catch {
    return false;
  }
})();

/** The channel `main` of a network, not logged in, and everything around it. */
async function scene(id: string) {
  const folder = mkdtempSync(join(tmpdir(), "broadcast-logins-"));
  const sandbox = await startSandbox({ networks, folder: join(folder, "stage"), rates: false });
  const settings = sandbox.channel(id, "main");
  const { token = "", server: base = "", ...others } = settings;
  const port = await freePort();
  const rules = { ...LOGINS[id]!, redirect: LOGINS[id]!.redirect.replace("4749", String(port)) };
  const pages = [
    { id: settings.page ?? "", name: "Acme" },
    { id: "999", name: "Acme Italia" },
  ];
  const network = networkWith(rules, pages);
  const addresses = await atItsAddresses(network, { base, token });
  onTestFinished(async () => {
    await addresses.close();
    await sandbox.close();
    rmSync(folder, { recursive: true, force: true });
  });

  // What the login brings, and where things are, is not written.
  const written = Object.entries(others).filter(([key, value]) => key !== "page" && !/^https?:/.test(value));
  const lines = written.map(([key, value]) => `    ${key}: ${JSON.stringify(value)}\n`);
  writeFileSync(join(folder, "broadcast.yml"), `channels:\n  main:\n    network: ${id}\n${lines.join("")}`);
  writeFileSync(
    join(folder, "browser"),
    `#!${process.execPath}
fetch(${JSON.stringify(addresses.browser)} + encodeURIComponent(process.argv[2])).then((page) => page.text()).then((back) => fetch(back));\n`,
  );
  chmodSync(join(folder, "browser"), 0o755);
  const env = {
    ...addresses.env,
    NO_COLOR: "1",
    MAIN_CLIENT_ID: APPS.id,
    MAIN_CLIENT_SECRET: APPS.secret,
    BROWSER: join(folder, "browser"),
  };
  const file = join(folder, ".broadcast/logins/main.json");
  return {
    network,
    addresses,
    sandbox,
    port,
    login: () => JSON.parse(readFileSync(file, "utf8")).login,
    run: (argv: string[]) => broadcast(folder, argv, { env }),
    /** With a terminal: what is asked is answered. */
    type: (argv: string[], answers: [RegExp, (said: string) => string][]) =>
      typed(folder, argv, env, answers),
    async send(name: string) {
      const body = `kind: update\ntitle: ${name}\nbody: This is ${name}.\nchannels: [main]\n`;
      writeFileSync(join(folder, `${name}.yml`), body);
      return broadcast(folder, ["send", `${name}.yml`, "--yes"], { env });
    },
    /** As if nine tenths of the token's life were over; `passed` of it are still to pass at the network. */
    age(passed = 0.9) {
      const login = JSON.parse(readFileSync(file, "utf8")).login;
      const life = Date.parse(login.expires) - Date.parse(login.obtained);
      network.pass(passed * life);
      const [obtained, expires] = [-0.9 * life, 0.1 * life].map((ms) =>
        new Date(Date.now() + ms).toISOString(),
      );
      writeFileSync(file, JSON.stringify({ version: 1, login: { ...login, obtained, expires } }));
    },
    /** The rest of the life of a token that was renewed. */
    over: () => network.pass(0.2 * (rules.exchange?.life ?? rules.life)),
  };
}

function freePort(): Promise<number> {
  const server = createServer();
  return new Promise((resolve) =>
    server.listen(0, "127.0.0.1", () => {
      const { port } = server.address() as { port: number };
      server.close(() => resolve(port));
    }),
  );
}

function typed(
  cwd: string,
  argv: readonly string[],
  env: Record<string, string>,
  answers: [RegExp, (said: string) => string][],
): Promise<{ code: number | null; said: string }> {
  const quoted = [process.execPath, join(root, "bin/broadcast.js"), ...argv].map((word) => `'${word}'`);
  const child = spawn("script", ["-qec", quoted.join(" "), "/dev/null"], {
    cwd,
    env: { PATH: process.env.PATH ?? "", HOME: cwd, BROADCAST_KEYRING: "none", TERM: "xterm", ...env },
  });
  let said = "";
  child.stdout.on("data", (chunk) => {
    said += chunk;
    const [next] = answers;
    if (!next?.[0].test(said)) return;
    answers.shift();
    child.stdin.write(`${next[1](said)}\r`);
  });
  return new Promise((resolve) => child.on("close", (code) => resolve({ code, said })));
}

describe("login at a network's own addresses", () => {
  it.each(names)("%s: logs in, posts, and goes on", { timeout: 60_000 }, async (id) => {
    const at = await scene(id);
    const { network } = at;
    const { rules } = network;
    if (rules.https) {
      const nobody = await at.run(["login", "main"]);
      expect(nobody.code).toBe(2);
      expect(nobody.err).toContain("needs a terminal to paste it at");
    }
    if ((rules.https || rules.pages) && !terminal) return;

    const ran =
      rules.https || rules.pages
        ? await at.type(
            ["login", "main", "--port", String(at.port)],
            [
              rules.pages
                ? [/Which one is meant/, () => ""]
                : [/Paste the code/, (said) => network.agree(/https:\/\/\S+\?\S+/.exec(said)![0])],
            ],
          )
        : await at.run(["login", "main", "--port", String(at.port)]);
    const said = "said" in ran ? ran.said : ran.out + ran.err;
    expect(ran.code, said).toBe(0);
    expect(said).toContain("`main` is logged in");
    const first = at.login();
    expect(network.isGood(first.settings.token)).toBe(true);
    for (const secret of [first.settings.token, first.refresh ?? "no-refresh", APPS.secret])
      expect(said).not.toContain(secret);

    const uses = async (name: string) => {
      const { code, out, err } = WORDS.includes(id) ? await at.send(name) : await at.run(["doctor"]);
      expect(code, out + err).toBe(0);
    };
    await uses("one");
    expect(at.addresses.api.length).toBeGreaterThan(0);

    const goes = rules.refresh !== "never" || rules.renew !== undefined;
    if (first.expires) at.age();
    if (!goes) return;
    await uses("two");
    at.over();
    expect(network.isGood(first.settings.token)).toBe(false);
    expect(network.isGood(at.login().settings.token)).toBe(true);
    at.age(0.7);
    await uses("three");
    expect(network.renewals).toBe(2);
    if (WORDS.includes(id)) expect(await at.sandbox.posts()).toHaveLength(3);
  });

  it("says in the network's words why the app was refused", async () => {
    const at = await scene("reddit");
    at.network.rules.proof = "body";
    const { code, err } = await at.run(["login", "main", "--port", String(at.port)]);
    expect(code).toBe(6);
    expect(err).toContain("Reddit did not log `main` in: Unauthorized");
    expect(err).not.toContain(APPS.secret);
  });
});
