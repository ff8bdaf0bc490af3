/** The floors of the house: data flows one way, so imports point one way. */
import { readdirSync, readFileSync } from "node:fs";
import { dirname, join, relative, resolve } from "node:path";
import { describe, expect, it } from "vitest";

const src = resolve("src");

// From the ground up. A file may import from its own floor's folder and from the floors that are listed for it.
const FLOORS: { name: string; holds: RegExp; may: string[] }[] = [
  {
    name: "leaves",
    holds:
      /^(bounds|clock|duration|errors|files|git|lock|package-files|postgres-address|project-file|redact|settings|suggest|tlds\.generated|urls|uuid|version)\.ts$|^sql\.d\.ts$/,
    may: [],
  },
  { name: "http", holds: /^http\//, may: ["leaves"] },
  { name: "yaml", holds: /^yaml\//, may: ["leaves"] },
  { name: "text", holds: /^text\//, may: ["leaves"] },
  { name: "contract", holds: /^adapter\.ts$/, may: ["leaves", "http", "text"] },
  { name: "media", holds: /^media\//, may: ["leaves", "contract", "text"] },
  { name: "adapters", holds: /^adapters\//, may: ["leaves", "http", "contract", "text", "media"] },
  { name: "ledger", holds: /^ledger\//, may: ["leaves", "contract"] },
  { name: "queue", holds: /^queue\//, may: ["leaves"] },
  { name: "auth", holds: /^auth\//, may: ["leaves", "http", "contract"] },
  { name: "sources", holds: /^sources\//, may: ["leaves", "http", "yaml", "text"] },
  { name: "config", holds: /^config\//, may: ["leaves", "yaml", "contract", "text"] },
  {
    name: "campaign",
    holds: /^campaign\//,
    may: ["leaves", "yaml", "contract", "text", "media", "sources", "config"],
  },
  {
    name: "plan",
    holds: /^plan\//,
    may: ["leaves", "yaml", "contract", "text", "media", "config", "campaign"],
  },
  {
    name: "approval",
    holds: /^approval\//,
    may: ["leaves", "yaml", "contract", "ledger", "config", "campaign", "plan"],
  },
  { name: "delivery", holds: /^delivery\//, may: ["leaves", "http", "contract", "ledger", "plan"] },
  {
    name: "report",
    holds: /^report\//,
    may: ["leaves", "contract", "text", "ledger", "config", "campaign", "plan", "approval", "delivery"],
  },
  {
    name: "pages",
    holds: /^pages\//,
    may: [
      "leaves",
      "contract",
      "text",
      "ledger",
      "config",
      "campaign",
      "plan",
      "approval",
      "delivery",
      "report",
    ],
  },
  { name: "sandbox", holds: /^sandbox\//, may: ["leaves", "http", "pages"] },
  {
    name: "testing",
    holds: /^testing(\.ts$|\/)/,
    may: ["leaves", "http", "contract", "text", "delivery", "sandbox"],
  },
  {
    name: "app",
    holds: /^(app\/|index\.ts$)/,
    may: [
      "leaves",
      "http",
      "yaml",
      "contract",
      "text",
      "media",
      "adapters",
      "ledger",
      "queue",
      "auth",
      "sources",
      "config",
      "campaign",
      "plan",
      "approval",
      "delivery",
      "report",
      "pages",
      "sandbox",
    ],
  },
  {
    name: "mcp",
    holds: /^mcp\//,
    may: ["leaves", "contract", "text", "ledger", "config", "campaign", "plan", "delivery", "report", "app"],
  },
  {
    name: "cli",
    holds: /^cli\//,
    may: [
      "mcp",
      "leaves",
      "http",
      "yaml",
      "contract",
      "text",
      "sources",
      "config",
      "campaign",
      "plan",
      "approval",
      "ledger",
      "delivery",
      "report",
      "app",
      "sandbox",
    ],
  },
];

const files = readdirSync(src, { recursive: true, encoding: "utf8" })
  .map((file) => file.replaceAll("\\", "/"))
  .filter((file) => file.endsWith(".ts"));

function importsOf(file: string): string[] {
  const code = readFileSync(join(src, file), "utf8");
  const specifiers = [...code.matchAll(/(?:from|import)\s*\(?\s*"(\.[^"]+)"/g)].map(
    (match) => match[1] ?? "",
  );
  return specifiers.map((specifier) =>
    relative(src, resolve(src, dirname(file), specifier)).replaceAll("\\", "/"),
  );
}

/** What it imports for more than its types. */
function valuesOf(file: string): string[] {
  const code = readFileSync(join(src, file), "utf8").replace(/import type [^;]*;/g, "");
  const specifiers = [...code.matchAll(/(?:from|import)\s*\(?\s*"(\.[^"]+)"/g)].map(([, path = ""]) => path);
  return specifiers.map((path) => relative(src, resolve(src, dirname(file), path)).replaceAll("\\", "/"));
}

const floorOf = (file: string) => FLOORS.find(({ holds }) => holds.test(file));

describe("the house", () => {
  it("has a floor for every file", () => {
    expect(files.filter((file) => !floorOf(file))).toEqual([]);
  });

  it("is only imported from below or beside", () => {
    const wrong = files.flatMap((file) => {
      const floor = floorOf(file);
      return importsOf(file)
        .filter((target) => !target.startsWith("..") && target.endsWith(".ts"))
        .filter((target) => {
          const other = floorOf(target);
          return other?.name !== floor?.name && !floor?.may.includes(other?.name ?? "");
        })
        .map((target) => `${file} → ${target}`);
    });
    expect(wrong).toEqual([]);
  });

  it("lets only the registry import a network's adapter, and only the app the registry", () => {
    const importers = (target: RegExp) =>
      files.filter((file) => importsOf(file).some((found) => target.test(found)));
    const outside = importers(/^adapters\/(?!index|plugins)/).filter((file) => !file.startsWith("adapters/"));
    expect(outside).toEqual([]);
    expect(importers(/^adapters\/index\.ts$/)).toEqual(["app/project.ts"]);
  });

  it("lets the command line ask and show, and nothing of it decide", () => {
    const used = files
      .filter((file) => file.startsWith("cli/"))
      .flatMap((file) => valuesOf(file))
      .filter((target) => /^(approval|campaign|delivery|ledger|plan|config)\//.test(target));
    expect([...new Set(used)].sort()).toEqual([
      // Their errors are shown, each in its way.
      "approval/author.ts",
      "approval/error.ts",
      "approval/status.ts",
      "config/channels.ts",
      "config/config.ts",
      "config/kinds.ts",
      "config/load.ts",
      "ledger/errors.ts",
      // `ledger check` and `backup`, and shell completion: nothing is sent there.
      "ledger/filesystem-check.ts",
      "ledger/maintenance.ts",
      "ledger/peek.ts",
      "plan/late.ts",
    ]);
  });

  it("names no network outside the adapters, their sandbox halves and the markup languages", () => {
    const names = readdirSync(join(src, "adapters"))
      .map((file) => file.replace(/\.ts$/, ""))
      // `by-hand` is also the reason why a delivery waits, `webhook` a kind of credential, `threads` what several posts make,
      // `exec` what npm calls it when it runs a package.
      .filter((name) => !["index", "plugins", "by-hand", "webhook", "threads", "exec"].includes(name));
    const naming = new RegExp(`["'\`](${names.join("|")})["'\`]`);
    const telling = files
      // Some markup languages are called as the network that reads them, and some sources as the network that writes them.
      .filter(
        (file) =>
          !/^(adapters|sandbox\/networks|text\/dialects)\/|^text\/(types|from-html)\.ts$|^sources\/read\.ts$/.test(
            file,
          ),
      )
      .filter((file) => naming.test(withoutComments(readFileSync(join(src, file), "utf8"))));
    expect(names.length).toBeGreaterThan(4);
    expect(telling).toEqual([]);
  });

  it("has a test beside every adapter, and a sandbox half", () => {
    const names = readdirSync(join(src, "adapters")).map((file) => file.replace(/\.ts$/, ""));
    const networks = names.filter((name) => name !== "index" && name !== "plugins");
    const tests = readdirSync(resolve("test/adapters"));
    const halves = readdirSync(join(src, "sandbox/networks")).map((file) => file.replace(/\.ts$/, ""));
    expect(networks.filter((name) => !tests.includes(`${name}.test.ts`))).toEqual([]);
    expect(networks.filter((name) => !halves.includes(name))).toEqual([]);
  });

  it("loads heavy libraries only where they are used", () => {
    const heavy = [
      "undici",
      "sharp",
      "liquidjs",
      "inquirer",
      "listr2",
      "temporal-polyfill",
      "nodemailer",
      "playwright-core",
    ];
    const eager = (file: string, seen = new Set<string>()): Set<string> => {
      if (seen.has(file)) return seen;
      seen.add(file);
      const code = readFileSync(join(src, file), "utf8");
      for (const [, found] of code.matchAll(/^(?:import|export)\s+(?!type\b)[^;]*?from\s+"([^"]+)"/gms)) {
        if (found?.startsWith("."))
          eager(relative(src, resolve(src, dirname(file), found)).replaceAll("\\", "/"), seen);
        else if (found) seen.add(found);
      }
      return seen;
    };
    // What `--version` needs, and what every command's beginning needs.
    const loaded = [...eager("cli/main.ts"), ...eager("cli/program.ts")];
    expect(loaded.filter((name) => heavy.includes(name))).toEqual([]);
    expect(loaded).toContain("commander");
  });
});

function withoutComments(code: string): string {
  return code.replace(/\/\*[\s\S]*?\*\//g, "").replace(/^\s*\/\/.*$/gm, "");
}
