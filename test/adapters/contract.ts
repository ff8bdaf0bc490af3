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

/**
 * Against the network's sandbox half, in every way that it has; or against fixtures by hand, by name. `after`: the network
 * once the post is out, where the adapter does more with it.
 */
export function describeAdapter<C, O>(
  adapter: Adapter<C, O>,
  against: SandboxNetwork | Record<string, Fixture<O>>,
  after?: Fixture<O>["after"],
): void {
  const fixtures = isHalf(against) ? fixturesOf<O>(against) : against;
  describe(`${adapter.name} keeps the contract`, () => {
    for (const { promise, run } of declarationChecks(adapter)) it(promise, run);
    for (const [way, fixture] of Object.entries(fixtures)) {
      describe(way, () => {
        for (const { promise, run } of wireChecks(adapter, { ...fixture, ...(after && { after }) }))
          it(promise, run);
      });
    }
  });
}

function isHalf(against: SandboxNetwork | object): against is SandboxNetwork {
  return "handle" in against && typeof against.handle === "function";
}
