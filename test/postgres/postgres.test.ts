/** What only a ledger in PostgreSQL has: machines that want the same, a server that goes away, clocks that differ. */
import { connect, createServer, type Server, type Socket } from "node:net";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { systemClock } from "../../src/clock.ts";
import { InputError } from "../../src/errors.ts";
import { query } from "../../src/ledger/database.ts";
import { LedgerError } from "../../src/ledger/errors.ts";
import { Ledger } from "../../src/ledger/ledger.ts";
import { findInPostgres } from "../../src/ledger/open.ts";
import { isLost, postgresErrorOf } from "../../src/ledger/postgres/errors.ts";
import { openPostgres } from "../../src/ledger/postgres/postgres.ts";
import type { NewDelivery } from "../../src/ledger/types.ts";
import { passwordsIn, postgresPlace } from "../../src/postgres-address.ts";
import { openQueue } from "../../src/queue/queue.ts";
import { openAtAddress } from "../ledger/anew.ts";
import { ask, HAS_POSTGRES, type PostgresServer, startPostgres } from "./server.ts";

const NOW = Date.parse("2026-12-01T08:00:00Z");
const post = { text: "one", entities: [], media: [], tags: [], options: {} };
const delivery = (n: number, over: Partial<NewDelivery> = {}): NewDelivery => ({
  id: `c/${n}`,
  campaign: "c",
  channel: "a",
  network: "testnet",
  account: "acc",
  digest: "d",
  posts: [post],
  dueAt: NOW,
  ...over,
});

describe("an address", () => {
  it.each([
    ["postgres://u:p@db.example:5433/acme?schema=press", "press", "db.example:5433/acme (press)"],
    ["postgresql://u@db.example/acme?sslmode=require", "broadcast", "db.example/acme (broadcast)"],
    ["postgres:///acme?host=/var/run/postgresql", "broadcast", "/var/run/postgresql/acme (broadcast)"],
  ])("%s has its schema and a name without password", (text, schema, name) => {
    expect(postgresPlace(text)).toMatchObject({ schema, name });
    expect(postgresPlace(text)?.url).not.toContain("schema=");
  });

  it.each([
    "mysql://u:p@h/d",
    "ledger.db",
    "postgres://u@h/d?schema=a;drop",
    "postgres://u@h/d?schema=pg_catalog",
    "postgres://u@[/d",
  ])("%s is none", (text) => expect(postgresPlace(text)).toBeUndefined());

  it("gives its password in both spellings, to be masked", () => {
    expect(passwordsIn("postgres://u:a%20b@h/d")).toEqual(["a%20b", "a b"]);
    expect(passwordsIn("postgres://u@h/d")).toEqual([]);
  });
});

