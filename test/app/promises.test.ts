// biome-ignore-all lint/suspicious/noTemplateCurlyInString: ${NAME} is what broadcast.yml holds
/** What may not be sent is refused by the library and by the command alike, since both come through `app/send`. */
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { run } from "../../src/app/run.ts";
import { systemClock } from "../../src/clock.ts";
import { InputError } from "../../src/errors.ts";
import { edit, openProject, type Plan, plan, retract, send } from "../../src/index.ts";
import { digest } from "../../src/plan/digest.ts";
import { withDigest } from "../../src/plan/types.ts";
import { broadcast, folderWith } from "../cli/stand-in.ts";

const TOKEN = "xoxb-123456789012-abcdefghijklmnop";

const feed = (folder = "public", audience = "external") =>
  `  news:\n    network: feed\n    audience: ${audience}\n    folder: ${folder}\n    title: Acme\n    url: https://acme.example/\n`;
const CONFIG = `channels:\n${feed()}`;
const POLICY = `${CONFIG}policy:\n  - by: [marta]\n`;
const CAMPAIGN = "kind: update\ntitle: Acme 2.4 is out\nbody: Faster.\nchannels: [news]\n";

/** The codes of what is refused; none when it was sent. Whatever is refused leaves no post and no ledger behind. */
type Way = (folder: string, source: string | Plan, env?: Record<string, string>) => Promise<string[]>;

const codesOf = (problems: readonly { severity: string; code: string }[]) => [
  ...new Set(problems.filter(({ severity }) => severity === "error").map(({ code }) => code)),
];

const library: Way = async (folder, source, env = {}) => {
  try {
    await send(source, await openProject({ cwd: folder, env }));
    return [];
  } catch (error) {
    if (!(error instanceof InputError)) throw error;
    return codesOf(error.problems);
  }
};

const command: Way = async (folder, source, env = {}) => {
  const file = "plan.json";
  if (typeof source !== "string") writeFileSync(join(folder, file), JSON.stringify(source));
  const what = typeof source === "string" ? [source] : ["--plan", file];
  const { code, out } = await broadcast(folder, ["send", ...what, "--yes", "--json"], { env });
  const { error } = JSON.parse(out);
  expect(code === 0).toBe(error === undefined);
  return error === undefined ? [] : codesOf(error.problems);
};

const cron: Way = async (folder, source, env = {}) => {
  if (typeof source !== "string") throw new TypeError("run takes campaigns only");
  const text = readFileSync(join(folder, source), "utf8");
  mkdirSync(join(folder, "due"));
  writeFileSync(join(folder, "due", source), `${text}at: ${new Date().toISOString()}\n`);
  const project = await openProject({ cwd: folder, env });
  const done = await run(["due"], project).catch((error: unknown) => {
    if (error instanceof InputError) return error;
    throw error;
  });
  return codesOf(done?.problems ?? []);
};

const posts = (folder: string, public_ = "public") =>
  existsSync(join(folder, public_)) ? readdirSync(join(folder, public_)) : [];

/** As somebody would who knows how digests are made. */
function forged(planned: Plan, text: string): Plan {
  const deliveries = planned.deliveries.map((delivery) => {
    const changed = delivery.posts.map(({ post, measured }) => ({ measured, post: { ...post, text } }));
    return { ...delivery, posts: changed, digest: digest(changed.map(({ post }) => post)) };
  });
  return withDigest({ ...planned, deliveries });
}

const planIn = async (folder: string, env: Record<string, string> = {}) =>
  plan("update.yml", await openProject({ cwd: folder, env }));

