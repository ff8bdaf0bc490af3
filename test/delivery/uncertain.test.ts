import { describe, expect, it } from "vitest";
import { near } from "../ledger/near.ts";
import type { Fault } from "./network.ts";
import { createWorld, delivery, Killed, NOW, posts } from "./network.ts";

const ID = "campaigns/release/a";
/** A request's deadline with its tolerance, and what the network may still take after it. */
const QUIET = 30_300 + 30_000;
const LOST: Fault[] = ["commit-reset", "commit-502", "commit-503", "commit-429", "garbage"];

describe("an uncertain outcome", () => {
  it.each(LOST)("is looked up where the network can be asked: %s", async (fault) => {
    const world = await createWorld({ find: true });
    world.script.push(fault);
    await world.ledger.add([delivery()], NOW);
    await world.run();
    expect(world.published).toHaveLength(1);
    expect(await world.ledger.history(ID)).toMatchObject({
      state: "published",
      receipts: [{ id: "0" }],
      attempts: [{ outcome: "found" }],
    });
  });

  it("is tried again when the look-up says that it is not out", async () => {
    const world = await createWorld({ find: true });
    world.script.push("reset-before", "ok");
    await world.ledger.add([delivery()], NOW);
    await world.run();
    expect(world.published).toHaveLength(1);
    expect((await world.ledger.history(ID))?.attempts.map(({ outcome }) => outcome)).toEqual([
      "absent",
      "published",
    ]);
  });

  it("is not believed to be absent while the network may still be at work on it", async () => {
    const world = await createWorld({ find: true });
    world.script.push("commit-later");
    await world.ledger.add([delivery()], NOW);
    await world.run({ patience: 5_000 });
    const waiting = await world.ledger.history(ID);
    expect(waiting).toMatchObject({ state: "scheduled", code: "uncertain", nextAt: near(NOW + QUIET) });
    expect(waiting?.attempts).toMatchObject([{ outcome: "uncertain" }]);
    expect(world.published).toHaveLength(0);

    world.clock.at = NOW + QUIET + 100;
    await world.run();
    expect(world.published).toHaveLength(1);
    expect(await world.ledger.history(ID)).toMatchObject({ state: "published", receipts: [{ id: "0" }] });
  });

  it("is not settled with the receipt of another delivery of the same words", async () => {
    const world = await createWorld({ find: true });
    await world.ledger.add([delivery(), delivery({ id: "campaigns/again/a" })], NOW);
    const found = { id: "0", url: "https://net.example/posts/0" };
    const adapter = { ...world.adapter, find: async () => found };
    const channels = [{ name: "a", adapter, settings: { token: "t" }, secrets: [] }];
    world.script.push("ok", "reset-before");
    await world.run({ channels });
    expect(world.published).toHaveLength(1);
    const [first, second] = await world.ledger.list();
    expect([first?.state, second?.state]).toEqual(["published", "held"]);
    expect(second?.message).toContain("another one's");
  });

  it.each(LOST)("is repeated under the network's own key: %s", async (fault) => {
    const world = await createWorld({ key: true });
    world.script.push(fault);
    await world.ledger.add([delivery()], NOW);
    await world.run();
    expect(world.published).toHaveLength(1);
    expect(world.requests).toHaveLength(2);
    expect((await world.ledger.get(ID))?.state).toBe("published");
  });

  it("is not repeated once the key's window may be over", async () => {
    const world = await createWorld({ key: true, window: "5m" });
    world.script.push("commit-reset");
    await world.ledger.add([delivery()], NOW);
    const stop = new AbortController();
    await world.run({ stop: stop.signal, onEvent: ({ type }) => type === "ended" && stop.abort() });
    world.clock.at = NOW + 4 * 60_000;
    await world.run();
    expect(world.requests).toHaveLength(1);
    expect((await world.ledger.get(ID))?.state).toBe("held");
  });

  it.each([...LOST, "reset-before" as const])(
    "is held where there is neither key nor look-up: %s",
    async (fault) => {
      const world = await createWorld();
      world.script.push(fault);
      await world.ledger.add([delivery()], NOW);
      await world.run();
      await world.run();
      expect(world.requests).toHaveLength(1);
      expect(await world.ledger.get(ID)).toMatchObject({ state: "held", code: "uncertain" });
    },
  );

  it("is held when a repeat under the key is refused: the first attempt may be why", async () => {
    const world = await createWorld({ key: true });
    world.script.push("commit-reset", "rejected");
    await world.ledger.add([delivery()], NOW);
    await world.run();
    expect((await world.ledger.get(ID))?.state).toBe("held");
  });

  it("is settled by a refusal that names the post, unless that is another one's", async () => {
    const world = await createWorld({ key: true });
    const adapter = {
      ...world.adapter,
      classify: ({ status }: { status: number }) =>
        status === 422
          ? { code: "rejected" as const, message: "a duplicate of 0", evidence: { id: "0" } }
          : undefined,
    };
    const channels = [{ name: "a", adapter, settings: { token: "t" }, secrets: [] }];
    world.script.push("commit-reset", "rejected", "rejected");
    await world.ledger.add([delivery()], NOW);
    await world.run({ channels });
    expect(await world.ledger.history(ID)).toMatchObject({
      state: "published",
      receipts: [{ id: "0" }],
      attempts: [{ outcome: "uncertain" }, { outcome: "found" }],
    });
    await world.ledger.add([delivery({ id: "campaigns/again/a" })], NOW);
    await world.run({ channels });
    expect((await world.ledger.get("campaigns/again/a"))?.state).toBe("failed");
  });

  it("is sent again with a new key only when a person says so", async () => {
    const world = await createWorld();
    world.script.push("commit-reset");
    await world.ledger.add([delivery()], NOW);
    await world.run();
    await world.ledger.decide(ID, ["held"], { state: "scheduled", newRound: true }, NOW);
    await world.run();
    expect(world.published).toHaveLength(2);
    expect(world.published[0]?.key).not.toBe(world.published[1]?.key);
  });

  it("does not stop a thread's finished parts from counting", async () => {
    const world = await createWorld({ find: true });
    world.script.push("ok", "commit-reset", "ok");
    await world.ledger.add([delivery({ posts: posts("1", "2", "3") })], NOW);
    await world.run();
    expect(world.published.map(({ text }) => text)).toEqual(["1", "2", "3"]);
    expect(world.published[2]?.parent).toBe("1");
  });
});

