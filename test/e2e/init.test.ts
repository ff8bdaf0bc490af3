// biome-ignore-all lint/suspicious/noTemplateCurlyInString: ${NAME} is what broadcast.yml holds
/** The first hour: `init` and `new`, by flags with the built CLI, and by questions with a person who may leave at any of them. */
import { execFileSync } from "node:child_process";
import {
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
import { join } from "node:path";
import { afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import type { Adapter } from "../../src/adapter.ts";
import { init } from "../../src/cli/commands/init.ts";
import { newCampaign } from "../../src/cli/commands/new.ts";
import type { Prompts } from "../../src/cli/prompts.ts";
import { PromptCancelled } from "../../src/cli/prompts.ts";
import type { Terminal } from "../../src/cli/terminal.ts";
import { KINDS } from "../../src/config/kinds.ts";
import { PLAIN } from "../../src/report/style.ts";
import { networks } from "../../src/sandbox/networks/index.ts";
import { type Sandbox, startSandbox } from "../../src/sandbox/server.ts";
import { descriptionOf, entriesOf, isSecret } from "../../src/settings.ts";
import { startProvider } from "../auth/provider.ts";
import { adapters } from "../networks.ts";
import { halfOf } from "../sandbox/rows.ts";
import { broadcast, build } from "./built.ts";

beforeAll(build, 120_000);

let folder: string;
let sandbox: Sandbox;
beforeEach(async () => {
  folder = join(mkdtempSync(join(tmpdir(), "broadcast-init-")), "acme");
  mkdirSync(folder);
  sandbox = await startSandbox({ networks, folder: join(folder, "..", "stage"), rates: false });
});
afterEach(async () => {
  await sandbox.close();
  rmSync(join(folder, ".."), { recursive: true, force: true });
});

const read = (name: string) => readFileSync(join(folder, name), "utf8");
const files = () => readdirSync(folder, { recursive: true, encoding: "utf8" }).sort();

/** Descriptions are not patterns. */
const exactly = (words: string) => new RegExp(`^${words.replace(/[.*+?^${}()|[\]\\]/g, "\\$&")}$`);

/** A person who gives the first answer whose question matches; what none matches gets the usual answer. */
function person(answers: [RegExp, unknown][], leavesAt = Number.POSITIVE_INFINITY) {
  const asked: string[] = [];
  const answer = async (message: string, usual: unknown) => {
    if (asked.length === leavesAt) throw new PromptCancelled("left");
    asked.push(message);
    return answers.find(([question]) => question.test(message))?.[1] ?? usual;
  };
  const ask = {
    confirm: answer,
    line: async (
      message: string,
      options: { usual?: string; check?: (text: string) => string | undefined } = {},
    ) => {
      const text = String((await answer(message, options.usual)) ?? "");
      const wrong = options.check?.(text);
      if (wrong) throw new Error(`${message} ${wrong}`);
      return text;
    },
    secret: (message: string) => answer(message, ""),
    choose: (message: string, options: { value: string }[], usual?: string) =>
      answer(message, usual ?? options[0]?.value),
    chooseSeveral: (message: string, options: { value: string }[]) =>
      answer(
        message,
        options.map(({ value }) => value),
      ),
    edit: answer,
  } as unknown as Prompts;
  let out = "";
  let err = "";
  const terminal: Terminal = {
    cwd: folder,
    env: { BROWSER: "none", BROADCAST_KEYRING: "none" },
    out: (text) => {
      out += text;
    },
    err: (text) => {
      err += text;
    },
    results: PLAIN,
    notes: PLAIN,
    person: true,
    prompts: () => Promise.reject(new Error("the wizard asks by itself")),
    input: async () => undefined,
  };
  return { ask: async () => ask, terminal, asked, said: () => out + err };
}

const OPTIONS = { channel: [], set: [], check: false };

describe("init by flags", () => {
  it("sets up what needs no account, and the first post is rehearsed, in one command without a question", async () => {
    const { code, out, err } = await broadcast(folder, ["init", "--yes", "--rehearse", sandbox.url]);
    expect(code, err).toBe(0);
    expect(out).toContain("✓ broadcast.yml");
    expect(out).toContain("published");
    const posts = (await (await fetch(`${sandbox.url}/api/posts`)).json()) as unknown[];
    expect(posts).toHaveLength(1);
    expect(read(".gitignore")).toBe(".env\n.broadcast/\n");
  });

  it("writes channels with their public settings, and a place for their secrets that only the owner reads", async () => {
    const argv = ["init", "--channel", "social=mastodon", "--set", "social.server=https://social.example"];
    const { code, out, err } = await broadcast(folder, [
      ...argv,
      "--channel",
      "discord",
      "--json",
      "--kind",
      "release",
    ]);
    expect(code, err).toBe(0);
    expect(read("broadcast.yml")).toContain(
      "  social:\n    network: mastodon\n    audience: external\n    server: https://social.example\n    token: ${SOCIAL_TOKEN}\n",
    );
    expect(read(".env")).toBe("SOCIAL_TOKEN=\nDISCORD_WEBHOOK=\n");
    expect(statSync(join(folder, ".env")).mode & 0o777).toBe(0o600);
    expect(JSON.parse(out)).toMatchObject({
      command: "init",
      channels: [
        { name: "social", network: "mastodon", missing: ["SOCIAL_TOKEN"] },
        { name: "discord", network: "discord", missing: ["DISCORD_WEBHOOK"] },
      ],
    });
    const sent = await broadcast(folder, [
      ...["send", "campaigns/version-1-0-is-out.yml", "--sandbox", sandbox.url, "--yes"],
    ]);
    expect(sent.code, sent.err).toBe(0);
  });

  it("takes nothing from a flag that it would not take from a person", async () => {
    const refused = async (...argv: string[]) => {
      const { code, err } = await broadcast(folder, ["init", "--yes", "--no-check", ...argv]);
      expect(code, err).toBe(2);
      expect(files()).toEqual([]);
      return err;
    };
    expect(await refused("--channel", "a=feed", "--link", "nolink")).toContain(
      "`--link nolink` is not a web address",
    );
    expect(await refused("--channel", "a=mastodon", "--set", "a.server=notaurl")).toContain(
      "`--set a.server=…` cannot be used\n  = This is not a URL",
    );
    const { code, err } = await broadcast(folder, [
      "init",
      "--yes",
      "--channel",
      "a=feed",
      "--set",
      "a.folder=../out",
    ]);
    expect(code).toBe(0);
    expect(err).toContain("! a: `folder` is outside of this project: ");
  });

  it("takes name, version and page from the project instead of an example", async () => {
    const described = { name: "@acme/lists", version: "2.4.0", homepage: "https://lists.acme.dev/" };
    writeFileSync(join(folder, "package.json"), JSON.stringify(described));
    expect((await broadcast(folder, ["init", "--yes", "--kind", "release"])).code).toBe(0);
    expect(read("broadcast.yml")).toContain("url: https://lists.acme.dev/news\n");
    const first = read("campaigns/acme-lists-2-4-0-is-out.yml");
    expect(first).toContain('title: "@acme/lists 2.4.0 is out"\n');
    expect(first).toContain("link: https://lists.acme.dev/\n");
    expect(first).toContain("version: 2.4.0\n");
    expect(first).not.toContain("first release");

    execFileSync("git", ["init", "--quiet"], { cwd: folder });
    const git = ["-c", "user.name=Ada", "-c", "user.email=ada@acme.example"];
    execFileSync("git", [...git, "commit", "--quiet", "--allow-empty", "-m", "one"], { cwd: folder });
    execFileSync("git", ["tag", "v3.0.0"], { cwd: folder });
    writeFileSync(
      join(folder, "package.json"),
      JSON.stringify({ ...described, version: "0.0.0-development" }),
    );
    const { code, out, err } = await broadcast(folder, ["new", "release", "--yes"]);
    expect(code, err).toBe(0);
    expect(out).toMatch(/^campaigns\/acme-lists-3-0-0-is-out\.yml\n/);
  });

  it("runs again without harm, and adds to what a person wrote without touching it", async () => {
    await broadcast(folder, ["init", "--yes"]);
    const again = await broadcast(folder, ["init", "--yes"]);
    expect(again.code).toBe(0);
    expect(again.out).toContain("Nothing to do");

    const mine =
      "# Mine.\nchannels:   # all of them\n    news: {network: feed, folder: public, title: 'News', url: https://acme.example}   # ours\n\n# Who is who.\ngroups:\n    all: [news]\n";
    writeFileSync(join(folder, "broadcast.yml"), mine);
    writeFileSync(join(folder, ".env"), "# mine\nDISCORD_WEBHOOK=kept\nOTHER=1");
    writeFileSync(join(folder, ".gitignore"), "/.env\nnode_modules\n");
    const { code, err } = await broadcast(folder, [
      "init",
      "--channel",
      "chat=discord",
      "--channel",
      "discord",
      "--no-check",
    ]);
    expect(code, err).toBe(0);
    const [head = "", tail = ""] = mine.split("   # ours\n");
    expect(read("broadcast.yml")).toBe(
      `${head}   # ours\n\n    chat:\n      network: discord\n      audience: external\n      webhook: \${CHAT_WEBHOOK}\n\n    discord:\n      network: discord\n      audience: external\n      webhook: \${DISCORD_WEBHOOK}\n${tail}`,
    );
    expect(read(".env")).toBe("# mine\nDISCORD_WEBHOOK=kept\nOTHER=1\nCHAT_WEBHOOK=\n");
    expect(read(".gitignore")).toBe("/.env\nnode_modules\n.broadcast/\n");
  });

  it("asks the network about a credential of the environment, and a refusal ends it with nothing written", async () => {
    const provider = await startProvider();
    const argv = ["init", "--channel", "social=mastodon", "--set", `social.server=${provider.url}`];
    const refused = await broadcast(folder, argv, { env: { SOCIAL_TOKEN: "wr0ng-token" } });
    expect(refused.code).toBe(6);
    expect(refused.err).toContain("The access token was revoked");
    expect(refused.out + refused.err).not.toContain("wr0ng-token");
    expect(files()).toEqual([]);
    provider.good.add("good-token");
    const { code, err } = await broadcast(folder, argv, { env: { SOCIAL_TOKEN: "good-token" } });
    await provider.close();
    expect(code).toBe(0);
    expect(err).toContain("✓ social: @acme@social.example, 500 characters in a post");
    // What the environment has is not copied to a file.
    expect(existsSync(join(folder, ".env"))).toBe(false);
  });

  it.each([
    ["nobody is there", [], "--yes"],
    ["an unknown network", ["--channel", "x=mastodno"], "Did you mean `mastodon`?"],
    ["a missing setting", ["--channel", "x=mastodon"], "--set x.server=…"],
    ["an unknown setting", ["--channel", "x=discord", "--set", "x.sever=1"], "webhook"],
    ["a setting of nobody", ["--channel", "x=discord", "--set", "y.server=1"], "names no channel"],
    ["a wrong name", ["--channel", "a b=discord"], "no spaces"],
    ["an unknown kind", ["--yes", "--kind", "relase"], "Did you mean `release`?"],
    [
      "a secret as an argument",
      ["--channel", "x=mastodon", "--set", "x.token=s3cret"],
      "X_TOKEN in the environment",
    ],
  ])("says what is wrong and writes nothing: %s", async (_, argv, words) => {
    const { code, err } = await broadcast(folder, ["init", ...argv]);
    expect(code).toBe(2);
    expect(err).toContain(words);
    expect(err).not.toContain("s3cret");
    expect(files()).toEqual([]);
  });
});

describe("init by questions", () => {
  const answers = (server: string): [RegExp, unknown][] => [
    [/want to post/, ["mastodon", "feed"]],
    [/^The server/, server],
    [/log in to/, "paste"],
    [/Access token/, "good-token"],
    [/templates/, true],
    [/Rehearse/, false],
  ];

  it("checks what is pasted at once, and keeps it in .env", async () => {
    const provider = await startProvider();
    provider.good.add("good-token");
    const { ask, terminal, said } = person(answers(provider.url));
    expect(await init({ ...OPTIONS, check: true }, terminal, ask)).toBe(0);
    await provider.close();
    expect(said()).toContain("✓ mastodon: @acme@social.example");
    expect(said()).toContain("1. Log in to your server");
    expect(said()).not.toContain("good-token");
    expect(read(".env")).toBe("MASTODON_TOKEN=good-token\n");
    expect(read("broadcast.yml")).toContain("title: acme");
    expect(files()).toContain("templates/release/short.md");
    expect(files()).toContain("campaigns/version-1-0-is-out.yml");
  });

  it("says what is wrong with it, and lets the person try again", async () => {
    const provider = await startProvider();
    provider.good.add("good-token");
    const typed = ["wr0ng", "good-token"];
    const { ask, terminal, said, asked } = person([...answers(provider.url)]);
    const asking = await ask();
    const again = { ...asking, secret: async () => typed.shift() ?? "" };
    expect(
      await init({ ...OPTIONS, check: true }, terminal, async () => ({
        ...again,
        choose: async (message, options) =>
          /What now/.test(message) ? "again" : asking.choose(message, options),
      })),
    ).toBe(0);
    await provider.close();
    expect(said()).toContain("✗ mastodon: GET 127.0.0.1");
    expect(read(".env")).toBe("MASTODON_TOKEN=good-token\n");
    expect(asked.length).toBeGreaterThan(5);
  });

  it("asks who reads a chat or a place for shared knowledge, and of no public stream", async () => {
    const of = async (network: string) => {
      const { ask, terminal, asked } = person([
        [/want to post/, [network]],
        [/Who reads/, "internal"],
        [/Id of the page/, "195de9221179449fab8075a27c979105"],
        [/templates|Rehearse/, false],
      ]);
      expect(await init(OPTIONS, terminal, ask)).toBe(0);
      return asked.some((question) => /Who reads/.test(question));
    };
    expect(await of("notion")).toBe(true);
    expect(read("broadcast.yml")).toContain("    network: notion\n    audience: internal\n");
    expect(await of("devto")).toBe(false);
  });

  it("leaves nothing half-written, whichever question the person leaves at", async () => {
    const whole = person(answers("https://social.example"));
    await init(OPTIONS, whole.terminal, whole.ask);
    const questions = whole.asked.length;
    expect(questions).toBeGreaterThan(7);
    rmSync(folder, { recursive: true });
    mkdirSync(folder);
    for (let at = 0; at < questions; at++) {
      const { ask, terminal, said } = person(answers("https://social.example"), at);
      expect(await init(OPTIONS, terminal, ask)).toBe(2);
      expect(said()).toContain("Nothing was written.");
      expect(files(), whole.asked[at]).toEqual([]);
    }
  });

  // A network that cannot do without an option of the campaign waits until a person has written it there.
  const atOnce = adapters.filter((adapter) => {
    const [way] = adapter.byHand ? [] : halfOf(adapter).ways;
    return way && !way.options && !way.media?.needed;
  });

  it.each(KINDS)("rehearses a %s at once, on every network, with its own first words", async (kind) => {
    const { ask, terminal, said } = person([
      [/announce/, kind],
      [
        /Where do you want to post/,
        adapters.filter((one) => one.byHand || atOnce.includes(one)).map(({ id }) => id),
      ],
      [/log in to/, "later"],
      [/link/, "https://acme.example/blog"],
      ...atOnce.flatMap(settingsOf),
    ]);
    expect(await init({ ...OPTIONS, rehearse: sandbox.url }, terminal, ask), said()).toBe(0);
    expect(said()).toMatch(new RegExp(`\\b${atOnce.length} published`));
  });

  /** What its half takes for each setting, by the words of the question. */
  function settingsOf(adapter: Adapter): [RegExp, unknown][] {
    const values = sandbox.channel(adapter.id, "acme");
    return Object.entries(entriesOf(adapter.channel))
      .filter(([key, schema]) => !isSecret(schema) && values[key] !== undefined)
      .map(([key, schema]) => [exactly(`${descriptionOf(schema)}:`), values[key]]);
  }
});

describe("new", () => {
  beforeEach(async () => {
    await broadcast(folder, ["init", "--yes"]);
  });

  it("writes a campaign from flags, shows its posts, and never overwrites one", async () => {
    const argv = ["new", "release", "--title", "Acme 2.4: it's out", "--summary", "Faster.", "--yes"];
    const { code, out, err } = await broadcast(folder, [...argv, "--var", "version=2.4.0", "--tags", "a,#b"]);
    expect(code, err).toBe(0);
    expect(out.split("\n")[0]).toBe("campaigns/acme-2-4-it-s-out.yml");
    expect(out).toContain("TODO: say what this version brings");
    expect(read("campaigns/acme-2-4-it-s-out.yml")).toContain('title: "Acme 2.4: it\'s out"\n');
    const second = await broadcast(folder, argv);
    expect(second.out.split("\n")[0]).toBe("campaigns/acme-2-4-it-s-out-2.yml");
    const named = await broadcast(folder, [...argv, "--out", "campaigns/acme-2-4-it-s-out.yml"]);
    expect(named.code).toBe(2);
    expect(named.err).toContain("--force");
    const outside = await broadcast(folder, [...argv, "--out", "../outside.yml"]);
    expect(outside.code).toBe(2);
  });

  it("asks a person for what the kind needs, and takes the body from their editor", async () => {
    const { ask, terminal, asked, said } = person([
      [/announce/, "question"],
      [/Title/, "Dark or light?"],
      [/editor/, "Dark **or** light?\n"],
    ]);
    expect(await newCampaign(undefined, { var: [] }, terminal, ask), said()).toBe(0);
    expect(read("campaigns/dark-or-light.yml")).toContain(
      "body: |\n  Dark **or** light?\nchannels: [news]\n",
    );
    expect(asked.some((question) => /link/.test(question))).toBe(false);
    expect(said()).toContain("Dark or light?");

    const before = files();
    for (let at = 0; at < asked.length; at++) {
      const left = person([], at);
      expect(await newCampaign(undefined, { var: [] }, left.terminal, left.ask)).toBe(2);
      expect(files()).toEqual(before);
    }
  });
});
