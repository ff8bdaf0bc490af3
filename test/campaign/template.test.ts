import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { createTemplates, type TemplateData } from "../../src/campaign/template.ts";
import { InputError, type Problem } from "../../src/errors.ts";
import { campaign, project } from "./project.ts";

const DATA: TemplateData = {
  title: "Acme {{ version }} is out",
  body: "**Acme** {{ version }} syncs.",
  tags: ["release"],
  vars: { version: "2.4.0", changes: ["Sync", "Offline"], when: "2026-12-01T08:00:00Z" },
  kind: "release",
  channel: { name: "bird", network: "birdsong" },
  campaign: { id: "campaigns/2-4.yml" },
};

const templatesIn = (files: Record<string, string>, ...shipped: Record<string, string>[]) => {
  const folders = [files, ...shipped].map((content) => project(content));
  return createTemplates({ folders, cwd: folders[0] });
};

const fill = (text: string, changes: Partial<TemplateData> = {}) =>
  createTemplates({ folders: [] }).fill(text, { ...DATA, ...changes });

function problemOf(run: () => unknown): Problem {
  try {
    run();
  } catch (error) {
    if (error instanceof InputError) return error.problems[0]!;
    throw error;
  }
  throw new Error("nothing was wrong");
}

describe("a template", () => {
  const render = (files: Record<string, string>, ...shipped: Record<string, string>[]) =>
    templatesIn(files, ...shipped).render("release", ["bird", "birdsong", "short", "default"], DATA);

  test("gets the campaign's words, already filled", () => {
    const filled = render({
      "release/default.md": "# {{ title }}\n\n{{ body }}\n\n{% if link %}{{ link }}{% endif %}\n",
    });
    expect(filled).toEqual({
      markdown: "# Acme 2.4.0 is out\n\n**Acme** 2.4.0 syncs.",
      title: "Acme 2.4.0 is out",
      body: "**Acme** 2.4.0 syncs.",
      summary: undefined,
      template: "release/default.md",
    });
  });

  test("is the channel's, else the network's, else the shape's, else the default", () => {
    const files = {
      "release/bird.md": "1",
      "release/birdsong.md": "2",
      "release/short.md": "3",
      "release/default.md": "4",
    };
    expect(render(files).markdown).toBe("1");
    const { "release/bird.md": _, ...others } = files;
    expect(render(others).markdown).toBe("2");
    expect(render({ "release/default.md": "4", "update/bird.md": "5" }).markdown).toBe("4");
  });

  test("of the project goes before every shipped one", () => {
    expect(render({ "release/default.md": "ours" }, { "release/bird.md": "shipped" }).markdown).toBe("ours");
    expect(render({}, { "release/short.md": "shipped" }).markdown).toBe("shipped");
  });

  test("that is missing is named with its places", () => {
    expect(problemOf(() => render({}))).toMatchObject({
      code: "no-template",
      remedy: expect.stringMatching(/release\/bird\.md`.*release\/default\.md/),
    });
  });

  test("cannot be reached outside its folder", () => {
    const templates = templatesIn({ "secret.md": "s3cret", "release/default.md": "ok" });
    expect(templates.render("release", ["../secret", "default"], DATA).markdown).toBe("ok");
  });

  test("names its line and column when it is wrong", () => {
    const problem = problemOf(() => render({ "release/default.md": "# {{ title }}\n\nBy {{ titel }}\n" }));
    expect(problem).toMatchObject({
      code: "undefined-variable",
      message: "`titel` is not defined",
      remedy: "Did you mean `title`?",
      place: { file: "release/default.md", line: 3, column: 7, length: 5, text: "By {{ titel }}" },
    });
  });
});

describe("the campaign's own words", () => {
  test("name their place in the campaign's file when they are wrong", async () => {
    const { campaign: read } = await campaign(
      "kind: release\ntitle: Acme\nvars: { version: 1 }\nbody: |\n  One\n  two {{ versoin }}\nchannels: [bird]\n",
    );
    const templates = templatesIn({ "release/default.md": "{{ body }}" });
    const problem = problemOf(() =>
      templates.render("release", ["default"], { ...DATA, body: read?.body as string }, (key, spot) =>
        read?.source.placeIn([key], spot),
      ),
    );
    expect(problem).toMatchObject({
      code: "undefined-variable",
      remedy: "Did you mean `version`?",
      place: { file: "campaign.yml", line: 6, column: 10, length: 7, text: "  two {{ versoin }}" },
    });
  });

  test.each<[string, string, string, RegExp]>([
    ["an undefined variable", "{{ nothing }}", "undefined-variable", /`nothing:` under `vars:`/],
    ["an undefined variable in vars", "{{ vars.versoin }}", "undefined-variable", /`vars.version`/],
    ["an unknown filter", "{{ version | upcas }}", "unknown-filter", /`upcase`/],
    ["an open brace", "{{ version", "template-syntax", /not closed/],
    ["an open tag", "{% if version %}x", "template-syntax", /not closed/],
    ["an unknown tag", "{% script %}", "template-syntax", /script/],
    ["a file", "{% include 'x' %}", "template-syntax", /include/],
    ["a prototype", "{{ version.constructor }}", "undefined-variable", /constructor/],
    ["the present", "{{ 'now' | date }}", "template-syntax", /is not a date/],
    ["a huge range", "{% for i in (1..1000000000) %}x{% endfor %}", "template-limit", /loops/],
    [
      "an endless loop",
      "{% for i in (1..9000) %}{% for j in (1..9000) %}{% endfor %}{% endfor %}",
      "template-limit",
      /loops/,
    ],
    [
      "endless output",
      "{% for i in (1..9000) %}{% for j in (1..9000) %}0123456789{% endfor %}{% endfor %}",
      "template-limit",
      /loops/,
    ],
    [
      "endless output in a capture",
      "{% capture x %}{% for i in (1..900000) %}0123456789{% endfor %}{% endcapture %}",
      "template-limit",
      /loops/,
    ],
    [
      "doubling",
      `{% assign a = "0123456789" %}${"{% assign a = a | append: a %}".repeat(40)}`,
      "template-limit",
      /loops/,
    ],
  ])("%s is refused", (_, text, code, words) => {
    const started = performance.now();
    const { message, remedy, code: found } = problemOf(() => fill(text));
    expect(found).toBe(code);
    expect(`${message} ${remedy}`).toMatch(words);
    expect(performance.now() - started).toBeLessThan(3000);
  });

  test("without Liquid stay as they are", () => {
    expect(fill("100% {plain} *text*")).toBe("100% {plain} *text*");
  });

  test("may ask for what is not there", () => {
    expect(fill("{% if subtitle %}x{% else %}none{% endif %}{% if link %}y{% endif %}")).toBe("none");
  });

  test("know the campaign and the channel, and variables by two names", () => {
    expect(fill("{{ channel.network }} {{ campaign.id }} {{ kind }} {{ vars.version }} {{ version }}")).toBe(
      "birdsong campaigns/2-4.yml release 2.4.0 2.4.0",
    );
  });
});

describe("filters", () => {
  test.each<[string, string]>([
    ["{{ 'acme' | mention }} {{ '@acme' | mention }}", "@acme @acme"],
    [
      "{{ 'open source' | tag }} {{ 'release' | tag }} {{ '#iOS' | tag }} {{ 'état de l’art' | tag }}",
      "#OpenSource #release #iOS #ÉtatDeLArt",
    ],
    ["{{ changes | list }}", "- Sync\n- Offline"],
    ["{{ body | strip_markdown }}", "Acme {{ version }} syncs."],
    ["{{ 'It is out. It is fast.' | first_sentence }}", "It is out."],
    ["{{ 'Use it, e.g. at Dr. Who. Then rest.' | first_sentence }}", "Use it, e.g. at Dr. Who."],
    ["{{ '👨‍👩‍👧‍👦👨‍👩‍👧‍👦👨‍👩‍👧‍👦' | truncate_graphemes: 2 }}", "👨‍👩‍👧‍👦…"],
    ["{{ 'short' | truncate_graphemes: 5 }}", "short"],
    ["{{ when | date: '%d/%m/%Y %H:%M' }}", "01/12/2026 08:00"],
    ["{{ when | date: '%H:%M', 'Europe/Rome' }}", "09:00"],
    ["{{ '2026-12-01' | date: '%-d %B' }}", "1 December"],
  ])("%s", (text, expected) => {
    expect(fill(text)).toBe(expected);
  });

  test("dates are in the channel's zone and language", () => {
    expect(fill("{{ when | date: '%-d %B %H:%M' }}", { lang: "it", timezone: "America/New_York" })).toBe(
      "1 dicembre 03:00",
    );
  });

  // Two zones, so that whichever this machine is in, a leak of it shows.
  test.each(["America/New_York", "Asia/Tokyo"])(
    "a day is a day and a clock's time is that time, in %s too",
    (timezone) => {
      const text = "{{ '2026-12-01' | date: '%d %H' }} {{ '2026-12-01 09:00' | date: '%d %H' }}";
      expect(fill(text, { timezone })).toBe("01 00 01 09");
    },
  );

  test.each(["now", "today", "soon", "1 Dec 2026", "2026-13-01"])("%s is not a date", (value) => {
    expect(problemOf(() => fill(`{{ '${value}' | date }}`))).toMatchObject({
      message: expect.stringMatching(/is not a date/),
    });
  });

  test("that give another text another day are not there", () => {
    expect(problemOf(() => fill("{{ tags | sample }}")).code).toBe("unknown-filter");
  });
});

test("a broken template file is said and not thrown", () => {
  const folder = project({ "release/default.md": Buffer.from("caffè", "latin1") });
  const templates = createTemplates({ folders: [folder], cwd: folder });
  expect(problemOf(() => templates.render("release", ["default"], DATA))).toMatchObject({
    code: "wrong-encoding",
    place: { file: join("release", "default.md") },
  });
});
