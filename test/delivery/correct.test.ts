import { beforeEach, describe, expect, it } from "vitest";
import { type Adapter, type Context, defineAdapter, type Receipt } from "../../src/adapter.ts";
import { memorySession } from "../../src/auth/session-store.ts";
import { type CorrectionEvent, correct } from "../../src/delivery/correct.ts";
import { keyOf } from "../../src/delivery/publish.ts";
import { sourceOf, type Transport } from "../../src/http/http.ts";
import type { NewCorrection } from "../../src/ledger/types.ts";
import { digest } from "../../src/plan/digest.ts";
import { createWorld, delivery, NOW, posts, type World } from "./network.ts";

const ID = "campaigns/release/a";

/** What the server does with a request at a post that is out. */
type Fault = "ok" | "kill-before" | "kill-after" | "done-502" | "unavailable" | "rejected" | "auth" | "later";

/** Posts that can be edited and deleted; `replaces`: an edit makes a new one. */
class Board {
  readonly shown = new Map<string, string>();
  readonly requests: string[] = [];
  readonly script: Fault[] = [];
  readonly late: { at: number; run(): void }[] = [];
  replaces = false;
  clock = { now: () => NOW };

  transport: Transport = async ({ method, url, body }) => {
    for (const one of this.late.splice(0)) one.at <= this.clock.now() ? one.run() : this.late.push(one);
    const id = new URL(url).pathname.slice(1);
    const json = (status: number, value: unknown) => ({
      status,
      headers: { "content-type": "application/json" },
      body: Buffer.from(JSON.stringify(value)),
    });
    if (method === "GET") {
      const wanted = new URL(url).searchParams.get("text");
      return json(200, { id: [...this.shown].find(([, text]) => text === wanted)?.[0] ?? null });
    }
    this.requests.push(`${method} ${id}`);
    const fault = this.script.shift() ?? "ok";
    if (fault === "kill-before") throw new Error("killed");
    if (fault === "unavailable") return json(503, { error: "Down" });
    if (fault === "rejected") return json(403, { error: "Too old" });
    if (fault === "auth") return json(401, { error: "Bad token" });
    const act = () => {
      if (method === "DELETE") this.shown.delete(id);
      else if (this.replaces) {
        this.shown.delete(id);
        this.shown.set(`${id}'`, JSON.parse(Buffer.from(body as Uint8Array).toString()).text);
      } else if (this.shown.has(id))
        this.shown.set(id, JSON.parse(Buffer.from(body as Uint8Array).toString()).text);
    };
    if (fault === "later") {
      this.late.push({ at: this.clock.now() + 33_000, run: act });
      throw Object.assign(new Error("ECONNRESET"), { code: "ECONNRESET" });
    }
    const there = this.shown.has(id);
    act();
    if (fault === "kill-after") throw new Error("killed");
    if (fault === "done-502") return { status: 502, headers: {}, body: Buffer.from("<html>") };
    return there ? json(200, { id: this.replaces ? `${id}'` : id }) : json(404, { error: "Gone" });
  };
}

let world: World;
let board: Board;
let events: CorrectionEvent[];

function adapter(): Adapter {
  return defineAdapter({
    ...world.adapter,
    edits: { fields: ["text"], ...(board.replaces && { replaces: true as const }) },
    retracts: {},
    async edit(receipt: Receipt, post: { text: string }, { http }: Pick<Context, "http">) {
      const url = `https://net.example/${receipt.id}`;
      const { body } = await http({ method: "PUT", url, json: { text: post.text } });
      return { id: (body as { id: string }).id };
    },
    async retract(receipt: Receipt, { http }: Pick<Context, "http">) {
      await http({ method: "DELETE", url: `https://net.example/${receipt.id}`, ok: [404] });
    },
    async find(post: { text: string }, { http }: Pick<Context, "http">) {
      const { body } = await http({ url: `https://net.example/find?text=${encodeURIComponent(post.text)}` });
      const { id } = body as { id: string | null };
      return id === null ? "absent" : { id };
    },
  } as Adapter);
}

const CORRECT: Pick<NewCorrection, "delivery" | "by"> = { delivery: ID, by: "ada" };
const retract = { ...CORRECT, kind: "retract" } as const;
const edit = (...texts: string[]): NewCorrection => ({
  ...CORRECT,
  kind: "edit",
  posts: posts(...texts),
  digest: digest(posts(...texts)),
});

async function run(wanted: NewCorrection, over: object = {}) {
  const [outcome] = await correct({
    channels: [
      { name: "a", adapter: adapter(), settings: { token: "s3cret-token" }, secrets: ["s3cret-token"] },
    ],
    corrections: [wanted],
    ledger: world.ledger,
    clock: world.clock,
    transport: board.transport,
    userAgent: "test",
    patience: 120_000,
    session: () => memorySession(),
    open: async () => sourceOf(new Uint8Array()),
    signal: new AbortController().signal,
    stop: new AbortController().signal,
    onEvent: (event) => events.push(event),
    random: () => 0.5,
    ...over,
  });
  return outcome!;
}