describe.each([
  ["the library", library],
  ["the command", command],
] as const)("%s", (_name, refusalsOf) => {
  it("sends what is as it was planned", async () => {
    const folder = folderWith({ "broadcast.yml": CONFIG, "update.yml": CAMPAIGN });
    expect(await refusalsOf(folder, await planIn(folder))).toEqual([]);
    expect(posts(folder)).toContain("feed.json");
  });

  it("refuses a plan whose posts were changed after it was made", async () => {
    const folder = folderWith({ "broadcast.yml": CONFIG, "update.yml": CAMPAIGN });
    const planned = await planIn(folder);
    const altered = structuredClone(planned);
    altered.deliveries[0]!.posts[0]!.post.text = "Something else";
    expect(await refusalsOf(folder, altered)).toEqual(["bad-plan"]);
    // Neither a delivery's own digest nor the plan's alone makes it sound.
    const posts_ = altered.deliveries[0]!.posts.map(({ post }) => post);
    altered.deliveries[0]!.digest = digest(posts_);
    expect(await refusalsOf(folder, altered)).toEqual(["bad-plan"]);
    const halfway = withDigest(altered);
    halfway.deliveries[0]!.digest = planned.deliveries[0]!.digest;
    expect(await refusalsOf(folder, halfway)).toEqual(["bad-plan"]);
    expect(posts(folder)).toEqual([]);
  });

  it("refuses a plan that was changed after its approval, with digests that fit", async () => {
    const folder = folderWith({ "broadcast.yml": POLICY, "update.yml": CAMPAIGN });
    expect((await broadcast(folder, ["approve", "update.yml", "--as", "marta", "--yes"])).code).toBe(0);
    const planned = await planIn(folder);
    expect(await refusalsOf(folder, forged(planned, "Something else"))).toEqual(["approval-stale"]);
    expect(posts(folder)).toEqual([]);
    expect(await refusalsOf(folder, planned)).toEqual([]);
  });

  it("refuses a channel that now belongs to another account", async () => {
    const folder = folderWith({ "broadcast.yml": CONFIG, "update.yml": CAMPAIGN });
    const planned = await planIn(folder);
    writeFileSync(join(folder, "broadcast.yml"), `channels:\n${feed("elsewhere")}`);
    expect(await refusalsOf(folder, planned)).toEqual(["stale-plan"]);
    expect([...posts(folder), ...posts(folder, "elsewhere")]).toEqual([]);
  });

  it("refuses an internal plan whose channel is external by now", async () => {
    const folder = folderWith({
      "broadcast.yml": `channels:\n${feed("public", "internal")}`,
      "update.yml": `${CAMPAIGN}audience: internal\n`,
    });
    const planned = await planIn(folder);
    writeFileSync(join(folder, "broadcast.yml"), CONFIG);
    expect(await refusalsOf(folder, planned)).toEqual(["stale-plan"]);
    // Nor does it help to say that it was external all along, in one place or in all, with a digest that fits or not.
    const said = structuredClone(planned);
    said.deliveries[0]!.audience = "external";
    expect(await refusalsOf(folder, said)).toEqual(["bad-plan"]);
    expect(await refusalsOf(folder, withDigest(said))).toEqual(["internal-to-external", "stale-plan"]);
    said.campaign.audience = "external";
    expect(await refusalsOf(folder, withDigest(said))).toEqual(["stale-plan"]);
    expect(posts(folder)).toEqual([]);
  });

  it("refuses an approved plan whose campaign and channel are external by now", async () => {
    const files = {
      "broadcast.yml": `channels:\n${feed("public", "internal")}policy:\n  - by: [marta]\n`,
      "update.yml": `${CAMPAIGN}audience: internal\n`,
    };
    const folder = folderWith(files);
    expect((await broadcast(folder, ["approve", "update.yml", "--as", "marta", "--yes"])).code).toBe(0);
    writeFileSync(join(folder, "broadcast.yml"), POLICY);
    writeFileSync(join(folder, "update.yml"), CAMPAIGN);
    expect(await refusalsOf(folder, "update.yml")).toEqual(["approval-stale"]);
    expect(posts(folder)).toEqual([]);
  });

  it("refuses a plan whose errors, kind or skipping were edited", async () => {
    const folder = folderWith({ "broadcast.yml": CONFIG, "update.yml": CAMPAIGN });
    const planned = await planIn(folder);
    const faulty = withDigest({
      ...planned,
      problems: [{ severity: "error", code: "too-long", message: "it is too long", channel: "news" }],
    });
    const { campaign } = planned;
    for (const edited of [
      { ...faulty, problems: [] },
      { ...planned, campaign: { ...campaign, kind: "release" } },
      { ...planned, skipped: "false" },
    ])
      expect(await refusalsOf(folder, edited)).toEqual(["bad-plan"]);
    expect(await refusalsOf(folder, faulty)).toEqual(["too-long"]);
    expect(posts(folder)).toEqual([]);
  });

  it("refuses what is not a plan of this version", async () => {
    const folder = folderWith({ "broadcast.yml": CONFIG, "update.yml": CAMPAIGN });
    const planned = await planIn(folder);
    for (const other of [{ ...planned, version: 1 }, { ...planned, deliveries: [] }, {}])
      expect(await refusalsOf(folder, other as unknown as Plan)).toEqual(["bad-plan"]);
    expect(posts(folder)).toEqual([]);
  });

  it("refuses a plan that holds a secret", async () => {
    const folder = folderWith({
      "broadcast.yml": `${CONFIG}  team: { network: slack, token: "\${SLACK}", channel: C1 }\n`,
      "update.yml": CAMPAIGN,
    });
    const env = { SLACK: TOKEN };
    const leaking = forged(await planIn(folder, env), `Our key is ${TOKEN}`);
    expect(await refusalsOf(folder, leaking, env)).toEqual(["literal-secret"]);
    expect(posts(folder)).toEqual([]);
  });

  it("refuses a picture that is another one than the planned", async () => {
    const png = Buffer.from(
      "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==",
      "base64",
    );
    const folder = folderWith({
      "broadcast.yml": CONFIG,
      "update.yml": `${CAMPAIGN}media: [{ file: a.png, alt: A dot }]\n`,
    });
    writeFileSync(join(folder, "a.png"), png);
    const planned = await planIn(folder);
    writeFileSync(join(folder, "a.png"), Buffer.concat([png, Buffer.from("x")]));
    expect(await refusalsOf(folder, planned)).toEqual(["stale-plan"]);
    expect(posts(folder)).toEqual([]);
  });
});

