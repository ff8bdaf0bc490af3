/**
 * How long a person waits for the program, and what it costs: whole processes, as ratios against bare Node and against the
 * tool that people would pick, measured in the same run. They take turns, so that a busy moment hits all of them; the minimum
 * of several runs counts.
 */
import { spawn } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { peer } from "./peer.ts";

const RUNS = Number(process.env.RUNS ?? 21);
const cli = join(process.cwd(), "bin/broadcast.js");
// Node 20 loads extra certificates at every start; that is not the program's time.
const { NODE_EXTRA_CA_CERTS: _, ...env } = process.env;

interface Subject {
  name: string;
  args(run: number): string[];
  cwd?: string;
  env?: Record<string, string>;
}

interface Cost {
  /** Milliseconds. */
  wall: number;
  cpu: number;
}

const folder = mkdtempSync(join(tmpdir(), "broadcast-bench-"));
const hook = join(folder, "cpu.cjs");
const spent = join(folder, "cpu.json");
writeFileSync(
  hook,
  `process.on("exit", () => require("node:fs").writeFileSync(${JSON.stringify(spent)}, JSON.stringify(process.cpuUsage())));`,
);

function once({ cwd, env: more }: Subject, args: string[]): Promise<Cost> {
  return new Promise((resolve, reject) => {
    const from = process.hrtime.bigint();
    let said = "";
    const child = spawn(process.execPath, ["--require", hook, ...args], {
      cwd,
      env: { ...env, ...more, CI: "1" },
      stdio: ["ignore", "pipe", "pipe"],
    });
    child.stdout.on("data", (bytes) => (said += bytes));
    child.stderr.on("data", (bytes) => (said += bytes));
    child.on("error", reject);
    child.on("exit", (code) => {
      const wall = Number(process.hrtime.bigint() - from) / 1e6;
      if (code !== 0) return reject(new Error(`${args.join(" ")} ended with ${code}\n${said}`));
      const { user, system } = JSON.parse(readFileSync(spent, "utf8")) as { user: number; system: number };
      resolve({ wall, cpu: (user + system) / 1e3 });
    });
  });
}

const message = (id: string) => ({
  id,
  channel_id: "2",
  webhook_id: "4",
  type: 0,
  content: "",
  timestamp: new Date().toISOString(),
});

// A Discord webhook that answers after 50 ms, as the network's documents say.
let posts = 0;
const server = createServer((request, response) => {
  request.resume().on("end", () =>
    setTimeout(() => {
      if (request.method === "POST") posts++;
      const id = String(posts);
      response.setHeader("content-type", "application/json");
      // Who asks what the webhook is gets an answer that is remembered for a day.
      const answer =
        request.method === "GET"
          ? { id: "4", type: 1, name: "room", channel_id: "2", guild_id: "3" }
          : message(id);
      response.end(JSON.stringify(answer));
    }, 50),
  );
});
await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
const { port } = server.address() as { port: number };
const webhook = `http://127.0.0.1:${port}/api/webhooks/123456789012345678/${"a".repeat(68)}`;

writeFileSync(join(folder, "broadcast.yml"), 'channels:\n  room: { network: discord, webhook: "${HOOK}" }\n');

const bare: Subject = { name: "node -e 0", args: () => ["-e", "0"] };
const version: Subject = { name: "broadcast --version", args: () => [cli, "--version"] };
const plan: Subject = {
  name: "broadcast plan, six channels",
  args: () => [cli, "plan", "campaigns/release.yml", "--json"],
};
const send: Subject = {
  name: "broadcast send, one webhook, 50 ms",
  cwd: folder,
  env: { HOOK: webhook },
  args: (run) => {
    const file = `c${run}.yml`;
    writeFileSync(join(folder, file), `kind: update\ntitle: Number ${run}\nchannels: [room]\n`);
    return [cli, "send", file, "--yes"];
  },
};
const crosspost = peer("@humanwhocodes/crosspost", "1.0.4");
const theirs: Subject | undefined = crosspost
  ? {
      name: "crosspost --discord-webhook, the same",
      cwd: folder,
      env: { DISCORD_WEBHOOK_URL: webhook },
      args: (run) => [join(crosspost, "dist/bin.js"), "--discord-webhook", `Number ${run}`],
    }
  : undefined;

const subjects = [bare, version, plan, send, ...(theirs ? [theirs] : [])];
const costs = new Map(subjects.map((subject) => [subject, [] as Cost[]]));
try {
  // The first run of each warms the disk's cache, and makes the ledger.
  for (let run = -1; run < RUNS; run++)
    for (const subject of subjects) {
      const cost = await once(subject, subject.args(run + 1));
      if (run >= 0) costs.get(subject)!.push(cost);
    }
} finally {
  server.close();
  rmSync(folder, { recursive: true });
}

const least = (subject: Subject, of: keyof Cost) => Math.min(...costs.get(subject)!.map((cost) => cost[of]));
for (const subject of subjects)
  console.log(
    `${subject.name.padEnd(40)} ${least(subject, "wall").toFixed(1).padStart(7)} ms  ${least(subject, "cpu").toFixed(1).padStart(7)} ms CPU`,
  );

const goals: [what: string, ratio: number, most: number][] = [
  ["--version / node", least(version, "wall") / least(bare, "wall"), 1.3],
  ["plan of six channels / node", least(plan, "wall") / least(bare, "wall"), 4.5],
];
if (theirs)
  goals.push(
    ["send / crosspost, CPU", least(send, "cpu") / least(theirs, "cpu"), 0.5],
    ["send / crosspost, time", least(send, "wall") / least(theirs, "wall"), 0.6],
  );
else console.log("crosspost cannot be installed here: nothing to compare `send` with");
console.log();
let missed = 0;
for (const [what, ratio, most] of goals) {
  if (ratio > most) missed++;
  console.log(
    `${what.padEnd(40)} ${ratio.toFixed(2).padStart(6)} ×  at most ${most}  ${ratio > most ? "MISSED" : "ok"}`,
  );
}
const expected = (RUNS + 1) * (theirs ? 2 : 1);
if (posts !== expected) {
  console.error(`the server got ${posts} posts for ${expected} sends`);
  missed++;
}
process.exit(missed > 0 ? 1 : 0);
