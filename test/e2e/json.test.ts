/** `--json` of the built CLI, command by command, against what docs/json.md says of it. */
import { spawn } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import * as v from "valibot";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { DOCUMENTS, documentOf, FAILURE, LEDGER_LINE } from "../../scripts/documents.ts";
import { build as buildProgram } from "../../src/cli/program.ts";
import { broadcast, build, root } from "./built.ts";

const CONFIG = `channels:
  social: { network: mastodon, audience: external, server: https://m.example, token: "\${T}" }
  talk: { network: telegram, audience: external, token: "\${G}", chat: "@acme" }
  news: { network: feed, audience: external, folder: public, title: News, url: https://acme.example/ }
  hn: { network: by-hand, audience: external, place: hackernews }
policy:
  - { approvals: 1, by: [marta], when: { audience: external } }
`;
const CAMPAIGN =
  "kind: update\ntitle: It is out\nbody: |\n  **Lists** sync twice as fast.\nlink: https://acme.example/x\n";

let folder: string;
let sandbox: ReturnType<typeof spawn>;
let url: string;
let printed: string;

beforeAll(async () => {
  build();
  folder = mkdtempSync(join(tmpdir(), "broadcast-json-"));
  mkdirSync(join(folder, "campaigns/images"), { recursive: true });
  writeFileSync(join(folder, "broadcast.yml"), CONFIG);
  const image = readFileSync(join(root, "docs/sandbox.png"));
  writeFileSync(join(folder, "campaigns/images/panel.png"), image);
  const media = "media: [{ file: campaigns/images/panel.png, alt: The panel }]\n";
  writeFileSync(join(folder, "campaigns/all.yml"), `${CAMPAIGN}${media}channels: [social, news]\n`);
  writeFileSync(join(folder, "campaigns/talk.yml"), `${CAMPAIGN}channels: [talk]\n`);
  writeFileSync(join(folder, "campaigns/hand.yml"), `${CAMPAIGN}channels: [hn]\n`);
  writeFileSync(
    join(folder, "campaigns/later.yml"),
    `${CAMPAIGN}channels: [social]\nat: 2099-01-01 09:00 Europe/Rome\n`,
  );
  writeFileSync(
    join(folder, "campaigns/never.yml"),
    `${CAMPAIGN}channels: [news]\nwhen: kind == "release"\n`,
  );
  writeFileSync(join(folder, "campaigns/wrong.yml"), "kind: update\ntitel: x\nchannels: [nobody]\n");
  cpSync(join(folder, "campaigns/images"), join(folder, "images"), { recursive: true });
  writeFileSync(join(folder, "CHANGELOG.md"), "# Changelog\n\n## 1.2.0 - 2026-11-01\n\n- Faster.\n");
  // It loses every second answer, so that something is held.
  sandbox = spawn(
    process.execPath,
    [
      join(root, "bin/broadcast.js"),
      "sandbox",
      "--port",
      "0",
      "--json",
      "--chaos",
      "commit-then-reset",
      "--seed",
      "3",
    ],
    { cwd: folder },
  );
  printed = await new Promise((resolve) => sandbox.stdout!.once("data", (chunk) => resolve(String(chunk))));
  url = JSON.parse(printed).url;
}, 120_000);

afterAll(() => {
  sandbox.kill("SIGKILL");
  rmSync(folder, { recursive: true, force: true });
});

/** Runs it, holds what it prints against the shape, and gives it. */
async function shaped(name: string, argv: string[], expected?: number): Promise<Record<string, never>> {
  const { code, out, err } = await broadcast(folder, argv, { env: { GITHUB_ACTIONS: "" } });
  if (expected !== undefined) expect(code, err + out).toBe(expected);
  const document = JSON.parse(out);
  expect("error" in document ? document.error : undefined).toBeUndefined();
  expect(issuesOf(documentOf(name), document)).toEqual([]);
  return document;
}

function issuesOf(schema: v.GenericSchema, value: unknown): string[] {
  const parsed = v.safeParse(schema, value);
  return (parsed.issues ?? []).map((issue) => `${v.getDotPath(issue)}: ${issue.message}`);
}

const REHEARSAL = () => ["--sandbox", url, "--json"];

