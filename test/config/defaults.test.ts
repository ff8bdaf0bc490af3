// biome-ignore-all lint/suspicious/noTemplateCurlyInString: ${NAME} is what broadcast.yml holds
/** What channels have that do not say it themselves. */
import { expect, it } from "vitest";
import { brief, config, ENV, project } from "../campaign/project.ts";

const CHANNELS =
  "channels:\n  one: { network: birdsong }\n  two: { network: birdsong, lang: de, token: '${TWO}' }\n  birdsong: {}\n";

async function read(text: string, files: Record<string, string> = {}) {
  const folder = project({ "broadcast.yml": text, ...files });
  return config(folder, { env: { ...ENV, TWO: "two-secret-token" } });
}

it("adds what a channel does not say, by its network", async () => {
  const { config: known, problems } = await read(
    `${CHANNELS}defaults:\n  birdsong: { lang: it, server: https://own.example, token: '\${BIRD_TOKEN}' }\n`,
  );
  expect(problems).toEqual([]);
  expect(known?.channels.get("one")).toMatchObject({
    lang: "it",
    settings: { server: "https://own.example", token: ENV.BIRD_TOKEN },
  });
  expect(known?.channels.get("two")).toMatchObject({ lang: "de", settings: { token: "two-secret-token" } });
  expect(known?.channels.get("birdsong")).toMatchObject({ lang: "it" });
});

it("goes from the channel over its groups and its network to the network's group", async () => {
  const { config: known, problems } = await read(
    `${CHANNELS}groups:\n  all: [some]\n  some: [one]\ndefaults:\n  public: { lang: fr, timezone: Asia/Tokyo, audience: internal, max_posts: 3 }\n  birdsong: { lang: it, timezone: Europe/Rome, token: '\${BIRD_TOKEN}' }\n  all: { lang: es }\n`,
  );
  expect(problems).toEqual([]);
  const said = (name: string) => known?.channels.get(name);
  expect(said("one")).toMatchObject({
    lang: "es",
    timezone: "Europe/Rome",
    audience: "internal",
    maxPosts: 3,
  });
  expect(said("two")).toMatchObject({ lang: "de", timezone: "Europe/Rome" });
  expect(said("birdsong")).toMatchObject({ lang: "it" });
});

it("of an included file is for its own channels, and comes before the one of broadcast.yml", async () => {
  const { config: known, problems } = await read(
    `include: [acme.yml]\ndefaults:\n  birdsong: { lang: it, timezone: Europe/Rome, token: '\${BIRD_TOKEN}' }\n${CHANNELS}`,
    { "acme.yml": "defaults:\n  birdsong: { lang: ja }\nchannels:\n  acme: { network: birdsong }\n" },
  );
  expect(problems).toEqual([]);
  expect(known?.channels.get("acme")).toMatchObject({ lang: "ja", timezone: "Europe/Rome" });
  expect(known?.channels.get("one")).toMatchObject({ lang: "it" });
});

it("changes which account a channel is when it says so", async () => {
  const fingerprint = async (text: string) =>
    (await read(text)).config?.channels.get("one")?.accountFingerprint;
  const without = await fingerprint(CHANNELS);
  const other = await fingerprint(`${CHANNELS}defaults: { birdsong: { server: https://own.example } }\n`);
  const same = await fingerprint(
    CHANNELS.replace("one: { network: birdsong }", "one: { network: birdsong, server: https://own.example }"),
  );
  expect(other).not.toBe(without);
  expect(other).toBe(same);
});

it("shows each mistake once, where it is written", async () => {
  const { problems } = await read(
    [
      `include: acme.yml\n${CHANNELS}groups:\n  a: [one]\n  b: [one]\ndefaults:`,
      "  birdsong: { servre: x, token: sup3r-s3cret, network: roomy }",
      "  birdsnog: { lang: it }",
      "  team: { room: x }",
      "  a: { lang: it }",
      "  b: { lang: fr }\n",
    ].join("\n"),
    { "acme.yml": "defaults:\n  birdsong: { lang: 3 }\n  public: 4\n" },
  );
  expect(problems.filter(({ channel }) => !channel).map(brief)).toEqual([
    "broadcast.yml:10:15 unknown-key",
    "broadcast.yml:10:33 literal-secret",
    "broadcast.yml:10:47 unknown-key",
    "broadcast.yml:11:3 unknown-network",
    "broadcast.yml:12:11 unknown-key",
    "broadcast.yml:14:14 wrong-value",
    "acme.yml:2:21 wrong-type",
    "acme.yml:3:11 wrong-type",
  ]);
  expect(JSON.stringify(problems)).not.toContain("sup3r");
});

it("hides a secret also where no channel takes it", async () => {
  const { problems } = await read(
    "channels:\n  one: { network: birdsong, token: '${BIRD_TOKEN}' }\ndefaults: { roomy: { webhook: 'https://sup3r' }, x: {} }\n",
  );
  expect(problems.map(brief)).toEqual(["broadcast.yml:3:50 unknown-network"]);
  expect(JSON.stringify(problems)).not.toContain("sup3r");
});
