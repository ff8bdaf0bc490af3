// biome-ignore-all lint/suspicious/noTemplateCurlyInString: ${NAME} is what broadcast.yml holds
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { findConfig, loadConfig } from "../../src/config/load.ts";
import { adapters, brief, CONFIG, config, ENV, project } from "../campaign/project.ts";

async function read(content: string, env: Record<string, string> = ENV, files: Record<string, string> = {}) {
  const folder = project({ "broadcast.yml": content, ...files });
  return { folder, ...(await config(folder, { env })) };
}

describe("broadcast.yml", () => {
  test("is found by walking up from the campaign", () => {
    const folder = project({ "broadcast.yml": CONFIG, "campaigns/2026/a.yml": "" });
    expect(findConfig(join(folder, "campaigns/2026/a.yml"))).toBe(join(folder, "broadcast.yml"));
    expect(findConfig(join(folder, "campaigns/nowhere.yml"))).toBe(join(folder, "broadcast.yml"));
    expect(findConfig(folder)).toBe(join(folder, "broadcast.yml"));
  });

  test("is nowhere: says how to begin, in one line", async () => {
    expect(findConfig("/")).toBeUndefined();
    const { config: none, problems } = await loadConfig({ file: undefined, env: {}, adapters });
    expect(none).toBeUndefined();
    expect(problems).toMatchObject([{ code: "no-config", remedy: expect.stringMatching(/broadcast init/) }]);
    expect(problems[0]?.remedy).not.toContain("\n");
  });

  test("names a folder of templates that is not there", async () => {
    const { problems } = await read(`templates: words\n${CONFIG}`);
    expect(problems).toMatchObject([
      { severity: "error", code: "missing-file", place: { line: 1, column: 12 } },
    ]);
    const folder = project({
      "broadcast.yml": `templates: words\n${CONFIG}`,
      "words/update/default.md": "x",
    });
    expect((await config(folder)).problems).toEqual([]);
  });

  test("gives every channel its adapter, its settings and its secrets", async () => {
    const { config: known, problems, folder } = await read(CONFIG);
    expect(problems).toEqual([]);
    expect(known).toMatchObject({ root: folder, templates: join(folder, "templates"), adapters: [] });
    expect(known?.channels.get("bird")).toMatchObject({
      network: "birdsong",
      audience: "external",
      settings: { server: "https://bird.example", token: "b-secret" },
      secrets: ["b-secret"],
      problems: [],
      place: { line: 2, column: 3 },
    });
    expect(known?.channels.get("staff")).toMatchObject({
      audience: "internal",
      lang: "it",
      secrets: [ENV.ROOM_WEBHOOK],
    });
    expect(known?.groups.get("all")).toEqual(["bird", "staff"]);
  });

  test("takes a channel named like its network at its word", async () => {
    const { config: known, problems } = await read("channels: { birdsong: { token: '${BIRD_TOKEN}' } }");
    expect(problems).toEqual([]);
    expect(known?.channels.get("birdsong")?.network).toBe("birdsong");
  });

  test("knows people, with and without ids", async () => {
    const { config: known } = await read(
      `${CONFIG}people: { "@acme": { birdsong: "@acme@bird.example", roomy: { id: U1 } } }\n`,
    );
    expect(known?.people).toEqual({
      acme: { birdsong: { handle: "acme@bird.example" }, roomy: { handle: "acme", id: "U1" } },
    });
  });

  test("expands groups in groups", async () => {
    const { config: known } = await read(`${CONFIG}  everyone: [all, bird]\n`);
    expect(known?.groups.get("everyone")).toEqual(["bird", "staff"]);
  });
});

