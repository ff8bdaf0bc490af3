/** `schedule: network`: what is handed over ahead of its time comes out once, or is taken back. On the sandbox's Mastodon. */
import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import type { Adapter } from "../../src/adapter.ts";
import { mastodon } from "../../src/adapters/mastodon/mastodon.ts";
import { memorySession } from "../../src/auth/session-store.ts";
import { contextOf } from "../../src/delivery/context.ts";
import { type DeliverOptions, deliver } from "../../src/delivery/deliver.ts";
import { type TakenBack, takeBack } from "../../src/delivery/native-schedule.ts";
import { keyOf } from "../../src/delivery/publish.ts";
import { sourceOf, type Transport } from "../../src/http/http.ts";
import type { NewDelivery } from "../../src/ledger/types.ts";
import { digest } from "../../src/plan/digest.ts";
import { networks } from "../../src/sandbox/networks/index.ts";
import { createStage } from "../../src/sandbox/router.ts";
import { newLedger } from "../ledger/anew.ts";
import { Killed } from "./network.ts";

const NOW = Date.parse("2026-12-01T08:00:00Z");
const HOUR = 3_600_000;
const MINUTE = 60_000;
const DUE = NOW + 3 * HOUR;
const ID = "campaigns/release/social";

type Fault = "kill-before" | "kill-after" | "reset-before" | "reset-after";

async function createWorld() {
  const clock = {
    at: NOW,
    now: () => clock.at,
    async sleep(ms: number) {
      clock.at += Math.max(0, ms);
    },
  };
  const stage = createStage({
    networks: [...networks],
    folder: mkdtempSync(join(tmpdir(), "broadcast-handover-")),
    origin: () => "http://sandbox.invalid",
    now: clock.now,
  });
  const ledger = await newLedger();
  const settings = stage.channel("mastodon", "social") as { server: string; token: string };
  const requests: string[] = [];
  const script: Fault[] = [];
  const transport: Transport = async (request) => {
    requests.push(`${request.method} ${new URL(request.url).pathname.replace("/mastodon/api/v1", "")}`);
    const fault = request.method === "POST" || request.method === "DELETE" ? script.shift() : undefined;
    const broken = Object.assign(new Error("reset"), { code: "ECONNRESET" });
    if (fault?.endsWith("before")) throw broken;
    const reply = await stage.handle(request);
    if (fault?.endsWith("after")) throw broken;
    return reply;
  };
  const run = (over: Partial<DeliverOptions> = {}) =>
    deliver({
      channels: [{ name: "social", adapter: mastodon as Adapter, settings, secrets: [settings.token] }],
      ledger,
      clock,
      transport,
      userAgent: "test",
      patience: MINUTE,
      session: () => memorySession(),
      open: async () => sourceOf(new Uint8Array()),
      signal: new AbortController().signal,
      stop: new AbortController().signal,
      random: () => 0.5,
      ...over,
    });
  /** As after SIGKILL in the middle of the request: nothing of its outcome is written, and the lease runs out. */
  const killed = async () => {
    const dying = new Proxy(ledger, {
      get(target, name) {
        const value = Reflect.get(target, name);
        if (typeof value !== "function") return value;
        if (["end", "release", "finish", "handOver"].includes(String(name)))
          return () => Promise.reject(new Killed());
        return value.bind(target);
      },
    });
    await expect(run({ ledger: dying })).rejects.toThrow(Killed);
    clock.at += MINUTE + 1;
  };
  const history = async () => (await ledger.history(ID))!;
  const back = async (): Promise<TakenBack> => {
    const delivery = await history();
    const around = {
      adapter: mastodon as Adapter,
      settings,
      secrets: [],
      transport,
      userAgent: "test",
      session: memorySession(),
      clock,
    };
    const workplace = {
      steps: { get: async () => undefined, put: async () => {} },
      open: async () => sourceOf(new Uint8Array()),
      partOf: () => 0,
    };
    const record = { sending: async () => {}, isAnnounced: () => true };
    const context = contextOf(around, workplace, record, {
      key: keyOf(delivery, 0),
      startedAt: new Date(delivery.attempts[0]?.startedAt ?? NOW),
      index: 0,
      due: new Date(delivery.dueAt),
      taken: async () => false,
    });
    return takeBack(delivery, mastodon as Adapter, context);
  };
  const waiting = async () => {
    const reply = await stage.handle({
      method: "GET",
      url: "/mastodon/api/v1/scheduled_statuses",
      headers: { authorization: `Bearer ${settings.token}` },
    });
    return (JSON.parse(reply.body.toString()) as { id: string; scheduled_at: string }[]).map(
      ({ scheduled_at }) => Date.parse(scheduled_at),
    );
  };
  const texts = async () => (await stage.posts()).map(({ text }) => text);
  return { clock, ledger, stage, settings, requests, script, run, killed, history, back, waiting, texts };
}

