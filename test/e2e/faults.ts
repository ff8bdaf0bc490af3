/**
 * Every fault that the sandbox can play, on every adapter, with nothing replaced: loop, ledger, transport, sandbox. What is
 * expected follows from what the adapter declares: a look-up or a key means exactly once, neither means at most once and
 * a question to a person.
 */
import { afterAll, describe, expect, it } from "vitest";
import { takesAnswers } from "../../src/adapter.ts";
import { FAULTS, type Fault } from "../../src/sandbox/chaos.ts";
import { adapters } from "../networks.ts";
import { EVERYTHING } from "../sample.ts";
import { jumpingClock, type Loop, openLoop, published } from "../sandbox/loop.ts";
import { FILES, halfOf, keepsKeys, ROWS, type Row } from "../sandbox/rows.ts";

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
  "commit-then-503": "lost, taken",
  "commit-then-504": "lost, taken",
  "commit-then-429": "lost, taken",
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

const FEW: readonly Fault[] = ["ok", "commit-then-reset", "limited-seconds"];

// An hour is the longest that a network of these asks for.
const LONGEST_WAIT = 65 * 60_000;

/** `share` of `of`: a file of tests runs in one process, and there are two. */
export function playFaults(share: number, of: number): void {
  const clock = jumpingClock();
  afterAll(() => clock.restore());

  it.runIf(share === 0)("has rows for every adapter, and knows what every fault does", () => {
    const ids = new Set([...ROWS, ...FILES].map(({ adapter }) => adapter.id));
    // Nothing is asked where a person posts, and these are faults of HTTP.
    const asked = adapters.filter((one) => !one.byHand && !halfOf(one).ways.every(({ socket }) => socket));
    expect([...ids].sort()).toEqual(asked.map(({ id }) => id).sort());
    expect(Object.keys(EFFECTS).sort()).toEqual([...FAULTS].sort());
  });

  // A way itself meets every fault with ALL=1, which CI sets, and else a fourth of the ways do; other things to say in it meet
  // those that it could matter to, and all of them with DEEP=1.
  const plain = ROWS.filter((row) => row.plain);
  const isSampled = (row: Row) => EVERYTHING || plain.filter(isTaken).indexOf(row) % 4 === 0;
  const deep = process.env.DEEP !== undefined;

  // Of each network its first way, without ALL=1.
  const isTaken = ({ adapter, way }: Row) => EVERYTHING || halfOf(adapter).ways.indexOf(way) === 0;
  describe.each(ROWS.filter(isTaken).filter((_, index) => index % of === share))("$name", (row) => {
    const { text, adapter } = row;
    const faults = deep || (row.plain && isSampled(row)) ? FAULTS : row.plain || EVERYTHING ? SOME : FEW;
    const on = async (texts: string[], steps: Fault[], test: (loop: Loop) => Promise<void>) => {
      // Which requests are uploads is the network's business, so every request meets that one.
      const script = steps.includes("processing")
        ? { path: "/", steps: Array(50).fill("processing") }
        : { steps };
      const loop = await openLoop(row, clock, texts, [script]);
      try {
        await test(loop);
      } finally {
        await loop.close();
      }
    };

    it.each([...faults])("%s", (fault) =>
      on([text], [fault], async (loop) => {
        const began = clock.now();
        clock.longest = fault === "refuse" ? 30 : 5;
        const deadline = fault === "commit-then-hang" ? 150 : 5_000;
        await loop.run({ deadline });
        expect(clock.now() - began).toBeLessThan(LONGEST_WAIT);

        const expected = expectedAfter(fault, row);
        expect(await outcome(loop, row)).toEqual(expected);
        if (effectOf(fault, row) === "not now")
          expect(gap(loop, row)).toBeGreaterThanOrEqual(announced(fault));
        expect(loop.sandbox.requests.filter(({ path }) => path.startsWith("/elsewhere"))).toEqual([]);
        await truthful(loop);

        // The same command again, with a login that works: what was stopped goes on, and nothing goes out twice.
        await loop.run({ deadline });
        const again =
          expected.code === "auth"
            ? { ...expected, state: "published", code: undefined, out: [text] }
            : expected;
        expect(await outcome(loop, row)).toEqual({
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
        expect(await outcome(loop, row)).toEqual(expectedAfter("commit-then-reset", row));
        await truthful(loop);
      }));

    const twice = [0, 3_000, 15 * 60_000].flatMap((gap) =>
      (["ok", "reset", "commit-then-reset"] as const).map((fault) => [fault, gap] as const),
    );
    // Where a place holds one post, the same words there are the first one.
    it.each(row.way.named || !(EVERYTHING || (row.plain && isSampled(row))) ? [] : twice)(
      "%s for a second post of the same words, %d ms later",
      (fault, gap) =>
        on([text], ["ok", fault], async (loop) => {
          await loop.run();
          await clock.sleep(gap);
          await loop.enter("campaigns/again", [text]);
          await loop.run();

          const { state, code, out } = expectedAfter(fault, row);
          const again = await loop.history("campaigns/again");
          expect([again.state, again.code]).toEqual([state, code]);
          expect((await outcome(loop, row)).out).toEqual([text, ...out]);
          const [first] = (await loop.history()).receipts;
          if (first?.id) expect(again.receipts.map(({ id }) => id)).not.toContain(first.id);
        }),
    );

    const inThread: Fault[] = ["expired", "reset", "commit-then-reset", "limited-seconds"];
    // What is peculiar to other words or pictures is not more so in the middle of a thread.
    const threads = row.way.threads && takesAnswers(adapter) && !row.post && !(text === row.way.rewritten);
    it.each(threads ? inThread : [])("%s in the middle of a thread", (fault) =>
      on(["One", "Two", "Three"], ["ok", fault], async (loop) => {
        await loop.run();
        // Files belong to the first post: this one has none.
        const { state, code, out } = expectedAfter(fault, { ...row, provesNoAbsence: false });
        const middle = out.length > 0 ? ["Two"] : [];
        const stopped = state !== "published";
        const found = await outcome(loop, row);
        expect(found).toMatchObject({ state, code, out: ["One", ...middle, ...(stopped ? [] : ["Three"])] });

        await loop.run();
        const all = code === "auth" || !stopped;
        expect((await outcome(loop, row)).out).toEqual(all ? ["One", "Two", "Three"] : ["One", ...middle]);
        await truthful(loop);
        await inLine(loop, row);
      }),
    );
  });

  it.each(share === 0 ? FILES : [])(
    "$adapter.id, which has files instead of requests, is killed after they are written",
    async (row) => {
      const loop = await openLoop(row, clock, ["Acme 2.4 is out"]);
      try {
        await loop.runAndDie();
        expect(await loop.sandbox.posts()).toHaveLength(1);
        await loop.run();
        expect((await loop.history()).attempts.map(({ outcome }) => outcome)).toEqual([
          undefined,
          "published",
        ]);
        expect((await loop.sandbox.posts()).map(({ url }) => url)).toEqual([
          (await loop.history()).receipts[0]?.url,
        ]);
      } finally {
        await loop.close();
      }
    },
  );
}

interface Outcome {
  state: string;
  code: string | undefined;
  /** The texts that readers see, oldest first. */
  out: string[];
  /** How many requests the sandbox saw that could have published. */
  requests: number;
}

function effectOf(fault: Fault, { adapter, way }: Row): Effect {
  if (fault === "wrong-type" && way.answers !== undefined) return "out";
  if (fault === "truncated-json" && way.answers === "headers") return "out";
  // Where the network has no words of its own for being down, it may have been a proxy that said so.
  if (fault === "refuse" && !halfOf(adapter).busy) return "lost, not taken";
  return EFFECTS[fault];
}

function expectedAfter(fault: Fault, row: Row): Outcome {
  const { adapter, asks, provesNoAbsence, text } = row;
  const safe = asks || keepsKeys(adapter, row.way);
  const out = [text];
  const published = { state: "published", code: undefined, out };
  const held = { state: "held", code: "uncertain" };

  switch (effectOf(fault, row)) {
    case "out":
      // What the network would recognise arrives twice within the sandbox, as one request.
      return { ...published, requests: 1 };
    case "not now":
      return { ...published, requests: 2 };
    case "refused":
      return { state: "failed", code: "rejected", out: [], requests: 1 };
    case "no login":
      // A password can be used again; a token that has ended needs a person.
      if (adapter.auth.kind === "password" || row.way.renews) return { ...published, requests: 2 };
      return { state: "scheduled", code: "auth", out: [], requests: 1 };
    case "lost, taken":
      if (!safe) return { ...held, out, requests: 1 };
      return { ...published, requests: asks ? 1 : 2 };
    case "lost, not taken":
      if (!safe || provesNoAbsence) return { ...held, out: [], requests: 1 };
      return { ...published, requests: 2 };
  }
}

async function outcome(loop: Loop, { adapter, way }: Row): Promise<Outcome> {
  const wordsOf = (text: string) => (way.media?.inText ? text.split("\n\n")[0]! : text);
  const { state, code } = await loop.history();
  const posts = await loop.sandbox.posts();
  return {
    state,
    code,
    out: posts.map(({ text }) => wordsOf(text)),
    requests: published(loop, adapter.id).length,
  };
}

/** What the ledger says is out is out, under that address; and no message tells a secret. */
async function truthful(loop: Loop): Promise<void> {
  const { receipts, attempts, message, state, posts } = await loop.history();
  const pages = (await loop.sandbox.posts()).map(({ url }) => url);
  // A page may be one of several that an address with a query names.
  for (const { part, url } of receipts) if (url) expect([url, url.split("?")[0]]).toContain(pages[part]);
  if (state === "published") expect(receipts).toHaveLength(posts.length);
  const said = JSON.stringify([message, attempts, loop.events]);
  for (const secret of loop.secrets) expect(said).not.toContain(secret);
}

async function inLine(loop: Loop, { adapter }: Row): Promise<void> {
  const { receipts } = await loop.history();
  if (adapter.thread === "sequence" || receipts.some(({ id }) => id === "")) return;
  const posts = await loop.sandbox.posts();
  for (const [at, { parent }] of posts.entries()) {
    // Some networks hang every part below the first, some below the one before.
    const above = posts.slice(0, at).map(({ id }) => id);
    if (at > 0) expect(above).toContain(parent);
  }
}

/** Milliseconds between the refused request and the next one, by the sandbox's clock. */
function gap(loop: Loop, { adapter }: Row): number {
  const [first, second] = published(loop, adapter.id);
  return second!.at - first!.at;
}

// A date has no milliseconds. Without a word the loop chooses, and does not come back at once.
function announced(fault: Fault): number {
  return { "limited-seconds": 2_000, "limited-date": 1_000, "limited-bare": 1_000 }[fault as string] ?? 400;
}
