/**
 * Every fault that the sandbox can play, on every adapter, with nothing replaced: loop, ledger, transport, sandbox. What is
 * expected follows from what the adapter declares: a look-up or a key means exactly once, neither means at most once and
 * a question to a person.
 */
import { afterAll, describe, expect, it } from "vitest";
import type { Adapter } from "../../src/adapter.ts";
import { adapters } from "../../src/adapters/index.ts";
import { FAULTS, type Fault } from "../../src/sandbox/chaos.ts";
import { IMAGE, jumpingClock, type Loop, openLoop, published, type Way } from "../sandbox/loop.ts";

const byId = (id: string) => adapters.find((adapter) => adapter.id === id) as Adapter;
const blind = (id: string): Adapter => ({ ...byId(id), find: undefined });

const webhook = { webhook: "https://example.test" };
const token = { token: "t" };
const post = { media: [IMAGE] };

// Every network in every way of being somebody there: these meet every fault.
const WAYS: Record<string, Way> = {
  mastodon: { adapter: byId("mastodon") },
  bluesky: { adapter: byId("bluesky") },
  "discord by webhook": { adapter: byId("discord"), settings: webhook },
  "discord by bot": { adapter: byId("discord"), settings: token },
  "slack by webhook": { adapter: byId("slack"), settings: webhook, answersInWords: true },
  "slack by bot": { adapter: byId("slack"), settings: token },
  telegram: { adapter: byId("telegram") },
};
// Other things to say, or less to go by: these meet the faults that it could matter to, and all of them with DEEP=1.
const MORE_WAYS: Record<string, Way> = {
  "mastodon with an image": { adapter: byId("mastodon"), post },
  "mastodon with a mention": {
    adapter: byId("mastodon"),
    text: "Thanks @Bob@other.example,\n\n@amelie@münchen.example\n\nand @carol@third.example & all: https://acme.example/?a=1&b=2 #Release",
  },
  "mastodon by its key alone": { adapter: blind("mastodon") },
  "bluesky with an image": { adapter: byId("bluesky"), post },
  "bluesky by its key alone": { adapter: blind("bluesky") },
  "discord by bot with an image": { adapter: byId("discord"), settings: token, post },
  "slack by bot with an image": { adapter: byId("slack"), settings: token, post, provesNoAbsence: true },
  "telegram with an image": { adapter: byId("telegram"), post },
};
// Writes files and asks nobody; its own test breaks the disk.
const WITHOUT_HTTP = ["feed"];

/** What a fault does to one request, in the words of src/sandbox/chaos.ts. */
type Effect = "out" | "not now" | "refused" | "no login" | "lost, taken" | "lost, not taken";

const EFFECTS: Record<Fault, Effect> = {
  ok: "out",
  refuse: "not now",
  reset: "lost, not taken",
  "commit-then-reset": "lost, taken",
  "commit-then-hang": "lost, taken",
  "commit-then-500": "lost, taken",
  "commit-then-502": "lost, taken",
  "commit-then-504": "lost, taken",
  "limited-seconds": "not now",
  "limited-date": "not now",
  "limited-bare": "not now",
  slow: "out",
  "truncated-json": "lost, taken",
  "html-error": "lost, not taken",
  "wrong-type": "lost, taken",
  huge: "lost, taken",
  redirect: "refused",
  expired: "no login",
  processing: "out",
  "clock-off": "out",
  duplicate: "out",
};

const SOME: readonly Fault[] = [
  "ok",
  "reset",
  "commit-then-reset",
  "limited-seconds",
  "truncated-json",
  "html-error",
  "expired",
  "processing",
  "clock-off",
];

// An hour is the longest that a network of these asks for.
const LONGEST_WAIT = 65 * 60_000;

const clock = jumpingClock();
afterAll(() => clock.restore());

it("has a row for every adapter and every fault", () => {
  const rows = new Set(Object.values(WAYS).map(({ adapter }) => adapter.id));
  expect([...rows, ...WITHOUT_HTTP].sort()).toEqual(adapters.map(({ id }) => id).sort());
  expect(Object.keys(EFFECTS).sort()).toEqual([...FAULTS].sort());
});

