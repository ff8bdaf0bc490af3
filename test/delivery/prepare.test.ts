/** Before the first post: whatever can fail there fails while nothing is public, and is not done twice. */
import { describe, expect, it } from "vitest";
import type { Adapter, Media } from "../../src/adapter.ts";
import type { DeliveryChannel } from "../../src/delivery/publish.ts";
import { milliseconds } from "../../src/duration.ts";
import { NetworkError } from "../../src/errors.ts";
import { createWorld, delivery, Killed, NOW, posts, type Traits, type World } from "./network.ts";

const ID = "campaigns/release/a";
const file = (name: string): Media => ({ file: name, sha256: name, type: "image/png", bytes: 1, alt: "A" });
/** A thread of three, with a file on the first and the last. */
const thread = () => {
  const [one, two, three] = posts("1", "2", "3");
  return [{ ...one!, media: [file("a.png")] }, two!, { ...three!, media: [file("b.png")] }];
};

function preparing(world: World, part: Partial<Adapter> = {}, server?: DeliveryChannel["server"]) {
  const uploads: string[] = [];
  const used: unknown[] = [];
  const order: string[] = [];
  const upload = async ({ file }: Media) => {
    order.push(`upload ${file}`);
    uploads.push(file);
    return `id of ${file}`;
  };
  const adapter: Adapter = {
    ...world.adapter,
    async prepare(all, context) {
      for (const post of all) await context.uploads(post, upload, { keeps: "23h" });
    },
    async publish(post, context) {
      used.push(await context.uploads(post, upload, { keeps: "23h" }));
      order.push(`post ${post.text}`);
      return world.adapter.publish(post, context);
    },
    ...part,
  };
  const channels = [{ name: "a", adapter, settings: { token: "t" }, secrets: [], server }];
  return { uploads, used, order, run: () => world.run({ channels }) };
}

describe("before the first post", () => {
  it("the files of all posts are uploaded, and each post finds its own", async () => {
    const world = await createWorld();
    const { order, used, run } = preparing(world);
    await world.ledger.add([delivery({ posts: thread() })], NOW);
    await run();
    expect(order).toEqual(["upload a.png", "upload b.png", "post 1", "post 2", "post 3"]);
    expect(used).toEqual([["id of a.png"], [], ["id of b.png"]]);
    expect((await world.ledger.get(ID))?.state).toBe("published");
  });

  it("a failure leaves nothing public and no attempt on record, and is tried again", async () => {
    const world = await createWorld();
    let times = 0;
    const { order, run } = preparing(world, {
      async prepare() {
        if (times++ === 0) throw new NetworkError("unavailable", "nobody of that name can be found just now");
      },
    });
    await world.ledger.add([delivery({ posts: posts("1", "2") })], NOW);
    await run();
    expect(times).toBe(2);
    expect(order).toEqual(["post 1", "post 2"]);
    expect(world.published.map(({ text }) => text)).toEqual(["1", "2"]);
    expect((await world.ledger.history(ID))?.attempts).toHaveLength(2);
  });

  it("a refusal there fails the delivery with nothing out", async () => {
    const world = await createWorld();
    const prepare = () => Promise.reject(new NetworkError("rejected", "there is nobody of that name"));
    const { run } = preparing(world, { prepare });
    await world.ledger.add([delivery({ posts: thread() })], NOW);
    await run();
    expect(await world.ledger.history(ID)).toMatchObject({
      state: "failed",
      message: "there is nobody of that name",
      attempts: [],
    });
    expect(world.requests).toEqual([]);
  });

  it("nothing is done again when a thread goes on after a crash", async () => {
    const world = await createWorld({ key: true });
    const { uploads, run } = preparing(world);
    world.script.push("ok", "kill-before");
    await world.ledger.add([delivery({ posts: thread() })], NOW);
    const { end } = world.ledger;
    let parts = 0;
    world.ledger.end = (...told) =>
      parts++ === 0 ? end.apply(world.ledger, told) : Promise.reject(new Killed());
    await expect(run()).rejects.toThrow(Killed);
    world.ledger.end = end;
    world.clock.at += 61_000;
    await run();
    expect(world.published.map(({ text }) => text)).toEqual(["1", "2", "3"]);
    expect(uploads).toEqual(["a.png", "b.png"]);
  });

  it("what the network has forgotten meanwhile is uploaded again, of the posts that are left", async () => {
    const world = await createWorld({ key: true });
    const { uploads, run } = preparing(world);
    world.script.push("ok", "auth");
    await world.ledger.add([delivery({ posts: thread() })], NOW);
    await run();
    world.clock.at += milliseconds("24h");
    await run();
    expect(world.published).toHaveLength(3);
    expect(uploads).toEqual(["a.png", "b.png", "b.png"]);
  });
});

describe("a look-up that finds something like it", () => {
  it.each([undefined, "resend"] as const)(
    "holds the delivery and sends nothing, also with %s",
    async (uncertain) => {
      const world = await createWorld({ key: true });
      const find = async () => ({ like: { id: "9", url: "https://net.example/9" } });
      const { run } = preparing(world, { find });
      world.script.push("commit-reset");
      await world.ledger.add([delivery({ uncertain })], NOW);
      await run();
      await run();
      expect(await world.ledger.get(ID)).toMatchObject({
        state: "held",
        message: "something that resembles it is out: https://net.example/9",
      });
      expect(world.published).toHaveLength(1);
    },
  );
});

describe("what the server says of itself", () => {
  const traits: Traits = { key: true, rates: [{ posts: 100, per: "1h" }] };

  it("takes the key's promise back: a repeat under the key is not safe there", async () => {
    const trusting = await createWorld(traits);
    trusting.script.push("commit-reset");
    await trusting.ledger.add([delivery()], NOW);
    await preparing(trusting).run();
    expect((await trusting.ledger.get(ID))?.state).toBe("published");

    const world = await createWorld(traits);
    world.script.push("commit-reset");
    await world.ledger.add([delivery()], NOW);
    await preparing(world, {}, { idempotency: "none" }).run();
    expect((await world.ledger.get(ID))?.state).toBe("held");
    expect(world.published).toHaveLength(1);
  });

  it("takes the place of the declared windows", async () => {
    const world = await createWorld(traits);
    const { run } = preparing(world, {}, { limits: { rates: [{ posts: 1, per: "1d" }] } });
    await world.ledger.add([delivery({ posts: posts("1", "2") })], NOW);
    await run();
    expect(world.published).toHaveLength(1);
    expect((await world.ledger.get(ID))?.nextAt).toBeGreaterThanOrEqual(NOW + milliseconds("1d") - 1_000);
  });
});