describe("every document is as docs/json.md says", () => {
  const seen = new Set<string>();
  const check = (name: string, argv: () => string[], code = 0) => {
    seen.add(name);
    it(name, async () => void (await shaped(name, argv(), code)));
  };

  check("plan", () => ["plan", "campaigns/all.yml", ...REHEARSAL()]);
  check("preview", () => ["preview", "campaigns/all.yml", ...REHEARSAL()]);
  check("send --dry-run", () => ["send", "campaigns/all.yml", "--dry-run", ...REHEARSAL()]);
  check("send", () => ["send", "campaigns/all.yml", "--yes", ...REHEARSAL()]);
  check("approve", () => ["approve", "campaigns/all.yml", "--as", "marta", "--yes", "--json"]);
  check("schedule", () => ["schedule", "campaigns/later.yml", "--days", "30000", "--json"]);
  check("calendar", () => ["calendar", "campaigns/later.yml", "--days", "300", "--json"]);
  check("run", () => ["run", "campaigns/later.yml", ...REHEARSAL()]);
  check("networks", () => ["networks", "--json"]);
  check("measure", () => ["measure", "--json", "Acme 2.4 is out"]);
  check("explain", () => ["explain", "--json"]);
  check("completion", () => ["completion", "bash", "--json"]);
  check("doctor", () => ["doctor", ...REHEARSAL()]);
  check("new", () => ["new", "update", "--title", "New", "--yes", "--json"]);
  check("login --remove", () => ["login", "social", "--remove", "--json"]);
  check("status --releases", () => ["status", "--releases", "--json"]);

  it("a plan that is wrong, and a campaign that is skipped", async () => {
    const wrong = await shaped("plan", ["plan", "campaigns/wrong.yml", "--json"]).catch(() => undefined);
    expect(wrong).toBeUndefined();
    expect(await shaped("send", ["send", "campaigns/never.yml", "--yes", ...REHEARSAL()], 0)).toHaveProperty(
      "skipped",
    );
  });

  it("what is held, and how it is settled, tried again and cancelled", async () => {
    await shaped("send", ["send", "campaigns/talk.yml", "--yes", ...REHEARSAL()], 4);
    const { deliveries } = await shaped("status", ["status", "--sandbox", "--json"], 0);
    expect(JSON.stringify(deliveries)).toContain('"look"');
    await shaped("resolve", ["resolve", "talk", "--cancel", ...REHEARSAL()], 0);
    await shaped("send", ["send", "campaigns/hand.yml", "--yes", ...REHEARSAL()], 0);
    const { todos } = await shaped("todo", ["todo", ...REHEARSAL()], 0);
    expect(todos).toMatchObject([{ place: "Hacker News", title: "It is out" }]);
    const out = ["--published", "https://news.ycombinator.com/item?id=1"];
    await shaped("todo", ["todo", "hn", ...out, ...REHEARSAL()], 0);
    await shaped("retry", ["retry", "talk", ...REHEARSAL()]);
    await shaped("send", ["send", "campaigns/later.yml", "--yes", ...REHEARSAL()], 0);
    await shaped("cancel", ["cancel", "campaigns/later.yml", ...REHEARSAL()], 0);
    for (const name of ["status", "todo", "resolve", "retry", "cancel"]) seen.add(name);
  });

  it("what is done with what is out", async () => {
    const news = ["--channel", "news", ...REHEARSAL()];
    await shaped("edit", ["edit", "campaigns/all.yml", "--yes", ...news]);
    await shaped("verify", ["verify", ...news]);
    await shaped("stats", ["stats", ...news]);
    await shaped("report", ["report", ...news]);
    await shaped("replies", ["replies", ...REHEARSAL()]);
    await shaped("history", ["history", "sync", ...REHEARSAL()], 0);
    await shaped("pause", ["pause", ...REHEARSAL()], 0);
    await shaped("resume", ["resume", ...REHEARSAL()], 0);
    await shaped("reply", ["reply", "campaigns/all.yml/social", "More.", ...REHEARSAL()]);
    await shaped("retract", ["retract", "campaigns/all.yml", "--yes", ...news]);
    for (const name of [
      "edit",
      "verify",
      "stats",
      "report",
      "replies",
      "history",
      "pause",
      "resume",
      "reply",
      "retract",
    ])
      seen.add(name);
  });

  it("the ledger's", async () => {
    await shaped("ledger check", ["ledger", "check", "--sandbox", "--json"], 0);
    await shaped("ledger backup", ["ledger", "backup", "--sandbox", "--json"], 0);
    const from = ".broadcast/sandbox/ledger.db";
    await shaped("ledger copy", ["ledger", "copy", from, "moved.db", "--json"], 0);
    await broadcast(folder, ["resume", "--sandbox"]);
    const { out } = await broadcast(folder, ["ledger", "export", "--sandbox", "--json"]);
    const lines = out
      .trim()
      .split("\n")
      .map((line) => JSON.parse(line));
    expect(lines.length).toBeGreaterThan(2);
    for (const line of lines) expect(issuesOf(LEDGER_LINE, line)).toEqual([]);
    for (const name of ["ledger check", "ledger backup", "ledger copy"]) seen.add(name);
  });

  it("a new project's, and the sandbox's", async () => {
    const home = mkdtempSync(join(tmpdir(), "broadcast-json-init-"));
    const { out } = await broadcast(home, ["init", "--yes", "--json"]);
    rmSync(home, { recursive: true });
    expect(issuesOf(documentOf("init"), JSON.parse(out))).toEqual([]);
    expect(issuesOf(documentOf("sandbox"), JSON.parse(printed))).toEqual([]);
    for (const name of ["init", "sandbox"]) seen.add(name);
  });

  it("a login's", async () => {
    const own = mkdtempSync(join(tmpdir(), "broadcast-json-login-"));
    writeFileSync(
      join(own, "broadcast.yml"),
      `channels:\n  s: { network: mastodon, server: "${url}/mastodon" }\n`,
    );
    const { out } = await broadcast(own, ["login", "s", "--token", "--json"], { input: "sandbox-token" });
    rmSync(own, { recursive: true });
    expect(issuesOf(documentOf("login"), JSON.parse(out))).toEqual([]);
    seen.add("login");
  });

  it("and none was left out", () => {
    expect(Object.keys(DOCUMENTS).filter((name) => !seen.has(name))).toEqual([]);
  });
});