describe("what a person may write wrongly", () => {
  const bird = (lines: string) =>
    `channels:\n  bird:\n    network: birdsong\n    token: \${BIRD_TOKEN}\n${lines}`;
  test.each<[string, string, string[], RegExp]>([
    ["an unknown key", `${bird("")}ledgr: x\n`, ["broadcast.yml:5:1 unknown-key"], /`ledger`/],
    [
      "an unknown network",
      "channels:\n  a: { network: birdsnog }\n",
      ["broadcast.yml:2:17 unknown-network"],
      /`birdsong`/,
    ],
    [
      "no network",
      "channels:\n  a: { token: '${X}' }\n",
      ["broadcast.yml:2:3 missing-key"],
      /Add `network:`/,
    ],
    [
      "an unknown setting",
      bird("    servr: https://x.example\n"),
      ["broadcast.yml:5:5 unknown-key"],
      /`server`/,
    ],
    [
      "two unknown settings",
      bird("    servr: https://x.example\n    x: 1\n"),
      ["broadcast.yml:5:5 unknown-key", "broadcast.yml:6:5 unknown-key"],
      /`server`/,
    ],
    [
      "a setting from elsewhere",
      bird("    webhook: '${BIRD_TOKEN}'\n"),
      ["broadcast.yml:5:5 unknown-key"],
      /Birdsong are server, token/,
    ],
    [
      "an unknown setting from nowhere",
      bird("    servr: ${NOT_SET}\n"),
      ["broadcast.yml:5:5 unknown-key"],
      /`server`/,
    ],
    ["a bad server", bird("    server: bird.example\n"), ["broadcast.yml:5:13 wrong-value"], /https/],
    ["a bad audience", bird("    audience: extern\n"), ["broadcast.yml:5:15 unknown-value"], /`external`/],
    ["a bad time zone", bird("    timezone: Rome\n"), ["broadcast.yml:5:15 wrong-value"], /Europe\/Rome/],
    ["a channel without settings", "channels:\n  bird:\n", ["broadcast.yml:2:8 no-value"], /no value/],
    [
      "a bad name",
      "channels:\n  'my bird': { network: birdsong, token: '${BIRD_TOKEN}' }\n",
      ["broadcast.yml:2:3 wrong-value"],
      /no spaces/,
    ],
    [
      "an unknown channel in a group",
      `${bird("")}groups:\n  g: [brid]\n`,
      ["broadcast.yml:6:7 unknown-channel"],
      /`bird`/,
    ],
    [
      "a group that contains itself",
      `${bird("")}groups:\n  g: [h]\n  h: [g]\n`,
      ["broadcast.yml:6:7 group-cycle", "broadcast.yml:7:7 group-cycle"],
      /itself/,
    ],
    [
      "a name for two things",
      `${bird("")}groups:\n  bird: [bird]\n`,
      ["broadcast.yml:6:3 name-taken"],
      /Rename/,
    ],
    [
      "an unknown network for a person",
      `${bird("")}people: { acme: { birdsnog: a } }\n`,
      ["broadcast.yml:5:19 unknown-network"],
      /`birdsong`/,
    ],
    [
      "an id that YAML would round",
      `${bird("")}people: { acme: { roomy: { id: 123456789012345678 } } }\n`,
      ["broadcast.yml:5:32 wrong-type"],
      /quotes/,
    ],
    ["an unknown utm", `${bird("")}utm: { sourc: x }\n`, ["broadcast.yml:5:8 unknown-key"], /`source`/],
  ])("%s", async (_, content, expected, words) => {
    const { problems } = await read(content);
    expect(problems.map(brief)).toEqual(expected);
    expect(problems.map(({ message, remedy }) => `${message} ${remedy}`).join()).toMatch(words);
  });
});

