/** What the completion scripts are answered, without a shell. */

import { describe, expect, it } from "vitest";
import { LOADERS } from "../../src/adapters/index.ts";
import { readLine } from "../../src/cli/completion/bash-line.ts";
import { SOURCES } from "../../src/cli/completion/candidates.ts";
import { build } from "../../src/cli/program.ts";
import { openAt } from "../../src/ledger/open.ts";
import { broadcast, folderWith } from "./stand-in.ts";

const CONFIG = `channels:
  social: { network: mastodon, audience: external, server: https://m.example, token: "\${T}" }
  team: { network: slack, audience: internal, webhook: "\${H}" }
groups: { everyone: [social, team] }
people: { "@marta": { mastodon: marta@m.example } }
adapters: [./plug-in.mjs]
`;
const PLAN = '{\n  "version": 2,\n  "command": "plan",\n  "campaign": {}\n}\n';
const folder = folderWith({
  "broadcast.yml": CONFIG,
  "plug-in.mjs": 'throw new Error("nobody asked for this");',
  "campaigns/release.yml": 'kind: release\ntitle: "Acme 2.4 is out"\n',
  "campaigns/release.approval.yml": "kind: release\n",
  "campaigns/readme.yml": "title: no campaign\n",
  "campaigns/node_modules/x.yml": "kind: release\n",
  "my campaigns/$(touch owned).yml": "kind: update\n",
  "-rf.yml": "kind: update\n",
  "two\nlines.yml": "kind: update\n",
  "plan.json": PLAN,
  "package.json": "{}",
});

const program = build(
  { out() {}, err() {}, results: { width: 80 }, notes: { width: 80 } } as never,
  () => {},
  () => {},
);

/** The values that are offered, with the shell's own words where there are some. */
async function offered(...words: string[]): Promise<string[]> {
  const { code, out, err } = await broadcast(folder, ["complete", "zsh", "--", ...words]);
  expect({ code, err }).toEqual({ code: 0, err: "" });
  return out
    .split("\n")
    .filter(Boolean)
    .map((line) => line.split("\t")[0]!);
}

async function inBash(line: string): Promise<string[]> {
  const { out } = await broadcast(folder, ["complete", "bash", " \t\n\"'@><=;|&(:", "--", line]);
  return out.split("\n").filter(Boolean);
}

describe("commands and options", () => {
  it("are those of the program, with their descriptions, and none that is hidden", async () => {
    const { out } = await broadcast(folder, ["complete", "fish", "--", ""]);
    const help = program.createHelp();
    const visible = help.visibleCommands(program);
    expect(out.split("\n").filter(Boolean)).toEqual(
      visible.map((one) => `${one.name()}\t${one.description()}`),
    );
    expect(out).not.toContain("exit-codes");
  });

  it.each(program.commands.filter((one) => one.name() !== "help").map((one) => one.name()))(
    "of `%s` are all there",
    async (name) => {
      const command = program.commands.find((one) => one.name() === name)!;
      const options = command
        .createHelp()
        .visibleOptions(command)
        .map(({ long }) => long);
      if (name === "complete" || name === "exit-codes") expect(await offered(name, "--")).toEqual([]);
      else expect(await offered(name, "--")).toEqual(options);
    },
  );

  it("are not offered twice, unless they may be given twice", async () => {
    expect(await offered("send", "--yes", "--")).not.toContain("--yes");
    expect(await offered("send", "--from", "tag", "--")).toContain("--from");
  });

  it("are commands again behind `help`, and nothing behind a word that is not a command", async () => {
    expect(await offered("help", "")).toContain("resolve");
    expect(await offered("sned", "")).toEqual([]);
  });

  it("are not offered behind `--`, nor where a value is asked for", async () => {
    expect(await offered("measure", "--", "-")).toEqual([]);
    expect(await offered("new", "--title", "-")).toEqual([]);
  });
});

