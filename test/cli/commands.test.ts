/** Commands in this process, on a channel that needs no server: a feed in a folder. */
import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { reportFault } from "../../src/cli/errors.ts";
import type { Terminal } from "../../src/cli/terminal.ts";
import { NetworkError } from "../../src/errors.ts";
import { PLAIN } from "../../src/report/style.ts";
import { broadcast, folderWith } from "./stand-in.ts";

// The folder is absolute, so that nothing is ever written where the tests run.
const config = (folder: string) => `channels:
  news:
    network: feed
    audience: external
    lang: en
    folder: ${folder}/public/news
    title: Acme news
    url: https://acme.example/news/
`;
const CAMPAIGN = `kind: update
title: Acme 2.4 is out
summary: Faster sync.
body: The old words.
link: https://acme.example/blog/2-4
channels: [news]
`;

function project(campaign = CAMPAIGN): string {
  const folder = folderWith({ "campaigns/update.yml": campaign });
  writeFileSync(join(folder, "broadcast.yml"), config(folder));
  return folder;
}

const FILE = "campaigns/update.yml";

function edit(folder: string, file: string, from: string, to: string): void {
  const before = readFileSync(join(folder, file), "utf8");
  expect(before).toContain(from);
  writeFileSync(join(folder, file), before.replaceAll(from, to));
}

describe("plan", () => {
  it("prints every post, and sends and writes nothing", async () => {
    const folder = project();
    const { code, out, err } = await broadcast(folder, ["plan", FILE]);
    expect({ code, err }).toEqual({ code: 0, err: `\nTo send it:  broadcast send ${FILE}\n` });
    expect(out).toMatch(
      /^Acme 2.4 is out\ncampaigns\/update.yml · update · external · 1 channel\n\nnews {2}.*due now +\d+\/\d+\n {2}│ /,
    );
    expect(out).toContain("The old words.");
    expect(readdirSync(folder).sort()).toEqual(["broadcast.yml", "campaigns"]);
  });

  it("gives a machine the whole plan", async () => {
    const { code, out, err } = await broadcast(project(), ["plan", FILE, "--json"]);
    const plan = JSON.parse(out);
    expect({ code, err }).toEqual({ code: 0, err: "" });
    expect(plan).toMatchObject({ version: 2, command: "plan", campaign: { id: FILE }, problems: [] });
    expect(plan.digest).toMatch(/^[0-9a-f]{64}$/);
    expect(plan.deliveries[0].posts[0].post.text).toContain("The old words.");
  });

  it("shows every problem with its place, and ends with 2", async () => {
    const { code, out, err } = await broadcast(project("kind: relase\ntitel: x\nchannels: [nwes]\n"), [
      "plan",
      FILE,
    ]);
    expect(code).toBe(2);
    expect(out).toBe("");
    expect(err).toContain("campaigns/update.yml:1:7  error");
    expect(err).toContain("  1 │ kind: relase\n    │       ^^^^^^\n  = Did you mean `release`?");
    expect(err).toMatch(/\n4 problems, nothing was sent\.\nTo read more: broadcast explain [\w -]+\n$/);
  });

  it("gives a machine the problems on stdout, with the same exit code", async () => {
    const { code, out, err } = await broadcast(project(CAMPAIGN.replace("update", "updat")), [
      "plan",
      FILE,
      "--json",
    ]);
    expect(code).toBe(2);
    expect(err).toBe("");
    expect(JSON.parse(out).error).toMatchObject({
      code: "input",
      problems: [{ code: "unknown-kind", place: { line: 1, column: 7 } }],
    });
  });

  it("lets no escape sequence of a campaign reach the terminal", async () => {
    const { out } = await broadcast(project(CAMPAIGN.replace("The old words.", '"a\\e[2Jb\\a\\u202ec"')), [
      "plan",
      FILE,
    ]);
    expect(out).toMatch(/│ a.*b.*c$/m);
    expect(out).not.toMatch(/[\0-\x09\x0b-\x1f\x7f-\x9f\u202e]/);
  });
});

