import { describe, expect, it } from "vitest";
import { near } from "../ledger/near.ts";
import { createWorld, delivery, NOW, posts } from "./network.ts";

const ID = "campaigns/release/a";
const texts = (published: { text: string }[]) => published.map(({ text }) => text);

describe("delivering", () => {
  it("publishes once, writes the receipt down, and does nothing the second time", async () => {
    const world = await createWorld();
    await world.ledger.add([delivery()], NOW);
    await world.run();
    await world.run();
    expect(texts(world.published)).toEqual(["one"]);
    expect(await world.ledger.history(ID)).toMatchObject({
      state: "published",
      receipts: [{ id: "0", url: "https://net.example/posts/0" }],
      attempts: [{ outcome: "published" }],
    });
  });

  it("sends a thread in order, each part under the one before", async () => {
    const world = await createWorld();
    await world.ledger.add([delivery({ posts: posts("1", "2", "3") })], NOW);
    await world.run();
    expect(world.published.map(({ text, parent }) => [text, parent])).toEqual([
      ["1", undefined],
      ["2", "0"],
      ["3", "1"],
    ]);
  });

  it("gives every part its own key and the same key to every attempt", async () => {
    const world = await createWorld({ key: true });
    world.script.push("503", "ok", "ok");
    await world.ledger.add([delivery({ posts: posts("1", "2") })], NOW);
    await world.run();
    const keys = world.requests.map((request) => request.headers["idempotency-key"]);
    expect(keys[0]).toBe(keys[1]);
    expect(keys[1]).not.toBe(keys[2]);
  });

  it("has the attempt on record before the request leaves", async () => {
    const world = await createWorld();
    await world.ledger.add([delivery()], NOW);
    let seen: unknown;
    await world.run({
      transport: async () => {
        seen = (await world.ledger.history(ID))?.attempts;
        return {
          status: 200,
          headers: { "content-type": "application/json" },
          body: Buffer.from('{"id":"7"}'),
        };
      },
    });
    expect(seen).toMatchObject([{ part: 0, number: 1, outcome: undefined }]);
  });

  it("goes on where a thread stopped", async () => {
    const world = await createWorld();
    world.script.push("ok", "rejected");
    await world.ledger.add([delivery({ posts: posts("1", "2", "3") })], NOW);
    await world.run();
    expect((await world.ledger.get(ID))?.state).toBe("failed");
    await world.ledger.decide(ID, ["failed"], { state: "scheduled" }, NOW);
    await world.run();
    expect(texts(world.published)).toEqual(["1", "2", "3"]);
  });

  it("fails in the network's words and does not try the same bytes again", async () => {
    const world = await createWorld();
    world.script.push("rejected");
    await world.ledger.add([delivery()], NOW);
    await world.run();
    await world.run();
    expect(world.requests).toHaveLength(1);
    expect(await world.ledger.get(ID)).toMatchObject({
      state: "failed",
      code: "rejected",
      message: "POST net.example answered 422: Text is too long",
    });
  });

  it("keeps secrets out of what it writes down", async () => {
    const world = await createWorld();
    world.script.push("auth");
    await world.ledger.add([delivery()], NOW);
    await world.run();
    const history = JSON.stringify(await world.ledger.history(ID)) + JSON.stringify(world.events);
    expect(history).toContain("The access token *** is invalid");
    expect(history).not.toContain("s3cret");
  });

  it("holds a channel's other deliveries when the credential is not accepted, and sends them after a new login", async () => {
    const world = await createWorld();
    world.script.push("auth");
    await world.ledger.add(
      [delivery(), delivery({ id: "campaigns/z/a", campaign: "campaigns/z", posts: posts("two") })],
      NOW,
    );
    await world.run();
    expect(world.requests).toHaveLength(1);
    expect(await world.ledger.get(ID)).toMatchObject({ state: "scheduled", code: "auth" });
    await world.run();
    expect(texts(world.published).sort()).toEqual(["one", "two"]);
  });

  it("waits what the server said when it is limited", async () => {
    const world = await createWorld();
    world.script.push("limited", "ok");
    await world.ledger.add([delivery()], NOW);
    await world.run();
    expect(texts(world.published)).toEqual(["one"]);
    expect(world.clock.at - NOW).toBe(7000);
  });

  it("tries again with growing pauses when the network certainly did not take it", async () => {
    const world = await createWorld();
    world.script.push("refused", "503", "refused", "ok");
    await world.ledger.add([delivery()], NOW);
    await world.run();
    expect(texts(world.published)).toEqual(["one"]);
    expect(world.clock.slept).toEqual([750, 1500, 3000]);
  });

  it("leaves a delivery scheduled when the wait is longer than its patience", async () => {
    const world = await createWorld();
    world.script.push("limited");
    await world.ledger.add([delivery()], NOW);
    await world.run({ patience: 1000 });
    expect(await world.ledger.get(ID)).toMatchObject({
      state: "scheduled",
      code: "limited",
      nextAt: NOW + 7000,
    });
  });

  it("keeps the declared rates across runs", async () => {
    const world = await createWorld({ rates: [{ posts: 2, per: "30s" }] });
    const many = [1, 2, 3, 4].map((n) => delivery({ id: `c/${n}`, campaign: "c", posts: posts(`${n}`) }));
    await world.ledger.add(many.slice(0, 2), NOW);
    await world.run();
    await world.ledger.add(many.slice(2), NOW);
    await world.run();
    expect(texts(world.published)).toEqual(["1", "2", "3", "4"]);
    expect(world.clock.at - NOW).toEqual(near(30_002));
  });

  it("does not begin what has expired", async () => {
    const world = await createWorld();
    await world.ledger.add([delivery({ expiresAt: NOW + 10 })], NOW);
    world.clock.at = NOW + 20;
    await world.run();
    expect(world.published).toEqual([]);
    expect((await world.ledger.get(ID))?.state).toBe("expired");
  });

  it("takes the mended rest of a thread that was refused in the middle, and leaves what is out", async () => {
    const world = await createWorld();
    world.script.push("ok", "rejected");
    await world.ledger.add([delivery({ posts: posts("1", "wrong", "3") })], NOW);
    await world.run();
    expect((await world.ledger.get(ID))?.state).toBe("failed");
    const [drift] = await world.ledger.add([delivery({ posts: posts("another", "right", "3") })], NOW);
    expect(drift?.as).toBe("drift");
    const mended = delivery({ posts: posts("1", "right", "3", "4") });
    const [entered] = await world.ledger.add([mended], NOW);
    expect(entered?.as).toBe("updated");
    await world.run();
    expect(texts(world.published)).toEqual(["1", "right", "3", "4"]);
    expect((await world.ledger.get(ID))?.state).toBe("published");
    const [again] = await world.ledger.add([delivery({ posts: posts("1", "other") })], NOW);
    expect(again?.as).toBe("drift");
  });

  it("goes on with an interrupted thread before it begins what came after it", async () => {
    const world = await createWorld();
    const stop = new AbortController();
    await world.ledger.add([delivery({ posts: posts("A1", "A2", "A3") })], NOW);
    for (const name of ["b", "c"])
      await world.ledger.add([delivery({ id: `campaigns/release/${name}`, posts: posts(name) })], NOW + 1);
    await world.run({ stop: stop.signal, onEvent: (event) => event.type === "part" && stop.abort() });
    expect(texts(world.published)).toEqual(["A1"]);
    world.clock.at += 60_000;
    await world.run();
    expect(texts(world.published)).toEqual(["A1", "A2", "A3", "b", "c"]);
  });

  it("delivers more than a page of named deliveries, in their order, and no others", async () => {
    const world = await createWorld();
    const ids = Array.from({ length: 603 }, (_, n) => `campaigns/many/${n}`);
    await world.ledger.add(
      ids.map((id) => delivery({ id, posts: posts(id) })),
      NOW,
    );
    await world.run({ ids: ids.slice(1) });
    expect(world.published).toHaveLength(602);
    expect(await world.ledger.get(ids[0]!)).toMatchObject({ state: "scheduled" });
  });

  it("finishes what is under way when it is told to stop, and leaves the rest scheduled", async () => {
    const world = await createWorld();
    const stop = new AbortController();
    await world.ledger.add([delivery({ posts: posts("1", "2") })], NOW);
    await world.run({ stop: stop.signal, onEvent: (event) => event.type === "sending" && stop.abort() });
    expect(texts(world.published)).toEqual(["1"]);
    expect(await world.ledger.history(ID)).toMatchObject({ state: "scheduled", receipts: [{ id: "0" }] });
    await world.run();
    expect(texts(world.published)).toEqual(["1", "2"]);
  });

  it("lets ten processes share the work without sending anything twice", async () => {
    const world = await createWorld();
    const many = Array.from({ length: 20 }, (_, n) =>
      delivery({ id: `c/${n}`, campaign: "c", posts: posts(`${n}`, `${n}+`) }),
    );
    await world.ledger.add(many, NOW);
    await Promise.all(Array.from({ length: 10 }, () => world.run()));
    expect(new Set(texts(world.published)).size).toBe(40);
    expect(world.published).toHaveLength(40);
  });
});
