/** Runners without memory over one bare repository: two at once, and killed ones. `test/chaos/git-matrix.ts` does more. */
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { boundariesInGit, killInGit, REMOTE_SUBJECTS, race } from "../chaos/git.ts";
import { inParallel, type Stage, startStage } from "../chaos/harness.ts";
import { EVERYTHING } from "../sample.ts";

const RACES = EVERYTHING ? 10 : 3;
const KILLS = EVERYTHING ? 12 : 3;

describe("the ledger in git, each run in a fresh clone", () => {
  let stage: Stage;
  beforeAll(async () => {
    stage = await startStage();
  });
  afterAll(() => stage.close());

  it("lets two runners at once post once", { timeout: 240_000 }, async () => {
    // The second runner mostly waits for the first.
    const verdicts = await inParallel([...Array(RACES).keys()], 5, (n) =>
      race(REMOTE_SUBJECTS[n % REMOTE_SUBJECTS.length]!, stage),
    );
    expect(verdicts.flatMap(({ wrong }) => wrong ?? [])).toEqual([]);
    expect(verdicts.every(({ out }) => out.every((count) => count === 1))).toBe(true);
  });

  it("settles what a killed runner left", { timeout: 240_000 }, async () => {
    const chosen = [REMOTE_SUBJECTS[0]!, REMOTE_SUBJECTS.at(-1)!];
    const cases = (
      await Promise.all(
        chosen.map(async (subject) => {
          const all = await boundariesInGit(subject, stage);
          const share = KILLS / chosen.length;
          return Array.from({ length: share }, (_, n) => ({
            subject,
            killAt: all[Math.floor((n * all.length) / share)]!,
          }));
        }),
      )
    ).flat();
    const verdicts = await inParallel(cases, 3, ({ subject, killAt }) => killInGit(subject, [killAt], stage));
    expect(verdicts.flatMap(({ what, wrong }) => (wrong ? [`${what}: ${wrong}`] : []))).toEqual([]);
  });
});
