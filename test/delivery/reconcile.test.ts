/** What the campaign says about bad cases: long after its time, and when nobody can know. */
import { describe, expect, it } from "vitest";
import type { Adapter, Idempotency } from "../../src/adapter.ts";
import { idempotencyOf } from "../../src/delivery/publish.ts";
import type { NewDelivery } from "../../src/ledger/types.ts";
import { digest } from "../../src/plan/digest.ts";
import { createWorld, NOW } from "./network.ts";

const HOUR = 3_600_000;
const ID = "campaigns/release/a";
const post = (text: string) => ({ text, entities: [], media: [], tags: [], options: {} });
const planned = (over: Partial<NewDelivery> = {}): NewDelivery => ({
  id: ID,
  campaign: "campaigns/release",
  channel: "a",
  network: "testnet",
  account: "acc",
  digest: digest(over.posts ?? [post("one")]),
  posts: [post("one")],
  dueAt: NOW,
  ...over,
});

describe("a delivery more than an hour late", () => {
  it.each([
    ["send", undefined, "published", 1],
    ["skip", "skip", "expired", 0],
    ["ask", "ask", "held", 0],
  ] as const)("with `late: %s`", async (_, late, state, out) => {
    const world = await createWorld();
    await world.ledger.add([planned({ late })], NOW);
    world.clock.at = NOW + HOUR + 1;
    await world.run();
    expect((await world.ledger.get(ID))?.state).toBe(state);
    expect(world.published).toHaveLength(out);
  });

  it("is not late before that", async () => {
    const world = await createWorld();
    await world.ledger.add([planned({ late: "skip" })], NOW);
    world.clock.at = NOW + HOUR;
    await world.run();
    expect(world.published).toHaveLength(1);
  });

  it("waits as a question, which is asked once; a person's word sends it", async () => {
    const world = await createWorld();
    await world.ledger.add([planned({ late: "ask" })], NOW);
    world.clock.at = NOW + 5 * HOUR;
    await world.run();
    expect(await world.ledger.get(ID)).toMatchObject({ state: "held", code: "late" });
    await world.run();
    expect(world.published).toHaveLength(0);

    const now = world.clock.at;
    await world.ledger.decide(ID, ["held"], { state: "scheduled", nextAt: now, dueAt: now }, now);
    await world.run();
    expect((await world.ledger.get(ID))?.state).toBe("published");
  });

  it("is finished when it has begun, however late", async () => {
    const world = await createWorld({ find: true });
    await world.ledger.add([planned({ late: "skip", posts: [post("one"), post("two")] })], NOW);
    world.script.push("ok", "commit-reset");
    await world.run({ patience: 0 });
    world.clock.at = NOW + 5 * HOUR;
    await world.run();
    expect((await world.ledger.get(ID))?.state).toBe("published");
    expect(world.published.map(({ text }) => text)).toEqual(["one", "two"]);
  });
});

describe("a delivery of which nobody can know whether it is out", () => {
  it("is held; with `uncertain: resend` it is sent again under the same key", async () => {
    const held = await createWorld();
    await held.ledger.add([planned()], NOW);
    held.script.push("reset-before");
    await held.run();
    expect((await held.ledger.get(ID))?.state).toBe("held");

    const world = await createWorld();
    await world.ledger.add([planned({ uncertain: "resend" })], NOW);
    world.script.push("commit-reset");
    await world.run();
    expect((await world.ledger.get(ID))?.state).toBe("published");
    expect(world.published).toHaveLength(2);
    expect(new Set(world.published.map(({ key }) => key)).size).toBe(1);
    const history = await world.ledger.history(ID);
    expect(history?.attempts.map(({ outcome }) => outcome)).toEqual(["abandoned", "published"]);
  });

  it("is sent again twice at most, then held: a network that never answers is not flooded", async () => {
    const world = await createWorld();
    await world.ledger.add([planned({ uncertain: "resend" })], NOW);
    world.script.push(...Array(10).fill("commit-reset"));
    await world.run();
    expect((await world.ledger.get(ID))?.state).toBe("held");
    expect(world.published).toHaveLength(3);
  });

  it("is not sent again where the network can be asked", async () => {
    const world = await createWorld({ find: true });
    await world.ledger.add([planned({ uncertain: "resend" })], NOW);
    world.script.push("commit-reset");
    await world.run();
    expect(world.published).toHaveLength(1);
    expect((await world.ledger.get(ID))?.state).toBe("published");
  });
});

describe("the ledger keeps what the campaign says", () => {
  it("and takes a later word about what is not out, as no new content", async () => {
    const { ledger } = await createWorld();
    await ledger.add([planned({ late: "skip" })], NOW);
    const [again] = await ledger.add([planned({ uncertain: "resend" })], NOW);
    expect(again?.as).toBe("same");
    expect(await ledger.get(ID)).toMatchObject({ uncertain: "resend", round: 0 });
    expect((await ledger.get(ID))?.late).toBeUndefined();
  });
});

describe("how long a network refuses a repeat", () => {
  const adapter = (idempotency: Idempotency) =>
    ({
      idempotency,
      rulesFor: ({ forgets }: { forgets?: true }) => (forgets ? { idempotency: "none" } : {}),
    }) as unknown as Adapter;

  it.each([
    [{}, undefined, "1h"],
    [{ forgets: true }, undefined, "none"],
    [{ forgets: true }, { idempotency: "6h" as const }, "6h"],
    [undefined, undefined, "1h"],
  ])(
    "by the channel's settings %j, and over that by what the server says: %j",
    (settings, server, expected) => {
      expect(idempotencyOf({ adapter: adapter("1h"), settings, server })).toBe(expected);
    },
  );
});