describe("secrets", () => {
  test("written out are an error that says where to put them, and are not shown", async () => {
    const { problems, config: known } = await read(
      "channels:\n  bird:\n    network: birdsong\n    token: s3cret-value\n",
    );
    expect(problems.map(brief)).toEqual(["broadcast.yml:4:12 literal-secret"]);
    expect(problems[0]?.remedy).toMatch(/`BIRD_TOKEN=…` into \.env.*`token: \$\{BIRD_TOKEN\}`/);
    expect(problems[0]?.place?.text).toBe("    token: ************");
    expect(JSON.stringify([...known!.channels.values()].map(({ problems }) => problems))).not.toMatch(
      /s3cret/,
    );
  });

  test("written out are one fault, even when they are wrong besides", async () => {
    const { problems } = await read("channels:\n  staff:\n    network: roomy\n    webhook: s3cret\n");
    expect(problems.map(({ code }) => code)).toEqual(["literal-secret"]);
  });

  test("that the environment has wrongly are the problem of their channel alone, and not shown", async () => {
    const { config: known, problems } = await read(CONFIG, { ...ENV, ROOM_WEBHOOK: "s3cret" });
    expect(problems).toEqual([]);
    const [problem] = known!.channels.get("staff")!.problems;
    expect(problem).toMatchObject({
      code: "wrong-value",
      message: "`channels.staff.webhook` is not a webhook's URL",
    });
    expect(problem?.remedy).toMatch(/environment/);
    expect(JSON.stringify(problem)).not.toMatch(/s3cret/);
  });

  test.each([
    ["a misspelt key", "tokne: s3cret"],
    ["a key of another network", "webhook: https://x.example/s3cret"],
    ["a wrong type", "token: [s3cret]"],
    ["half a reference", "token: ${BIRD_TOKEN}s3cret"],
    ["another fault on the line", "{ token: s3cret, servr: x }"],
  ])("are not shown for %s", async (_, line) => {
    const flow = line.startsWith("{")
      ? `  bird: ${line.replace("{", "{ network: birdsong,")}`
      : `  bird:\n    network: birdsong\n    ${line}`;
    const { problems } = await read(`channels:\n${flow}\n`);
    expect(problems.length).toBeGreaterThan(0);
    expect(JSON.stringify(problems)).not.toMatch(/s3cret/);
  });

  test("are not shown when a slip of indentation makes them something else", async () => {
    const { problems } = await read("channels:\n  bird:\n    network: birdsong\n  token: s3cret\n");
    expect(problems.map(({ code }) => code)).toEqual(["wrong-type"]);
    expect(JSON.stringify(problems)).not.toMatch(/s3cret/);
  });

  test("in a database's address under `ledger` are not shown, and no such ledger is taken for a file", async () => {
    for (const [written, env] of [
      ["jdbc:postgresql://db/x?password=s3cret", {}],
      ["postgres:/me:s3cret@db/x", {}],
      ["${DATABASE_URL}", { DATABASE_URL: '"postgres://me:s3cret@db/x"' }],
      ["${DATABASE_URL}", { DATABASE_URL: "host=db user=me password=s3cret dbname=x" }],
      ["mysql://me:s3cret@db/x", {}],
    ] as const) {
      const { config: known, problems } = await read(`${CONFIG}ledger: ${written}\n`, { ...ENV, ...env });
      expect(problems.map(({ code }) => code)).toEqual(["ledger-unsupported"]);
      expect(JSON.stringify(problems)).not.toMatch(/s3cret/);
      expect(known?.ledger).toBeUndefined();
    }
    for (const file of [
      "git",
      "git:origin",
      "git:https://git.example/acme",
      "git:http://127.0.0.1:3000/acme",
      "state/ledger.db",
      "C:\\\\ledger.db",
    ]) {
      const { config: known, problems } = await read(`${CONFIG}ledger: "${file}"\n`);
      expect(problems).toEqual([]);
      expect(known?.ledger).toBe(file.replace("\\\\", "\\"));
    }
  });

  test("of a ledger in PostgreSQL come from the environment, and are masked wherever they turn up", async () => {
    for (const [written, env] of [
      ["postgresql://me@db/x", {}],
      ["'${DB}'", { DB: "postgres://me:s3cret-and-long@db/x" }],
      ["'postgres://me:${PW}@db/x'", { PW: "s3cret-and-long" }],
      ["'postgres://me@db/x?password=${PW}'", { PW: "s3cret-and-long" }],
    ] as const) {
      const { config: known, problems } = await read(`${CONFIG}ledger: ${written}\n`, { ...ENV, ...env });
      expect(problems).toEqual([]);
      expect(known?.ledger).toMatch(/^postgres/);
      if (Object.keys(env).length > 0) expect(known?.secrets.get("s3cret-and-long")).toBe("ledger");
    }
    for (const written of ["postgres://me:s3cret@db/x", "'postgres://me@db/x?password=s3cret'"]) {
      const { problems } = await read(`${CONFIG}ledger: ${written}\n`);
      expect(problems.map(({ code }) => code)).toEqual(["literal-secret"]);
      expect(JSON.stringify(problems)).not.toMatch(/s3cret/);
    }
    for (const address of ["postgres://me:s3cret@db/x?schema=a-b", "postgres://me:s3cret@[/x"]) {
      const { problems } = await read(`${CONFIG}ledger: \${DB}\n`, { ...ENV, DB: address });
      expect(problems.map(({ code }) => code)).toEqual(["wrong-value"]);
      expect(JSON.stringify(problems)).not.toMatch(/s3cret/);
    }
  });

  test("a ledger in git is at a remote, and never an option or a command", async () => {
    const bad = [
      "--upload-pack=touch x",
      "-u",
      "ext::sh -c x",
      "",
      "a b",
      "gopher://x/y",
      "fd::17",
      "http://git.example/acme",
    ];
    for (const remote of bad) {
      const { config: known, problems } = await read(`${CONFIG}ledger: ${JSON.stringify(`git:${remote}`)}\n`);
      expect([remote, problems.map(({ code }) => code)]).toEqual([remote, ["wrong-value"]]);
      expect(known?.ledger).toBeUndefined();
    }
    for (const remote of [
      "origin",
      "git@host.example:acme/x.git",
      "ssh://git@host.example/x",
      "../bare.git",
      ".",
    ]) {
      const { problems } = await read(`${CONFIG}ledger: "git:${remote}"\n`);
      expect([remote, problems]).toEqual([remote, []]);
    }
  });

  test("come from .env where the environment has none, and never over it", async () => {
    const files = { ".env": "BIRD_TOKEN=from-file\nROOM_WEBHOOK='https://x.example/#quoted value'\n" };
    const { config: known } = await read(CONFIG, { BIRD_TOKEN: "from-env" }, files);
    expect(known?.channels.get("bird")?.settings.token).toBe("from-env");
    expect(known?.channels.get("staff")?.settings.webhook).toBe("https://x.example/#quoted value");
    const { config: empty } = await read(CONFIG, { ...ENV, BIRD_TOKEN: "" }, files);
    expect(empty?.channels.get("bird")?.problems.map(({ code }) => code)).toEqual(["missing-env"]);
  });

  test("that are missing are the problem of their channel alone", async () => {
    const { config: known, problems } = await read(CONFIG, { BIRD_TOKEN: "b" });
    expect(problems).toEqual([]);
    expect(known?.channels.get("bird")?.problems).toEqual([]);
    expect(known?.channels.get("staff")?.problems.map(brief)).toEqual(["broadcast.yml:9:14 missing-env"]);
  });

  test.each([
    ["no token", "bird: { network: birdsong }", /has no credential: `token` is missing/],
    ["half a union", "bird: { network: roomy, room: hall }", /it needs `\w+` or `\w+`/],
  ])(
    "that are not written at all are the channel's problem, and a login helps: %s",
    async (_, line, words) => {
      const { config: known, problems } = await read(`channels:\n  ${line}\n`);
      expect(problems).toEqual([]);
      const [problem] = known?.channels.get("bird")?.problems ?? [];
      expect(problem && brief(problem)).toBe("broadcast.yml:2:3 missing-credential");
      expect(problem?.message).toMatch(words);
      expect(problem?.remedy).toMatch(/broadcast login bird/);
    },
  );

  test("may come from a login where the variable is not set", async () => {
    const folder = project({ "broadcast.yml": "channels: { birdsong: { token: '${BIRD_TOKEN}' } }" });
    const stored = () => ({ token: "kept" });
    const { config: kept } = await config(folder, { env: {}, stored });
    expect(kept?.channels.get("birdsong")).toMatchObject({ settings: { token: "kept" }, problems: [] });
    const { config: set } = await config(folder, { env: { BIRD_TOKEN: "set" }, stored });
    expect(set?.channels.get("birdsong")?.settings.token).toBe("set");
  });

  test("may come from a login, and YAML goes before it", async () => {
    const folder = project({ "broadcast.yml": "channels: { birdsong: {} }" });
    const { config: known, problems } = await config(folder, { stored: () => ({ token: "logged-in" }) });
    expect(problems).toEqual([]);
    expect(known?.channels.get("birdsong")?.secrets).toEqual(["logged-in"]);
  });
});

