import fc from "fast-check";
import { describe, expect, it, vi } from "vitest";
import { parse } from "../../src/text/markdown.ts";
import { render as networks } from "../../src/text/render.ts";
import { EVERYTHING } from "../sample.ts";
import "./dialects/all.ts";
import { type Fit, split } from "../../src/text/split.ts";
import { type AnyNode, type Tree, textOf } from "../../src/text/tree.ts";
import type { Rendered, TextRules, Unit } from "../../src/text/types.ts";

vi.setConfig({ testTimeout: process.env.DEEP ? 3_600_000 : 30_000 });
const runs = {
  numRuns: process.env.DEEP ? 100_000 : EVERYTHING ? 1_000 : 250,
  seed: Number(process.env.SEED ?? 20261123),
};

/** A small markup of the test's own: enough to see what was closed and opened. */
function render(tree: Tree): Rendered {
  return { text: tree.children.map((node) => block(node as AnyNode)).join("\n\n"), entities: [], lost: [] };
}

function block(node: AnyNode): string {
  const children = node.children ?? [];
  if (node.type === "list")
    return children.map((child, index) => `${bullet(node, index)} ${block(child)}`).join("\n");
  if (node.type === "blockquote") return children.map((child) => `> ${block(child)}`).join("\n");
  if (node.type === "listItem") return children.map(block).join("\n");
  if (node.type === "code") return `\`\`\`\n${node.value}\n\`\`\``;
  if (node.type === "thematicBreak") return "***";
  return children.map(inline).join("");
}

function bullet(list: AnyNode, index: number): string {
  const { start } = list as { start?: number | null };
  return typeof start === "number" ? `${start + index}.` : "•";
}

function inline(node: AnyNode): string {
  const inside = () => (node.children ?? []).map(inline).join("");
  if (node.type === "strong") return `*${inside()}*`;
  if (node.type === "link") return inside() === urlOf(node) ? inside() : `${inside()} ${urlOf(node)}`;
  if (node.type === "inlineCode") return `\`${node.value}\``;
  if (node.type === "tag") return `#${node.value}`;
  return node.children ? inside() : textOf(node as Tree);
}

const urlOf = (node: AnyNode) => (node as unknown as { url: string }).url;

const rules = (max: number, unit: Unit = "grapheme", more: Partial<TextRules> = {}): TextRules => ({
  max,
  unit,
  markup: "plain",
  ...more,
});

function parts(markdown: string, max: number, fit: Partial<Fit> = {}, more: Partial<TextRules> = {}) {
  return split(
    parse(markdown),
    rules(max, "grapheme", more),
    { fit: "thread", ...fit },
    {},
    render,
  ).parts.map((part) => part.rendered.text);
}

