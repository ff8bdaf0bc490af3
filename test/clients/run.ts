/**
 * Clients that others wrote, pointed at the sandbox: `npm run test:clients`, or `-- masto slack` for some. Each posts, reads
 * back, edits, takes back, and makes its mistakes; what the sandbox answers must be what the client expects of the real service.
 */
import { spawn } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { networks } from "../../src/sandbox/networks/index.ts";
import { startSandbox } from "../../src/sandbox/server.ts";
import { installed, Missing } from "../real/install.ts";

interface Said {
  name: string;
  wrong?: string;
}

/** What decides which way a client comes in, where a network has several. */
const SETTINGS: Record<string, Record<string, string>> = {
  discord: { token: "t" },
  github: { token: "t", as: "issue" },
  mattermost: { token: "t" },
  notion: { database: "d" },
  slack: { token: "t" },
};
const SOURCE = resolve("test/clients/packages");
const wanted = process.argv.slice(2);
const names = readdirSync(SOURCE)
  .filter((file) => file.endsWith(".mjs") && file !== "clients.mjs")
  .map((file) => file.replace(/\.mjs$/, ""))
  .filter((name) => wanted.length === 0 || wanted.includes(name));

try {
  const said = await ask(installed("clients", SOURCE));
  const wrong = said.filter((one) => one.wrong);
  for (const { name, wrong: why } of wrong) console.error(`${name}: ${why}\n`);
  console.log(
    `${said.length - wrong.length} passed, ${wrong.length} failed, ${names.length - said.length} skipped`,
  );
  process.exit(wrong.length > 0 || said.length < names.length ? 1 : 0);
} catch (error) {
  if (!(error instanceof Missing)) throw error;
  console.log(`The clients are skipped: ${error.message}\n0 passed, 0 failed, ${names.length} skipped`);
}

async function ask(packages: string): Promise<Said[]> {
  const folder = mkdtempSync(join(tmpdir(), "broadcast-clients-"));
  const sandbox = await startSandbox({ networks, folder, rates: false });
  const networkOf = (name: string) =>
    /^export const network = "(\w+)";$/m.exec(readFileSync(join(SOURCE, `${name}.mjs`), "utf8"))?.[1] ?? name;
  const places = Object.fromEntries(
    names.map((name) => {
      const network = networkOf(name);
      return [name, sandbox.channel(network, "acme", SETTINGS[network])];
    }),
  );
  try {
    const out = await lines(packages, { PLACES: JSON.stringify(places), PORT: String(sandbox.port) });
    return out.flatMap((line) =>
      line.startsWith('{"said":') ? [(JSON.parse(line) as { said: Said }).said] : [],
    );
  } finally {
    await sandbox.close();
    rmSync(folder, { recursive: true, force: true });
  }
}

function lines(cwd: string, env: Record<string, string>): Promise<string[]> {
  return new Promise((done) => {
    const child = spawn(process.execPath, [join(cwd, "clients.mjs")], {
      cwd,
      env: { ...process.env, ...env },
      stdio: ["ignore", "pipe", "inherit"],
      timeout: 120_000,
    });
    let out = "";
    child.stdout.on("data", (bytes) => {
      out += bytes;
    });
    child.on("close", () => done(out.split("\n")));
  });
}