/** As if the process had ended at that request: nothing after it is written down. */
async function killed(wanted: NewCorrection) {
  const dead = new Set(["endChange", "stopCorrection", "partEdited", "partRetracted", "finishCorrection"]);
  let isDead = false;
  const ledger = new Proxy(world.ledger, {
    get(target, name) {
      const member = Reflect.get(target, name);
      if (typeof member !== "function") return member;
      if (dead.has(String(name)))
        return (...given: unknown[]) =>
          isDead ? Promise.reject(new Error("killed")) : member.apply(target, given);
      return member.bind(target);
    },
  });
  const transport: Transport = async (...given) => {
    try {
      return await board.transport(...given);
    } catch (error) {
      if ((error as Error).message === "killed") isDead = true;
      throw error;
    }
  };
  await expect(run(wanted, { ledger, transport })).rejects.toThrow("killed");
  // Its lease runs out.
  world.clock.at += 61_000;
}

async function published(...texts: string[]) {
  await world.ledger.add([delivery({ posts: posts(...texts) })], NOW);
  await world.run();
  for (const [index, text] of texts.entries()) board.shown.set(String(index), text);
}

beforeEach(async () => {
  world = await createWorld();
  board = new Board();
  board.clock = world.clock;
  events = [];
});

describe("taking back", () => {
  it("deletes a thread from its end, and writes down who wanted it", async () => {
    await published("1", "2", "3");
    expect(await run({ ...retract, reason: "wrong price" })).toMatchObject({ is: "done" });
    expect(board.requests).toEqual(["DELETE 2", "DELETE 1", "DELETE 0"]);
    expect(await world.ledger.history(ID)).toMatchObject({
      state: "retracted",
      receipts: [],
      retracted: [{ id: "0" }, { id: "1" }, { id: "2" }],
      corrections: [{ kind: "retract", state: "done", by: "ada", reason: "wrong price" }],
    });
    await world.run();
    expect(world.published).toHaveLength(3);
  });

  it.each([
    ["kill-before", 2],
    ["kill-after", 2],
    ["kill-before", 1],
    ["kill-after", 1],
    ["kill-after", 0],
  ] as const)("goes on after a %s at part %i", async (fault, part) => {
    await published("1", "2", "3");
    for (let ok = 2; ok > part; ok--) board.script.push("ok");
    board.script.push(fault);
    await killed(retract);
    const between = await world.ledger.history(ID);
    expect(between).toMatchObject({ state: "held", code: "retracting" });
    expect(between?.receipts).toHaveLength(part + 1);
    await world.run();
    expect(world.published).toHaveLength(3);
    expect(await run(retract)).toMatchObject({ is: "done" });
    expect([...board.shown]).toEqual([]);
    expect(await world.ledger.history(ID)).toMatchObject({ state: "retracted", receipts: [] });
  });

  it("leaves everything as it was when the network refuses", async () => {
    await published("1");
    board.script.push("rejected");
    expect(await run(retract)).toMatchObject({ is: "refused", message: expect.stringContaining("Too old") });
    expect(await world.ledger.history(ID)).toMatchObject({ state: "published", receipts: [{ id: "0" }] });
  });

  it("stays half taken back when the network refuses in the middle, and can go on", async () => {
    await published("1", "2");
    board.script.push("ok", "rejected");
    await run(retract);
    expect(await world.ledger.history(ID)).toMatchObject({
      state: "held",
      code: "retracting",
      receipts: [{ part: 0 }],
      message: expect.stringContaining("Too old"),
    });
    expect(await run(retract)).toMatchObject({ is: "done" });
  });

  it("repeats what may have been done", async () => {
    await published("1");
    board.script.push("done-502", "unavailable");
    expect(await run(retract)).toMatchObject({ is: "done" });
    expect(board.requests).toHaveLength(3);
    expect((await world.ledger.history(ID))?.changes.map(({ outcome }) => outcome)).toEqual([
      "uncertain",
      "unavailable",
      "done",
    ]);
  });

  it("does not touch what another process is at, or what is not known to be out", async () => {
    await published("1");
    await world.ledger.correct(retract, {
      owner: "other@1",
      now: world.clock.at,
      until: world.clock.at + 60_000,
      dead: [],
    });
    expect(await run(retract)).toMatchObject({ is: "busy" });
    expect(board.requests).toEqual([]);
    const open = await createWorld();
    open.script.push("commit-reset");
    await open.ledger.add([delivery()], NOW);
    await open.run();
    world = open;
    expect(await run(retract)).toMatchObject({ is: "unsettled" });
  });
});

