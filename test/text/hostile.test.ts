/** Whatever a text holds comes out as that text: no stray bold, no ping, no link, no tag, in every markup. */
import fc from "fast-check";
import type { PhrasingContent } from "mdast";
import { describe, expect, test, vi } from "vitest";
import { clean, oneLine } from "../../src/text/dialects/escape.ts";
import { parse } from "../../src/text/markdown.ts";
import { render } from "../../src/text/render.ts";
import type { Tree } from "../../src/text/tree.ts";
import { textOf } from "../../src/text/tree.ts";
import type { Markup } from "../../src/text/types.ts";
import { EVERYTHING } from "../sample.ts";
import { dialects } from "./dialects/all.ts";
import { hostile } from "./hostile.ts";
import { pingsIn, textOfHtml } from "./pings.ts";

const RUNS = process.env.DEEP ? 100_000 : EVERYTHING ? 1_000 : 100;
const options = { seed: Number(process.env.SEED ?? 20261123), numRuns: RUNS };
vi.setConfig({ testTimeout: process.env.DEEP ? 3_600_000 : 30_000 });
const markups = Object.keys(dialects) as Markup[];
const ZERO = "\u200B";

// An address in a text node links by itself and takes no backslashes; the parser leaves none in texts.
const withoutAddresses = hostile.filter((text) => !/:\/\/|www\.|@a\.|@host\./.test(text));
const literal = (value: string): Tree => ({
  type: "root",
  children: [{ type: "paragraph", children: [{ type: "text", value }] }],
});
/** What a reader should see of a text node: without what nobody may send, on one line. */
const expected = (value: string) => squeeze(oneLine(value).trim());
const squeeze = (text: string) => text.replaceAll(ZERO, "").replace(/\s+/g, " ").trim();
const people = {
  person: (name: string) => (name === "acme" ? { handle: "acme.example", id: "U123" } : undefined),
};

function check(arbitrary: fc.Arbitrary<string>, promise: (text: string) => void) {
  fc.assert(fc.property(arbitrary, promise), options);
}

describe.each(markups)("%s", (markup) => {
  test("never throws, and holds no control characters, whether text or Markdown", () => {
    check(hostile, (text) => {
      for (const tree of [literal(text), parse(text)]) {
        const { text: written, plain, entities } = render(tree, markup, people);
        const allowed = markup === "irc" ? written.replace(/[\x02\x11\x1D\x1E]/g, "") : written;
        for (const form of [allowed, plain ?? ""]) expect(clean(form)).toBe(form.replaceAll(ZERO, ""));
        const bytes = Buffer.from(written);
        let last = 0;
        for (const { start, end } of entities) {
          expect(start).toBeGreaterThanOrEqual(last);
          expect(end).toBeGreaterThan(start);
          expect(end).toBeLessThanOrEqual(bytes.length);
          last = end;
        }
      }
    });
  });

  test("calls nobody whom the author did not put on the map", () => {
    check(hostile, (text) => {
      for (const tree of [literal(text), parse(text)]) {
        const { text: written, plain = "" } = render(tree, markup);
        expect(pingsIn(markup, written)).toEqual([]);
        if (plain && markup !== "chat-html") expect(pingsIn("plain", plain)).toEqual([]);
      }
    });
  });
});

