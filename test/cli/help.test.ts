/** Help, examples and the manual page: what they say can be typed. */
import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import type { Command } from "commander";
import { describe, expect, it } from "vitest";
import { manPage } from "../../scripts/man.ts";
import { readLine } from "../../src/cli/completion/bash-line.ts";
import { build, examplesOf } from "../../src/cli/program.ts";
import { CHAPTERS } from "../../src/report/explain/codes.ts";
import { PLAIN } from "../../src/report/style.ts";
import { broadcast, folderWith } from "./stand-in.ts";

const program = build(
  { out() {}, err() {}, results: PLAIN, notes: PLAIN } as never,
  () => {},
  () => {},
);
const commands = program
  .createHelp()
  .visibleCommands(program)
  .filter((one) => one.name() !== "help");
const nowhere = folderWith({});

/** Why a line cannot be typed; nothing when it can. */
function faultIn(line: string): string | undefined {
  const [typed = ""] = line.replace(/^\w+=\S+ /, "").split(/ [<>|] /);
  const { words } = readLine(typed, "");
  const command = commands.find((one) => one.name() === words[0]);
  if (!command) return words[0] === "help" ? undefined : `no command ${words[0]}`;
  const options = [...command.options, ...command.createHelp().visibleOptions(command)];
  let args = 0;
  for (let at = 1; at < words.length; at++) {
    const word = words[at]!;
    const option = options.find(({ long, short }) => word === long || word === short);
    if (word.startsWith("-") && !option) return `no option ${word}`;
    if (!option) args += 1;
    else if (option.required || (option.optional && words[at + 1] && !words[at + 1]!.startsWith("-")))
      at += 1;
  }
  const { registeredArguments: taken } = command;
  if (args < taken.filter(({ required }) => required).length) return "too few arguments";
  return args > taken.length && !taken.at(-1)?.variadic ? "too many arguments" : undefined;
}

describe("examples", () => {
  const shown = [program, ...commands].flatMap((one: Command) => [...examplesOf(one)]);
  const explained = CHAPTERS.flatMap(({ codes }) => Object.values(codes).map(({ example }) => example));
  const lines = [...new Set([...shown, ...explained])].filter((line) => /^(\w+=\S+ )?broadcast /.test(line));

  it.each(lines)("%s", (line) => expect(faultIn(line)).toBeUndefined());

  it("are there for every command, and fit in 100 columns", () => {
    expect(commands.filter((one) => examplesOf(one).length === 0).map((one) => one.name())).toEqual([]);
    expect(shown.filter((line) => line.length > 98)).toEqual([]);
  });
});

describe("help", () => {
  it.each(commands.map((one) => one.name()))(
    "of %s fits in 80 columns, apart from commands to copy",
    async (name) => {
      const { out } = await broadcast(nowhere, [name, "--help"]);
      const [head = ""] = out.split("Examples:");
      expect(head.split("\n").filter((line) => line.length > 80)).toEqual([]);
      expect(head).not.toContain("default: []");
    },
  );
});

describe("the manual page", () => {
  const page = readFileSync("man/broadcast.1", "utf8");

  it("is the one that the commands make", () => expect(page).toBe(manPage()));

  it("names every command and option", () => {
    const plain = page.replaceAll("\\-", "-").replace(/\\f[BIR]/g, "");
    for (const command of commands) {
      expect(plain).toContain(`.SS "broadcast ${command.name()}`);
      for (const { long } of command.createHelp().visibleOptions(command)) expect(plain).toContain(long);
    }
  });

  it("comes with the package", () => {
    const { man, files } = JSON.parse(readFileSync("package.json", "utf8"));
    expect({ man, files }).toMatchObject({ man: "man/broadcast.1", files: expect.arrayContaining(["man"]) });
  });

  it.skipIf(spawnSync("groff", ["--version"]).status !== 0)(
    "is understood by groff without a warning (skipped where it is not installed)",
    () => {
      const { stderr, stdout, status } = spawnSync("groff", ["-man", "-ww", "-Tutf8", "man/broadcast.1"], {
        encoding: "utf8",
      });
      expect({ status, stderr }).toEqual({ status: 0, stderr: "" });
      expect(stdout.length).toBeGreaterThan(5_000);
    },
  );
});
