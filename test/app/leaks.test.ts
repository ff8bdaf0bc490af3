// biome-ignore-all lint/suspicious/noTemplateCurlyInString: ${NAME} is what broadcast.yml holds
/** A credential never gets into a post, and whoever put it there is told without reading it again. */
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { project } from "../campaign/project.ts";
import { broadcast } from "../cli/stand-in.ts";

const TOKEN = "tooter-4711-abcdef";
const SEGMENT = "XyZ123456789012345678901";
const ENV = { SOCIAL_TOKEN: TOKEN, TEAM_WEBHOOK: `https://hooks.slack.com/services/T0000/B0000/${SEGMENT}` };
const CHANNELS = `channels:
  news: { network: feed, folder: public, title: T, url: "https://acme.example/" }
  social: { network: mastodon, server: "https://social.example", token: "\${SOCIAL_TOKEN}" }
  team: { network: slack, webhook: "\${TEAM_WEBHOOK}" }
`;
const CAMPAIGN = "kind: update\ntitle: Acme 2.4 is out\nbody: |\n  One.\n  Two.\nchannels: [news]\n";

function home(campaign: string, more: Record<string, string> = {}): string {
  return project({ "broadcast.yml": CHANNELS, "c.yml": campaign, ...more });
}

const COMMANDS = [
  ["plan"],
  ["plan", "--json"],
  ["plan", "--sandbox"],
  ["preview"],
  ["send", "--yes"],
  ["send", "--dry-run"],
  ["send", "--json", "--yes"],
  ["approve", "--yes", "--as", "me"],
];

describe("a credential in a campaign", () => {
  const spots: [string, string, string][] = [
    ["in its title", CAMPAIGN.replace("is out", TOKEN), "c.yml:2:17"],
    ["in a line of its body, as a part of a webhook", CAMPAIGN.replace("Two", SEGMENT), "c.yml:5:3"],
    ["in a value that nothing names", `${CAMPAIGN}vars: { a: { b: [x, ${TOKEN}] } }\n`, "c.yml:7:21"],
    ["in the wrong place", CAMPAIGN.replace("update", TOKEN), "c.yml:1:7"],
  ];
  it.each(spots)(
    "%s is an error of every command, with its place, and is not repeated",
    async (_, text, at) => {
      const folder = home(text);
      for (const [command = "", ...more] of COMMANDS) {
        const { code, out, err } = await broadcast(folder, [command, "c.yml", ...more], { env: ENV });
        const said = out + err;
        expect(code, said).toBe(2);
        if (more.includes("--json")) expect(said).toContain('"literal-secret"');
        else expect(said).toMatch(new RegExp(`${at}  error  this is the credential of \`(social|team)\``));
        expect(said).not.toContain(TOKEN);
        expect(said).not.toContain(SEGMENT);
      }
    },
  );

  it.each([
    ["percent-encoded", encodeURIComponent(`:${TOKEN}`).replaceAll("-", "%2D")],
    ["in other case", TOKEN.toUpperCase()],
    ["in base64", Buffer.from(`me:${TOKEN}`).toString("base64")],
    ["with an invisible letter inside", TOKEN.replace("-", "\u200b-")],
  ])("is found %s", async (_how, text) => {
    const { code, out, err } = await broadcast(
      home(CAMPAIGN.replace("One", text)),
      ["send", "c.yml", "--yes"],
      {
        env: ENV,
      },
    );
    expect(code, out + err).toBe(2);
    expect(err).toContain("this is the credential of `social`");
    expect(out + err).not.toContain(text);
  });

  it("is not shown where the YAML is broken either", async () => {
    const { code, err } = await broadcast(home(`kind: update\ntitle: "${TOKEN}\n`), ["plan", "c.yml"], {
      env: ENV,
    });
    expect(code).toBe(2);
    expect(err).toContain("a quote is opened");
    expect(err).not.toContain(TOKEN);
  });

  it("is found in what a template says as well", async () => {
    const folder = home(CAMPAIGN, { "templates/update/default.md": `{{ title }} ${TOKEN}\n` });
    const { code, out, err } = await broadcast(folder, ["plan", "c.yml"], { env: ENV });
    expect(code).toBe(2);
    expect(out).toBe("");
    expect(err).toContain("error  the text for `news` contains the credential of `social`");
    expect(err).not.toContain(TOKEN);
  });

  it("is any value of .env, but none that broadcast.yml shows", async () => {
    const words = {
      ".env": "DATABASE=s3cret-of-the-shop\nSERVER=https://social.example/with/a-telling-path-1\n",
    };
    const leaking = home(CAMPAIGN.replace("Two", "s3cret-of-the-shop"), words);
    const { code, err } = await broadcast(leaking, ["plan", "c.yml"], { env: ENV });
    expect([code, err]).toEqual([2, expect.stringContaining("c.yml:5:3  error  this is a value from .env")]);
    expect(err).not.toContain("s3cret");

    const linking = home(CAMPAIGN.replace("Two", "https://social.example/with/a-telling-path-1"), {
      ...words,
      "broadcast.yml": CHANNELS.replace("https://acme.example/", "${SERVER}"),
    });
    expect((await broadcast(linking, ["plan", "c.yml"], { env: ENV })).code).toBe(0);
  });

  it("is found in a plan that was kept before it was one", async () => {
    const folder = home(CAMPAIGN.replace("is out", TOKEN));
    const file = join(folder, "plan.json");
    const planned = await broadcast(folder, ["plan", "c.yml", "--json"], {
      env: { ...ENV, SOCIAL_TOKEN: "another-4711" },
    });
    expect(planned.code).toBe(0);
    writeFileSync(file, planned.out);
    const { code, out, err } = await broadcast(folder, ["send", "--plan", file, "--yes"], { env: ENV });
    expect(code).toBe(2);
    expect(err).toContain("literal-secret");
    expect(out + err).not.toContain(TOKEN);
  });

  it("is not seen where a short password is only a word of the text", async () => {
    const words = { ...ENV, SOCIAL_TOKEN: "sunshine" };
    const { code } = await broadcast(home(CAMPAIGN.replace("is out", "sunshine")), ["plan", "c.yml"], {
      env: words,
    });
    expect(code).toBe(0);
  });
});