describe("a thread", () => {
  it("is one post when the text fits", () => {
    expect(parts("All is said.", 20)).toEqual(["All is said."]);
  });

  it("breaks between paragraphs before it breaks between sentences", () => {
    expect(parts("One two three. Four five.\n\nSix seven eight. Nine ten.", 30)).toEqual([
      "One two three. Four five.",
      "Six seven eight. Nine ten.",
    ]);
  });

  it("breaks between sentences before it breaks at a comma, and there before between words", () => {
    expect(parts("It is fast, small and free. We like it, and so will you.", 30)).toEqual([
      "It is fast, small and free.",
      "We like it, and so will you.",
    ]);
    expect(parts("We are quite glad about it, and so will you be", 30)).toEqual([
      "We are quite glad about it,",
      "and so will you be",
    ]);
  });

  it("does not take an abbreviation for the end of a sentence", () => {
    expect(parts("It speaks to, e.g. Zurich and Berne. So we ship it.", 40)[0]).toBe(
      "It speaks to, e.g. Zurich and Berne.",
    );
  });

  it("has parts alike in length, not a long one and an orphan", () => {
    const found = parts(
      "Every one of these words is about as long as all the others are. ".repeat(6).trim(),
      300,
    );
    expect(found).toHaveLength(2);
    expect(found.map((part) => part.length)).toEqual([194, 194]);
  });

  it("begins a new post at the author's own break, though all would fit", () => {
    expect(parts("First.\n\n---\n\nSecond.\n\n---\n\n---", 300)).toEqual(["First.", "Second."]);
  });

  it("numbers its parts, and counts the numbers", () => {
    const found = split(
      parse("word ".repeat(80)),
      rules(40),
      { fit: "thread", number: true },
      {},
      render,
    ).parts;
    expect(found.length).toBeGreaterThan(9);
    found.forEach(({ rendered, measured }, index) => {
      expect(rendered.text.endsWith(` (${index + 1}/${found.length})`)).toBe(true);
      expect(measured.length).toBe(rendered.text.length);
      expect(measured.length).toBeLessThanOrEqual(40);
    });
  });

  it("does not number a single post", () => {
    expect(parts("Short.", 40, { number: true })).toEqual(["Short."]);
  });

  it("closes what it cuts through and opens it again", () => {
    expect(parts("**one two three four five six seven**", 22)).toEqual([
      "*one two three four*",
      "*five six seven*",
    ]);
    expect(parts("```\none line\ntwo lines\nthree lines\n```", 28)).toEqual([
      "```\none line\ntwo lines\n```",
      "```\nthree lines\n```",
    ]);
    expect(parts("> one two three. four five six.", 20)).toEqual(["> one two three.", "> four five six."]);
  });

  it("counts on in an ordered list, and gives an item that goes on no second number", () => {
    expect(parts("3. one two three\n4. four five six\n5. seven eight", 20)).toEqual([
      "3. one two three",
      "4. four five six",
      "5. seven eight",
    ]);
    expect(parts("1. one two three, four five six\n2. seven", 24)).toEqual([
      "1. one two three,",
      "four five six\n\n2. seven",
    ]);
  });

  it("keeps a heading with what follows it", () => {
    expect(parts("One two three four.\n\n# Five\n\nSix seven eight.", 28)).toEqual([
      "One two three four.",
      "Five\n\nSix seven eight.",
    ]);
  });

  it("keeps the suffix on the first part", () => {
    const found = parts("One two three four. Five six seven eight.", 45, {
      suffix: parse("https://a.example"),
    });
    expect(found).toEqual(["One two three four.\n\nhttps://a.example", "Five six seven eight."]);
  });

  it("breaks Japanese between sentences and words, and never before a full stop", () => {
    expect(parts("今日は良い天気です。明日も晴れるでしょう。", 12)).toEqual([
      "今日は良い天気です。",
      "明日も晴れるでしょう。",
    ]);
    for (const part of parts("今日は良い天気です。明日も晴れるでしょう。", 7))
      expect(part).not.toMatch(/^[、。]/);
  });

  it("leaves an address in one piece, and says so when it is longer than a post", () => {
    const url = `https://example.com/${"a".repeat(60)}`;
    const found = split(parse(`Look here: ${url} now.`), rules(50), { fit: "thread" }, {}, render);
    expect(found.fits).toBe(false);
    expect(found.parts.some((part) => part.rendered.text.includes(url))).toBe(true);
  });

  it("leaves an address and a number in one piece in a word that must be cut", () => {
    const url = `https://example.com/${"b".repeat(30)}`;
    for (let before = 40; before < 90; before += 1) {
      const value = `${"x".repeat(before)}(${url})${"x".repeat(40)}(2026-11-23)${"x".repeat(90)}`;
      const tree: Tree = {
        type: "root",
        children: [{ type: "paragraph", children: [{ type: "text", value }] }],
      };
      const found = split(tree, rules(60), { fit: "thread" }, {}, render).parts.map(
        (part) => part.rendered.text,
      );
      expect(found.join("")).toBe(value);
      for (const whole of [url, "2026-11-23"])
        expect(found.filter((part) => part.includes(whole))).toHaveLength(1);
    }
  });

  it("counts a content warning on every part", () => {
    const found = split(
      parse("one two three four"),
      rules(14),
      { fit: "thread", warning: "12345" },
      {},
      render,
    );
    expect(found.parts.map((part) => part.rendered.text)).toEqual(["one two", "three", "four"]);
  });

  it("repeats the head of a table that goes on", () => {
    const rows = ["one", "two", "three", "four"].map((name) => `| ${name} | 1 |`).join("\n");
    const table = parse(`| name | n |\n| --- | --: |\n${rows}`);
    const found = split(table, { ...rules(60), markup: "markdown" }, { fit: "thread" }, {}, networks);
    expect(found.parts.length).toBeGreaterThan(1);
    for (const { rendered } of found.parts)
      expect(rendered.text).toMatch(/^\| name \| n \|\n\| --- \| --: \|\n\| /);
    const names = found.parts.flatMap(({ rendered }) => rendered.text.split("\n").slice(2));
    expect(names.map((row) => row.split(" ")[1])).toEqual(["one", "two", "three", "four"]);
  });

  it("carries a footnote with the words it belongs to", () => {
    const seen: string[] = [];
    split(
      parse("One two[^a] three. Four five six.\n\n[^a]: note"),
      rules(24),
      { fit: "thread" },
      {},
      (tree) => {
        seen.push(tree.children.map((node) => node.type).join(" "));
        return render(tree);
      },
    );
    expect(seen.at(-2)).toBe("paragraph footnoteDefinition");
    expect(seen.at(-1)).toBe("paragraph");
  });
});

