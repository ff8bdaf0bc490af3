import { describe, expect, it } from "vitest";
import { isColoured } from "../../src/cli/terminal.ts";
import { broadcast, folderWith } from "./stand-in.ts";

const COMMANDS = [
  "plan",
  "preview",
  "send",
  "status",
  "resolve",
  "retry",
  "cancel",
  "networks",
  "measure",
  "sandbox",
  "schema",
];
const nowhere = folderWith({});

describe("help", () => {
  it.each(COMMANDS)("of `%s` shows an example and `--json`", async (name) => {
    const { code, out, err } = await broadcast(nowhere, [name, "--help"]);
    expect({ code, err }).toEqual({ code: 0, err: "" });
    expect(out).toContain(`Usage: broadcast ${name}`);
    expect(out).toMatch(new RegExp(`Examples:\n  broadcast ${name}`));
    expect(out).toContain("--json");
  });

  it("lists every command, and the exit codes", async () => {
    const { code, out } = await broadcast(nowhere, ["--help"]);
    expect(code).toBe(0);
    for (const name of COMMANDS) expect(out).toMatch(new RegExp(`^  ${name}\\b`, "m"));
    expect(out).toContain("4  an outcome is unknown");
  });

  it("says when there is none for a word, and suggests one", async () => {
    const { code, out, err } = await broadcast(nowhere, ["help", "sned"]);
    expect({ code, out }).toEqual({ code: 2, out: "" });
    expect(err).toBe("error  there is no help for `sned`\n  = Did you mean `send`?\n");
    const other = await broadcast(nowhere, ["help", "nope"]);
    expect(other.err).toBe("error  there is no help for `nope`\n  = `broadcast help` lists the commands.\n");
    expect((await broadcast(nowhere, ["help", "send"])).out).toContain("Usage: broadcast send");
  });

  it("knows the exit codes as a topic", async () => {
    const { code, out } = await broadcast(nowhere, ["help", "exit-codes"]);
    expect(code).toBe(0);
    expect(out).toMatch(/^Exit codes:\n {2}0 {2}everything/);
  });
});

describe("a command that was typed wrongly", () => {
  it.each([
    ["an unknown command", ["sned"], "error  unknown command `sned`\n  = Did you mean `send`?\n"],
    [
      "an unknown option",
      ["send", "--snadbox"],
      "error  unknown option `--snadbox`\n  = Did you mean `--sandbox`?\n",
    ],
    ["a missing argument", ["plan"], "error  missing required argument `campaign`\n"],
    ["a bad number", ["sandbox", "--port", "many"], "It is a whole number."],
  ])("is bad input: %s", async (_what, argv, said) => {
    const { code, out, err } = await broadcast(nowhere, argv);
    expect(code).toBe(2);
    expect(err).toContain(said);
    expect(err).toContain("broadcast help");
    expect(out).toBe("");
  });

  it("is told in JSON when JSON was asked for", async () => {
    const { code, out, err } = await broadcast(nowhere, ["plan", "--json"]);
    expect(code).toBe(2);
    expect(err).toBe("");
    expect(JSON.parse(out)).toEqual({
      version: 2,
      command: "plan",
      error: { code: "usage", message: "missing required argument `campaign`", problems: [] },
    });
  });
});

describe("without a project", () => {
  it.each([
    ["plan", "x.yml"],
    ["send", "x.yml"],
    ["status"],
    ["retry"],
    ["cancel", "x"],
    ["send", "x.yml", "--sandbox"],
    ["send", "--sandbox", "x.yml"],
    ["status", "--sandbox", "http://127.0.0.1:9"],
    ["cancel", "--sandbox", "--", "x"],
  ])("`%s` says how to begin", async (...argv) => {
    const { code, err } = await broadcast(nowhere, argv.filter(Boolean));
    expect(code).toBe(2);
    expect(err).toContain("broadcast.yml");
  });
});

describe("colour", () => {
  it.each([
    [true, [], {}, true],
    [false, [], {}, false],
    [true, [], { NO_COLOR: "1" }, false],
    [true, [], { NO_COLOR: "" }, true],
    [true, ["send", "--no-color"], {}, false],
    [true, ["measure", "--", "--no-color"], {}, true],
    [false, [], { FORCE_COLOR: "1" }, true],
    [true, [], { FORCE_COLOR: "0" }, false],
    [false, [], { FORCE_COLOR: "1", NO_COLOR: "1" }, false],
    [true, [], { TERM: "dumb" }, false],
  ])("on a terminal: %s, argv %j, env %j: %s", (terminal, argv, env, expected) => {
    expect(isColoured(terminal, argv, env)).toBe(expected);
  });
});
