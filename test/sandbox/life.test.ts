/** After a post is out, on every network and in every way: edited, read, measured and taken back, and killed in between. */

import { parse } from "valibot";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { answersOn, editsOf, type Reach, retractsOf, takesAnswers } from "../../src/adapter.ts";
import { memorySession } from "../../src/auth/session-store.ts";
import { reachOf } from "../../src/delivery/context.ts";
import { correct } from "../../src/delivery/correct.ts";
import { sourceOf } from "../../src/http/http.ts";
import { createWire } from "../../src/http/transport.ts";
import type { Ledger } from "../../src/ledger/ledger.ts";
import type { NewCorrection } from "../../src/ledger/types.ts";
import { digest } from "../../src/plan/digest.ts";
import { jumpingClock, type Loop, openLoop } from "./loop.ts";
import { halfOf, labelOf, ROWS } from "./rows.ts";
import { png } from "./stand.ts";

const rows = ROWS.filter(({ plain, way }) => plain && way.ids !== "none");
const ID = "campaigns/release/acme";

class Killed extends Error {}

/** A ledger in which nothing more is written once the first request has been answered. */
function dying(ledger: Ledger): Ledger {
  const after = new Set(["partEdited", "partRetracted", "endChange", "stopCorrection", "finishCorrection"]);
  return new Proxy(ledger, {
    get(target, name) {
      if (after.has(String(name))) return () => Promise.reject(new Killed());
      const member: unknown = Reflect.get(target, name, target);
      return typeof member === "function" ? member.bind(target) : member;
    },
  });
}

describe.each(rows.map((row) => ({ ...row, title: labelOf(halfOf(row.adapter), row.way) })))(
  "$title",
  ({ adapter, way, post: over }) => {
    let clock: ReturnType<typeof jumpingClock>;
    let loop: Loop;
    const session = memorySession();
    // Where a place holds one post, there is no second one; nor where a post is a file, and here both parts have the same one.
    const isFile = way.media?.needed === true && !takesAnswers(adapter);
    const last = way.named || isFile ? 0 : 1;
    const said = ["Acme 2.4 is out", "More below"].slice(0, last + 1);

    beforeEach(async () => {
      clock = jumpingClock();
      loop = await openLoop({ adapter, way, post: over }, clock, said);
      await loop.run();
    });
    afterEach(async () => {
      clock.restore();
      await loop.close();
    });

    const settingsOf = () => parse(adapter.channel, loop.sandbox.channel(adapter.id, "acme", way.settings));
    const texts = async () => (await loop.sandbox.posts()).map(({ text }) => text).sort();

    const change = async (wanted: Omit<NewCorrection, "delivery">, ledger: Ledger = loop.ledger) => {
      const wire = createWire();
      try {
        const [outcome] = await correct({
          channels: [{ name: "acme", adapter, settings: settingsOf(), secrets: loop.secrets }],
          corrections: [{ ...wanted, delivery: ID }],
          ledger,
          clock,
          transport: wire.transport,
          userAgent: "broadcast-test/1",
          patience: 24 * 3_600_000,
          session: () => session,
          open: async () => sourceOf(png()),
          signal: new AbortController().signal,
          stop: new AbortController().signal,
          random: () => 0.5,
        });
        return outcome;
      } finally {
        await wire.close();
      }
    };

    const asked = async <T>(ask: (reach: Reach) => Promise<T>): Promise<T> => {
      const wire = createWire();
      const around = {
        adapter,
        settings: settingsOf(),
        secrets: loop.secrets,
        userAgent: "broadcast-test/1",
      };
      try {
        return await ask(reachOf({ ...around, transport: wire.transport, session, clock }));
      } finally {
        await wire.close();
      }
    };

    const edit = async () => {
      const { posts } = await loop.history();
      const edited = posts.map((post, part) => (part === last ? { ...post, text: "More here" } : post));
      return { kind: "edit" as const, posts: edited, digest: digest(edited) };
    };

    it("is read as it was written, and measured", async () => {
      const { receipts } = await loop.history();
      if (adapter.read && answersOn(adapter, settingsOf(), "read")) {
        const standing = await asked((reach) => adapter.read!(receipts[0]!, reach));
        expect(standing).toMatchObject({ text: "Acme 2.4 is out" });
        expect(await asked((reach) => adapter.read!(receipts[last]!, reach))).toMatchObject({
          text: said[last],
        });
      }
      if (adapter.metrics && answersOn(adapter, settingsOf(), "metrics")) {
        const all = await asked((reach) => adapter.metrics!(receipts, reach));
        expect(all).toHaveLength(said.length);
        for (const one of all) expect(one).not.toBe("gone");
      }
      if (answersOn(adapter, settingsOf(), "replies"))
        expect(await asked((reach) => adapter.replies!(receipts[last]!, reach, new Date(0)))).toEqual([]);
    });

    it.runIf(adapter.edit)("is edited, once more after a kill, and says so", async () => {
      if (editsOf(adapter, settingsOf()) === "none") return;
      await expect(change(await edit(), dying(loop.ledger))).rejects.toThrow(Killed);
      await clock.sleep(61_000);
      expect(await change(await edit())).toMatchObject({ is: "done" });
      expect(await texts()).toEqual([...said.slice(0, -1), "More here"]);
      const { receipts, state, changes } = await loop.history();
      expect(state).toBe("published");
      // Where an edit makes a new post, that is found, and not made again.
      const edits = editsOf(adapter, settingsOf());
      expect(changes.length).toBeGreaterThan(edits !== "none" && edits.replaces ? 0 : 1);
      if (adapter.read && answersOn(adapter, settingsOf(), "read")) {
        const standing = await asked((reach) => adapter.read!(receipts[last]!, reach));
        expect(standing).toMatchObject({ text: "More here" });
        if (way.edits !== "untold") expect(standing).toHaveProperty("edited");
      }
      // What is the same already is not an error.
      const { posts } = await loop.history();
      expect(await change({ kind: "edit", posts, digest: digest(posts) })).toMatchObject({ is: "done" });
    });

    it.runIf(adapter.retract)("is taken back, also after a kill, and is gone", async () => {
      if (retractsOf(adapter, settingsOf()) === "none") return;
      const { receipts } = await loop.history();
      await expect(change({ kind: "retract" }, dying(loop.ledger))).rejects.toThrow(Killed);
      await clock.sleep(61_000);
      await loop.run();
      expect(await loop.history()).toMatchObject({ state: "held", code: "retracting" });
      expect(await change({ kind: "retract" })).toMatchObject({ is: "done" });
      expect(await texts()).toEqual([]);
      expect(await loop.history()).toMatchObject({ state: "retracted", receipts: [] });
      if (adapter.read && answersOn(adapter, settingsOf(), "read"))
        expect(await asked((reach) => adapter.read!(receipts[0]!, reach))).toBe("gone");
      if (adapter.metrics && answersOn(adapter, settingsOf(), "metrics"))
        expect(await asked((reach) => adapter.metrics!(receipts, reach))).toEqual(said.map(() => "gone"));
    });
  },
);