const deep = process.env.DEEP !== undefined;
const all = [
  ...Object.entries(WAYS).map(([name, way]) => ({ name, way, faults: FAULTS })),
  ...Object.entries(MORE_WAYS).map(([name, way]) => ({ name, way, faults: deep ? FAULTS : SOME })),
];

describe.each(all)("$name", ({ way, faults }) => {
  const text = way.text ?? "Acme 2.4 is out";
  const on = async (texts: string[], steps: Fault[], test: (loop: Loop) => Promise<void>) => {
    // Which requests are uploads is the network's business, so every request meets that one.
    const script = steps.includes("processing")
      ? { path: "/", steps: Array(50).fill("processing") }
      : { steps };
    const loop = await openLoop(way, clock, texts, [script]);
    try {
      await test(loop);
    } finally {
      await loop.close();
    }
  };

  it.each([...faults])("%s", (fault) =>
    on([text], [fault], async (loop) => {
      const began = clock.now();
      const deadline = fault === "commit-then-hang" ? 150 : 5_000;
      await loop.run({ deadline });
      expect(clock.now() - began).toBeLessThan(LONGEST_WAIT);

      const expected = expectedAfter(fault, way);
      expect(await outcome(loop, way)).toEqual(expected);
      if (EFFECTS[fault] === "not now") expect(gap(loop, way)).toBeGreaterThanOrEqual(announced(fault));
      expect(loop.sandbox.requests.filter(({ path }) => path.startsWith("/elsewhere"))).toEqual([]);
      await truthful(loop);

      // The same command again, with a login that works: what was stopped goes on, and nothing goes out twice.
      await loop.run({ deadline });
      const again =
        expected.code === "auth"
          ? { ...expected, state: "published", code: undefined, out: [text] }
          : expected;
      expect(await outcome(loop, way)).toEqual({
        ...again,
        requests: expected.requests + (expected.code === "auth" ? 1 : 0),
      });
    }),
  );

  it("killed after the network took it, before that is written down", () =>
    on([text], [], async (loop) => {
      await loop.runAndDie();
      expect((await loop.history()).attempts).toMatchObject([{ outcome: undefined }]);
      await loop.run();
      expect(await outcome(loop, way)).toEqual(expectedAfter("commit-then-reset", way));
      await truthful(loop);
    }));

  const twice = [0, 3_000, 15 * 60_000].flatMap((gap) =>
    (["ok", "reset", "commit-then-reset"] as const).map((fault) => [fault, gap] as const),
  );
  it.each(twice)("%s for a second post of the same words, %d ms later", (fault, gap) =>
    on([text], ["ok", fault], async (loop) => {
      await loop.run();
      await clock.sleep(gap);
      await loop.enter("campaigns/again", [text]);
      await loop.run();

      const { state, code, out } = expectedAfter(fault, way);
      const again = await loop.history("campaigns/again");
      expect([again.state, again.code]).toEqual([state, code]);
      expect((await outcome(loop, way)).out).toEqual([text, ...out]);
      const [first] = (await loop.history()).receipts;
      if (first?.id) expect(again.receipts.map(({ id }) => id)).not.toContain(first.id);
    }),
  );

  const inThread: Fault[] = ["expired", "reset", "commit-then-reset", "limited-seconds"];
  it.runIf(way.adapter.thread !== "none" && !way.post).each(inThread)(
    "%s in the middle of a thread",
    (fault) =>
      on(["One", "Two", "Three"], ["ok", fault], async (loop) => {
        await loop.run();
        const { state, code, out } = expectedAfter(fault, way);
        const middle = out.length > 0 ? ["Two"] : [];
        const stopped = state !== "published";
        const found = await outcome(loop, way);
        expect(found).toMatchObject({ state, code, out: ["One", ...middle, ...(stopped ? [] : ["Three"])] });

        await loop.run();
        const all = code === "auth" || !stopped;
        expect((await outcome(loop, way)).out).toEqual(all ? ["One", "Two", "Three"] : ["One", ...middle]);
        await truthful(loop);
        await inLine(loop, way);
      }),
  );
});