describe.each([
  ["the library", library],
  ["the command", command],
  ["a cron's run", cron],
] as const)("%s", (_name, refusalsOf) => {
  it("refuses what nobody approved", async () => {
    const folder = folderWith({ "broadcast.yml": POLICY, "update.yml": CAMPAIGN });
    expect(await refusalsOf(folder, "update.yml")).toEqual(["approval-missing"]);
    expect(posts(folder)).toEqual([]);
  });

  it("refuses an internal campaign for an external channel", async () => {
    const folder = folderWith({ "broadcast.yml": CONFIG, "update.yml": `${CAMPAIGN}audience: internal\n` });
    expect(await refusalsOf(folder, "update.yml")).toEqual(["internal-to-external"]);
    expect(posts(folder)).toEqual([]);
  });

  it("refuses a campaign that holds a secret", async () => {
    const folder = folderWith({
      "broadcast.yml": `${CONFIG}  team: { network: slack, token: "\${SLACK}", channel: C1 }\n`,
      "update.yml": CAMPAIGN.replace("Faster.", `Our key is ${TOKEN}`),
    });
    expect(await refusalsOf(folder, "update.yml", { SLACK: TOKEN })).toEqual(["literal-secret"]);
    expect(posts(folder)).toEqual([]);
  });

  it("refuses a channel without its credential, and sends to none of the others", async () => {
    const folder = folderWith({
      "broadcast.yml": `${CONFIG}  team: { network: slack, token: "\${SLACK}", channel: C1 }\n`,
      "update.yml": CAMPAIGN.replace("[news]", "[news, team]"),
    });
    expect(await refusalsOf(folder, "update.yml")).toEqual(["missing-env"]);
    expect(posts(folder)).toEqual([]);
  });

  it("makes no file of the address of a database, which does not answer here", async () => {
    const folder = folderWith({
      "broadcast.yml": `${CONFIG}ledger: "\${DATABASE_URL}"\n`,
      "update.yml": CAMPAIGN,
    });
    const before = readdirSync(folder);
    const env = { DATABASE_URL: "postgres://me:s3cretpassword@127.0.0.1:1/acme" };
    expect(await refusalsOf(folder, "update.yml", env)).toEqual(["ledger-unreachable"]);
    expect(readdirSync(folder, { recursive: true }).join("\n")).not.toMatch(/s3cret|postgres/);
    const made = readdirSync(folder).filter((name) => !before.includes(name));
    expect(made.filter((name) => name !== "due" && name !== ".broadcast")).toEqual([]);
    expect(existsSync(join(folder, ".broadcast/ledger.db"))).toBe(false);
  });
});

it("looks into no other ledger while the address of a database stands there", async () => {
  const folder = folderWith({ "broadcast.yml": CONFIG, "update.yml": CAMPAIGN });
  expect((await broadcast(folder, ["send", "update.yml", "--yes"])).code).toBe(0);
  writeFileSync(
    join(folder, "broadcast.yml"),
    `${CONFIG}ledger: postgres://me:s3cretpassword@db.example/acme\n`,
  );
  for (const argv of [["status"], ["retry"], ["cancel", "update.yml"], ["resolve", "news", "--resend"]]) {
    const { code, err } = await broadcast(folder, argv);
    expect([argv[0], code]).toEqual([argv[0], 2]);
    expect(err).toMatch(/password of the ledger.s database/);
    expect(err).not.toMatch(/s3cret/);
  }
});

