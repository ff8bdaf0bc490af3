/** Plan, approve, send, with the built CLI: what was approved goes out, and nothing else does. */
import { execFileSync, spawn } from "node:child_process";
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";

const root = fileURLToPath(new URL("../../", import.meta.url));
const bin = join(root, "bin/broadcast.js");

const FILE = "campaigns/update.yml";
const CAMPAIGN = `kind: update
title: Acme 2.4 is out
summary: Faster sync.
body: Lists sync in half the time.
link: https://acme.example/blog/2-4
media:
  - file: images/hero.png
    alt: The new sync panel
channels: [news]
`;
const channels = (folder: string) => `channels:
  news:
    network: feed
    folder: ${folder}/public/news
    title: Acme news
    url: https://acme.example/news/
  staff:
    network: feed
    audience: internal
    folder: ${folder}/public/staff
    title: Staff
    url: https://acme.example/staff/
groups:
  public: [news]
`;
const POLICY = `policy:
  - when: { audience: external, kind: [update], channels: [public] }
    by: [marta, chinwe]
`;

let folder: string;

beforeAll(() => {
  const built = join(root, "dist/cli.cjs");
  const sources = readdirSync(join(root, "src"), { recursive: true, encoding: "utf8" }).map(
    (name) => statSync(join(root, "src", name)).mtimeMs,
  );
  if (!existsSync(built) || statSync(built).mtimeMs < Math.max(...sources))
    execFileSync(process.execPath, [join(root, "scripts/build.mjs")], { cwd: root, stdio: "inherit" });
}, 120_000);

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "broadcast-approval-"));
  write("broadcast.yml", channels(folder) + POLICY);
  write(FILE, CAMPAIGN);
  mkdirSync(join(folder, "images"));
  copyFileSync(join(root, "campaigns/images/ticks.png"), join(folder, "images/hero.png"));
});

afterEach(() => rmSync(folder, { recursive: true, force: true }));

function write(file: string, content: string): void {
  mkdirSync(dirname(join(folder, file)), { recursive: true });
  writeFileSync(join(folder, file), content);
}

function edit(file: string, from: string, to: string): void {
  const before = readFileSync(join(folder, file), "utf8");
  expect(before).toContain(from);
  writeFileSync(join(folder, file), before.replace(from, to));
}

interface Ran {
  code: number | null;
  out: string;
  err: string;
}

