/** Networks are told apart by mark and layout, and their accents are readable. */
import { describe, expect, it } from "vitest";
import { builtIn } from "../../src/app/project.ts";
import { accents, directionOf, initials, lookOf } from "../../src/pages/look.ts";

const SHEET = { light: "#fffefb", dark: "#211f1c" };

/** WCAG 2's ratio. */
function contrast(one: string, other: string): number {
  const luminance = (colour: string) => {
    const [r, g, b] = [1, 3, 5].map((at) => {
      const value = Number.parseInt(colour.slice(at, at + 2), 16) / 255;
      return value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4;
    });
    return 0.2126 * r! + 0.7152 * g! + 0.0722 * b!;
  };
  const [a, b] = [luminance(one), luminance(other)].sort((x, y) => y - x);
  return (a! + 0.05) / (b! + 0.05);
}

describe("the looks of the networks", async () => {
  const all = await builtIn();
  const adapters = [...all.keys()].map((name) => all.get(name)!);

  it("have marks that no other has", () => {
    const marks = adapters.flatMap(({ look }) => (look ? [look.mark] : []));
    expect(marks.filter((mark, index) => marks.indexOf(mark) !== index)).toEqual([]);
    expect(marks.filter((mark) => [...mark].length > 2)).toEqual([]);
  });

  it.each(adapters.map((adapter) => [adapter.id, lookOf(adapter)] as const))(
    "%s is readable in light and dark",
    (_, look) => {
      expect(contrast(look.light, SHEET.light)).toBeGreaterThan(4.5);
      expect(contrast(look.dark, SHEET.dark)).toBeGreaterThan(4.5);
    },
  );

  it("are made up, always the same, where an adapter says nothing", () => {
    const bare = { id: "birdsong", name: "Birdsong", shape: "chat" as const };
    expect(lookOf(bare)).toEqual(lookOf(bare));
    expect(lookOf(bare)).toMatchObject({ mark: "Bi", layout: "message" });
    expect(contrast(lookOf(bare).light, SHEET.light)).toBeGreaterThan(4.5);
  });

  it("are colours and nothing else in the style sheet", () => {
    const look = { ...lookOf({ id: "a", name: "A", shape: "short" }), light: "red;}body{display:none" };
    expect(accents([["a", look]])).toBe("");
    expect(accents([["a{}b", { ...look, light: "#112233", dark: "#ffeedd" }]])).toBe(
      ".n-a--b{--a:light-dark(#112233,#ffeedd)}",
    );
  });
});

it("knows which languages run from right to left", () => {
  expect(["ar", "he-IL", "fa", "en", "az-Arab", undefined].map(directionOf)).toEqual([
    "rtl",
    "rtl",
    "rtl",
    "ltr",
    "rtl",
    "auto",
  ]);
});

it("makes initials of any name", () => {
  expect(["Acme", "Jane van Doe", "@x", "…", "سلمى حسن"].map(initials)).toEqual(["AC", "JD", "X", "?", "سح"]);
});