describe("what is in the ledger already", () => {
  it("is not sent to a channel that has other readers by now, by run or by retry", async () => {
    const soon = new Date(Date.now() + 60 * 60_000).toISOString();
    const folder = folderWith({
      "broadcast.yml": `channels:\n${feed("public", "internal")}`,
      "update.yml": `${CAMPAIGN}audience: internal\nat: ${soon}\n`,
    });
    expect((await broadcast(folder, ["send", "update.yml", "--yes"])).code).toBe(0);
    writeFileSync(join(folder, "broadcast.yml"), CONFIG);
    const project = await openProject({ cwd: folder, env: {} });
    const clock = { ...systemClock, now: () => Date.now() + 90 * 60_000 };
    const done = await run(["update.yml"], project, { clock }).catch((error: InputError) => error);
    expect(codesOf(done!.problems)).toContain("other-account");
    expect(posts(folder)).toEqual([]);
  });
});

describe.each([
  [
    "the library",
    (what: "edit" | "retract") =>
      async (folder: string, env: Record<string, string> = {}) => {
        const project = await openProject({ cwd: folder, env });
        try {
          await (what === "edit" ? edit("update.yml", project) : retract("update.yml", project));
          return [];
        } catch (error) {
          if (!(error instanceof InputError)) throw error;
          return codesOf(error.problems);
        }
      },
  ],
  [
    "the command",
    (what: "edit" | "retract") =>
      async (folder: string, env: Record<string, string> = {}) => {
        const { out } = await broadcast(folder, [what, "update.yml", "--yes", "--json"], { env });
        const { error } = JSON.parse(out);
        return error === undefined ? [] : codesOf(error.problems);
      },
  ],
] as const)("what is out, by %s,", (_name, way) => {
  const page = (folder: string) =>
    readFileSync(
      join(folder, "public", posts(folder).find((name) => name.startsWith("acme"))!, "index.html"),
      "utf8",
    );

  async function out(config = CONFIG): Promise<string> {
    const folder = folderWith({ "broadcast.yml": CONFIG, "update.yml": CAMPAIGN });
    expect((await send("update.yml", await openProject({ cwd: folder, env: {} }))).code).toBe(0);
    writeFileSync(join(folder, "broadcast.yml"), config);
    return folder;
  }
  const rewrite = (folder: string, body: string) =>
    writeFileSync(join(folder, "update.yml"), CAMPAIGN.replace("Faster.", body));

  it("is corrected as the campaign says", async () => {
    const folder = await out();
    rewrite(folder, "Much faster.");
    expect(await way("edit")(folder)).toEqual([]);
    expect(page(folder)).toContain("Much faster.");
    expect(await way("retract")(folder)).toEqual([]);
    expect(posts(folder).filter((name) => name.startsWith("acme"))).toEqual([]);
  });

  it("is not corrected with what nobody approved", async () => {
    const folder = await out(POLICY);
    rewrite(folder, "Much faster.");
    expect(await way("edit")(folder)).toEqual(["approval-missing"]);
    expect(page(folder)).not.toContain("Much faster.");
  });

  it("is not corrected with a secret", async () => {
    const folder = await out(`${CONFIG}  team: { network: slack, token: "\${SLACK}", channel: C1 }\n`);
    rewrite(folder, `Our key is ${TOKEN}`);
    expect(await way("edit")(folder, { SLACK: TOKEN })).toEqual(["literal-secret"]);
    expect(page(folder)).not.toContain("Our key");
  });

  it("is neither corrected nor taken back on another account than its own", async () => {
    const folder = await out(`channels:\n${feed("elsewhere")}`);
    rewrite(folder, "Much faster.");
    expect(await way("edit")(folder)).not.toEqual([]);
    expect(await way("retract")(folder)).not.toEqual([]);
    expect(posts(folder, "elsewhere")).toEqual([]);
    expect(page(folder)).not.toContain("Much faster.");
  });

  it("is not taken back before those who must have approved it", async () => {
    const folder = await out(`${CONFIG}policy:\n  - retract: [marta]\n`);
    expect(await way("retract")(folder)).toEqual(["approval-missing"]);
    expect(page(folder)).toContain("Faster.");
  });
});