function broadcast(...argv: string[]): Promise<Ran> {
  const env = { PATH: process.env.PATH ?? "", HOME: folder, USER: "somebody" };
  const child = spawn(process.execPath, [bin, ...argv], { cwd: folder, env });
  child.stdin.end();
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

const approve = (...argv: string[]) => broadcast("approve", FILE, "--yes", ...argv);
const send = (...argv: string[]) => broadcast("send", FILE, "--yes", ...argv);

interface Told {
  error?: { code: string; problems: { code: string; message: string; channel?: string }[] };
}

async function refused(...argv: string[]): Promise<{ codes: string[]; messages: string }> {
  const { code, out, err } = await broadcast(...(argv.length > 0 ? argv : ["send", FILE, "--yes"]), "--json");
  expect(code, out + err).toBe(5);
  const { error } = JSON.parse(out) as Told;
  expect(error?.code).toBe("approval");
  expect(existsSync(join(folder, "public")), "something was sent").toBe(false);
  return {
    codes: [...new Set(error!.problems.map((problem) => problem.code))],
    messages: error!.problems.map(({ message }) => message).join("\n"),
  };
}

describe("sending", () => {
  it("takes an approval: none, exit 5 and nothing sent; given, it goes out and is not asked for again", async () => {
    const before = await send();
    expect(before.code).toBe(5);
    expect(before.err).toContain("1 approval by `marta` or `chinwe` is needed, and there is none");
    expect(before.err).toContain("broadcast.yml:16:5");
    expect(before.err).toContain(`= Read it and approve it: broadcast approve ${FILE} --as NAME`);
    expect(existsSync(join(folder, "public"))).toBe(false);
    expect((await broadcast("status", "--json")).out).toContain('"deliveries": []');

    const approved = await approve("--as", "marta");
    expect(approved.code, approved.err).toBe(0);
    expect(approved.out).toContain("Lists sync in half the time.");
    expect(approved.out).toMatch(/\nfingerprint \(digest\) [0-9a-f]{64}\n$/);
    expect(approved.err).toContain("✓ Approved by marta; recorded in the ledger.");

    const sent = await send();
    expect(sent.code, sent.err).toBe(0);
    expect(sent.err).toContain("✓ 1 approval by `marta` or `chinwe`: `marta`");
    // What is out needs nobody's word again, whatever the policy says by now.
    edit("broadcast.yml", "by: [marta, chinwe]", "by: [legal]");
    expect((await send()).code).toBe(0);
  });

  it("asks nobody about what the policy is not about", async () => {
    edit(FILE, "channels: [news]", "channels: [staff]");
    expect((await send()).code).toBe(0);
  });

  it("reads approvals from the file beside the campaign, on another machine", async () => {
    const { code, err } = await approve("--as", "chinwe", "--file", "--expires", "7d");
    expect(code, err).toBe(0);
    expect(err).toContain("recorded in campaigns/update.approval.yml");
    rmSync(join(folder, ".broadcast"), { recursive: true, force: true });
    expect((await send()).code).toBe(0);
  });

  it("holds a kept plan to the same, and a kept plan can be approved", async () => {
    expect((await broadcast("plan", FILE, "--out", "plan.json")).code).toBe(0);
    await refused("send", "--plan", "plan.json", "--yes");
    expect((await broadcast("approve", "--plan", "plan.json", "--as", "marta", "--yes")).code).toBe(0);
    // What the campaign says by now does not matter: the plan is what was approved.
    edit(FILE, "half the time", "no time");
    expect((await broadcast("send", "--plan", "plan.json", "--yes")).code).toBe(0);
  });

  it("takes no approval in a rehearsal, and says that a real one would", async () => {
    const child = spawn(process.execPath, [bin, "sandbox", "--port", "0", "--json"], {
      cwd: folder,
      env: { PATH: process.env.PATH ?? "", HOME: folder },
    });
    try {
      const url = await new Promise<string>((resolve) => {
        let text = "";
        child.stdout.on("data", (chunk) => {
          text += chunk;
          const match = /"url": "([^"]+)"/.exec(text);
          if (match) resolve(match[1]!);
        });
      });
      const { code, err } = await send("--sandbox", url);
      expect(code, err).toBe(0);
      expect(err).toContain("A real send needs 1 approval by `marta` or `chinwe`.");
    } finally {
      child.kill("SIGINT");
      await new Promise((resolve) => child.on("close", resolve));
    }
  });

  it("asks again before what was cancelled is taken up under a stricter policy", async () => {
    edit(FILE, "channels:", "at: 2099-01-01 09:00 UTC\nchannels:");
    expect((await approve("--as", "marta")).code).toBe(0);
    expect((await send()).code).toBe(0);
    expect((await broadcast("cancel", `${FILE}/news`)).code).toBe(0);
    edit("broadcast.yml", "by: [marta, chinwe]", "by: [legal]");
    await refused("retry", `${FILE}/news`);
    edit("broadcast.yml", "by: [legal]", "by: [marta]");
    expect((await broadcast("retry", `${FILE}/news`)).code).toBe(0);
    edit("broadcast.yml", "by: [marta]", "bye: [marta]");
    expect((await broadcast("cancel", `${FILE}/news`)).code).toBe(0);
    expect((await broadcast("retry", `${FILE}/news`)).code).toBe(2);
  });
});

