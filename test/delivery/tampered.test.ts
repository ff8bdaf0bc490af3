import { describe, expect, it } from "vitest";
import { createWorld, delivery, NOW, posts } from "./network.ts";

const ID = "campaigns/release/a";

describe("a ledger that somebody has written into", () => {
  // As `update deliveries set posts = …` would leave it.
  const forged = { ...delivery({ posts: posts("Buy my coins") }), digest: delivery().digest };

  it("holds posts that are not those of their digest, and sends nothing", async () => {
    const world = await createWorld();
    await world.ledger.add([forged], NOW);
    await world.run();
    expect(world.requests).toEqual([]);
    expect(await world.ledger.get(ID)).toMatchObject({ state: "held", code: "tampered" });
  });

  it("holds them again when a person has them sent once more", async () => {
    const world = await createWorld();
    await world.ledger.add([forged], NOW);
    await world.run();
    await world.ledger.decide(ID, ["held"], { state: "scheduled", newRound: true }, NOW);
    await world.run();
    expect(world.requests).toEqual([]);
    expect(await world.ledger.get(ID)).toMatchObject({ state: "held", code: "tampered" });
  });

  it("does not go on with a thread whose rest was changed", async () => {
    const world = await createWorld();
    const thread = posts("one", "two");
    const changed = {
      ...delivery({ posts: posts("one", "Buy my coins") }),
      digest: delivery({ posts: thread }).digest,
    };
    await world.ledger.add([changed], NOW);
    await world.run();
    expect(world.requests).toEqual([]);
  });

  it("takes the campaign's own posts again when it is sent again", async () => {
    const world = await createWorld();
    await world.ledger.add([forged], NOW);
    await world.run();
    expect(await world.ledger.add([delivery()], NOW)).toMatchObject([{ as: "updated" }]);
    await world.run();
    expect(world.published.map(({ text }) => text)).toEqual(["one"]);
  });

  it("holds what nobody has approved any more, asked just before it leaves", async () => {
    const world = await createWorld();
    await world.ledger.add([delivery()], NOW);
    const asked: string[] = [];
    await world.run({
      mayLeave: async (one) => {
        asked.push(one.posts[0]!.text);
        return "nobody has approved exactly these posts";
      },
    });
    expect(asked).toEqual(["one"]);
    expect(world.requests).toEqual([]);
    expect(await world.ledger.get(ID)).toMatchObject({
      state: "held",
      code: "tampered",
      message: "nobody has approved exactly these posts",
    });
  });
});
