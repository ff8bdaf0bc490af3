import { describe, expect, it } from "vitest";
import type { Adapter, Context } from "../../src/adapter.ts";
import { createWorld, delivery, NOW, type World } from "./network.ts";

const ID = "campaigns/release/a";
const never = () => new Promise<never>(() => {});
const hanging = (world: World, part: Partial<Adapter>) => ({
  idle: 40,
  patience: 0,
  channels: [{ name: "a", adapter: { ...world.adapter, ...part }, settings: {}, secrets: [] }],
});

describe("a plug-in that hangs", () => {
  it("before it sent anything is given up, and nothing is out", async () => {
    const world = await createWorld();
    await world.ledger.add([delivery()], NOW);
    await world.run(hanging(world, { publish: never }));
    expect(await world.ledger.history(ID)).toMatchObject({
      state: "scheduled",
      code: "unavailable",
      attempts: [],
    });
  });

  it("while it prepares is given up, and nothing is out", async () => {
    const world = await createWorld();
    await world.ledger.add([delivery()], NOW);
    await world.run(hanging(world, { prepare: never }));
    expect(await world.ledger.history(ID)).toMatchObject({
      state: "scheduled",
      code: "unavailable",
      attempts: [],
    });
  });

  it("after it announced a post leaves the outcome open", async () => {
    const world = await createWorld();
    await world.ledger.add([delivery()], NOW);
    const publish = async (_: unknown, context: Context) => {
      await context.sending();
      return never();
    };
    await world.run(hanging(world, { publish }));
    expect(await world.ledger.history(ID)).toMatchObject({
      code: "uncertain",
      attempts: [{ outcome: "uncertain" }],
    });
  });

  it("and wakes up afterwards sends nothing more", async () => {
    const world = await createWorld();
    await world.ledger.add([delivery()], NOW);
    let woken: Promise<unknown> = Promise.resolve();
    const publish: Adapter["publish"] = async (post, context) => {
      woken = new Promise((done) => setTimeout(done, 90)).then(() => world.adapter.publish(post, context));
      return woken as never;
    };
    await world.run(hanging(world, { publish }));
    await expect(woken).rejects.toThrow();
    expect(world.published).toEqual([]);
  });

  it("in a look-up has told nothing", async () => {
    const world = await createWorld({ find: true });
    world.script.push("commit-reset");
    await world.ledger.add([delivery()], NOW);
    await world.run({ ...hanging(world, { find: never }), patience: 5_000 });
    expect(await world.ledger.get(ID)).toMatchObject({ state: "scheduled", code: "uncertain" });
    expect(world.published).toHaveLength(1);
  });

  it("is not what waits long for one answer", async () => {
    const world = await createWorld();
    await world.ledger.add([delivery()], NOW);
    const transport: World["transport"] = async (request, signal) => {
      await new Promise((done) => setTimeout(done, 150));
      return world.transport(request, signal);
    };
    await world.run({ ...hanging(world, {}), transport });
    expect((await world.ledger.get(ID))?.state).toBe("published");
  });
});