const POSTS = [{ text: "Acme 2.4 is out", entities: [], media: [], tags: [], options: {} }];
const delivery = (over: Partial<NewDelivery> = {}): NewDelivery => ({
  id: ID,
  campaign: "campaigns/release",
  channel: "social",
  network: "mastodon",
  account: "acc",
  digest: digest(POSTS),
  posts: POSTS,
  dueAt: DUE,
  schedule: "network",
  ...over,
});

/** The same again until nothing happens any more, as a person or a cron would. */
async function handedOver(world: Awaited<ReturnType<typeof createWorld>>, faults: Fault[] = []) {
  world.script.push(...faults);
  await world.ledger.add([delivery()], NOW);
  if (faults[0]?.startsWith("kill")) await world.killed();
  await world.run();
  await world.run();
}

describe("a post for a network's own schedule", () => {
  it("is handed over at once, waits there, and is published when it is out", async () => {
    const world = await createWorld();
    await handedOver(world);
    expect(await world.waiting()).toEqual([DUE]);
    expect(await world.history()).toMatchObject({
      state: "scheduled",
      nextAt: DUE + MINUTE,
      receipts: [{ due: new Date(DUE).toISOString() }],
      attempts: [{ outcome: "published" }],
    });
    expect((await world.history()).receipts[0]?.url).toBeUndefined();

    world.clock.at = DUE + MINUTE;
    await world.run();
    expect(await world.texts()).toEqual(["Acme 2.4 is out"]);
    const after = await world.history();
    expect(after).toMatchObject({ state: "published", receipts: [{ due: undefined }] });
    expect(after.receipts[0]?.url).toMatch(/\/@social\/\d+$/);
    expect(after.attempts).toHaveLength(1);
  });

  it.each(["kill-before", "kill-after", "reset-before", "reset-after"] as const)(
    "is handed over once, whatever happens to the request: %s",
    async (fault) => {
      const world = await createWorld();
      await handedOver(world, [fault]);
      expect(await world.waiting()).toEqual([DUE]);
      expect(await world.history()).toMatchObject({ state: "scheduled", receipts: [{ part: 0 }] });
      world.clock.at = DUE + MINUTE;
      await world.run();
      expect(await world.texts()).toEqual(["Acme 2.4 is out"]);
      expect((await world.history()).state).toBe("published");
    },
  );

  it("that came out while nobody knew of it is found among the posts", async () => {
    const world = await createWorld();
    world.script.push("kill-after");
    await world.ledger.add([delivery()], NOW);
    await world.killed();
    world.clock.at = DUE + 10 * MINUTE;
    await world.run();
    expect(await world.texts()).toEqual(["Acme 2.4 is out"]);
    expect(await world.history()).toMatchObject({ state: "published", attempts: [{ outcome: "found" }] });
  });

  it("is not sent again while the network may be publishing it", async () => {
    const world = await createWorld();
    world.script.push("kill-after");
    await world.ledger.add([delivery()], NOW);
    await world.killed();
    // Gone from the one list, and not yet in the other.
    const state = world.stage.world.state<{ scheduled: Map<string, unknown> }>("mastodon", () => {
      throw new Error("there is one");
    });
    state.scheduled.clear();
    world.clock.at = DUE - MINUTE;
    const stop = new AbortController();
    await world.run({ stop: stop.signal, onEvent: ({ type }) => type === "ended" && stop.abort() });
    expect(world.requests.filter((line) => line === "POST /statuses")).toHaveLength(1);
    expect(await world.history()).toMatchObject({ state: "scheduled", code: "uncertain" });
  });

  it("that is too near is sent by us when it is due, and not before", async () => {
    const world = await createWorld();
    await world.ledger.add([delivery({ dueAt: NOW + 4 * MINUTE })], NOW);
    await world.run();
    expect(world.requests).toEqual([]);
    expect(await world.history()).toMatchObject({ state: "scheduled", nextAt: NOW + 4 * MINUTE });
    world.clock.at = NOW + 4 * MINUTE;
    await world.run();
    expect(await world.texts()).toEqual(["Acme 2.4 is out"]);
    expect((await world.history()).state).toBe("published");
  });

  it("that somebody takes away at the network is not taken for published: a person is asked", async () => {
    const world = await createWorld();
    await handedOver(world);
    expect(await world.back()).toBe("cancelled");
    world.clock.at = DUE + MINUTE;
    await world.run();
    expect((await world.history()).state).toBe("scheduled");
    world.clock.at = DUE + 20 * MINUTE;
    await world.run();
    expect(await world.history()).toMatchObject({ state: "held", receipts: [] });
    await world.ledger.decide(
      ID,
      ["held"],
      { state: "scheduled", newRound: true, dueAt: world.clock.at },
      world.clock.at,
    );
    await world.run();
    expect(await world.texts()).toEqual(["Acme 2.4 is out"]);
    expect((await world.history()).state).toBe("published");
  });

  it("fails in the network's words when the network has too many for that day", async () => {
    const world = await createWorld();
    const many = Array.from({ length: 26 }, (_, n) =>
      delivery({ id: `${ID}/${n}`, dueAt: DUE + n * MINUTE }),
    );
    await world.ledger.add(many, NOW);
    await world.run();
    expect(await world.waiting()).toHaveLength(20);
    const failed = await world.ledger.list({ states: ["failed"] });
    expect(failed).toMatchObject([{ message: expect.stringContaining("limit of 25 scheduled posts") }]);
  });
});