describe("a killed process", () => {
  const kills: Fault[] = ["kill-before", "kill-after"];
  const traits = [
    { name: "with a look-up", find: true, expected: 1, state: "published" },
    { name: "with a key", key: true, expected: 1, state: "published" },
    { name: "with both", key: true, find: true, expected: 1, state: "published" },
  ];
  it("is followed by no second attempt while the network may still be at work on the first", async () => {
    const world = await createWorld({ find: true });
    world.script.push("kill-before");
    await world.ledger.add([delivery()], NOW);
    await killed(world);
    const left = (await world.ledger.history(ID))!;
    const [attempt] = left.attempts;
    await world.ledger.release(left, "scheduled", attempt!.at);
    world.clock.at = attempt!.at + 2_500;
    await world.run({ patience: 5_000 });
    expect(world.requests.filter(({ method }) => method === "POST")).toHaveLength(1);
    expect((await world.ledger.get(ID))?.nextAt).toEqual(near(attempt!.at + 2_500 + 60_000));
    await world.run();
    expect(world.published).toHaveLength(1);
  });

  it("is not sent again beside an answer that takes 33 seconds", async () => {
    const world = await createWorld({ find: true });
    world.script.push("kill-later");
    await world.ledger.add([delivery()], NOW);
    await killed(world);
    // The lease may be over at once: a dead process is known to be dead.
    world.clock.at = NOW + 31_000;
    await world.ledger.release((await world.ledger.get(ID))!, "scheduled", world.clock.at);
    await world.run();
    expect(world.published).toHaveLength(1);
    expect((await world.ledger.get(ID))?.state).toBe("published");
  });

  for (const kill of kills) {
    it.each(traits)(`${kill}: $name ends with the post out once`, async ({ key, find, expected, state }) => {
      const world = await createWorld({ key, find });
      world.script.push(kill);
      await world.ledger.add([delivery()], NOW);
      await killed(world);
      await world.run();
      expect(world.published).toHaveLength(expected);
      expect((await world.ledger.get(ID))?.state).toBe(state);
    });

    it(`${kill}: with neither is never sent twice, and a person is asked`, async () => {
      const world = await createWorld();
      world.script.push(kill);
      await world.ledger.add([delivery()], NOW);
      await killed(world);
      await world.run();
      expect(world.published.length).toBeLessThanOrEqual(1);
      expect((await world.ledger.get(ID))?.state).toBe("held");
    });
  }

  it("that had sent nothing yet is no reason to ask anybody", async () => {
    const world = await createWorld();
    await world.ledger.add([delivery()], NOW);
    const [mine] = await world.ledger.claim({
      owner: "gone",
      now: NOW,
      until: NOW + 60_000,
      channel: "a",
      limit: 1,
    });
    expect(mine).toBeDefined();
    world.clock.at = NOW + 60_001;
    await world.run();
    expect(world.published).toHaveLength(1);
    expect((await world.ledger.get(ID))?.state).toBe("published");
  });
});

// As after SIGKILL: the attempt stays open, the lease stays with a dead owner until it runs out.
async function killed(world: Awaited<ReturnType<typeof createWorld>>): Promise<void> {
  const { ledger } = world;
  const dying = Object.create(ledger) as typeof ledger;
  const die = async () => {
    throw new Killed();
  };
  for (const method of [
    "get",
    "list",
    "history",
    "claim",
    "owners",
    "nextAt",
    "begin",
    "freeAt",
    "step",
    "add",
  ] as const) {
    Object.defineProperty(dying, method, {
      value: (ledger[method] as (...args: unknown[]) => unknown).bind(ledger),
    });
  }
  Object.defineProperty(dying, "end", { value: die });
  Object.defineProperty(dying, "release", { value: die });
  await expect(world.run({ ledger: dying })).rejects.toThrow(Killed);
  world.clock.at += 60_001;
}
