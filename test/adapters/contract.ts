/** The contract suite as vitest tests. */
import { describe, it } from "vitest";
import type { Adapter } from "../../src/adapter.ts";
import { declarationChecks, type Fixture, wireChecks } from "../../src/testing.ts";

/** `ways` are the kinds of account that the adapter knows, by name; none for an adapter without HTTP. */
export function describeAdapter<C, O>(adapter: Adapter<C, O>, ways: Record<string, Fixture<O>>): void {
  describe(`${adapter.name} keeps the contract`, () => {
    for (const { promise, run } of declarationChecks(adapter)) it(promise, run);
    for (const [way, fixture] of Object.entries(ways)) {
      describe(way, () => {
        for (const { promise, run } of wireChecks(adapter, fixture)) it(promise, run);
      });
    }
  });
}
