/** A server whose clock is nonsense delays, and never makes a look-up look too late or believe too soon. */
import { expect, it } from "vitest";
import { quietAt, STILL_AT_WORK, since, UNKNOWN_CLOCK } from "../../src/delivery/attempt-times.ts";
import type { Attempt } from "../../src/ledger/types.ts";

const NOW = Date.parse("2026-11-26T09:00:00Z");
const FAR = Date.parse("9999-12-31T23:59:59Z");
const attempt = (server?: Attempt["server"]) =>
  ({ at: NOW, startedAt: NOW, overAt: NOW + 30_000, server }) as Attempt;
const exactly = (ms: number) => ({ low: ms, high: ms + 1_000 });

it("looks from the server's time on, where both clocks can be right", () => {
  const hour = NOW + 3_600_000;
  expect(since(attempt({ from: hour, to: hour }), exactly(3_600_000)).getTime()).toBe(hour);
  expect(since(attempt(), exactly(3_600_000)).getTime()).toBe(hour - UNKNOWN_CLOCK);
});

it("looks from the earlier time on, where one of them cannot", () => {
  const far = exactly(FAR - NOW);
  expect(since(attempt({ from: FAR, to: FAR }), far).getTime()).toBe(NOW - UNKNOWN_CLOCK);
  expect(since(attempt(), far).getTime()).toBe(NOW - UNKNOWN_CLOCK);
  const early = NOW - 40 * 86_400_000;
  expect(since(attempt({ from: early, to: early }), exactly(early - NOW)).getTime()).toBe(early);
});

it("does not believe that years have passed because a server's clock has jumped", () => {
  const begun = attempt({ from: NOW, to: NOW + 1_000 });
  const later = NOW + 5_000;
  expect(quietAt(begun, later, exactly(FAR - NOW), later)).toBe(NOW + 30_000 + STILL_AT_WORK + 5_000);
  // What the server's clock says otherwise counts: a minute and more have passed there.
  expect(quietAt(begun, later, exactly(90_000), later)).toBeLessThan(later);
});
