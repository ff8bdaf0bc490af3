/** Fifty kills of the built CLI, spread over the boundaries and the networks. The long suite takes a thousand. */
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { boundaries, inParallel, killAndSettle, type Stage, SUBJECTS, startStage } from "../chaos/harness.ts";

const KILLS = 50;

describe("killed with SIGKILL and run again", () => {
  let stage: Stage;
  beforeAll(async () => {
    stage = await startStage();
  });
  afterAll(() => stage.close());

  it.each(SUBJECTS)("$name ends as promised", { timeout: 120_000 }, async (subject) => {
    const all = await boundaries(subject, stage);
    const share = Math.ceil(KILLS / SUBJECTS.length);
    const chosen = Array.from({ length: share }, (_, n) => all[Math.floor((n * all.length) / share)]!);
    const verdicts = await inParallel(chosen, 2, (boundary) => killAndSettle(subject, [boundary], stage));
    expect(verdicts.flatMap(({ killAt, wrong }) => (wrong ? [`${killAt}: ${wrong}`] : []))).toEqual([]);
    expect(all.length).toBeGreaterThan(4);
  });
});