describe.runIf(HAS_POSTGRES)("a ledger in PostgreSQL", () => {
  let server: PostgresServer;
  beforeAll(async () => {
    server = await startPostgres();
  }, 60_000);
  afterAll(() => server?.close());
  const own = process.env.TEST_DATABASE_URL === undefined;

  const claim = (ledger: Ledger, owner: string, over: object = {}) =>
    ledger.claim({ owner, now: NOW, until: NOW + 60_000, channel: "a", limit: 1, ...over });

  it("is made by the first of many who open it at once, and looking makes nothing", async () => {
    const url = server.url();
    const look = await findInPostgres(postgresPlace(url)!);
    expect(look.exists).toBe(false);
    await look.close();
    const all = await Promise.all(Array.from({ length: 6 }, () => openAtAddress(url)));
    await all[0]!.add([delivery(1)], NOW);
    expect(await all[5]!.get("c/1")).toMatchObject({ dueAt: NOW, state: "scheduled" });
    const again = await findInPostgres(postgresPlace(url)!);
    expect(again.exists).toBe(true);
    await Promise.all([again.close(), ...all.map((one) => one.close())]);
  });

  it("gives each delivery to one of those who ask at the same moment", async () => {
    const url = server.url();
    const all = await Promise.all(Array.from({ length: 5 }, () => openAtAddress(url)));
    await all[0]!.add(
      Array.from({ length: 60 }, (_, n) => delivery(n)),
      NOW,
    );
    const taken = await Promise.all(
      Array.from({ length: 60 }, (_, n) => claim(all[n % 5]!, `worker${n % 5}`, { limit: 2 })),
    );
    const ids = taken.flat().map(({ id }) => id);
    expect(new Set(ids).size).toBe(ids.length);
    expect(ids.length).toBe(60);
    await Promise.all(all.map((one) => one.close()));
  });

  it("lets as many requests of an account leave as its window takes, however many begin at once", async () => {
    const url = server.url();
    const all = await Promise.all(Array.from({ length: 4 }, () => openAtAddress(url)));
    await all[0]!.add(
      Array.from({ length: 20 }, (_, n) => delivery(n)),
      NOW,
    );
    const mine = await claim(all[0]!, "me", { limit: 20 });
    const begun = await Promise.all(
      mine.map((one, n) => all[n % 4]!.begin(one, 0, NOW, NOW, [{ posts: 3, per: "1m" }])),
    );
    expect(begun.filter((one) => one !== "lost" && "attempt" in one)).toHaveLength(3);
    await Promise.all(all.map((one) => one.close()));
  });

  it("enters the same campaign once, though two send it at the same moment", async () => {
    const url = server.url();
    const [one, other] = await Promise.all([openAtAddress(url), openAtAddress(url)]);
    const many = Array.from({ length: 30 }, (_, n) => delivery(n));
    const [first, second] = await Promise.all([one.add(many, NOW), other.add([...many].reverse(), NOW)]);
    expect([...first, ...second].filter(({ as }) => as === "new")).toHaveLength(30);
    await Promise.all([one.close(), other.close()]);
  });

  it("does not let a changed campaign change what was claimed in the meantime", async () => {
    const url = server.url();
    const [one, other] = await Promise.all([openAtAddress(url), openAtAddress(url)]);
    const many = Array.from({ length: 40 }, (_, n) => delivery(n));
    await one.add(many, NOW);
    const changed = many.map((each) => ({ ...each, digest: "other", posts: [{ ...post, text: "two" }] }));
    const [claimed] = await Promise.all([claim(one, "me", { limit: 40 }), other.add(changed, NOW)]);
    // What is being sent stands in the ledger as it was claimed.
    for (const { id, digest } of claimed)
      expect(await one.get(id)).toMatchObject({ digest, state: "sending" });
    await Promise.all([one.close(), other.close()]);
  });

  it("takes a transaction that was left alone for too long for a connection that is gone, and not for damage", () => {
    const raised = (code: string) => Object.assign(new Error("words"), { code, severity: "ERROR" });
    expect(isLost(raised("25P03"))).toBe(true);
    expect((postgresErrorOf("db", raised("54000")) as LedgerError).problem.code).toBe("ledger-unreadable");
    expect((postgresErrorOf("db", raised("XX001")) as LedgerError).problem.code).toBe("ledger-corrupt");
  });

  it("asks its queue again when another machine is just making that", async () => {
    const address = server.url();
    await (await openAtAddress(address)).close();
    const place = postgresPlace(address)!;
    const queue = await openQueue(place);
    await queue.look([{ channel: "a" }]);
    const schema = `"${place.schema}_queue"`;
    // As a function that was planned before its tables changed: the first call fails, in the server's own words.
    await ask(address, `create sequence ${schema}.calls`);
    await ask(address, `alter function ${schema}.add_job rename to add_job_itself`);
    await ask(
      address,
      `create function ${schema}.add_job(task text, job_key text, run_at timestamptz) returns void language plpgsql as $$ begin
         if nextval('${schema}.calls') = 1 then
           raise exception 'could not open relation with OID 17590' using errcode = 'XX000';
         end if;
         perform ${schema}.add_job_itself(task, job_key => job_key, run_at => run_at);
       end $$`,
    );
    await queue.look([{ channel: "b" }]);
    await queue.close();
    const jobs = await ask(address, `select key from ${schema}.jobs order by key`);
    expect(JSON.stringify(jobs)).toMatch(/now a.*now b/s);
  });

  it("keeps projects apart that share the database", async () => {
    const [one, other] = await Promise.all([openAtAddress(server.url()), openAtAddress(server.url())]);
    await one.add([delivery(1)], NOW);
    expect(await other.list()).toEqual([]);
    await Promise.all([one.close(), other.close()]);
  });

  it("has the database's clock, not the machine's", async () => {
    const ledger = await openAtAddress(server.url());
    const wrong = { ...systemClock, now: () => Date.now() + 600_000 };
    const theirs = ledger.clock(wrong);
    expect(theirs.now() - wrong.now()).toBeGreaterThan(-1_000);
    // The machine's own clock is right here, so that of the database is not ahead of it.
    expect(Math.abs(ledger.clock(systemClock).now() - Date.now())).toBeLessThan(1_000);
    expect(ledger.clock(theirs)).toBe(theirs);
    await ledger.close();
  });

  it("waits for the disk, also where the server's default is not to", async () => {
    const url = server.url();
    const ledger = await openAtAddress(url);
    await ledger.add([delivery(1)], NOW);
    await ask(url, "alter role broadcast set synchronous_commit = off");
    try {
      expect(await ask(url, "show synchronous_commit")).toEqual([{ synchronous_commit: "off" }]);
      const db = await openPostgres(postgresPlace(url)!);
      expect(await db.read(() => query("show synchronous_commit"))).toEqual([{ synchronous_commit: "on" }]);
      await db.close();
    } finally {
      await ask(url, "alter role broadcast reset synchronous_commit");
    }
    await ledger.close();
  });

  it("says what is wrong without its password", async () => {
    const wrong = async (url: string) => {
      try {
        await (await findInPostgres(postgresPlace(url)!)).close();
      } catch (error) {
        return error;
      }
      throw new Error("it was opened");
    };
    const url = new URL(server.url());
    url.password = "wrong-password-here";
    const denied = await wrong(url.href);
    expect(denied).toBeInstanceOf(InputError);
    expect((denied as InputError).problems[0]).toMatchObject({ code: "ledger-denied" });
    expect(JSON.stringify((denied as InputError).problems)).not.toContain("wrong-password");
    const away = new URL(server.url());
    away.port = "1";
    expect(((await wrong(away.href)) as InputError).problems[0]).toMatchObject({
      code: "ledger-unreachable",
    });
    const none = new URL(server.url());
    none.pathname = "/nothing_here";
    expect(((await wrong(none.href)) as InputError).problems[0]?.message).toContain("does not exist");
  });

  describe.runIf(own)("whose server goes away", () => {
    it("goes on when it is back, and lost nothing that was answered", async () => {
      const ledger = await openAtAddress(server.url());
      await ledger.add([delivery(1)], NOW);
      server.stop("immediate");
      const later = Promise.all([ledger.add([delivery(2)], NOW), ledger.list()]);
      await new Promise((done) => setTimeout(done, 300));
      server.start();
      await later;
      expect((await ledger.list()).map(({ id }) => id)).toEqual(["c/1", "c/2"]);
      await ledger.close();
    }, 60_000);

    it.each(["before", "after"] as const)(
      "asks what became of a commit whose answer was lost: cut %s it",
      async (when) => {
        const cut = await startCut(server.port, when);
        const url = new URL(server.url());
        const direct = url.href;
        url.port = String(cut.port);
        const ledger = await openAtAddress(url.href);
        const watcher = await openAtAddress(direct);
        await ledger.add([delivery(1)], NOW);
        const [mine] = await claim(ledger, "me");
        cut.next();
        const begun = await ledger.begin(mine!, 0, NOW, NOW, []);
        expect(cut.happened()).toBe(true);
        expect(begun).toMatchObject({ attempt: { number: 1 } });
        // Written once, not once for each try.
        expect((await watcher.history("c/1"))?.attempts).toHaveLength(1);
        await Promise.all([ledger.close(), watcher.close()]);
        await cut.close();
      },
      60_000,
    );

    it("gives up after a while with an error that says so", async () => {
      const cut = await startCut(server.port, "before");
      const url = new URL(server.url());
      url.port = String(cut.port);
      await (await openAtAddress(url.href)).close();
      const db = await openPostgres(postgresPlace(url.href)!, 1_000);
      const ledger = await Ledger.open(db);
      await cut.close();
      const began = Date.now();
      const failed = await ledger.add([delivery(1)], NOW).catch((error: unknown) => error);
      expect(failed).toBeInstanceOf(LedgerError);
      expect((failed as LedgerError).problem.code).toBe("ledger-unreachable");
      expect(Date.now() - began).toBeLessThan(15_000);
      await ledger.close();
    }, 60_000);
  });
});

/** A way to the server that is cut at the next commit: before the server gets it, or after, when its answer is on its way. */
async function startCut(to: number, when: "before" | "after") {
  let armed = false;
  let happened = false;
  const open = new Set<Socket>();
  const server: Server = createServer((client) => {
    const upstream = connect(to, "127.0.0.1");
    for (const socket of [client, upstream]) {
      open.add(socket);
      socket.on("error", () => {});
    }
    let dropping = false;
    client.on("data", (bytes) => {
      if (armed && bytes.includes("commit")) {
        armed = false;
        happened = true;
        if (when === "before") {
          client.destroy();
          upstream.destroy();
          return;
        }
        dropping = true;
      }
      upstream.write(bytes);
    });
    upstream.on("data", (bytes) => {
      if (!dropping) return void client.write(bytes);
      client.destroy();
      upstream.destroy();
    });
    client.on("close", () => upstream.destroy());
    upstream.on("close", () => client.destroy());
  });
  await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
  return {
    port: (server.address() as { port: number }).port,
    next: () => {
      armed = true;
    },
    happened: () => happened,
    close: async () => {
      for (const socket of open) socket.destroy();
      await new Promise((done) => server.close(done));
    },
  };
}