describe("a trimmed post", () => {
  const long = "We are glad to say that it is out, and that it is good. Do read on.";

  it("ends at a word, in plain sight", () => {
    const found = split(parse(long), rules(30), { fit: "trim" }, {}, render);
    expect(found).toMatchObject({ fits: true, trimmed: true });
    expect(found.parts[0]!.rendered.text).toBe("We are glad to say that it is…");
  });

  it("ends in words when the author's break comes next", () => {
    const found = split(
      parse(`One two\n\n---\n\n${"x".repeat(40)} three four five`),
      rules(12),
      { fit: "trim" },
      {},
      render,
    );
    expect(found.parts[0]!.rendered.text).toBe("One two…");
    const later = split(parse(`---\n\n${"x".repeat(40)}\n\nmore`), rules(12), { fit: "trim" }, {}, render);
    expect(later.parts[0]!.rendered.text).toBe("xxxxxxxxxxx…");
  });

  it("keeps the link", () => {
    const fit: Fit = { fit: "trim", suffix: parse("https://a.example") };
    expect(split(parse(long), rules(40), fit, {}, render).parts[0]!.rendered.text).toBe(
      "We are glad to say…\n\nhttps://a.example",
    );
  });

  it("is left alone when it fits", () => {
    expect(split(parse("Short."), rules(30), { fit: "trim" }, {}, render)).toMatchObject({
      trimmed: false,
      fits: true,
    });
  });

  it("cuts between graphemes when there is no word", () => {
    expect(parts("a".repeat(50), 10, { fit: "trim" })).toEqual(["aaaaaaaaa…"]);
  });

  it("does not fit when not even the suffix does", () => {
    const fit: Fit = { fit: "trim", suffix: parse("https://a.example") };
    expect(split(parse(long), rules(10), fit, {}, render)).toMatchObject({ fits: false, trimmed: false });
  });
});

it("a text to be refused comes back whole", () => {
  const found = split(parse("one two three"), rules(5), { fit: "refuse" }, {}, render);
  expect(found).toMatchObject({ fits: false, trimmed: false });
  expect(found.parts.map((part) => part.rendered.text)).toEqual(["one two three"]);
});

