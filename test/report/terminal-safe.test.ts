import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { oneLine, printable } from "../../src/report/terminal-safe.ts";

describe("printable", () => {
  it.each([
    ["colour", "a\x1b[31mred\x1b[0m", "ared"],
    ["a window title", "a\x1b]0;pwned\x07b", "ab"],
    ["a title ended by ST", "a\x1b]0;pwned\x1b\\b", "ab"],
    ["a hyperlink", "\x1b]8;;https://evil.example\x1b\\text\x1b]8;;\x1b\\", "text"],
    ["eight-bit sequences", "a\x9b31mb\x9d0;t\x9cc", "abc"],
    ["a cleared screen", "a\x1b[2J\x1b[Hb\x1bc", "ab"],
    ["an escape without an end", "a\x1b", "a"],
    ["a backspace", "safe\b\b\b\bevil", "safeevil"],
    ["a carriage return", "evil\rsafe", "evil\nsafe"],
    ["a tab", "a\tb", "a  b"],
  ])("takes %s away", (_what, text, clean) => {
    expect(printable(text)).toBe(clean);
  });

  it("shows a change of direction instead of obeying it", () => {
    expect(printable("a\u202eb")).toBe("a<U+202E>b");
  });

  it("leaves words, emoji and line breaks alone", () => {
    const text = "Größe 👩‍👩‍👧\n日本語 مرحبا";
    expect(printable(text)).toBe(text);
  });

  it("leaves nothing that a terminal obeys, whatever comes", () => {
    const nasty = fc.array(
      fc.constantFrom(
        "\x1b",
        "[",
        "]",
        "\x9b",
        "\x9d",
        "\x07",
        "\\",
        "m",
        "3",
        ";",
        "\r",
        "\n",
        "é",
        "P",
        "\x9c",
      ),
    );
    fc.assert(
      fc.property(nasty, (parts) => {
        expect(printable(parts.join(""))).not.toMatch(/[\0-\x09\x0b-\x1f\x7f-\x9f]/);
      }),
      { seed: 7, numRuns: 2000 },
    );
  });
});

describe("oneLine", () => {
  it("joins lines", () => {
    expect(oneLine(" a\n\n  b\u2028c ")).toBe("a b c");
  });
});
