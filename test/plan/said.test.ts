/** What a network cannot say, or shows in another way, is said in the plan. */
import { describe, expect, it } from "vitest";
import { broadcast, folderWith } from "../cli/stand-in.ts";
import { gif } from "../media/images.ts";

const CONFIG = `channels:
  social: { network: mastodon, server: https://m.example, token: "\${T}", lang: it }
  brief: { network: bluesky, identifier: a.example, password: "\${T}" }
`;

interface Planned {
  deliveries: { channel: string; posts: { post: { text: string; lang?: string } }[] }[];
  problems: {
    severity: string;
    code: string;
    message: string;
    channel?: string;
    place?: { line?: number };
  }[];
}

async function plan(campaign: string, files: Record<string, Buffer> = {}): Promise<Planned> {
  const folder = folderWith({ "broadcast.yml": CONFIG, "c.yml": `kind: update\n${campaign}`, ...files });
  const ran = await broadcast(folder, ["plan", "c.yml", "--json"], { env: { T: "t".repeat(20) } });
  return JSON.parse(ran.out);
}

describe("a plan says", { timeout: 30_000 }, () => {
  it("which hashtags lose signs, and says none twice", async () => {
    const { problems, deliveries } = await plan(
      'body: x\ntags: [C++, "C#", "R&D", v2.4.0, open-source]\nchannels: [social]\n',
    );
    expect(problems.map(({ severity, message }) => `${severity} ${message}`)).toEqual([
      "warning `#C++` can only be said as `#C`: a hashtag has letters, digits and _",
      "warning `#C#` and `#C++` are the same hashtag, `#C`",
      "warning `#R&D` can only be said as `#RD`: a hashtag has letters, digits and _",
      "warning `#v2.4.0` can only be said as `#V240`: a hashtag has letters, digits and _",
    ]);
    expect(deliveries[0]?.posts[0]?.post.text).toMatch(/#C #RD #V240 #OpenSource$/);
  });

  it("which stars mark nothing, and what is HTML, with its line", async () => {
    const { problems } = await plan(
      'body: |\n  Fine.\n\n  **Status:**Healthy and <a href="https://a.example.org">here</a>\nchannels: [social]\n',
    );
    expect(problems.map(({ code, message, place }) => [code, message, place?.line])).toEqual([
      ["no-effect", "`**Status:**Healthy` has stars that mark nothing, and readers see them", 5],
      ["no-effect", '`<a href="https://a.example.org">` is HTML, and readers see it as it stands', 5],
    ]);
  });

  it("which picture will not move", async () => {
    const { problems } = await plan(
      "body: x\nmedia: [{ file: a.gif, alt: a }]\nchannels: [social, brief]\n",
      { "a.gif": gif(2) },
    );
    expect(problems).toMatchObject([
      {
        severity: "warning",
        code: "media-still",
        channel: "brief",
        message: "`a.gif` moves, and Bluesky shows it as a still picture",
      },
    ]);
  });
});

describe("the language of a post", { timeout: 30_000 }, () => {
  it("is the campaign's, where its words are there once", async () => {
    const { deliveries } = await plan("lang: en\nbody: Hello\nchannels: [social, brief]\n");
    expect(deliveries.map(({ posts }) => posts[0]?.post.lang)).toEqual(["en", "en"]);
  });

  it("is the channel's, where the words are there in it", async () => {
    const { deliveries } = await plan("lang: en\nbody: { en: Hello, it: Ciao }\nchannels: [social, brief]\n");
    expect(deliveries.map(({ posts }) => [posts[0]?.post.lang, posts[0]?.post.text])).toEqual([
      ["it", "Ciao"],
      ["en", "Hello"],
    ]);
  });
});