describe("preview", () => {
  it("shows only the wanted networks", async () => {
    const { code, out } = await broadcast(project(), ["preview", FILE, "--network", "feed"]);
    expect(code).toBe(0);
    expect(out).toMatch(/^news /);
    const wrong = await broadcast(project(), ["preview", FILE, "--network", "fed"]);
    expect(wrong.code).toBe(2);
    expect(wrong.err).toContain("Did you mean `feed`?");
  });
});

describe("send", () => {
  it("sends once; the second time it says that there is nothing to do", async () => {
    const folder = project();
    const first = await broadcast(folder, ["send", FILE, "--yes"]);
    expect(first.code).toBe(0);
    expect(first.out).toMatch(/^✓ {2}news {2}published {2}https:\/\/acme\.example\/news\//);
    expect(first.err).toContain("1 published.");
    const entries = readdirSync(join(folder, "public/news"));

    const second = await broadcast(folder, ["send", FILE]);
    expect(second.code).toBe(0);
    expect(second.out).toBe(first.out);
    expect(second.err).toContain("Everything was out already; nothing was sent.");
    expect(readdirSync(join(folder, "public/news"))).toEqual(entries);
  });

  it("asks a person, and takes no for an answer", async () => {
    const folder = project();
    const no = await broadcast(folder, ["send", FILE], { answers: [false] });
    expect(no.asked).toEqual(["Send this to news?"]);
    expect(no.code).toBe(2);
    expect(no.err).toMatch(/Nothing was sent\.\n$/);
    expect(existsSync(join(folder, "public"))).toBe(false);
    const yes = await broadcast(folder, ["send", FILE], { answers: [true] });
    expect(yes.code).toBe(0);
    expect(existsSync(join(folder, "public"))).toBe(true);
  });

  it.each([
    ["nobody there", {}, []],
    ["only a program listening", { answers: [true] }, ["--json"]],
  ])("asks nobody when there is %s, and sends nothing without `--yes`", async (_who, situation, more) => {
    const folder = project();
    const { code, asked, out, err } = await broadcast(folder, ["send", FILE, ...more], situation);
    expect(code).toBe(2);
    expect(asked).toEqual([]);
    expect(out + err).toContain("Add `--yes` to send without being asked.");
    expect(existsSync(join(folder, "public"))).toBe(false);
  });

  it("does not ask with `--yes`", async () => {
    const { code, asked } = await broadcast(project(), ["send", FILE, "--yes"], { answers: [false] });
    expect(code).toBe(0);
    expect(asked).toEqual([]);
  });

  it("leaves what is out as it is when the campaign changed, and shows the difference", async () => {
    const folder = project();
    await broadcast(folder, ["send", FILE, "--yes"]);
    writeFileSync(join(folder, FILE), CAMPAIGN.replace("old words", "new words"));
    const { code, err } = await broadcast(folder, ["send", FILE, "--yes"]);
    expect(code).toBe(0);
    expect(err).toContain("! news: out with other content; it is not changed");
    expect(err).toMatch(/- .*old words.*\n {2}\+ .*new words/);
  });

  it("tells a machine what became of it", async () => {
    const { code, out } = await broadcast(project(), ["send", FILE, "--yes", "--json"]);
    expect(code).toBe(0);
    const told = JSON.parse(out);
    expect(told).toMatchObject({
      version: 2,
      command: "send",
      campaign: { id: FILE },
      rehearsal: false,
      problems: [],
    });
    expect(told.deliveries).toMatchObject([
      {
        id: `${FILE}/news`,
        channel: "news",
        state: "published",
        entered: "new",
        attempts: 1,
        receipts: [{ part: 0 }],
      },
    ]);
  });

  it("stores what is due later, and says how to go on", async () => {
    const folder = project(`${CAMPAIGN}at: 2099-01-01 09:00 Europe/Rome\n`);
    const { code, out, err } = await broadcast(folder, ["send", FILE, "--yes"]);
    expect(code).toBe(0);
    expect(out).toMatch(/^· {2}news {2}scheduled {2}2099-01-01/);
    expect(out).toContain("or later: broadcast send campaigns/update.yml\n");
    expect(err).toContain("1 scheduled.");
    expect(existsSync(join(folder, "public"))).toBe(false);
  });

  it("shows the requests of a dry run and sends nothing", async () => {
    const folder = project();
    const { code, out } = await broadcast(folder, ["send", FILE, "--dry-run"]);
    expect(code).toBe(0);
    expect(out).toMatch(/^news {2}feed\n/);
    expect(out).toContain("public/news/");
    expect(out).toMatch(/A dry run: nothing was sent\.\n$/);
    expect(existsSync(join(folder, "public"))).toBe(false);
    expect(existsSync(join(folder, ".broadcast"))).toBe(false);
  });

  it.each([
    [["send"], "needs a campaign, or a plan"],
    [["send", FILE, "--plan", "x.json"], "not both"],
    [["send", FILE, "--fresh"], "needs `--sandbox`"],
    [["send", "campaigns/none.yml", "--yes"], "campaigns/none.yml"],
  ])("refuses %j", async (argv, said) => {
    const { code, err } = await broadcast(project(), argv);
    expect(code).toBe(2);
    expect(err).toContain(said);
  });
});

describe("send --plan", () => {
  const IMAGE = Buffer.from(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==",
    "base64",
  );

  async function planned(): Promise<string> {
    const folder = project(`${CAMPAIGN}media:\n  - file: dot.png\n    alt: A dot\n`);
    writeFileSync(join(folder, "dot.png"), IMAGE);
    const { code, err } = await broadcast(folder, ["plan", FILE, "--out", "plan.json"]);
    expect(code).toBe(0);
    expect(err).toContain("broadcast send --plan plan.json");
    return folder;
  }

  it("sends what was planned, whatever the campaign says by now", async () => {
    const folder = await planned();
    writeFileSync(join(folder, FILE), CAMPAIGN.replace("old words", "new words"));
    const { code } = await broadcast(folder, ["send", "--plan", "plan.json", "--yes"]);
    expect(code).toBe(0);
    const pages = readdirSync(join(folder, "public/news"), { recursive: true, encoding: "utf8" }).filter(
      (name) => name.endsWith(".html"),
    );
    const words = pages.map((page) => readFileSync(join(folder, "public/news", page), "utf8")).join("");
    expect(words).toContain("The old words.");
    expect(words).not.toContain("new words");
  });

  it.each([
    [
      "its text was changed",
      (folder: string) => edit(folder, "plan.json", "old words", "own words"),
      "its fingerprint (digest) does not match",
    ],
    [
      "its time was changed",
      (folder: string) =>
        edit(folder, "plan.json", '"account"', '"due": "2099-01-01T00:00:00.000Z", "account"'),
      "its fingerprint (digest) does not match",
    ],
    [
      "an image was changed",
      (folder: string) => writeFileSync(join(folder, "dot.png"), Buffer.concat([IMAGE, Buffer.from("x")])),
      "dot.png is not the one that was planned",
    ],
    ["an image is gone", (folder: string) => writeFileSync(join(folder, "dot.png"), ""), "dot.png"],
    [
      "the channel is another account",
      (folder: string) => edit(folder, "broadcast.yml", "public/news", "public/other"),
      "another account than it was in the plan",
    ],
    [
      "the channel is gone",
      (folder: string) => edit(folder, "broadcast.yml", "  news:", "  newz:"),
      "not in broadcast.yml",
    ],
    [
      "the channel became internal",
      (folder: string) => edit(folder, "broadcast.yml", "audience: external", "audience: internal"),
      "is internal now",
    ],
    [
      "it is no JSON",
      (folder: string) => writeFileSync(join(folder, "plan.json"), "{"),
      "this is not a plan",
    ],
    [
      "it is another JSON",
      (folder: string) => writeFileSync(join(folder, "plan.json"), '{"version":2}'),
      "this is not a plan: `campaign`",
    ],
  ])("sends nothing when %s", async (_what, change, said) => {
    const folder = await planned();
    change(folder);
    const { code, err } = await broadcast(folder, ["send", "--plan", "plan.json", "--yes"]);
    expect(code).toBe(2);
    expect(err).toContain(said);
    expect(existsSync(join(folder, "public"))).toBe(false);
  });
});

describe("status, cancel, retry and resolve", () => {
  it("status makes no ledger", async () => {
    const folder = project();
    const { code, out, err } = await broadcast(folder, ["status"]);
    expect({ code, out, err }).toEqual({
      code: 0,
      out: "",
      err: `Nothing was sent from here yet.\n\nTo begin:  broadcast plan ${FILE}\n`,
    });
    expect(existsSync(join(folder, ".broadcast"))).toBe(false);
  });

  it("status lists what the ledger holds, by campaign when asked", async () => {
    const folder = project();
    await broadcast(folder, ["send", FILE, "--yes"]);
    const { out } = await broadcast(folder, ["status", FILE]);
    expect(out).toMatch(/✓ {2}published {2}news {5}campaigns\/update.yml/);
    const { out: json } = await broadcast(folder, ["status", "--json"]);
    expect(JSON.parse(json)).toMatchObject({
      version: 2,
      command: "status",
      deliveries: [{ state: "published", rehearsal: false, attempts: 1 }],
    });
    const other = await broadcast(folder, ["status", "other"]);
    expect(other).toMatchObject({ code: 2 });
    expect(other.err).toContain("there is no campaign other");
  });

  it("cancel takes back what is scheduled, and retry by name brings it back", async () => {
    const folder = project(`${CAMPAIGN}at: 2099-01-01 09:00 Europe/Rome\n`);
    await broadcast(folder, ["send", FILE, "--yes"]);
    const cancelled = await broadcast(folder, ["cancel", FILE]);
    expect(cancelled.code).toBe(0);
    expect(cancelled.out).toContain("–  cancelled  news");
    const again = await broadcast(folder, ["cancel", FILE]);
    expect(again.code).toBe(2);
    expect(again.err).toContain("is cancelled, not scheduled");

    const send = await broadcast(folder, ["send", FILE, "--yes"]);
    expect(send.code).toBe(3);
    expect(send.out).toContain("broadcast retry campaigns/update.yml/news");
    const retry = await broadcast(folder, ["retry", "news", "--json"]);
    expect(retry.code).toBe(0);
    expect(JSON.parse(retry.out).deliveries[0].next).toMatch(/^2099-01-01/);
    expect(JSON.parse(retry.out)).toMatchObject({ command: "retry", deliveries: [{ state: "scheduled" }] });
  });

  it("retry brings a whole campaign back when that is said, and says how when it is not", async () => {
    const folder = project(`${CAMPAIGN}at: 2099-01-01 09:00 Europe/Rome\n`);
    writeFileSync(
      join(folder, "broadcast.yml"),
      `${config(folder)}  blog: { network: feed, folder: ${folder}/public/blog, title: B, url: "https://acme.example/blog/" }\n`,
    );
    edit(folder, FILE, "[news]", "[news, blog]");
    await broadcast(folder, ["send", FILE, "--yes"]);
    const cancelled = await broadcast(folder, ["cancel", FILE]);
    const back = `broadcast retry ${FILE} --cancelled`;
    expect(cancelled.err).toBe(`\nTo send it anyway:  ${back}\n`);
    const send = await broadcast(folder, ["send", FILE, "--yes"]);
    expect(send.out.split(back)).toHaveLength(2);
    const bulk = await broadcast(folder, ["retry", FILE]);
    expect(bulk.err).toMatch(/^Nothing has failed; 2 cancelled\./);
    expect(bulk.err).toContain(`To send it anyway: ${back}\n`);
    expect((await broadcast(folder, ["retry", "--cancelled"])).code).toBe(2);
    const { code, out } = await broadcast(folder, back.split(" ").slice(1));
    expect(code).toBe(0);
    expect(out).toMatch(/· {2}blog {2}scheduled[^\n]*\n· {2}news {2}scheduled/);
    expect(out).toContain(`or later: broadcast run --due ${FILE}\n`);
  });

  it("networks and channels may be named in one list or one by one", async () => {
    const folder = project();
    const said = ["mastodon,bluesky", "mastodon, bluesky"].map((names) => ["--network", names]);
    const each = await Promise.all(
      [...said, ["--network", "mastodon", "--network", "bluesky"]].map((words) =>
        broadcast(folder, ["measure", ...words, "--json", "Hello"]),
      ),
    );
    const networks = each.map(({ out }) =>
      (JSON.parse(out) as { measures: { network: string }[] }).measures.map(({ network }) => network).sort(),
    );
    expect(networks).toEqual(Array(3).fill(["bluesky", "mastodon"]));
  });

  it("resolve asks a person what is to be done, and asks again for an address that is none", async () => {
    const { openAt } = await import("../../src/ledger/open.ts");
    const held = async () => {
      const folder = project();
      await broadcast(folder, ["send", FILE, "--yes"]);
      const ledger = await openAt(join(folder, ".broadcast/ledger.db"));
      await ledger.decide(`${FILE}/news`, ["published"], { state: "held" }, 1);
      await ledger.close();
      return folder;
    };
    const left = await broadcast(await held(), ["resolve", "news"], { answers: [undefined] });
    expect([left.code, left.err]).toEqual([4, expect.stringContaining("Nothing was changed.")]);
    expect(left.asked).toEqual(["Look at news. Is the post out?"]);
    const cancelled = await broadcast(await held(), ["resolve", "news"], { answers: ["cancel"] });
    expect([cancelled.code, cancelled.out]).toEqual([0, expect.stringContaining("news  cancelled")]);

    const folder = await held();
    const ledger = await openAt(join(folder, ".broadcast/ledger.db"));
    const history = await ledger.history(`${FILE}/news`);
    await ledger.close();
    expect(history?.receipts).toHaveLength(1);
    const answers = ["published", "there", "ftp://acme.example/1", "https://acme.example/news/1"];
    const out = await broadcast(folder, ["resolve", "news"], { answers });
    expect(out.asked.filter((question) => question === "Its address:")).toHaveLength(3);
    expect(out.code).toBe(0);
  });

  it("retry sends what failed, but never to another account than it was planned for", async () => {
    const folder = project();
    await broadcast(folder, ["send", FILE, "--yes"]);
    const { openAt } = await import("../../src/ledger/open.ts");
    const ledger = await openAt(join(folder, ".broadcast/ledger.db"));
    await ledger.decide(`${FILE}/news`, ["published"], { state: "failed" }, 1);
    await ledger.close();
    edit(folder, "broadcast.yml", "public/news", "public/other");
    const { code, err } = await broadcast(folder, ["retry"]);
    expect(code).toBe(2);
    expect(err).toContain("was planned for another account");
    expect(existsSync(join(folder, "public/other"))).toBe(false);
    edit(folder, "broadcast.yml", "public/other", "public/news");
    const refused = await broadcast(folder, ["send", FILE, "--yes"]);
    expect(refused.code).toBe(3);
    expect(refused.out).toContain("broadcast retry campaigns/update.yml/news");
    expect((await broadcast(folder, ["retry"])).code).toBe(0);
  });

  it("do nothing to what is out", async () => {
    const folder = project();
    await broadcast(folder, ["send", FILE, "--yes"]);
    for (const argv of [
      ["cancel", "news"],
      ["retry", "news"],
      ["resolve", "news", "--resend"],
    ]) {
      const { code, err } = await broadcast(folder, argv);
      expect(code).toBe(2);
      expect(err).toContain("is published");
    }
    const { code, err } = await broadcast(folder, ["retry"]);
    expect({ code, err }).toEqual({ code: 0, err: "Nothing has failed.\n" });
  });

  it("ask for exactly one decision", async () => {
    const folder = project();
    await broadcast(folder, ["send", FILE, "--yes"]);
    for (const [argv, said] of [
      [["resolve", "news"], "Say `--published URL`, `--resend` or `--cancel`."],
      [["resolve", "news", "--resend", "--cancel"], "exclude each other"],
      [["resolve", "news", "--published", "there"], "is not the address of a post"],
      [["resolve", "newz", "--resend"], "there is no delivery `newz`"],
    ] as const) {
      const { code, err } = await broadcast(folder, argv);
      expect(code).toBe(2);
      expect(err).toContain(said);
    }
  });
});

describe("networks, measure and schema", () => {
  it("networks says all there is to know of one", async () => {
    const { code, out } = await broadcast(folderWith({}), ["networks", "mastodon"]);
    expect(code).toBe(0);
    expect(out).toMatch(/^Mastodon\n {2}500 grapheme · /);
    expect(out).toContain("  token  secret: ${NAME} only");
    expect(out).toContain("visibility");
    expect(out).toContain("1. Log in to your server");
    const { out: json } = await broadcast(folderWith({}), ["networks", "mastodon", "--json"]);
    expect(JSON.parse(json).networks.map(({ id }: { id: string }) => id)).toEqual(["mastodon"]);
    const wrong = await broadcast(folderWith({}), ["networks", "mastodn"]);
    expect([wrong.code, wrong.err]).toEqual([2, expect.stringContaining("mastodon")]);
  });

  it("networks lists the declarations", async () => {
    const { code, out } = await broadcast(folderWith({}), ["networks"]);
    expect(code).toBe(0);
    expect(out).toMatch(/^network +text +thread/);
    expect(out).toMatch(/^mastodon +500 grapheme/m);
    const { out: json } = await broadcast(folderWith({}), ["networks", "--json"]);
    expect(JSON.parse(json).networks.find(({ id }: { id: string }) => id === "mastodon")).toMatchObject({
      text: { max: 500 },
      thread: "reply",
      source: { url: expect.any(String) },
    });
  });

  it("measure counts as the network does, from an argument or stdin", async () => {
    const { code, out } = await broadcast(folderWith({}), [
      "measure",
      "--network",
      "mastodon",
      "--json",
      "👩‍👩‍👧 https://example.com/a/long/path",
    ]);
    expect(code).toBe(0);
    expect(JSON.parse(out).measures).toEqual([
      { network: "mastodon", length: 25, max: 500, unit: "grapheme", fits: true },
    ]);
    const piped = await broadcast(folderWith({}), ["measure", "--network", "mastodon"], { input: "héllo\n" });
    expect(piped.out).toBe("mastodon  5/500  grapheme\n");
    expect(
      (await broadcast(folderWith({}), ["measure", "--network", "mastodon", "x".repeat(501)])).code,
    ).toBe(2);
    expect((await broadcast(folderWith({}), ["measure"])).code).toBe(2);
  });

  it("schema knows two kinds of files", async () => {
    const { code, err } = await broadcast(folderWith({}), ["schema", "campain"]);
    expect(code).toBe(2);
    expect(err).toContain("Did you mean `campaign`?");
  });
});

describe("a fault of ours", () => {
  function told(
    error: unknown,
    argv: string[],
    env: Record<string, string> = {},
  ): { code: number; out: string; err: string } {
    const said = { out: "", err: "" };
    const terminal = {
      env,
      notes: PLAIN,
      results: PLAIN,
      out: (text: string) => {
        said.out += text;
      },
      err: (text: string) => {
        said.err += text;
      },
    } as unknown as Terminal;
    return { code: reportFault(error, argv, terminal), ...said };
  }

  it("says so, without a stack trace", () => {
    const { code, err, out } = told(new TypeError("x is not\x1b[2J a function"), ["send"]);
    expect({ code, out }).toEqual({ code: 1, out: "" });
    expect(err).toBe(
      "This is an error in broadcast. x is not a function\nBROADCAST_DEBUG=1 shows where it happened.\n",
    );
  });

  it("shows where it happened when asked", () => {
    const { err } = told(new TypeError("odd", { cause: new NetworkError("auth", "inner") }), ["send"], {
      BROADCAST_DEBUG: "1",
    });
    expect(err).toContain("commands.test.ts");
    expect(err).toContain("caused by");
  });

  it("is told in JSON when JSON was asked for", () => {
    const { code, out, err } = told("odd", ["send", "--json"]);
    expect({ code, err }).toEqual({ code: 1, err: "" });
    expect(JSON.parse(out)).toEqual({
      version: 2,
      command: "send",
      error: { code: "fault", message: "odd", problems: [] },
    });
  });
});

describe("credentials that are missing", () => {
  const NETWORKS = `channels:
  one: { network: slack, token: "\${ONE}", channel: C1 }
  two: { network: slack, token: "\${TWO}", channel: C2 }
  three: { network: slack, token: "\${THREE}", channel: C3 }
`;
  const of = (more: string) => ({
    "broadcast.yml": NETWORKS,
    "c.yml": `kind: update\ntitle: Hello\nbody: Words.\nchannels: [one, two, three]\n${more}`,
  });

  it("are one line when something else is wrong", async () => {
    const { code, err } = await broadcast(folderWith(of("tags: 3\n")), ["send", "c.yml", "--yes"]);
    expect(code).toBe(2);
    expect(err).toContain("warning  3 channels have no credential yet: one, two, three");
    expect(err).not.toContain("`ONE`");
  });

  it("are one line in a plan, and each of them where they are what is wrong", async () => {
    const folder = folderWith(of(""));
    const planned = await broadcast(folder, ["plan", "c.yml"]);
    expect(planned.err).toContain("warning  3 channels have no credential yet: one, two, three");
    const sent = await broadcast(folder, ["send", "c.yml", "--yes"]);
    for (const name of ["ONE", "TWO", "THREE"]) expect(sent.err).toContain(`\`${name}\``);
  });
});

it("a time zone at the top of broadcast.yml is the times' own where nothing else says one", async () => {
  const folder = folderWith({
    "broadcast.yml":
      'timezone: Europe/Rome\nchannels:\n  news: { network: feed, folder: p, title: A, url: "https://a.example/" }\n',
    "c.yml":
      "kind: update\ntitle: { en: Hello, it: Ciao }\nlang: en\nbody: Words.\nchannels: [news]\nat: 2099-12-01 09:00\n",
  });
  const { out } = await broadcast(folder, ["plan", "c.yml", "--json"]);
  const { deliveries, campaign } = JSON.parse(out);
  expect(deliveries[0]).toMatchObject({ due: "2099-12-01T08:00:00.000Z", timezone: "Europe/Rome" });
  expect(campaign.title).toBe("Hello");
});

it("warns of a server that is reached without encryption, unless it is this computer", async () => {
  const at = async (server: string, env: Record<string, string> = { T: "a-token-of-some-length" }) => {
    const folder = folderWith({
      "broadcast.yml": `channels:\n  social: { network: mastodon, server: "${server}", token: "\${T}" }\n`,
      "c.yml": "kind: update\ntitle: Hello\nbody: Words.\nchannels: [social]\n",
    });
    const { out } = await broadcast(folder, ["plan", "c.yml", "--json"], { env });
    return JSON.parse(out).problems.map(({ code }: { code: string }) => code);
  };
  expect(await at("http://social.example")).toEqual(["unencrypted"]);
  // Also before there is a credential that could be read.
  expect(await at("http://social.example", {})).toEqual(["missing-env", "unencrypted"]);
  for (const safe of ["https://social.example", "http://127.0.0.1:4747", "http://localhost"])
    expect(await at(safe)).toEqual([]);
});