describe("the sandbox", () => {
  const override = (network: string): Record<string, string> =>
    network === "roomy"
      ? { token: "sandbox", room: "r" }
      : { server: "http://127.0.0.1:1/birdsong", token: "sandbox" };

  test("stands in for servers and credentials, and needs no environment", async () => {
    const folder = project({ "broadcast.yml": `${CONFIG}ledger: \${DB}\n` });
    const { config: known, problems } = await config(folder, { env: {}, override });
    expect(problems).toEqual([]);
    expect(known?.channels.get("bird")).toMatchObject({
      problems: [],
      secrets: ["sandbox"],
      settings: { server: "http://127.0.0.1:1/birdsong" },
    });
    expect(known?.channels.get("staff")?.settings).toEqual({ token: "sandbox", room: "r" });
  });

  test("needs no settings at all", async () => {
    const folder = project({ "broadcast.yml": "channels: { roomy: {}, birdsong: {} }\n" });
    const { config: known, problems } = await config(folder, { env: {}, override });
    expect(problems).toEqual([]);
    expect(known?.channels.get("roomy")?.settings).toEqual({ token: "sandbox", room: "r" });
  });

  test("hides no fault of the file", async () => {
    const folder = project({ "broadcast.yml": "channels:\n  birdsong: { token: lit, servr: x }\n" });
    const { problems } = await config(folder, { env: {}, override });
    expect(problems.map(({ code }) => code)).toEqual(["literal-secret", "unknown-key"]);
  });
});

