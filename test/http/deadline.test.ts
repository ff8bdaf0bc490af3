import { describe, expect, it } from "vitest";
import { startPatience } from "../../src/http/deadline.ts";

const pause = (ms: number) => new Promise((done) => setTimeout(done, ms));

describe("the time that a request gets", () => {
  it("is over after it, and not before", async () => {
    const one = startPatience(60, undefined);
    await pause(30);
    expect(one.signal.aborted).toBe(false);
    await pause(60);
    expect(one.signal.aborted).toBe(true);
    expect(one.isOver()).toBe(true);
    one.end();
  });

  it("is shared by those that begin at about the same time, and only by those", async () => {
    const first = startPatience(10_000, undefined);
    const second = startPatience(10_000, undefined);
    const longer = startPatience(20_000, undefined);
    expect(second.signal).toBe(first.signal);
    expect(longer.signal).not.toBe(first.signal);
    for (const each of [first, second, longer]) each.end();
    const brief = startPatience(1_000, undefined);
    await pause(20);
    const later = startPatience(1_000, undefined);
    expect(later.signal).not.toBe(brief.signal);
    for (const each of [brief, later]) each.end();
  });

  it("goes on for the others when one is done, and starts anew when all are", async () => {
    const first = startPatience(50, undefined);
    const second = startPatience(50, undefined);
    first.end();
    await pause(80);
    expect(second.isOver()).toBe(true);
    second.end();
    const next = startPatience(50, undefined);
    expect(next.signal.aborted).toBe(false);
    next.end();
    await pause(80);
    expect(next.signal.aborted).toBe(false);
  });

  it("ends when somebody insists, which is not the time", () => {
    const outer = new AbortController();
    const one = startPatience(10_000, outer.signal);
    const another = startPatience(10_000, new AbortController().signal);
    outer.abort(new Error("enough"));
    expect(one.signal.reason).toEqual(new Error("enough"));
    expect(one.isOver()).toBe(false);
    expect(another.signal.aborted).toBe(false);
    for (const each of [one, another]) each.end();
  });
});
