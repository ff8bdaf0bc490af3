/** When posts go out by full windows: against the loop's own rule, which lets one more go when the n-th last has left. */
import { expect, it } from "vitest";
import { forecast } from "../../src/plan/forecast.ts";

const HOUR = 3_600_000;
const NOW = 100 * HOUR;
const at = (
  coming: Parameters<typeof forecast>[0],
  used: number[],
  ...rates: { posts: number; per: string }[]
) =>
  Object.fromEntries(
    [...forecast(coming, { used, rates, now: NOW })].map(([id, times]) => [
      id,
      times.map((t) => (t - NOW) / HOUR),
    ]),
  );

it("goes at once where there is room", () => {
  expect(at([{ id: "a", posts: 3, dueAt: NOW }], [], { posts: 3, per: "1h" })).toEqual({ a: [0, 0, 0] });
  expect(at([{ id: "a", posts: 1, dueAt: NOW }], [NOW - 1], { posts: 2, per: "24h" })).toEqual({ a: [0] });
  expect(at([{ id: "a", posts: 2, dueAt: NOW }], [])).toEqual({ a: [0, 0] });
});

it("waits until the n-th last has left the window", () => {
  const used = [NOW - 20 * HOUR, NOW - 5 * HOUR];
  expect(at([{ id: "a", posts: 3, dueAt: NOW }], used, { posts: 3, per: "24h" })).toEqual({ a: [0, 4, 19] });
  expect(at([{ id: "a", posts: 5, dueAt: NOW }], [], { posts: 2, per: "1h" })).toEqual({
    a: [0, 0, 1, 1, 2],
  });
});

it("keeps the narrowest of several windows", () => {
  const rates = [
    { posts: 2, per: "1h" },
    { posts: 3, per: "24h" },
  ];
  expect(at([{ id: "a", posts: 4, dueAt: NOW }], [], ...rates)).toEqual({ a: [0, 0, 1, 24] });
});

it("lets those go first that are due first", () => {
  const coming = [
    { id: "later", posts: 1, dueAt: NOW + HOUR },
    { id: "first", posts: 2, dueAt: NOW },
  ];
  expect(at(coming, [], { posts: 2, per: "24h" })).toEqual({ first: [0, 0], later: [24] });
});
