/** Kills of the built CLI, spread over boundaries, networks and commands, some of them during a recovery. The long suite takes a thousand. */
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Adapter } from "../../src/adapter.ts";
import { isSecret } from "../../src/settings.ts";
import { postOf } from "../../src/testing.ts";
import { type Case, seeded, spread, twice } from "../chaos/choice.ts";
import { boundaries, inParallel, type Stage, startStage } from "../chaos/harness.ts";
import { SUBJECTS } from "../chaos/subjects.ts";
import { killAndSettle, type Verdict } from "../chaos/verdict.ts";
import { adapters } from "../networks.ts";
import { EVERYTHING, sample } from "../sample.ts";
import { build } from "./built.ts";

const KILLS = EVERYTHING ? 96 : 9;
// What makes it wait is for the chaos suite, and where there is time.
const KILLED = EVERYTHING
  ? SUBJECTS.filter(({ weather }) => weather !== "slow")
  : sample(
      SUBJECTS.filter(({ weather }) => weather === undefined),
      3,
    );
const AGAIN = 3;
const image = { file: "a.png", sha256: "00", type: "image/png", bytes: 10, alt: "A picture" };

it("knows every network in every way of being somebody there, with a picture where it takes one", () => {
  const has = (network: string, secret: string | undefined, pictures: number) =>
    SUBJECTS.some(
      (one) =>
        one.network === network &&
        one.pictures >= pictures &&
        (secret === undefined || one.settings.some((line) => line.startsWith(`${secret}:`))),
    );
  // Nothing is asked where a person posts.
  const asked = adapters.filter(({ byHand }) => !byHand);
  const missing = asked.flatMap((adapter) => {
    const { entries } = adapter.channel as unknown as { entries: Record<string, unknown> };
    const secrets = Object.keys(entries).filter((key) => isSecret(entries[key]));
    return (secrets.length > 0 ? secrets : [undefined]).flatMap((secret) => {
      const channel = secret === undefined ? {} : { [secret]: "x" };
      const pictures = adapter.media === "none" || isRefused(adapter, channel) ? 0 : 1;
      return has(adapter.id, secret, pictures) ? [] : [`${adapter.id} by ${secret}, ${pictures} pictures`];
    });
  });
  expect(missing).toEqual([]);
  expect(new Set(SUBJECTS.map(({ by }) => by))).toEqual(
    new Set([undefined, "run", "retry", "resolve", "edit", "retract", "repost"]),
  );
});

/** Whether the network takes no picture in this way of being somebody there. */
function isRefused({ check }: Adapter, channel: Record<string, string>): boolean {
  try {
    return [check?.(postOf({ options: {}, media: [image] }), channel) ?? []].flat().length > 0;
  } catch {
    // It needs more settings than the secret: then what it needs is not a matter of the way.
    return false;
  }
}

describe("killed with SIGKILL and run again", () => {
  let stage: Stage;
  const random = seeded(1);
  const singles: Case[] = [];
  beforeAll(async () => {
    build();
    stage = await startStage();
    const all = await inParallel(KILLED, 4, (subject) => boundaries(subject, stage));
    for (const [n, own] of all.entries())
      singles.push(...own.map((boundary) => ({ subject: KILLED[n]!, killAt: [boundary] })));
  }, 900_000);
  afterAll(() => stage.close());

  const settle = (cases: readonly Case[]): Promise<Verdict[]> =>
    inParallel(cases, 4, ({ subject, killAt }) => killAndSettle(subject, killAt, stage));
  const faults = (verdicts: readonly Verdict[]) =>
    verdicts.flatMap(({ killAt, wrong }) => (wrong ? [`${killAt}: ${wrong}`] : []));

  it.each(KILLED)("$name ends as promised", { timeout: 120_000 }, async (subject) => {
    const own = singles.filter((one) => one.subject === subject);
    expect(own.length).toBeGreaterThan(4);
    const chosen = spread(own, Math.ceil(KILLS / KILLED.length), random);
    expect(faults(await settle(chosen))).toEqual([]);
  });

  it("ends as promised when the recovery is killed, too", { timeout: 120_000 }, async () => {
    const verdicts = await settle(twice(singles, AGAIN, random));
    expect(faults(verdicts)).toEqual([]);
    expect(verdicts.filter(({ kills }) => kills === 2).length).toBeGreaterThan(AGAIN / 3);
  });
});
