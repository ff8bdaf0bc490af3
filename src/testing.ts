/**
 * For those who write an adapter: the promises that the built-in ones keep, for any test runner.
 *
 *     const [fixture] = Object.values(fixturesOf(pagerHalf));
 *     for (const { promise, run } of [...declarationChecks(pager), ...wireChecks(pager, fixture)]) test(promise, run);
 *
 * And what a sandbox half is made with, for those who bring one.
 */
export {
  type ApiRules,
  api,
  type Call,
  isOneOf,
  type Routes,
  refusal,
  unlessRefused,
} from "./sandbox/api.ts";
export type {
  SandboxNetwork,
  SandboxPost,
  SandboxReply,
  SandboxRequest,
  Way,
  World,
} from "./sandbox/network.ts";
export { declarationChecks, wireChecks } from "./testing/contract.ts";
export type { Check, Expected, Fixture, Shown, Told } from "./testing/fixture.ts";
export { fixtureOf, fixturesOf } from "./testing/half.ts";
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
  type StageAnswer,
  type StageReply,
  type StageRequest,
} from "./testing/server.ts";
