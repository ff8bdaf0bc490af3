/** What is too much is refused with a number, or planned in time: nothing grows faster than what was written. */
import { describe, expect, it } from "vitest";
import { broadcast, folderWith } from "../cli/stand-in.ts";

const CONFIG = `channels:
  social: { network: mastodon, server: https://m.example, token: "\${T}" }
  brief: { network: bluesky, identifier: a.example, password: "\${T}", max_posts: 2 }
`;
const PARAGRAPH = `  ${"Lorem ipsum dolor sit amet. ".repeat(12)}\n\n`;

interface Planned {
  deliveries: { channel: string; posts: unknown[] }[];
  problems: { code: string; message: string; remedy: string; channel?: string }[];
  error?: { problems: Planned["problems"] };
}

async function plan(campaign: string): Promise<Planned & { code: number; ms: number }> {
  const folder = folderWith({ "broadcast.yml": CONFIG, "c.yml": campaign });
  const began = performance.now();
  const ran = await broadcast(folder, ["plan", "c.yml", "--json"], { env: { T: "t".repeat(20) } });
  const planned: Planned = JSON.parse(ran.out);
  return {
    ...planned,
    problems: planned.problems ?? planned.error?.problems,
    code: ran.code,
    ms: performance.now() - began,
  };
}

const many = (count: number, line: (n: number) => string) =>
  Array.from({ length: count }, (_, n) => line(n)).join("");

describe("a thread", { timeout: 30_000 }, () => {
  it("that is longer than 25 posts, or than its channel allows, is an error with both numbers", async () => {
    const { problems, code } = await plan(
      `kind: update\nbody: |\n${PARAGRAPH.repeat(60)}channels: [social, brief]\n`,
    );
    expect(code).toBe(2);
    expect(problems.map(({ code, channel, message }) => [code, channel, message])).toEqual([
      ["too-many-posts", "social", "the text for `social` makes 45 posts; 25 are allowed"],
      [
        "too-many-posts",
        "brief",
        expect.stringMatching(/^the text for `brief` makes at least \d+ posts; 2 are allowed$/),
      ],
    ]);
    expect(problems[0]?.remedy).toContain("`max_posts`");
  });

  it("may be as long as the campaign says, for all or for one channel", async () => {
    const { problems } = await plan(
      `kind: update\nbody: |\n${PARAGRAPH.repeat(30)}max_posts: 30\nonly:\n  brief: { max_posts: 99 }\nchannels: [social, brief]\n`,
    );
    expect(problems).toEqual([]);
  });

  it.each([0, 1.5, 1001])("of %s posts cannot be asked for", async (most) => {
    const { problems } = await plan(`kind: update\nbody: x\nmax_posts: ${most}\nchannels: [social]\n`);
    expect(problems).toMatchObject([{ code: "wrong-value" }]);
  });
});

describe("a campaign of many", { timeout: 60_000 }, () => {
  it.each([
    [
      "letters",
      `body: |\n${PARAGRAPH.repeat(2_700)}`,
      "markdown-too-complex",
      /900_?\d*|characters; at most 250000/,
    ],
    ["tags", `body: x\ntags:\n${many(10_000, (n) => `  - tag${n}\n`)}`, "wrong-value", /more than 500/],
    [
      "braces",
      `body: "${"{{ x }} ".repeat(20_000)}"\nvars: { x: ab }\n`,
      "too-many-posts",
      /at least 120 posts/,
    ],
    ["unknown names", `body: "${"{{ y }} ".repeat(20_000)}"\n`, "undefined-variable", /`y`/],
    [
      "points",
      `body: |\n${many(4_200, (n) => `  - item number ${n} is here with a few words in it\n`)}`,
      "too-many-posts",
      /at least \d+ posts/,
    ],
    ["keys", `body: x\n${many(10_000, (n) => `k${n}: x\n`)}`, "unknown-key", /k0/],
  ])("%s is refused in time", async (_, words, code, message) => {
    const planned = await plan(`kind: update\n${words}channels: [social]\n`);
    expect(planned.problems[0]).toMatchObject({ code, message: expect.stringMatching(message) });
    expect(planned.code).toBe(2);
    expect(planned.ms).toBeLessThan(6_000);
  });

  it.each([
    ["variables", `body: "{{ v7 }}"\nvars:\n${many(60_000, (n) => `  v${n}: x\n`)}`],
    [
      "variables and tags",
      `body: x\nfit: trim\nvars:\n${many(30_000, (n) => `  v${n}: x\n`)}tags:\n${many(500, (n) => `  - t${n}\n`)}`,
    ],
  ])("%s is planned in time", async (_, words) => {
    const planned = await plan(`kind: update\n${words}channels: [social]\n`);
    expect(planned.deliveries).toHaveLength(1);
    expect(planned.ms).toBeLessThan(8_000);
  });
});
