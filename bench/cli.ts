/**
 * How long a person waits for the program, as ratios against bare Node measured in the same run. Whole processes, minimum of
 * several runs, taken in turns so that a busy moment hits all of them alike.
 */
import { spawn } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";

const RUNS = Number(process.env.RUNS ?? 21);
const cli = join(process.cwd(), "bin/broadcast.js");
// Node 20 loads extra certificates at every start; that is not the program's time.
const { NODE_EXTRA_CA_CERTS: _, ...env } = process.env;

interface Subject {
  name: string;
  args: string[];
  cwd?: string;
  before?: (run: number) => string[];
}

function once(args: string[], cwd?: string): Promise<number> {
  return new Promise((resolve, reject) => {
    const from = process.hrtime.bigint();
    let wrong = "";
    const child = spawn(process.execPath, args, {
      cwd,
      env: { ...env, CI: "1" },
      stdio: ["ignore", "pipe", "pipe"],
    });
    child.stdout.on("data", (bytes) => (wrong += bytes));
    child.stderr.on("data", (bytes) => (wrong += bytes));
    child.on("error", reject);
    child.on("exit", (code) => {
      if (code !== 0) return reject(new Error(`${args.join(" ")} ended with ${code}\n${wrong}`));
      resolve(Number(process.hrtime.bigint() - from) / 1e6);
    });
  });
}

const folder = mkdtempSync(join(tmpdir(), "broadcast-bench-"));
let posts = 0;
const server = createServer((request, response) => {
  request.resume().on("end", () =>
    setTimeout(() => {
      posts++;
      response.setHeader("content-type", "text/html");
      response.end("ok");
    }, 50),
  );
});
await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
const port = (server.address() as { port: number }).port;

writeFileSync(
  join(folder, "broadcast.yml"),
  `channels:\n  room:\n    network: slack\n    webhook: \${HOOK}\n`,
);
writeFileSync(join(folder, ".env"), `HOOK=http://127.0.0.1:${port}/services/T1/B1/x1y2z3\n`);

const subjects: Subject[] = [
  { name: "node -e 0", args: ["-e", "0"] },
  { name: "broadcast --version", args: [cli, "--version"] },
  { name: "broadcast plan campaigns/release.yml", args: [cli, "plan", "campaigns/release.yml", "--json"] },
  {
    name: "broadcast send, one channel that answers after 50 ms",
    args: [cli, "send", "c.yml", "--yes"],
    cwd: folder,
    before: (run) => {
      const file = `c${run}.yml`;
      writeFileSync(join(folder, file), `kind: update\ntitle: Number ${run}\nchannels: [room]\n`);
      return [cli, "send", file, "--yes"];
    },
  },
];

const times = subjects.map(() => [] as number[]);
for (let run = 0; run < RUNS; run++) {
  for (const [index, subject] of subjects.entries()) {
    times[index]!.push(await once(subject.before?.(run) ?? subject.args, subject.cwd));
  }
}
server.close();
rmSync(folder, { recursive: true });

const least = times.map((all) => Math.min(...all));
const bare = least[0]!;
const limits = [undefined, 1.5 * bare, 5 * bare, 300];
const words = ["", "at most 1.5 × node", "at most 5 × node", "under 300 ms"];
let missed = 0;
for (const [index, { name }] of subjects.entries()) {
  const ms = least[index]!;
  const limit = limits[index];
  const verdict = limit === undefined ? "" : ms <= limit ? "ok" : "MISSED";
  if (verdict === "MISSED") missed++;
  console.log(
    `${name.padEnd(56)} ${ms.toFixed(1).padStart(7)} ms  ${(ms / bare).toFixed(2).padStart(5)} ×  ${words[index]!.padEnd(20)} ${verdict}`,
  );
}
if (posts !== RUNS) {
  console.error(`the server got ${posts} requests for ${RUNS} sends`);
  missed++;
}
process.exit(missed > 0 ? 1 : 0);