describe("a strict reader", () => {
  test("of Telegram's HTML finds the tags it knows, closed in order, and the same text", () => {
    check(hostile, (text) => {
      expect(squeeze(readHtml(render(literal(text), "chat-html").text, TELEGRAM))).toBe(expected(text));
      const { text: written, plain } = render(parse(text), "chat-html");
      expect(squeeze(readHtml(written, TELEGRAM))).toBe(squeeze(plain!));
    });
  });

  test.each(["html", "matrix"] as const)("of %s finds it well-formed, and the same text", (markup) => {
    check(hostile, (text) => {
      expect(squeeze(readHtml(render(literal(text), markup).text, HTML))).toBe(expected(text));
      readHtml(render(parse(text), markup).text, HTML);
    });
  });

  test("of mrkdwn finds no mark, no call, and the same text", () => {
    check(hostile, (text) => {
      const { text: written } = render(literal(text), "mrkdwn");
      expect(written).not.toMatch(/[<>]|&(?!(?:amp|lt|gt);)/);
      expect(written).not.toMatch(
        /(?:^|[\s!-/:-@[-`{-~])([*_~`])(?=[^\s\u200B])(?:.*?[^\s\u200B])?\1(?=$|[\s!-/:-@[-`{-~])/,
      );
      expect(squeeze(written.replace(/&lt;/g, "<").replace(/&gt;/g, ">").replace(/&amp;/g, "&"))).toBe(
        expected(text),
      );
    });
  });

  test("of little text finds every reserved character escaped, and the same text", () => {
    check(hostile, (text) => {
      const { text: written } = render(literal(text), "little-text");
      expect(written.replace(/\\[|{}@[\]()<>#\\*_~]/g, "")).not.toMatch(/[|{}@[\]()<>#\\*_~]/);
      expect(squeeze(written.replace(/\\(.)/g, "$1"))).toBe(expected(text));
      const rich = render(parse(text), "little-text").text.replace(/\{hashtag\|\\#\|(?:\\_|[^|{}])+\}/g, "");
      expect(rich.replace(/\\[|{}@[\]()<>#\\*_~]/g, "")).not.toMatch(/[|{}@[\]()<>#\\*_~]/);
    });
  });

  test("of wikitext finds character references, and the same text", () => {
    check(hostile, (text) => {
      const { text: written } = render(literal(text), "wikitext");
      expect(written).not.toMatch(/[<>[\]{}|~=]|''|__|^[*#:; -]/);
      expect(squeeze(written.replace(/&#(\d+);/g, (_, code) => String.fromCodePoint(Number(code))))).toBe(
        expected(text),
      );
    });
  });

  test.each(["markdown", "mattermost", "reddit", "chat-markdown"] as const)(
    "of %s finds one paragraph of text",
    (markup) => {
      check(withoutAddresses, (text) => {
        const read = parse(render(literal(text), markup).text);
        expect(squeeze(textOf(read))).toBe(expected(text));
        for (const block of read.children) {
          expect(block.type).toBe("paragraph");
          const kinds = ("children" in block ? (block.children as PhrasingContent[]) : []).map(
            ({ type }) => type,
          );
          expect(kinds.filter((kind) => !["text", "link", "mention", "tag"].includes(kind))).toEqual([]);
        }
      });
    },
  );

  test("of MFM finds what is alive only inside <plain>", () => {
    check(hostile, (text) => {
      const { text: written } = render(literal(text), "mfm");
      const plain = /^<plain>([\s\S]*)<\/plain>$/.exec(written);
      if (plain) expect(plain[1]).not.toContain("</plain>");
      else expect(written).not.toMatch(/[*`~<>$[\]\\]/);
      expect(squeeze(plain?.[1] ?? written)).toBe(expected(text));
    });
  });

  test.each(["plain", "facets", "npf", "irc"] as const)("of %s finds the same text", (markup) => {
    check(hostile, (text) => {
      expect(squeeze(render(literal(text), markup).text)).toBe(expected(text));
    });
  });
});

test("Markdown that is written and read again says the same", () => {
  // Names and topics are kept from being ones by something invisible, which reading drops.
  const unsigned = hostile.filter((text) => !/[@#]/.test(text));
  check(unsigned, (text) => {
    const once = render(parse(text), "markdown").text;
    const html = (markdown: string) =>
      render(parse(markdown), "html")
        .text.replaceAll(ZERO, "")
        .replace(/\s+/g, " ")
        .replace(/ (?=<br>)|(?<=<p>)(?: |<br>)+|(?: |<br>)+(?=<\/)/g, "")
        .replace(/%(?:28|29|5B|5D)/g, (code) => decodeURIComponent(code));
    expect(html(once).trim()).toBe(html(text).trim());
  });
});

test("a facet's bytes are the words it stands for", () => {
  check(hostile, (text) => {
    const { text: written, entities } = render(parse(text), "facets", people);
    const bytes = Buffer.from(written);
    for (const entity of entities) {
      const stretch = bytes.subarray(entity.start, entity.end);
      const words = stretch.toString();
      expect(Buffer.from(words).equals(stretch)).toBe(true);
      if (entity.kind === "tag") expect(words).toBe(`#${entity.tag}`);
      if (entity.kind === "mention") expect(words).toBe(`@${entity.handle}`);
      if (entity.kind === "link") expect(words.trim()).not.toBe("");
    }
  });
});

const TELEGRAM = /^(?:b|i|s|code|pre|blockquote|a href="[^"<>]*"|code class="language-[\w+#.-]*")$/;
const HTML =
  /^(?:p|h[1-6]|ul|ol|ol start="\d+"|li|blockquote|pre|code|code class="language-[\w+#.-]*"|table|thead|tbody|tr|th|td|hr|br|div|sup|strong|em|del|a href="(?:https?:\/\/|mailto:)[^"<>]*"|img src="https?:\/\/[^"<>]*" alt="[^"<>]*")$/;
const VOID = new Set(["br", "hr", "img"]);

/** The text of HTML in which only `allowed` tags stand, each closed in order, and every sign is an entity. */
function readHtml(html: string, allowed: RegExp): string {
  const open: string[] = [];
  let text = "";
  for (const part of html.split(/(<[^<>]*>)/)) {
    if (!part.startsWith("<")) {
      expect(part).not.toMatch(/[<>"]|&(?!(?:amp|lt|gt|quot);)/);
      text += textOfHtml(part);
    } else if (part.startsWith("</")) expect(open.pop()).toBe(part.slice(2, -1));
    else {
      expect(part.slice(1, -1)).toMatch(allowed);
      const name = /^<(\w+)/.exec(part)![1]!;
      if (!VOID.has(name)) open.push(name);
    }
  }
  expect(open).toEqual([]);
  return text;
}