describe("taking it back", () => {
  it("before it is out leaves nothing there, also when it is done twice", async () => {
    const world = await createWorld();
    await handedOver(world);
    expect(await world.back()).toBe("cancelled");
    expect(await world.back()).toBe("cancelled");
    expect(await world.waiting()).toEqual([]);
    await world.ledger.decide(ID, ["scheduled"], { state: "cancelled" }, world.clock.at);
    world.clock.at = DUE + HOUR;
    await world.run();
    expect(await world.texts()).toEqual([]);
    expect(await world.history()).toMatchObject({ state: "cancelled", receipts: [] });
  });

  it("finds what waits there though its attempt never got an answer", async () => {
    const world = await createWorld();
    world.script.push("kill-after");
    await world.ledger.add([delivery()], NOW);
    await world.killed();
    expect(await world.waiting()).toEqual([DUE]);
    expect(await world.back()).toBe("cancelled");
    expect(await world.waiting()).toEqual([]);
  });

  it("after it is out says where it is", async () => {
    const world = await createWorld();
    await handedOver(world);
    world.clock.at = DUE + 1_000;
    expect(await world.back()).toMatchObject({ out: { url: expect.stringMatching(/\/@social\/\d+$/) } });
    expect(await world.texts()).toEqual(["Acme 2.4 is out"]);
  });

  it("lets the same delivery be handed over again", async () => {
    const world = await createWorld();
    await handedOver(world);
    await world.back();
    await world.ledger.decide(ID, ["scheduled"], { state: "cancelled" }, world.clock.at);
    await world.ledger.decide(ID, ["cancelled"], { state: "scheduled", newRound: true }, world.clock.at);
    await world.run();
    expect(await world.waiting()).toEqual([DUE]);
    expect(await world.history()).toMatchObject({ state: "scheduled", receipts: [{ part: 0 }] });
  });
});

describe("a campaign that changes after it was handed over", () => {
  it("to another time or another way is drift, not silence", async () => {
    const world = await createWorld();
    await handedOver(world);
    const [moved] = await world.ledger.add([delivery({ dueAt: DUE + HOUR })], NOW);
    const [ours] = await world.ledger.add([delivery({ schedule: undefined })], NOW);
    const [same] = await world.ledger.add([delivery()], NOW);
    expect([moved?.as, ours?.as, same?.as]).toEqual(["drift", "drift", "same"]);
  });
});