describe("errors", () => {
  const failure = (command: string) =>
    v.strictObject({ version: v.literal(2), command: v.literal(command), ...FAILURE });

  it.each([
    ["usage", "plan", ["plan", "--json"], 2],
    ["input", "plan", ["plan", "no.yml", "--json"], 2],
    [
      "input",
      "send",
      ["send", "campaigns/talk.yml", "--sandbox", "http://127.0.0.1:9", "--yes", "--json"],
      2,
    ],
    ["input", "explain", ["explain", "nonsense", "--json"], 2],
    ["usage", "completion", ["completion", "ksh", "--json"], 2],
    ["input", "resolve", ["resolve", "nobody", "--cancel", "--sandbox", "--json"], 2],
  ])("are a document on stdout, with nothing on stderr: %s of %s", async (code, command, argv, exit) => {
    const ran = await broadcast(folder, argv);
    expect({ code: ran.code, err: ran.err }).toEqual({ code: exit, err: "" });
    const document = JSON.parse(ran.out);
    expect(issuesOf(failure(command), document)).toEqual([]);
    expect(document.error.code).toBe(code);
  });
});

it("is taken by every command, and each is described", () => {
  const program = buildProgram(
    { out() {}, err() {}, results: {}, notes: {} } as never,
    () => {},
    () => {},
  );
  const commands = program
    .createHelp()
    .visibleCommands(program)
    .filter((one) => one.name() !== "help");
  expect(
    commands.filter((one) => !one.options.some(({ long }) => long === "--json")).map((one) => one.name()),
  ).toEqual([]);
  const described = new Set(Object.keys(DOCUMENTS).map((name) => name.split(" ")[0]));
  // What they print is a JSON Schema itself, a protocol, and a log.
  for (const name of ["schema", "mcp", "worker"]) described.add(name);
  expect(commands.map((one) => one.name()).filter((name) => !described.has(name))).toEqual([]);
});
