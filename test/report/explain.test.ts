/** Every code that the program can print has an explanation, and no explanation is of a code that it cannot print. */
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { parse } from "yaml";
import { EXIT } from "../../src/errors.ts";
import { STATES } from "../../src/ledger/types.ts";
import { CHAPTERS, codes, explanationOf, PROBLEMS } from "../../src/report/explain/codes.ts";
import { explanationList, explanationPage } from "../../src/report/explain/page.ts";
import { nameOfState } from "../../src/report/outcome.ts";
import { createPaint, PLAIN } from "../../src/report/style.ts";

const all = CHAPTERS.flatMap(({ codes }) => Object.entries(codes));

// Where codes are made; the list of their names and their explanations are no such place.
const sources = readdirSync("src", { recursive: true, encoding: "utf8" })
  .filter(
    (file) => file.endsWith(".ts") && file !== "errors.ts" && !file.startsWith(join("report", "explain")),
  )
  .map((file) => readFileSync(join("src", file), "utf8"))
  .join("\n");

describe("explanations", () => {
  // That each code of a problem, a state and an answer has one is kept by the compiler.
  it("are of codes that the program makes", () => {
    // `code: "x"`, also behind a question; `complain("x", …)`, `refuse("every", "x", …)`, or the argument on a line of its own.
    const dead = Object.keys(PROBLEMS).filter(
      (code) =>
        !new RegExp(`code: .*"${code}"|\\((?:"?\\w+"?, )?"${code}", |^ +"${code}",$`, "m").test(sources),
    );
    expect(dead).toEqual([]);
  });

  it("are there for every exit code and every state, as it is shown", () => {
    const names = STATES.flatMap((state) => [
      nameOfState({ state }),
      nameOfState({ state, code: "auth" }),
      nameOfState({ state, code: "limited" }),
    ]);
    const missing = [...Object.values(EXIT).map(String), ...names].filter((code) => !explanationOf(code));
    expect(missing).toEqual([]);
  });

  it("stand once", () => {
    expect(codes().filter((code, index, list) => list.indexOf(code) !== index)).toEqual([]);
  });

  it.each(all)("%s is said in whole sentences, with an example", (_code, { example, ...words }) => {
    for (const sentence of Object.values(words)) expect(sentence).toMatch(/^[A-Z`].*[^.]\.$/s);
    expect(example).not.toBe("");
  });

  it.each(all.filter(([, { example }]) => /^\w+:/.test(example)))(
    "%s shows YAML that is known",
    (_code, { example }) => {
      const known = ["campaign", "broadcast"].flatMap((name) =>
        Object.keys(JSON.parse(readFileSync(`schema/${name}.schema.json`, "utf8")).properties),
      );
      expect(known).toEqual(expect.arrayContaining(Object.keys(parse(example))));
    },
  );
});

describe("a page", () => {
  const held = explanationOf("held")!;

  const labels = (code: string) =>
    explanationPage(code, explanationOf(code)!, PLAIN)
      .split("\n")
      .map((line) => line.slice(0, 10).trimEnd())
      .filter(Boolean);

  it("says what, why, what to do and how", () => {
    expect(labels("held")).toEqual(["code", "means", "because", "to do", "example"]);
  });

  it("of a problem says only why, since the problem says the rest", () => {
    expect(labels("media-missing")).toEqual(["code", "because", "to do", "example"]);
    expect(Object.keys(explanationOf("media-missing")!)).toEqual(["why", "example"]);
  });

  it("fits the terminal, and leaves commands whole", () => {
    const narrow = { paint: createPaint(false), width: 60, wraps: true };
    const lines = explanationPage("held", held, narrow).split("\n");
    expect(lines.filter((line) => line.length > 60)).toEqual([`example    ${held.example}`]);
    expect(
      Math.max(
        ...explanationList(narrow)
          .split("\n")
          .map((line) => line.length),
      ),
    ).toBeLessThanOrEqual(60);
  });
});