describe("values", () => {
  it("come from somewhere, or are said to be free, for everything that any command asks for", () => {
    const asked = program.commands
      .filter((one) => !["help", "complete"].includes(one.name()))
      .flatMap((one) => [
        ...one.registeredArguments.map((argument) => [one.name(), argument.name()]),
        ...one.options
          .filter(({ required, optional }) => required || optional)
          .map(({ long }) => [one.name(), long!]),
      ]);
    const missing = asked.filter(([command, name]) => !SOURCES[`${command} ${name}`] && !SOURCES[name!]);
    expect(missing).toEqual([]);
    const used = new Set(asked.flatMap(([command, name]) => [`${command} ${name}`, name]));
    expect(Object.keys(SOURCES).filter((key) => !used.has(key))).toEqual([]);
  });

  it("are campaigns below the folder, with their titles, hostile names as they are", async () => {
    const { out } = await broadcast(folder, ["complete", "zsh", "--", "send", ""]);
    expect(out).toBe(
      "./-rf.yml\t\ncampaigns/release.yml\tAcme 2.4 is out\nmy campaigns/$(touch owned).yml\t\n:files\n",
    );
  });

  it("are channels and groups, without running the project's plug-ins", async () => {
    expect(await offered("login", "")).toEqual(["social", "team"]);
    expect(await offered("new", "--channels", "")).toEqual(["social", "team", "everyone"]);
    expect(await offered("approve", "--as", "")).toEqual(["marta"]);
  });

  it("go on behind a comma, an equals sign and an option's own", async () => {
    expect(await offered("new", "--channels", "social,t")).toContain("social,team");
    expect(await offered("new", "--channels=social,t")).toContain("--channels=social,team");
    expect(await offered("init", "--channel", "news=f")).toContain("news=feed");
  });

  it("are kinds, networks, codes, plans and weather", async () => {
    expect(await offered("new", "")).toContain("release");
    expect(await offered("measure", "--network", "")).toContain("mastodon");
    expect(await offered("explain", "held", "")).toEqual(expect.arrayContaining(["4", "held", "too-long"]));
    expect(await offered("send", "--plan", "")).toEqual(["plan.json", ":files"]);
    expect(await offered("sandbox", "--chaos", "")).toContain("storm");
    expect(await offered("ledger", "")).toEqual(["check", "backup", "export"]);
  });

  it("are the deliveries that a command can do something about", async () => {
    const home = folderWith({ "broadcast.yml": CONFIG, ".broadcast/x": "" });
    const ledger = await openAt(`${home}/.broadcast/ledger.db`);
    const posts = [{ text: "x", entities: [], media: [], tags: [], options: {} }];
    const one = { campaign: "c.yml", network: "mastodon", account: "a", digest: "d", posts, dueAt: 0 };
    await ledger.add(
      [
        { ...one, id: "c.yml/social", channel: "social" },
        { ...one, id: "c.yml/team", channel: "team" },
      ],
      0,
    );
    await ledger.decide("c.yml/team", ["scheduled"], { state: "cancelled" }, 0);
    await ledger.close();
    const lines = async (...words: string[]) =>
      (await broadcast(home, ["complete", "zsh", "--", ...words])).out;
    expect(await lines("cancel", "")).toBe("c.yml/social\tscheduled\nc.yml\tall of the campaign\n");
    expect(await lines("retry", "")).toBe("c.yml/team\tcancelled\nc.yml\tall of the campaign\n");
    expect(await lines("retry", "c.yml/team", "")).toBe("c.yml\tall of the campaign\n");
    expect(await lines("resolve", "")).toBe("");
    expect(await lines("cancel", "--sandbox", "http://127.0.0.1:9", "")).toBe("");
  });

  it("are none, and no trouble, where broadcast.yml is broken or absent", async () => {
    for (const text of ["", "channels: [\n\t", "channels: 1"])
      expect(
        (await broadcast(folderWith({ "broadcast.yml": text }), ["complete", "zsh", "--", "login", ""])).out,
      ).toBe("");
  });
});

describe("for bash", () => {
  it("only what begins like the word is answered, whatever its quotes", async () => {
    expect(await inBash("broadcast se")).toEqual([":names", "send"]);
    for (const line of ["broadcast send my\\ ", 'broadcast send "my ', "broadcast send 'my "])
      expect(await inBash(line), line).toEqual([":names", "my campaigns/$(touch owned).yml", ":files"]);
  });

  it("what bash keeps of the word is not answered again", async () => {
    expect(await inBash("broadcast new --channels=so")).toEqual([":names", "social"]);
    expect(await inBash("broadcast init --channel x=f")).toEqual([
      ":names",
      ...Object.keys(LOADERS).filter((id) => id.startsWith("f")),
    ]);
  });

  it.each([
    ["broadcast", ["broadcast"], ""],
    ["broadcast ", ["broadcast", ""], ""],
    ["b send  a\\ b", ["b", "send", "a b"], ""],
    ["b --plan=x", ["b", "--plan=x"], "--plan="],
    ['b "a b', ["b", "a b"], ""],
    ["b x'y z", ["b", "xy z"], "x"],
    ['b "\\"" c', ["b", '"', "c"], ""],
  ])("reads %j", (line, words, kept) => {
    expect(readLine(line, "=:")).toEqual({ words: words.slice(1), kept });
  });
});

it("prints a script for each shell, and says where it goes", async () => {
  for (const shell of ["bash", "zsh", "fish"]) {
    const { code, out } = await broadcast(folder, ["completion", shell]);
    expect(code).toBe(0);
    expect(out).toContain(`command broadcast complete ${shell}`);
    expect((await broadcast(folder, ["completion", "--help"])).out).toContain(
      `broadcast completion ${shell} >`,
    );
  }
  const { out } = await broadcast(folder, ["completion", "fish", "--json"]);
  expect(JSON.parse(out)).toMatchObject({ version: 2, command: "completion", shell: "fish" });
  expect((await broadcast(folder, ["completion", "ksh"])).code).toBe(2);
});
