/** The built CLI as a process, against the sandbox: what a person or a CI job meets. */
import { type ChildProcessWithoutNullStreams, execFileSync, spawn } from "node:child_process";
import {
  cpSync,
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";

const root = fileURLToPath(new URL("../../", import.meta.url));
const bin = join(root, "bin/broadcast.js");
const built = join(root, "dist/cli.js");

interface Ran {
  code: number | null;
  out: string;
  err: string;
}

let folder: string;
const running: ChildProcessWithoutNullStreams[] = [];

beforeAll(() => {
  const sources = readdirSync(join(root, "src"), { recursive: true, encoding: "utf8" }).map(
    (name) => statSync(join(root, "src", name)).mtimeMs,
  );
  if (!existsSync(built) || statSync(built).mtimeMs < Math.max(...sources)) {
    execFileSync(process.execPath, [join(root, "scripts/build.mjs")], { cwd: root, stdio: "inherit" });
  }
}, 120_000);

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "broadcast-e2e-"));
  cpSync(join(root, "campaigns"), join(folder, "campaigns"), { recursive: true });
  cpSync(join(root, "broadcast.yml"), join(folder, "broadcast.yml"));
});

afterEach(async () => {
  await Promise.all(running.splice(0).map(ended));
  rmSync(folder, { recursive: true, force: true });
});

afterAll(() => {
  for (const child of running) child.kill("SIGKILL");
});

// Nothing of the surrounding shell: no credentials, no colour, no proxy.
function environment(more: Record<string, string>): Record<string, string> {
  return { PATH: process.env.PATH ?? "", HOME: folder, ...more };
}

function start(argv: readonly string[], env: Record<string, string> = {}): ChildProcessWithoutNullStreams {
  const child = spawn(process.execPath, [bin, ...argv], { cwd: folder, env: environment(env) });
  child.stdin.end();
  return child;
}

function finish(child: ChildProcessWithoutNullStreams): Promise<Ran> {
  const ran: Ran = { code: null, out: "", err: "" };
  child.stdout.on("data", (chunk) => {
    ran.out += chunk;
  });
  child.stderr.on("data", (chunk) => {
    ran.err += chunk;
  });
  return new Promise((resolve) => {
    child.on("close", (code) => resolve({ ...ran, code }));
  });
}

function broadcast(argv: readonly string[], env: Record<string, string> = {}): Promise<Ran> {
  return finish(start(argv, env));
}

function ended(child: ChildProcessWithoutNullStreams): Promise<void> {
  if (child.exitCode !== null) return Promise.resolve();
  child.kill("SIGINT");
  return new Promise((resolve) => {
    child.on("close", () => resolve());
  });
}

/** A sandbox on any port; it ends with the test. */
async function sandbox(...argv: string[]): Promise<string> {
  const child = start(["sandbox", "--port", "0", "--json", ...argv]);
  running.push(child);
  const line = await said(child, "stdout", /"url": "([^"]+)"/);
  return line[1]!;
}

function said(
  child: ChildProcessWithoutNullStreams,
  stream: "stdout" | "stderr",
  words: RegExp,
): Promise<RegExpMatchArray> {
  let text = "";
  return new Promise((resolve, reject) => {
    child[stream].on("data", (chunk) => {
      text += chunk;
      const match = words.exec(text);
      if (match) resolve(match);
    });
    child.on("close", () => reject(new Error(`ended without saying ${words}: ${text}`)));
  });
}

/** A campaign for one channel, so that one network's weather is all there is. */
function only(channel: string, more = ""): string {
  const file = `campaigns/only-${channel}.yml`;
  writeFileSync(
    join(folder, file),
    `kind: update\ntitle: Acme 2.4 is out\nsummary: Faster sync.\nbody: Lists sync in half the time.\nlink: https://acme.example/blog/2-4\nchannels: [${channel}]\n${more}`,
  );
  return file;
}

