import { describe, expect, it } from "vitest";
import type { Problem } from "../../src/errors.ts";
import { frame, frames, verdictLine } from "../../src/report/code-frame.ts";
import { createPaint, PLAIN } from "../../src/report/style.ts";

const typo: Problem = {
  severity: "error",
  code: "unknown-kind",
  message: "`kind` must be one of `release` or `update`",
  remedy: "Did you mean `release`?",
  place: { file: "campaigns/release.yml", line: 3, column: 7, length: 6, text: "kind: relase" },
};

function marked(text: string, column: number, length: number, width = 80): string[] {
  const place = { file: "a.yml", line: 1, column, length, text };
  return frame({ ...typo, remedy: undefined, place }, { ...PLAIN, width })
    .split("\n")
    .slice(1);
}

describe("a problem", () => {
  it("shows the place, the line with a caret, and the remedy", () => {
    expect(frame(typo, PLAIN)).toBe(
      [
        "campaigns/release.yml:3:7  error  `kind` must be one of `release` or `update`",
        "  3 │ kind: relase",
        "    │       ^^^^^^",
        "  = Did you mean `release`?",
      ].join("\n"),
    );
  });

  it("lines the gutter up with the line's number", () => {
    const place = { ...typo.place!, line: 120 };
    expect(frame({ ...typo, place, severity: "warning" }, PLAIN)).toBe(
      [
        "campaigns/release.yml:120:7  warning  `kind` must be one of `release` or `update`",
        "  120 │ kind: relase",
        "      │       ^^^^^^",
        "  = Did you mean `release`?",
      ].join("\n"),
    );
  });

  it("does without a place, without a line and without a remedy", () => {
    expect(frame({ ...typo, place: undefined, remedy: undefined }, PLAIN)).toBe(
      "error  `kind` must be one of `release` or `update`",
    );
    expect(frame({ ...typo, place: { file: "plan.json" }, remedy: undefined }, PLAIN)).toBe(
      "plan.json  error  `kind` must be one of `release` or `update`",
    );
  });

  it("puts the caret below wide characters and emoji", () => {
    expect(marked("名: 値段 x", 7, 1)).toEqual(["  1 │ 名: 値段 x", "    │          ^"]);
    expect(marked("👩‍👩‍👧 = x", 12, 1)).toEqual(["  1 │ 👩‍👩‍👧 = x", "    │      ^"]);
    expect(marked("値段", 1, 2)).toEqual(["  1 │ 値段", "    │ ^^^^"]);
  });

  it("cuts a long line on both sides of the caret", () => {
    const [line, caret] = marked(`${"a".repeat(200)}WRONG${"b".repeat(200)}`, 201, 5);
    expect(line!.length).toBeLessThanOrEqual(80);
    expect(line).toMatch(/│ …a+WRONGb+…$/);
    expect(caret!.indexOf("^")).toBe(line!.indexOf("WRONG"));
    expect(caret!.match(/\^+/)![0]).toHaveLength(5);
  });

  it("keeps the start of a line when the caret is near it", () => {
    const [line] = marked(`kind: ${"x".repeat(300)}`, 7, 300);
    expect(line).toMatch(/│ kind: x+…$/);
    expect(line!.length).toBeLessThanOrEqual(80);
  });

  it("lets no control character of a file through", () => {
    const place = {
      file: "a\x1b[2J.yml",
      line: 1,
      column: 8,
      length: 3,
      text: "a\x1b[31mb\x07 \x9b1mccc\u202eddd",
    };
    const out = frame(
      { ...typo, message: "bad \x1b]0;title\x07value", remedy: "no\x1b[0m\rway", place },
      PLAIN,
    );
    expect(out).not.toMatch(/[\0-\x09\x0b-\x1f\x7f-\x9f\u202e]/);
    expect(out).toContain("a.yml:1:8  error  bad value");
  });

  it("paints when asked to, and says the same", () => {
    const painted = frame(typo, { ...PLAIN, paint: createPaint(true) });
    expect(painted).toContain("\x1b[31merror\x1b[39m");
    expect(painted.replace(/\x1b\[\d+m/g, "")).toBe(frame(typo, PLAIN));
  });
});

describe("several problems", () => {
  it("are separated by a blank line", () => {
    expect(frames([typo, { ...typo, place: undefined }], PLAIN).split("\n\n")).toHaveLength(2);
  });

  it("are counted, and warnings alone stop nothing", () => {
    const warning: Problem = { ...typo, severity: "warning" };
    expect(verdictLine([typo], PLAIN)).toBe("1 problem, nothing was sent.");
    expect(verdictLine([typo, typo], PLAIN)).toBe("2 problems, nothing was sent.");
    expect(verdictLine([typo, typo], PLAIN, false)).toBe("2 problems.");
    expect(verdictLine([typo, warning, warning], PLAIN)).toBe("1 error and 2 warnings, nothing was sent.");
    expect(verdictLine([warning], PLAIN)).toBe("1 warning.");
  });
});

describe("a long message", () => {
  const problem = {
    severity: "error" as const,
    code: "too-long" as const,
    message:
      "the text for `a-channel-with-a-name` is too long: 1200 of at most 1024 characters, and so on and on",
  };
  const screen = { ...PLAIN, width: 60, wraps: true };

  it.each(["c.yml", "a/very/long/way/to/the/campaigns/of/this/project/release.yml", undefined])(
    "is broken between words: %s",
    (file) => {
      const place = file === undefined ? undefined : { file, line: 3, column: 1 };
      const lines = frame({ ...problem, place }, screen).split("\n");
      expect(lines.length).toBeGreaterThan(1);
      expect(lines.slice(1).every((line) => line.length <= 60 && line.startsWith("  "))).toBe(true);
      const whole = frame({ ...problem, place }, PLAIN);
      expect(
        lines
          .map((line) => line.trim())
          .join(" ")
          .replace(/ +/g, " "),
      ).toBe(whole.replace(/ +/g, " "));
    },
  );
});