const atoms = [
  "https://acme.example/a/b?c=d",
  "@acme",
  "#OpenSource",
  "`a b c`",
  "👨‍👩‍👧‍👦",
  "🇮🇹",
  "5 GB",
  "10:30",
  "v2.4.0",
  "3.5 km",
  "example.com/x",
];
const word = fc.constantFrom(
  ..."a the words of release syncs twice quickly Überraschung наконец 今日は良い天気です。 सुंदर e\u0301te\u0301 *one **two and three** really, end. Why? So: (indeed)".split(
    " ",
  ),
);
const sentence = fc
  .array(fc.oneof({ weight: 6, arbitrary: word }, fc.constantFrom(...atoms)), { minLength: 1, maxLength: 25 })
  .map((words) => words.join(" "));
const paragraph = fc.oneof(
  { weight: 4, arbitrary: sentence },
  fc
    .array(sentence, { minLength: 1, maxLength: 4 })
    .map((items) => items.map((item) => `- ${item}`).join("\n")),
  fc
    .array(sentence, { minLength: 1, maxLength: 4 })
    .map((items) => items.map((item, index) => `${index + 1}. ${item}`).join("\n")),
  sentence.map((text) => `> ${text}`),
  sentence.map((text) => `# ${text}`),
  sentence.map((text) => `\`\`\`\n${text.replaceAll(" ", "\n")}\n\`\`\``),
  fc.constantFrom("---", "x".repeat(200), "字".repeat(90)),
);
const document = fc.array(paragraph, { minLength: 1, maxLength: 6 }).map((blocks) => blocks.join("\n\n"));
const limits = fc.record({
  max: fc.integer({ min: 60, max: 400 }),
  unit: fc.constantFrom<Unit>("grapheme", "codepoint", "utf16", "byte", "weighted", "emoji-bytes"),
  number: fc.boolean(),
});