describe("starting", () => {
  it("says its version and nothing else", async () => {
    const { version } = JSON.parse(readFileSync(join(root, "package.json"), "utf8"));
    expect(await broadcast(["--version"])).toEqual({ code: 0, out: `${version}\n`, err: "" });
  });

  it("explains itself when it is not built", async () => {
    cpSync(join(root, "bin"), join(folder, "bin"), { recursive: true });
    writeFileSync(join(folder, "package.json"), '{"type":"module"}');
    const child = spawn(process.execPath, [join(folder, "bin/broadcast.js"), "--version"], {
      cwd: folder,
      env: environment({}),
    });
    expect(await finish(child)).toEqual({
      code: 1,
      out: "",
      err: "broadcast is not built yet. In its folder: npm ci && npm run build\n",
    });
  });

  it("ends quietly when nobody reads on", async () => {
    const child = start(["networks", "--json"]);
    child.stdout.destroy();
    const { code, err } = await finish(child);
    expect({ code, err }).toEqual({ code: 0, err: "" });
  });

  it.each(["campaign", "broadcast"])("prints the schema of %s files", async (file) => {
    const { code, out } = await broadcast(["schema", file]);
    expect(code).toBe(0);
    expect(JSON.parse(out)).toHaveProperty("$schema");
  });

  it("says that its output could not be written, and does not call that a fault of its own", async ({
    skip,
  }) => {
    if (!existsSync("/dev/full")) skip();
    const shell = (line: string) =>
      finish(
        spawn("sh", ["-c", `"${process.execPath}" "${bin}" ${line} > /dev/full`], {
          cwd: folder,
          env: environment({}),
        }),
      );
    const { code, err } = await shell("plan campaigns/release.yml");
    expect(err).toContain("error  the output could not be written: the disk is full\n");
    expect(err).not.toContain("fault");
    expect(code).toBe(2);
    expect(await shell("--version")).toMatchObject({ code: 2, err: "" });
  });

  it("paints only where it is wanted", async () => {
    const file = only("mastodon");
    const url = await sandbox();
    const argv = ["plan", file, "--sandbox", url];
    const pipe = await broadcast(argv);
    const forced = await broadcast(argv, { FORCE_COLOR: "1" });
    const none = await broadcast(argv, { FORCE_COLOR: "1", NO_COLOR: "1" });
    const flag = await broadcast([...argv, "--no-color"], { FORCE_COLOR: "1" });
    expect(pipe.out).not.toContain("\x1b");
    expect(forced.out).toContain("\x1b[1mmastodon\x1b[22m");
    expect(none.out).toBe(pipe.out);
    expect(flag.out).toBe(pipe.out);
  });
});

