/** How far another clock is ahead, and how surely that is known. */
import { expect, it } from "vitest";
import { distance } from "../../src/ledger/postgres/clock.ts";

it("believes the look that took the shortest, and says how far it may be off", () => {
  const clock = distance();
  expect([clock.ahead(), clock.blur()]).toEqual([0, 0]);
  clock.said(10_100, 1_000, 1_200);
  expect([clock.ahead(), clock.blur()]).toEqual([9_000, 100]);
  clock.said(10_304, 1_300, 1_304);
  expect([clock.ahead(), clock.blur()]).toEqual([9_002, 2]);
  clock.said(10_500, 1_300, 1_800);
  expect([clock.ahead(), clock.blur()]).toEqual([9_002, 2]);
});

it("looks again after half a minute, and at once when a clock was set", () => {
  const clock = distance();
  clock.said(9_001, 0, 2);
  clock.said(40_020, 31_000, 31_040);
  expect([clock.ahead(), clock.blur()]).toEqual([9_000, 20]);
  clock.said(640_120, 31_100, 31_140);
  expect([clock.ahead(), clock.blur()]).toEqual([609_000, 20]);
});