it("feed, which has files instead of requests, is killed after they are written", async () => {
  const loop = await openLoop({ adapter: byId("feed") }, clock, ["Acme 2.4 is out"]);
  try {
    await loop.runAndDie();
    expect(await loop.sandbox.posts()).toHaveLength(1);
    await loop.run();
    expect((await loop.history()).attempts.map(({ outcome }) => outcome)).toEqual([undefined, "published"]);
    expect((await loop.sandbox.posts()).map(({ url }) => url)).toEqual([
      (await loop.history()).receipts[0]?.url,
    ]);
  } finally {
    await loop.close();
  }
});

interface Outcome {
  state: string;
  code: string | undefined;
  /** The texts that readers see, oldest first. */
  out: string[];
  /** How many requests the sandbox saw that could have published. */
  requests: number;
}

function expectedAfter(fault: Fault, way: Way): Outcome {
  const { adapter } = way;
  const asks = adapter.find !== undefined && way.settings?.webhook === undefined;
  const safe = asks || adapter.idempotency !== "none";
  const out = [way.text ?? "Acme 2.4 is out"];
  const published = { state: "published", code: undefined, out };
  const held = { state: "held", code: "uncertain" };

  switch (fault === "wrong-type" && way.answersInWords ? "out" : EFFECTS[fault]) {
    case "out":
      // What the network would recognise arrives twice within the sandbox, as one request.
      return { ...published, requests: 1 };
    case "not now":
      return { ...published, requests: 2 };
    case "refused":
      return { state: "failed", code: "rejected", out: [], requests: 1 };
    case "no login":
      // A password can be used again; a token that has ended needs a person.
      if (adapter.auth.kind === "password") return { ...published, requests: 2 };
      return { state: "scheduled", code: "auth", out: [], requests: 1 };
    case "lost, taken":
      if (!safe) return { ...held, out, requests: 1 };
      return { ...published, requests: asks ? 1 : 2 };
    case "lost, not taken":
      if (!safe || way.provesNoAbsence) return { ...held, out: [], requests: 1 };
      return { ...published, requests: 2 };
  }
}

async function outcome(loop: Loop, { adapter }: Way): Promise<Outcome> {
  const { state, code } = await loop.history();
  const posts = await loop.sandbox.posts();
  return { state, code, out: posts.map(({ text }) => text), requests: published(loop, adapter.id).length };
}

/** What the ledger says is out is out, under that address; and no message tells a secret. */
async function truthful(loop: Loop): Promise<void> {
  const { receipts, attempts, message, state, posts } = await loop.history();
  const pages = (await loop.sandbox.posts()).map(({ url }) => url);
  for (const { part, url } of receipts) if (url) expect(url.split("?")[0]).toBe(pages[part]);
  if (state === "published") expect(receipts).toHaveLength(posts.length);
  const said = JSON.stringify([message, attempts, loop.events]);
  for (const secret of loop.secrets) expect(said).not.toContain(secret);
}

async function inLine(loop: Loop, { adapter }: Way): Promise<void> {
  const { receipts } = await loop.history();
  if (adapter.thread !== "reply" || receipts.some(({ id }) => id === "")) return;
  const posts = await loop.sandbox.posts();
  for (const [at, { parent }] of posts.entries()) {
    // Some networks hang every part below the first, some below the one before.
    const above = posts.slice(0, at).map(({ id }) => id);
    if (at > 0) expect(above).toContain(parent);
  }
}

/** Milliseconds between the refused request and the next one, by the sandbox's clock. */
function gap(loop: Loop, { adapter }: Way): number {
  const [first, second] = published(loop, adapter.id);
  return second!.at - first!.at;
}

// A date has no milliseconds. Without a word the loop chooses, and does not come back at once.
function announced(fault: Fault): number {
  return { "limited-seconds": 2_000, "limited-date": 1_000, "limited-bare": 1_000 }[fault as string] ?? 400;
}
