/** A worker's turn: its order, files that are elsewhere, and what must be found out before anything else. */
import { expect, it } from "vitest";
import { holdLeases } from "../../src/delivery/leases.ts";
import { type TurnOptions, takeTurn } from "../../src/delivery/turn.ts";
import { createWorld, delivery, NOW, posts, type World } from "./network.ts";

async function turn({ ledger, clock, options }: World, over: Partial<TurnOptions> = {}) {
  const leases = holdLeases(ledger, clock);
  const { channels, ids: _, concurrency: __, ...tools } = options;
  try {
    const given = {
      ...tools,
      leases,
      account: "acc",
      most: 10,
      longest: 60_000,
      lacks: async () => undefined,
    };
    return await takeTurn(channels[0]!, { ...given, ...over });
  } finally {
    leases.stop();
  }
}

const entered = (world: World, ...texts: string[]) =>
  world.ledger.add(
    texts.map((text, n) => delivery({ id: `c/${text}`, posts: posts(text), dueAt: NOW - 100 + n })),
    NOW,
  );
const texts = ({ published }: World) => published.map(({ text }) => text);
const ELSEWHERE = { lacks: async () => "a.png is not here" };

it("sends what is due, oldest first, and not more than its share", async () => {
  const world = await createWorld();
  await entered(world, "one", "two", "three");
  expect(await turn(world, { most: 2 })).toEqual({ delivered: 2, login: false });
  expect(texts(world)).toEqual(["one", "two"]);
  expect(await turn(world)).toEqual({ delivered: 1, login: false });
});

it("leaves what was planned for another account alone", async () => {
  const world = await createWorld();
  await entered(world, "one");
  expect(await turn(world, { account: "other" })).toEqual({ delivered: 0, login: false });
  expect(await world.ledger.get("c/one")).toMatchObject({ state: "scheduled", tries: 0 });
});

it("leaves a post to others whose file is not here, for a while, and then to a person", async () => {
  const world = await createWorld();
  await entered(world, "one", "two");
  expect(await turn(world, ELSEWHERE)).toEqual({ delivered: 0, login: false, lacks: true });
  expect(texts(world)).toEqual([]);
  expect(await world.ledger.get("c/one")).toMatchObject({ state: "scheduled", code: "no-file", tries: 0 });
  for (let n = 0; n < 50; n++) {
    await world.clock.sleep(2_000);
    await turn(world, ELSEWHERE);
  }
  expect(await world.ledger.get("c/one")).toMatchObject({ state: "held", code: "no-file" });
});

it("lets no later post of the channel go before one whose file is elsewhere", async () => {
  const world = await createWorld();
  await entered(world, "one", "two");
  const lacks = async ({ id }: { id: string }) => (id === "c/one" ? "a.png is not here" : undefined);
  for (let n = 0; n < 3; n++) {
    await turn(world, { lacks });
    await world.clock.sleep(20_000);
  }
  expect(texts(world)).toEqual([]);
  expect(await turn(world)).toEqual({ delivered: 2, login: false });
  expect(texts(world)).toEqual(["one", "two"]);
});

it("stops where a window is full, and keeps the order when there is room again", async () => {
  const world = await createWorld({ rates: [{ posts: 2, per: "10s" }] });
  await entered(world, "one", "two", "three", "four", "five");
  const patient = { patience: 0 };
  const first = await turn(world, patient);
  expect(first).toMatchObject({ delivered: 2, until: expect.any(Number) });
  // Another worker looks as well, and learns the same of the next one.
  expect(await turn(world, patient)).toMatchObject({ delivered: 0, until: first.until });
  const states = async () =>
    Promise.all(["three", "four", "five"].map(async (id) => (await world.ledger.get(`c/${id}`))?.code));
  expect(await states()).toEqual(["limited", "limited", undefined]);
  await world.clock.sleep(first.until! - world.clock.now());
  expect(await turn(world, patient)).toMatchObject({ delivered: 2 });
  expect(texts(world)).toEqual(["one", "two", "three", "four"]);
  await world.clock.sleep(11_000);
  await turn(world, patient);
  expect(texts(world).at(-1)).toBe("five");
});

it("finds out first whether a post is out that was begun, also without its file", async () => {
  const world = await createWorld({ find: true });
  await entered(world, "one");
  world.script.push("commit-reset");
  await turn(world, {
    transport: (request, ...rest) =>
      request.method === "GET"
        ? Promise.reject(Object.assign(new Error("down"), { code: "ECONNREFUSED" }))
        : world.transport(request, ...rest),
  });
  expect(texts(world)).toEqual(["one"]);
  expect(await world.ledger.get("c/one")).toMatchObject({ state: "scheduled" });
  await world.clock.sleep(120_000);
  await turn(world, ELSEWHERE);
  expect(await world.ledger.get("c/one")).toMatchObject({ state: "published" });
  expect(texts(world)).toEqual(["one"]);
});