describe("editing", () => {
  it("changes only the parts that differ, and the delivery has the new content", async () => {
    await published("1", "2");
    expect(await run(edit("1", "two"))).toMatchObject({ is: "done" });
    expect(board.requests).toEqual(["PUT 1"]);
    const after = await world.ledger.history(ID);
    expect(after).toMatchObject({ state: "published", digest: digest(posts("1", "two")) });
    expect(after?.corrections[0]?.was.posts.map(({ text }) => text)).toEqual(["1", "2"]);
  });

  it.each(["kill-before", "kill-after"] as const)("goes on after a %s", async (fault) => {
    await published("1", "2");
    board.script.push("ok", fault);
    await killed(edit("one", "two"));
    expect(await world.ledger.history(ID)).toMatchObject({
      state: "published",
      digest: digest(posts("1", "2")),
    });
    expect(await run(edit("one", "two"))).toMatchObject({ is: "done" });
    expect([...board.shown.values()]).toEqual(["one", "two"]);
  });

  it("puts right what an earlier edit has begun, though the text is as it was before", async () => {
    await published("1", "2");
    board.script.push("ok", "kill-after");
    await killed(edit("one", "two"));
    expect(await run(edit("1", "2"))).toMatchObject({ is: "done" });
    expect([...board.shown.values()]).toEqual(["1", "2"]);
  });

  it("waits until an earlier request can do nothing more", async () => {
    await published("1");
    board.script.push("later");
    await run(edit("old"), { patience: 0 });
    await run(edit("new"));
    world.clock.at += 60_000;
    await board.transport(
      { method: "GET", url: "https://net.example/find", headers: {} } as never,
      {} as never,
    );
    expect([...board.shown.values()]).toEqual(["new"]);
    expect(events.some(({ type }) => type === "correction-waits")).toBe(true);
  });

  it("gives the adapter the post's own key and time", async () => {
    await published("1");
    const before = await world.ledger.history(ID);
    world.clock.at += 3_600_000;
    let seen: Pick<Context, "key" | "startedAt"> | undefined;
    const own = adapter();
    const noting = {
      ...own,
      edit: async (...given: Parameters<NonNullable<Adapter["edit"]>>) => {
        seen = { key: given[2].key, startedAt: given[2].startedAt };
        return own.edit!(...given);
      },
    };
    await run(edit("one"), {
      channels: [{ name: "a", adapter: noting, settings: { token: "s3cret-token" }, secrets: [] }],
    });
    expect(seen).toEqual({ key: keyOf(before!, 0), startedAt: new Date(before!.attempts[0]!.startedAt) });
  });

  it("looks for the new post where an edit makes one", async () => {
    board.replaces = true;
    await published("1");
    board.script.push("kill-after");
    await killed(edit("one"));
    expect(await run(edit("one"))).toMatchObject({ is: "done" });
    expect(board.requests).toEqual(["PUT 0"]);
    expect(await world.ledger.history(ID)).toMatchObject({ receipts: [{ id: "0'" }] });
  });

  it("sends nothing that was altered in the ledger, or not approved", async () => {
    await published("1");
    expect(await run({ ...edit("one"), posts: posts("forged") })).toMatchObject({
      is: "refused",
      code: "tampered",
    });
    const mayLeave = async () => "not approved";
    expect(await run(edit("one"), { mayLeave })).toMatchObject({ is: "refused", message: "not approved" });
    expect(board.requests).toEqual([]);
  });

  it("keeps secrets out of the ledger", async () => {
    await published("1");
    board.transport = async () => ({
      status: 403,
      headers: { "content-type": "application/json" },
      body: Buffer.from(JSON.stringify({ error: "s3cret-token is wrong" })),
    });
    await run(edit("one"));
    expect(JSON.stringify(await world.ledger.history(ID))).not.toContain("s3cret");
  });
});

describe("taking back to send again", () => {
  it("sends the new content in the next round, once", async () => {
    await published("1", "2");
    expect(await run({ ...edit("one", "two"), kind: "repost" })).toMatchObject({ is: "done" });
    expect([...board.shown]).toEqual([]);
    expect(await world.ledger.history(ID)).toMatchObject({ state: "scheduled", round: 1, receipts: [] });
    await world.run();
    await world.run();
    expect(world.published.map(({ text }) => text)).toEqual(["1", "2", "one", "two"]);
    expect(await world.ledger.history(ID)).toMatchObject({ state: "published", retracted: [{}, {}] });
  });
});

describe("a pause", () => {
  it("lets nothing leave until it ends, for its channel or for all", async () => {
    await world.ledger.add([delivery()], NOW);
    for (const channel of [undefined, "a"]) {
      await world.ledger.pause({ channel, at: NOW, reason: "a bad day" });
      await world.run();
      expect(world.published).toEqual([]);
      expect(await world.ledger.resume(channel)).toBe(true);
    }
    await world.ledger.pause({ channel: "b", at: NOW });
    await world.run();
    expect(world.published).toHaveLength(1);
  });
});
