import { parse, safeParse } from "valibot";
import { describe, expect, it } from "vitest";
import { byHand } from "../../src/adapters/by-hand/by-hand.ts";
import { PLACES } from "../../src/adapters/by-hand/places.ts";
import { byHand as half } from "../../src/sandbox/networks/by-hand.ts";
import { postOf } from "../../src/testing.ts";
import { describeAdapter } from "./contract.ts";

describeAdapter(byHand, half);

const settings = (written: object) => parse(byHand.channel, written);
const post = postOf({
  text: "Acme 2.4 is out: 100 % faster & calmer.",
  title: "Acme 2.4",
  link: { url: "https://acme.example/2-4?a=1" },
  tags: ["release"],
  options: {},
});

describe("a place without an API", () => {
  it("is written on a page of its own, filled in as far as it takes", () => {
    expect(byHand.byHand!(post, settings({ place: "hackernews" }))).toEqual({
      place: "Hacker News",
      url: "https://news.ycombinator.com/submitlink?u=https%3A%2F%2Facme.example%2F2-4%3Fa%3D1&t=Acme%202.4",
      filled: ["title", "link"],
    });
    expect(byHand.byHand!(post, settings({ place: "whatsapp" })).url).toBe(
      "https://wa.me/?text=Acme%202.4%20is%20out%3A%20100%20%25%20faster%20%26%20calmer.",
    );
  });

  it("whose address would be too long gets the text by the clipboard", () => {
    const long = { ...post, text: "ä".repeat(2_000) };
    expect(byHand.byHand!(long, settings({ place: "reddit" }))).toEqual({
      place: "Reddit",
      url: "https://www.reddit.com/submit?selftext=true&title=Acme%202.4&text=",
      filled: ["title"],
    });
  });

  it("may be the project's own", () => {
    const own = settings({
      place: "Our intranet",
      compose: "https://in.acme.example/new?t={title}",
      max: 500,
    });
    expect(byHand.byHand!(post, own)).toEqual({
      place: "Our intranet",
      url: "https://in.acme.example/new?t=Acme%202.4",
      filled: ["title"],
    });
    expect(byHand.rulesFor!(own)).toMatchObject({ text: { max: 500 } });
  });

  it("that nobody knows is an error, with the one that was probably meant", () => {
    const said = (written: object) =>
      safeParse(byHand.channel, written).issues?.map(({ message }) => message);
    expect(said({ place: "hackernew" })).toEqual([expect.stringContaining("did you mean `hackernews`?")]);
    expect(byHand.byHand!(post, settings({ place: "Hacker News" })).url).toContain("ycombinator");
    expect(said({ place: "Our intranet" })).toBeUndefined();
    expect(said({ place: "Our intranet", compose: "javascript:alert(1)" })).toEqual([
      expect.stringContaining("is not a web address"),
    ]);
  });

  it("has rules of its own", () => {
    expect(byHand.rulesFor!(settings({ place: "hackernews" }))).toMatchObject({
      title: { max: 80, required: true },
    });
    expect(byHand.rulesFor!(settings({ place: "reddit" }))).toMatchObject({
      shape: "article",
      text: { max: 40_000, markup: "markdown" },
    });
  });

  it("has an address that is one, whatever is filled in", () => {
    for (const place of Object.keys(PLACES)) {
      const { url } = byHand.byHand!({ ...post, text: "\u0000 %zz & #\n'\"<>" }, settings({ place }));
      expect(url === undefined || URL.canParse(url), place).toBe(true);
      expect(url).not.toMatch(/\{(text|title|link|tags)\}/);
    }
  });
});