describe("an approval is stale", () => {
  const TEMPLATE = "{{ title }}\n\n{{ body }}\n";
  const cases: [string, () => void, string][] = [
    ["one byte of the text", () => edit(FILE, "half the time.", "half the time!"), "text"],
    [
      "the bytes of an image",
      () => copyFileSync(join(root, "campaigns/images/demo-round.png"), join(folder, "images/hero.png")),
      "image images/hero.png",
    ],
    ["its alternative text", () => edit(FILE, "The new sync panel", "The sync panel"), "alt text"],
    ["the link card", () => edit(FILE, "blog/2-4", "blog/2-5"), "link card"],
    ["the template", () => write("templates/update/feed.md", `${TEMPLATE}\nNow.\n`), "text"],
    ["the channels", () => edit(FILE, "[news]", "[news, staff]"), "changed on `staff`"],
    [
      "the account behind a channel",
      () => edit("broadcast.yml", "title: Acme news", "title: Other"),
      "account",
    ],
    ["the time", () => edit(FILE, "2099-01-01 09:00", "2099-01-01 09:01"), "due"],
    ["the end of the time window", () => edit(FILE, "expires: 2h", "expires: 3h"), "expires"],
  ];

  it.each(cases)("after a change of %s", async (_, change, named) => {
    edit(FILE, "channels:", "at: 2099-01-01 09:00 UTC\nexpires: 2h\nchannels:");
    write("templates/update/feed.md", TEMPLATE);
    expect((await approve("--as", "marta", "--file")).code).toBe(0);
    change();
    const { codes, messages } = await refused();
    expect(codes).toEqual(["approval-stale"]);
    expect(messages).toContain(named);
  });

  it("with the difference, line by line; and holds again when the change is taken back", async () => {
    expect((await approve("--as", "marta")).code).toBe(0);
    edit(FILE, "half the time", "no time");
    const { code, err } = await send();
    expect(code).toBe(5);
    expect(err).toContain("! Changed since marta approved:");
    expect(err).toMatch(/- .*half the time/);
    expect(err).toMatch(/\+ .*no time/);
    edit(FILE, "no time", "half the time");
    expect((await send()).code).toBe(0);
  });

  it("when it has expired", async () => {
    expect((await approve("--as", "marta", "--expires", "1s")).code).toBe(0);
    await new Promise((resolve) => setTimeout(resolve, 1_100));
    expect((await refused()).messages).toContain("does not count: it has expired");
  });
});

describe("who approves", () => {
  it("is named by the policy, or refused at once", async () => {
    const { code, err } = await approve("--as", "bob");
    expect(code).toBe(5);
    expect(err).toContain("an approval by `bob` would not count: this is for `marta` or `chinwe` to approve");
    await refused();
  });

  it("are as many different people as the policy asks for", async () => {
    edit("broadcast.yml", "by: [marta, chinwe]", "by: [marta, chinwe]\n    approvals: 2");
    for (const where of [[], ["--file"]]) expect((await approve("--as", "marta", ...where)).code).toBe(0);
    expect((await refused()).messages).toContain("2 approvals by `marta` or `chinwe` are needed");
    expect((await approve("--as", "chinwe", "--file")).code).toBe(0);
    expect((await send()).code).toBe(0);
  });

  it("is not the author", async () => {
    const git = (...argv: string[]) =>
      execFileSync("git", argv, {
        cwd: folder,
        env: { PATH: process.env.PATH, HOME: folder },
        stdio: "pipe",
      });
    git("init", "-q");
    git("config", "user.name", "marta");
    git("config", "user.email", "m@acme.example");
    git("add", "-A");
    git("commit", "-qm", "words");
    const own = await approve();
    expect(own.code, own.err).toBe(5);
    expect(own.err).toContain("an approval by `marta` would not count: marta is the author, as git says");
    expect((await approve("--as", "chinwe")).code).toBe(0);
    expect((await send()).code).toBe(0);
  });

  it("has seen this very plan, when --digest says so", async () => {
    const { digest } = JSON.parse((await broadcast("plan", FILE, "--json")).out);
    expect((await approve("--as", "marta", "--digest", "0123456789ab".repeat(3))).code).toBe(5);
    expect((await approve("--as", "marta", "--digest", "nonsense")).code).toBe(2);
    // Two campaigns whose digests begin alike by 8 digits are found in a moment.
    expect((await approve("--as", "marta", "--digest", digest.slice(0, 31))).code).toBe(2);
    await refused();
    const { code, out } = await approve("--as", "marta", "--digest", digest.slice(0, 32), "--json");
    expect(code).toBe(0);
    expect(JSON.parse(out)).toMatchObject({
      version: 2,
      command: "approve",
      by: "marta",
      digest,
      approved: true,
      signed: false,
    });
  });

  it("is asked, and a script must say --yes", async () => {
    const { code, err } = await broadcast("approve", FILE, "--as", "marta");
    expect(code).toBe(2);
    expect(err).toContain("this needs a confirmation, and there is no terminal to ask at");
    await refused();
  });

  it("is told when there is nothing lasting to approve", async () => {
    edit(FILE, "channels:", "expires: 2h\nchannels:");
    const { code, err } = await approve("--as", "marta");
    expect(code).toBe(2);
    expect(err).toContain("counts from the moment of planning");
  });
});

