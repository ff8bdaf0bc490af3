/** What is finished before a post is remembered in the ledger: an upload is not done again, whatever becomes of the post. */
import { describe, expect, it } from "vitest";
import type { Adapter } from "../../src/adapter.ts";
import type { WireReply } from "../../src/http/http.ts";
import type { Fault } from "./network.ts";
import { createWorld, delivery, Killed, NOW, posts, type World } from "./network.ts";

const ID = "campaigns/release/a";

/** The test's network with an upload before each post, whose server says what `uploads` says: an id, or nothing at all. */
function uploading(world: World, uploads: (string | "lost")[]) {
  const asked: string[] = [];
  const used: unknown[] = [];
  const adapter: Adapter = {
    ...world.adapter,
    async publish(post, context) {
      const file = await context.step("file", async () => {
        const reply = await context.http({ method: "POST", url: "https://net.example/files", json: {} });
        return { id: (reply.body as { id: string }).id };
      });
      used.push(file);
      return world.adapter.publish(post, context);
    },
  };
  const transport = async (...args: Parameters<World["transport"]>): Promise<WireReply> => {
    if (!args[0].url.endsWith("/files")) return world.transport(...args);
    const id = uploads.shift() ?? "f";
    asked.push(id);
    if (id === "lost") throw Object.assign(new Error("reset"), { code: "ECONNRESET" });
    const body = Buffer.from(JSON.stringify({ id }));
    return { status: 200, headers: { "content-type": "application/json" }, body };
  };
  const channels = [{ name: "a", adapter, settings: { token: "t" }, secrets: [] }];
  return { asked, used, run: () => world.run({ channels, transport }) };
}

describe("a finished step", () => {
  it.each<Fault>(["503", "limited", "reset-before", "auth"])("is not done again after %s", async (fault) => {
    const world = await createWorld({ find: true });
    const { asked, used, run } = uploading(world, ["f1", "f2"]);
    world.script.push(fault);
    await world.ledger.add([delivery()], NOW);
    await run();
    await run();
    expect((await world.ledger.get(ID))?.state).toBe("published");
    expect(asked).toEqual(["f1"]);
    expect(used).toEqual([{ id: "f1" }, { id: "f1" }]);
  });

  it("is not done again by the process after the one that was killed", async () => {
    const world = await createWorld({ key: true });
    const { asked, run } = uploading(world, ["f1", "f2"]);
    world.script.push("kill-before");
    await world.ledger.add([delivery()], NOW);
    const ledger = world.ledger;
    // As in SIGKILL: nothing is written after the request has left.
    const { end } = ledger;
    ledger.end = () => Promise.reject(new Killed());
    await expect(run()).rejects.toThrow(Killed);
    ledger.end = end;
    world.clock.at += 61_000;
    await run();
    expect(world.published).toHaveLength(1);
    expect(asked).toEqual(["f1"]);
  });

  it("belongs to its part: the next one has its own of the same name", async () => {
    const world = await createWorld();
    const { asked, used, run } = uploading(world, ["f1", "f2"]);
    await world.ledger.add([delivery({ posts: posts("1", "2") })], NOW);
    await run();
    expect(asked).toEqual(["f1", "f2"]);
    expect(used).toEqual([{ id: "f1" }, { id: "f2" }]);
  });

  it("is done anew when a person has it sent again", async () => {
    const world = await createWorld();
    const { asked, run } = uploading(world, ["f1", "f2"]);
    world.script.push("rejected");
    await world.ledger.add([delivery()], NOW);
    await run();
    await world.ledger.decide(ID, ["failed"], { state: "scheduled", newRound: true }, NOW);
    await run();
    expect(world.published).toHaveLength(1);
    expect(asked).toEqual(["f1", "f2"]);
  });
});

describe("a step that failed", () => {
  it("is tried again, and leaves no attempt behind", async () => {
    const world = await createWorld();
    const { asked, used, run } = uploading(world, ["lost", "f2"]);
    await world.ledger.add([delivery()], NOW);
    await run();
    expect(asked).toEqual(["lost", "f2"]);
    expect(used).toEqual([{ id: "f2" }]);
    expect(await world.ledger.history(ID)).toMatchObject({
      state: "published",
      attempts: [{ number: 1, outcome: "published" }],
    });
  });
});
