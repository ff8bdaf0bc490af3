/**
 * For those who write an adapter: the promises that the built-in ones keep, for any test runner.
 *
 *     for (const { promise, run } of [...declarationChecks(pager), ...wireChecks(pager, fixture)]) test(promise, run);
 */
export { declarationChecks, wireChecks } from "./testing/contract.ts";
export type { Check, Fixture, Shown } from "./testing/fixture.ts";
export {
  contextOn,
  KEY,
  type Memory,
  newMemory,
  openStage,
  postOf,
  publishOn,
  STARTED,
  type Stage,
  type StageReply,
  type StageRequest,
} from "./testing/server.ts";