describe("signatures", () => {
  const key = (name: string) => join(folder, `keys/${name}`);

  beforeEach(() => {
    mkdirSync(join(folder, "keys"));
    for (const name of ["marta", "chinwe"])
      execFileSync("ssh-keygen", ["-q", "-t", "ed25519", "-N", "", "-f", key(name)]);
    write("allowed_signers", `marta ${readFileSync(key("marta.pub"), "utf8")}`);
    edit("broadcast.yml", "by: [marta, chinwe]", "by: [marta, chinwe]\n    signed: true");
    write(
      "broadcast.yml",
      `${readFileSync(join(folder, "broadcast.yml"), "utf8")}allowed_signers: allowed_signers\n`,
    );
  });

  it("are asked for, made with the key that is given, and hold on another machine", async () => {
    const without = await approve("--as", "marta");
    expect(without.code).toBe(5);
    expect(without.err).toContain("would not count: it is not signed");
    const signed = await approve("--as", "marta", "--file", "--key", "keys/marta");
    expect(signed.code, signed.err).toBe(0);
    const text = readFileSync(join(folder, "campaigns/update.approval.yml"), "utf8");
    expect(text).toContain("-----BEGIN SSH SIGNATURE-----");
    expect(text).not.toContain("PRIVATE");
    expect((await send()).code).toBe(0);
  });

  it("of a key that is not known for this name are refused at once", async () => {
    const { code, err } = await approve("--as", "chinwe", "--key", "keys/chinwe");
    expect(code).toBe(5);
    expect(err).toContain("this signature would not count: the key is not one of chinwe's");
    await refused();
  });

  it.each([
    ["another name", "by: marta", "by: chinwe"],
    ["no end", /\n {4}expires: .*/, ""],
    ["no signature", /\n {4}signature: \|\n(?: {6}.*\n)+/, "\n"],
  ])("do not hold for %s written into the file by hand", async (_, from, to) => {
    expect((await approve("--as", "marta", "--file", "--key", "keys/marta", "--expires", "1h")).code).toBe(0);
    const file = join(folder, "campaigns/update.approval.yml");
    const before = readFileSync(file, "utf8");
    const after = before.replace(from, to);
    expect(after).not.toBe(before);
    writeFileSync(file, after);
    expect((await refused()).codes).toEqual(["approval-missing", "approval-not-counted"]);
  });

  it("do not carry over to content that is written into the file by hand", async () => {
    expect((await approve("--as", "marta", "--file", "--key", "keys/marta")).code).toBe(0);
    edit(FILE, "half the time", "no time");
    const { digest } = JSON.parse((await broadcast("plan", FILE, "--json")).out);
    const file = join(folder, "campaigns/update.approval.yml");
    writeFileSync(file, readFileSync(file, "utf8").replace(/^digest: .*$/m, `digest: ${digest}`));
    const { messages } = await refused();
    expect(messages).toContain("the signature is not over this approval");
  });
});

describe("for a pull request", () => {
  it("the plan is Markdown with every text, what it takes and the command", async () => {
    const { code, out, err } = await broadcast("plan", FILE, "--markdown");
    expect({ code, err }).toEqual({ code: 0, err: "" });
    expect(out).toMatch(/^<!-- broadcast plan campaigns\/update\.yml -->\n\n### Acme 2\.4 is out\n/);
    expect(out).toContain("Lists sync in half the time.");
    expect(out).toContain("- ⏳ 1 approval by `marta` or `chinwe`: none yet");
    expect(out).toMatch(/broadcast approve campaigns\/update\.yml --digest [0-9a-f]{32} --as NAME/);
  });
});
