// Runs the usual commands once, so that their compiled code can be kept.
import { spawn } from "node:child_process";
import { cpSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { packCode } from "./pack.mjs";

/** `built`: the folder with start.cjs. */
export async function keepCode(built, root) {
  const folder = mkdtempSync(join(tmpdir(), "broadcast-build-"));
  const server = createServer((request, response) => {
    request.resume().on("end", () => response.setHeader("content-type", "text/html").end("ok"));
  });
  await new Promise((done) => server.listen(0, "127.0.0.1", done));
  try {
    cpSync(join(root, "campaigns"), join(folder, "campaigns"), { recursive: true });
    cpSync(join(root, "broadcast.yml"), join(folder, "broadcast.yml"));
    const room = join(folder, "room");
    cpSync(join(root, "campaigns"), join(room, "campaigns"), { recursive: true });
    writeFileSync(
      join(room, "broadcast.yml"),
      "channels:\n  room:\n    network: slack\n    webhook: ${HOOK}\n",
    );
    writeFileSync(join(room, ".env"), `HOOK=http://127.0.0.1:${server.address().port}/services/T1/B1/x1\n`);
    writeFileSync(join(room, "c.yml"), "kind: update\ntitle: It is built\nchannels: [room]\n");
    await run(built, folder, "plan", "campaigns/release.yml");
    await run(built, folder, "plan", "campaigns/release.yml", "--json");
    await run(built, room, "send", "c.yml", "--yes");
    await run(built, room, "status");
    packCode(
      built,
      join(
        built,
        readdirSync(built).find((name) => name.startsWith("code-")),
      ),
    );
  } finally {
    server.close();
    rmSync(folder, { recursive: true });
  }
}

function run(built, cwd, ...argv) {
  return new Promise((resolve, reject) => {
    const program = `process.argv.splice(1, 0, ""); require(${JSON.stringify(join(built, "start.cjs"))}).start("cli.cjs", { keep: true });`;
    const child = spawn(process.execPath, ["-e", program, "--", ...argv], {
      cwd,
      env: { PATH: process.env.PATH, HOME: cwd },
      stdio: ["ignore", "ignore", "pipe"],
    });
    let said = "";
    child.stderr.on("data", (text) => (said += text));
    child.on("error", reject);
    child.on("exit", (code) =>
      code === 0 ? resolve() : reject(new Error(`broadcast ${argv.join(" ")} ended with ${code}\n${said}`)),
    );
  });
}