describe("for any text", () => {
  it("every part fits and none is empty", () => {
    fc.assert(
      fc.property(document, limits, (markdown, { max, unit, number }) => {
        const found = split(parse(markdown), rules(max, unit), { fit: "thread", number }, {}, render);
        expect(found.fits).toBe(true);
        for (const { rendered, measured } of found.parts) {
          expect(measured.fits).toBe(true);
          if (found.parts.length > 1) expect(rendered.text.trim()).not.toBe("");
        }
      }),
      runs,
    );
  });

  it("every part fits where the first one has less room: beside a picture", () => {
    fc.assert(
      fc.property(
        document,
        limits,
        fc.double({ min: 0.25, max: 1, noNaN: true }),
        (markdown, limit, share) => {
          const { max, unit, number } = limit;
          const first = Math.max(1, Math.round(max * share));
          const found = split(
            parse(markdown),
            rules(max, unit),
            { fit: "thread", number, first },
            {},
            render,
          );
          for (const [index, { measured }] of found.parts.entries()) {
            expect(measured.max).toBe(index === 0 ? first : max);
            // What cannot be divided may be longer than the little room that there is; then it is said.
            if (found.fits) expect(measured.fits).toBe(true);
          }
          if (first >= 60) expect(found.fits).toBe(true);
          const trimmed = split(parse(markdown), rules(max, unit), { fit: "trim", first }, {}, render);
          if (trimmed.fits) expect(trimmed.parts[0]?.measured).toMatchObject({ fits: true, max: first });
        },
      ),
      runs,
    );
  });

  it("the joined parts are the text", () => {
    const said = (tree: Tree) => ({ text: textOf(tree), entities: [], lost: [] });
    const bare = (text: string) => text.replace(/\s+/g, "");
    fc.assert(
      fc.property(document, limits, (markdown, { max, unit }) => {
        const tree = parse(markdown);
        const found = split(tree, rules(max, unit), { fit: "thread" }, {}, said);
        expect(bare(found.parts.map((part) => part.rendered.text).join(""))).toBe(bare(textOf(tree)));
      }),
      runs,
    );
  });

  it("no link, mention, tag, code, emoji or number with its unit is cut", () => {
    const count = (text: string, atom: string) => text.split(atom).length - 1;
    fc.assert(
      fc.property(document, limits, (markdown, { max, unit, number }) => {
        const tree = parse(markdown);
        const whole = render(tree).text;
        const found = split(tree, rules(max, unit), { fit: "thread", number }, {}, render);
        for (const atom of atoms) {
          const there = count(whole, atom);
          const kept = found.parts.reduce((sum, part) => sum + count(part.rendered.text, atom), 0);
          expect(kept, atom).toBe(there);
        }
      }),
      runs,
    );
  });

  it("entities point at the same words in the parts as in the whole", () => {
    const pointed = ({ text, entities }: Rendered) => {
      const bytes = Buffer.from(text);
      return entities.map(({ kind, start, end }) => `${kind} ${bytes.subarray(start, end)}`);
    };
    fc.assert(
      fc.property(document, limits, (markdown, { max, number }) => {
        const tree = parse(markdown);
        const facets: TextRules = { max, unit: "grapheme", markup: "facets", bytes: 3000 };
        const found = split(tree, facets, { fit: "thread", number }, {}, networks);
        expect(found.parts.flatMap((part) => pointed(part.rendered))).toEqual(
          pointed(networks(tree, "facets")),
        );
      }),
      { ...runs, numRuns: runs.numRuns / 2 },
    );
  });

  it("splitting is stable: a part is not split again", () => {
    fc.assert(
      fc.property(document, limits, (markdown, { max, unit }) => {
        const trees = new Map<Rendered, Tree>();
        const keeping = (tree: Tree) => {
          const rendered = render(tree);
          trees.set(rendered, tree);
          return rendered;
        };
        const found = split(parse(markdown), rules(max, unit), { fit: "thread" }, {}, keeping);
        for (const part of found.parts) {
          const again = split(trees.get(part.rendered)!, rules(max, unit), { fit: "thread" }, {}, render);
          expect(again.parts.map(({ rendered }) => rendered.text)).toEqual([part.rendered.text]);
        }
      }),
      { ...runs, numRuns: runs.numRuns / 2 },
    );
  });

  it("a trimmed text fits, ends in an ellipsis and begins like the whole", () => {
    fc.assert(
      fc.property(document, limits, (markdown, { max, unit }) => {
        const tree = parse(markdown);
        const found = split(tree, rules(max, unit), { fit: "trim" }, {}, render);
        expect(found.fits).toBe(true);
        expect(found.parts).toHaveLength(1);
        const [{ rendered, measured }] = found.parts as [(typeof found.parts)[0]];
        expect(measured.fits).toBe(true);
        if (!found.trimmed) return;
        const text = rendered.text.replace(/[\s*`>•]|\d+\.$/g, "");
        expect(text).toContain("…");
        expect(
          render(tree)
            .text.replace(/[\s*`>•]/g, "")
            .startsWith(text.slice(0, text.lastIndexOf("…"))),
        ).toBe(true);
      }),
      runs,
    );
  });
});

it("the work grows with the text, not with its square", () => {
  const work = (times: number) => {
    let letters = 0;
    const text =
      "## News\n\nWe have **made** it, and it is good. It is 5 GB, see https://acme.example/news for more.\n\n- one item\n- another item, longer\n\n".repeat(
        times,
      );
    const counting = (tree: Tree) => {
      const rendered = render(tree);
      letters += rendered.text.length;
      return rendered;
    };
    split(parse(text), rules(300), { fit: "thread", number: true }, {}, counting);
    return letters / text.length;
  };
  const [small, large] = [work(8), work(80)];
  expect(large).toBeLessThan(small * 1.2);
  expect(large).toBeLessThan(6);
});
