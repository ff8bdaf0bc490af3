import { describe, expect, it } from "vitest";
import { clockWarning } from "../../src/app/clock-warning.ts";
import { createServerClocks } from "../../src/http/server-clock.ts";

const NOW = Date.parse("2026-12-01T08:00:00Z");
const told = (...servers: [host: string, ahead: number][]) => {
  const clocks = createServerClocks();
  for (const [host, ahead] of servers) clocks.note(host, new Date(NOW + ahead).toUTCString(), NOW - 100, NOW);
  return clockWarning(clocks).map(({ code, message }) => `${code}: ${message}`);
};

describe("a clock that is wrong", () => {
  it("is said, with how far and on which side", () => {
    expect(told(["a.example", -90_000])).toEqual([
      "clock-off: this computer's clock is 1 min ahead of the one of a.example",
    ]);
    expect(told(["a.example", 7_200_000], ["b.example", 7_201_000])).toEqual([
      "clock-off: this computer's clock is 2 h behind the one of a.example",
    ]);
  });

  it("is not ours when a server agrees with us, and a few seconds are nothing", () => {
    expect(told(["a.example", -90_000], ["b.example", 0])).toEqual([]);
    expect(told(["a.example", 4_000])).toEqual([]);
    expect(told()).toEqual([]);
  });
});

describe("a server's clock", () => {
  it("is narrowed down by what agrees, and widened by what contradicts", () => {
    const clocks = createServerClocks();
    clocks.note("a", new Date(NOW).toUTCString(), NOW - 2_000, NOW);
    expect(clocks.offset("a")).toEqual({ low: 0, high: 3_000 });
    clocks.note("a", new Date(NOW).toUTCString(), NOW + 400, NOW + 500);
    expect(clocks.offset("a")).toEqual({ low: 0, high: 600 });
    clocks.note("a", new Date(NOW + 60_000).toUTCString(), NOW, NOW);
    expect(clocks.offset("a")).toEqual({ low: -500, high: 61_000 });
    expect(clocks.offset("b")).toBeUndefined();
  });

  it("is not told by an answer that came before its request, nor by words that are no date", () => {
    const clocks = createServerClocks();
    clocks.note("a", new Date(NOW).toUTCString(), NOW, NOW - 5_000);
    clocks.note("a", "soon", NOW, NOW);
    clocks.note("a", undefined, NOW, NOW);
    expect(clocks.offset("a")).toBeUndefined();
  });
});