describe("a rehearsal", () => {
  it("goes out once on every channel, without a credential, with addresses that can be opened", async () => {
    const url = await sandbox();
    const argv = ["send", "campaigns/release.yml", "--sandbox", url, "--yes", "--json"];
    const first = await broadcast([...argv, "--fresh"]);
    expect(first.code, first.err).toBe(0);
    const told = JSON.parse(first.out);
    expect(told).toMatchObject({ version: 2, command: "send", rehearsal: true, sandbox: url });
    expect(told.deliveries.length).toBeGreaterThan(4);
    for (const { channel, state, receipts } of told.deliveries) {
      expect(state, channel).toBe("published");
      const page = await fetch(receipts[0].url);
      expect(page.status, receipts[0].url).toBe(200);
    }

    const second = await broadcast(argv);
    expect(second.code).toBe(0);
    const repeated = JSON.parse(second.out).deliveries;
    expect(repeated.map(({ entered }: { entered: string }) => entered)).toEqual(
      told.deliveries.map(() => "same"),
    );
    expect(repeated.map(({ receipts }: { receipts: unknown }) => receipts)).toEqual(
      told.deliveries.map(({ receipts }: { receipts: unknown }) => receipts),
    );

    const fresh = await broadcast([...argv, "--fresh"]);
    expect(JSON.parse(fresh.out).deliveries.map(({ entered }: { entered: string }) => entered)).toEqual(
      told.deliveries.map(() => "new"),
    );

    const status = await broadcast(["status"]);
    expect(status.out).toMatch(/^Rehearsed in the sandbox\n/);
  });

  it("is watched until Ctrl-C, and shows every change", async () => {
    const file = only("mastodon");
    const child = start(["preview", file, "--watch", "--sandbox", await sandbox()]);
    const result = finish(child);
    await said(child, "stderr", /Watching; Ctrl-C ends\./);
    const changed = said(child, "stdout", /Acme 2\.5 is out/);
    writeFileSync(join(folder, file), readFileSync(join(folder, file), "utf8").replace("2.4 is", "2.5 is"));
    await changed;
    child.kill("SIGINT");
    expect((await result).code).toBe(0);
  });

  it("ends by itself when no sandbox was running and nobody is there", async () => {
    const { code, out, err } = await broadcast(["send", only("mastodon"), "--sandbox", "--fresh", "--yes"]);
    expect(code, err).toBe(0);
    expect(out).toMatch(/^✓ {2}mastodon {2}published {2}http:\/\/127\.0\.0\.1:\d+\//);
  });

  it("says when there is no sandbox at the address", async () => {
    const { code, err } = await broadcast([
      "send",
      only("mastodon"),
      "--sandbox",
      "http://127.0.0.1:9",
      "--yes",
    ]);
    expect(code).toBe(2);
    expect(err).toContain("no sandbox answers at http://127.0.0.1:9");
  });
});

describe("trouble", () => {
  it("leaves an unknown outcome to a person, who settles it", async () => {
    const file = only("telegram");
    const url = await sandbox("--chaos", "commit-then-reset", "--seed", "3");
    const where = ["--sandbox", url];
    const sent = await broadcast(["send", file, ...where, "--yes"]);
    expect(sent.code, sent.err).toBe(4);
    expect(sent.out).toMatch(/^\? {2}telegram {2}held/);
    expect(sent.out).toContain(`broadcast resolve ${file}/telegram --resend --sandbox ${url}`);

    const unclear = await broadcast(["resolve", "telegram", ...where]);
    expect(unclear.code).toBe(2);
    const again = await broadcast(["send", file, ...where, "--yes"]);
    expect(again.code).toBe(4);

    const resolved = await broadcast(["resolve", "telegram", "--published", `${url}/telegram/x/1`, ...where]);
    expect(resolved.code, resolved.err).toBe(0);
    expect(resolved.out).toContain(`✓  telegram  published  ${url}/telegram/x/1`);
    expect((await broadcast(["send", file, ...where, "--yes"])).code).toBe(0);
  });

  it("Ctrl-C twice breaks off a request without an answer; going on finds the post and does not repeat it", async () => {
    const file = only("mastodon");
    const url = await sandbox("--chaos", "commit-then-hang", "--seed", "1");
    const argv = ["send", file, "--sandbox", url, "--yes"];
    const child = start(argv);
    const result = finish(child);
    await said(child, "stderr", /sending/);
    await reached(url);
    child.kill("SIGINT");
    await said(child, "stderr", /Stopping after the requests under way/);
    child.kill("SIGINT");
    const { code, out } = await result;
    expect(code).toBe(3);
    expect(out).toMatch(/^! {2}mastodon {2}waiting/);
    expect(out).toContain(`broadcast send ${file} --sandbox ${url}`);

    const again = await broadcast(argv);
    expect(again.code, again.err).toBe(0);
    expect(again.err).toContain("was out already");
    expect(again.out).toMatch(/^✓ {2}mastodon {2}published/);
    expect(await postsAt(url)).toHaveLength(1);
  });

  it("Ctrl-C while something waits leaves it for later at once", async () => {
    const file = only("mastodon");
    const url = await sandbox("--chaos", "limited-seconds", "--seed", "1");
    const argv = ["send", file, "--sandbox", url, "--yes"];
    const child = start(argv);
    const result = finish(child);
    await said(child, "stderr", /! waiting/);
    child.kill("SIGINT");
    const { code, out, err } = await result;
    expect(code, err).toBe(3);
    expect(out).toMatch(/^! {2}mastodon {2}waiting/);
    // A rehearsal that is not over is nothing for everybody yet.
    expect(err).not.toContain("To send it for real");
    const again = await broadcast(argv);
    expect(again.code).toBe(0);
    expect(again.err).toContain(`To send it for real:  broadcast send ${file}\n`);
  });

  // Until the request has arrived and its post is there.
  async function reached(url: string): Promise<void> {
    for (let tries = 0; tries < 100; tries++) {
      if ((await postsAt(url)).length > 0) return;
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
    throw new Error("the request did not arrive");
  }
});

async function postsAt(url: string): Promise<unknown[]> {
  return (await (await fetch(`${url}/api/posts`)).json()) as unknown[];
}

describe("real channels", () => {
  const SECRET = "s3cr3t-t0k3n-that-must-not-show";

  it("sends nothing when a network does not accept the credential, and names the channel", async () => {
    const requests: string[] = [];
    const server = createServer((request, response) => {
      requests.push(`${request.method} ${request.url}`);
      response
        .writeHead(401, { "content-type": "application/json" })
        .end('{"error":"The access token was revoked"}');
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    const { port } = server.address() as AddressInfo;
    writeFileSync(
      join(folder, "broadcast.yml"),
      `channels:\n  social:\n    network: mastodon\n    audience: external\n    lang: en\n    server: http://127.0.0.1:${port}\n    token: \${SOCIAL_TOKEN}\n`,
    );
    const argv = ["send", only("social"), "--yes"];
    const { code, out, err } = await broadcast(argv, { SOCIAL_TOKEN: SECRET });
    const json = await broadcast([...argv, "--json"], { SOCIAL_TOKEN: SECRET });
    server.close();

    expect(code, err).toBe(6);
    expect(err).toContain("does not accept the credential of `social`");
    expect(err).toContain("The access token was revoked");
    expect(err).toContain("broadcast.yml:2:");
    expect(json.code).toBe(6);
    expect(JSON.parse(json.out).error.code).toBe("credentials");
    expect(out + err + json.out + json.err).not.toContain(SECRET);
    expect(requests.filter((line) => line.startsWith("POST"))).toEqual([]);
  });

  it("shows the requests of a dry run with secrets masked, and sends none", async () => {
    const file = only("mastodon");
    const { code, out, err } = await broadcast(["send", file, "--dry-run"], { MASTODON_TOKEN: SECRET });
    expect(code, err).toBe(0);
    expect(out).toContain("POST https://mastodon.example/api/v1/statuses");
    expect(out).toContain("authorization: Bearer ***");
    expect(out).toContain("Acme 2.4 is out");
    expect(out + err).not.toContain(SECRET);
    expect(existsSync(join(folder, ".broadcast/ledger.db"))).toBe(false);
  });

  it("names the environment variable that is missing, with its place", async () => {
    const { code, err } = await broadcast(["send", only("mastodon"), "--yes"]);
    expect(code).toBe(2);
    expect(err).toMatch(
      /^broadcast\.yml:\d+:\d+ {2}error {2}the environment variable `MASTODON_TOKEN` is not set/,
    );
    expect(err).toMatch(/1 problem, nothing was sent\.\nTo read more: broadcast explain missing-env\n$/);
  });
});

describe("a question", () => {
  const noTerminal = process.platform !== "linux" || !existsSync("/usr/bin/script");

  it.skipIf(noTerminal).each([
    ["Ctrl-C", "\x03"],
    ["Ctrl-D", "\x04"],
  ])("is left with %s: nothing is sent, and it is not a fault", async (_name, key) => {
    const command = `"${process.execPath}" "${bin}" send ${only("news")}`;
    const child = spawn("script", ["--quiet", "--return", "--command", command, "/dev/null"], {
      cwd: folder,
      env: environment({ TERM: "xterm" }),
    });
    const result = finish(child);
    await said(child, "stdout", /Send this to news\?/);
    child.stdin.write(key);
    const { code, out } = await result;
    const lines = out.replace(/\x1b\[[?\d;]*\w/g, "").split(/[\r\n]+/);
    expect(lines).toContain("Nothing was sent.");
    expect(out).not.toContain("fault");
    expect(code).toBe(2);
  });
});