describe("a channel's identity", () => {
  const accountFingerprint = async (lines: string, env = ENV) =>
    (
      await read(`channels:\n  bird:\n    network: birdsong\n    token: \${BIRD_TOKEN}\n${lines}`, env)
    ).config?.channels.get("bird")?.accountFingerprint;

  test("changes with the server and not with the secret", async () => {
    const usual = await accountFingerprint("");
    expect(usual).toMatch(/^[0-9a-f]{16}$/);
    expect(await accountFingerprint("", { ...ENV, BIRD_TOKEN: "renewed" })).toBe(usual);
    expect(await accountFingerprint("    server: https://other.example\n")).not.toBe(usual);
  });
});

describe("plug-ins", () => {
  test("are asked for with the names in the file", async () => {
    const folder = project({ "broadcast.yml": `${CONFIG}adapters: [./mine.js]\n` });
    const asked: unknown[] = [];
    const { problems } = await config(folder, {
      adapters: async (...args) => {
        asked.push(args);
        return { adapters, problems: [] };
      },
    });
    expect(problems).toEqual([]);
    expect(asked).toEqual([[["./mine.js"], folder, ["birdsong", "roomy"]]]);
  });

  test("that cannot be loaded are one problem among the others", async () => {
    const folder = project({ "broadcast.yml": `${CONFIG}adapters: [./mine.js]\nutn: {}\n` });
    const plugIn = {
      severity: "error" as const,
      code: "adapter-not-loaded" as const,
      message: "no such plug-in",
    };
    const { problems } = await config(folder, { adapters: async () => ({ adapters, problems: [plugIn] }) });
    expect(problems.map(brief)).toEqual([
      "broadcast.yml:12:1 adapter-not-loaded",
      "broadcast.yml:13:1 unknown-key",
    ]);
  });
});

test("a .env that is a folder is said and not thrown", async () => {
  const folder = project({ "broadcast.yml": CONFIG });
  mkdirSync(join(folder, ".env"));
  const { problems } = await config(folder);
  expect(problems.map(brief)).toEqual([".env unreadable-env"]);
});

test.each([
  ["b-secret\n", "ends in a line break"],
  ["b-secret\r\n", "ends in a line break"],
  ["b-se\ncret", "holds a line break or another control character"],
  ["b-se\u0000cret", "holds a line break or another control character"],
  ["b-se\u0085cret", "holds a line break or another control character"],
])("takes no credential that no header could carry: %j", async (value, words) => {
  const { config: known } = await read(CONFIG, { ...ENV, BIRD_TOKEN: value });
  const [problem, ...more] = known?.channels.get("bird")?.problems ?? [];
  expect([problem?.severity, problem?.code, problem?.message, more]).toEqual([
    "error",
    "wrong-value",
    `\`token\` of the channel \`bird\` ${words}`,
    [],
  ]);
  expect(JSON.stringify(problem)).not.toContain("cret");
});
