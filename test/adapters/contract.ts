/** The contract suite as vitest tests. */
import { describe, it } from "vitest";
import type { Adapter } from "../../src/adapter.ts";
import {
  declarationChecks,
  type Fixture,
  fixturesOf,
  type SandboxNetwork,
  wireChecks,
} from "../../src/testing.ts";

// The first way, with files where it takes some. ALL=1, which CI sets, has every way with each number of files.
const all = process.env.ALL !== undefined;
// Before the post these are like others that stay, or take long.
const LIKE_OTHERS =
  /after (408|422|425|502|504|521|523|a proxy's (503 in JSON|401)|an answer without end) before the post$/;

/**
 * Against the network's sandbox half, in every way that it has; or against fixtures by hand, by name. `after`: the network
 * once the post is out, where the adapter does more with it.
 */
export function describeAdapter<C, O>(
  adapter: Adapter<C, O>,
  against: SandboxNetwork | Record<string, Fixture<O>>,
  after?: Fixture<O>["after"],
): void {
  const fixtures = isHalf(against) ? fixturesOf<O>(all ? against : sampleOf(against)) : against;
  describe(`${adapter.name} keeps the contract`, () => {
    for (const { promise, run } of declarationChecks(adapter)) it(promise, run);
    for (const [way, fixture] of Object.entries(fixtures)) {
      describe(way, () => {
        for (const { promise, run } of wireChecks(adapter, { ...fixture, ...(after && { after }) }))
          if (all || !LIKE_OTHERS.test(promise)) it(promise, run);
      });
    }
  });
}

function sampleOf(half: SandboxNetwork): SandboxNetwork {
  const ways = half.ways.filter(({ files, socket }) => !files && !socket).slice(0, 1);
  return {
    ...half,
    ways: ways.map(({ media, ...plain }) => {
      if (!media) return plain;
      // With files there is more that can go wrong, so that without them is left to ALL=1.
      return {
        ...plain,
        media: { ...media, needed: true, ...(media.counts && { counts: media.counts.slice(-1) }) },
      };
    }),
  };
}

function isHalf(against: SandboxNetwork | object): against is SandboxNetwork {
  return "handle" in against && typeof against.handle === "function";
}
