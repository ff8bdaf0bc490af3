/** A ledger is moved whole, or not at all: from a file to a file, and where there is one, to PostgreSQL and back. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { copyLedger } from "../../src/ledger/copy.ts";
import { type Database, query } from "../../src/ledger/database.ts";
import { Ledger } from "../../src/ledger/ledger.ts";
import { migrate } from "../../src/ledger/migrate.ts";
import { createSchema, openPostgres } from "../../src/ledger/postgres/postgres.ts";
import { openSqlite } from "../../src/ledger/sqlite.ts";
import { TABLES } from "../../src/ledger/tables.ts";
import type { NewDelivery } from "../../src/ledger/types.ts";
import { postgresPlace } from "../../src/postgres-address.ts";
import { HAS_POSTGRES, type PostgresServer, startPostgres } from "../postgres/server.ts";

const NOW = Date.parse("2026-12-01T08:00:00Z");
const folder = mkdtempSync(join(tmpdir(), "broadcast-copy-"));
let files = 0;
let server: PostgresServer | undefined;
beforeAll(async () => {
  if (HAS_POSTGRES) server = await startPostgres();
}, 60_000);
afterAll(async () => {
  await server?.close();
  rmSync(folder, { recursive: true, force: true });
});

async function fresh(kind: string): Promise<Database> {
  let db: Database;
  if (kind === "postgres") {
    const place = postgresPlace(server!.url())!;
    db = await openPostgres(place);
    await createSchema(db, place);
  } else db = await openSqlite(join(folder, `${++files}.db`));
  await migrate(db);
  return db;
}

/** With something in every table. */
async function filled(kind: string): Promise<Database> {
  const db = await fresh(kind);
  const ledger = await Ledger.open(db);
  const post = { text: "Zürich 🎉 \u0000", entities: [], media: [], tags: [], options: {} };
  const deliveries = Array.from(
    { length: 603 },
    (_, n): NewDelivery => ({
      id: `campaigns/${n}/Ä-${n % 7}`,
      campaign: `campaigns/${n}`,
      channel: `Ä-${n % 7}`,
      network: "testnet",
      account: "acc",
      digest: `d${n}`,
      posts: [post],
      dueAt: NOW + n,
      ...(n % 2 === 0 && { expiresAt: NOW + 1_000_000, late: "ask" as const }),
    }),
  );
  await ledger.add(deliveries, NOW);
  const [mine] = await ledger.claim({ owner: "gone", now: NOW, until: NOW - 1, channel: "Ä-0", limit: 1 });
  await ledger.begin(mine!, 0, NOW, NOW, []);
  for (const { name, columns, key } of TABLES) {
    const [row] = await db.read(() => query(`select count(*) as number from ${name}`));
    if (Number(row?.number) > 0) continue;
    const values = columns.map(({ name: column, type }) =>
      key.includes(column) || type === "bigint"
        ? type === "text"
          ? "k"
          : 7
        : column === "reason"
          ? null
          : "{}",
    );
    const places = columns.map((_, n) => `$${n + 1}`).join(", ");
    await db.write(() =>
      query(
        `insert into ${name} (${columns.map(({ name }) => name).join(", ")}) values (${places})`,
        ...values,
      ),
    );
  }
  return db;
}

const all = async (db: Database) =>
  Object.fromEntries(
    await Promise.all(
      TABLES.filter(({ name }) => name !== "pauses" && name !== "workers").map(async ({ name, columns }) => {
        const rows = await db.read(() => query(`select * from ${name}`));
        const lines = rows.map((row) => JSON.stringify(columns.map((column) => row[column.name])));
        return [name, lines.sort()] as const;
      }),
    ),
  );

it("knows every table of the ledger with its columns and key", async () => {
  const db = await fresh("file");
  const rows = await db.read(() => query("select name from sqlite_master where type = 'table'"));
  const names = rows.map(({ name }) => name).filter((name) => name !== "ledger_version");
  expect(TABLES.map(({ name }) => name).sort()).toEqual(names.sort());
  for (const { name, columns, key } of TABLES) {
    const info = await db.read(() => query(`select name, pk from pragma_table_info('${name}') order by cid`));
    expect(columns.map((column) => column.name)).toEqual(info.map((row) => row.name));
    expect([...key].sort()).toEqual(
      info
        .filter(({ pk }) => Number(pk) > 0)
        .map((row) => row.name)
        .sort(),
    );
  }
  await db.close();
});

const WAYS = HAS_POSTGRES
  ? [
      ["file", "file"],
      ["file", "postgres"],
      ["postgres", "file"],
      ["postgres", "postgres"],
    ]
  : [["file", "file"]];

describe.each(WAYS)("from %s to %s", (from = "", to = "") => {
  it("has every row afterwards, and nothing leaves from the old one", async () => {
    const [old, target] = [await filled(from), await fresh(to)];
    const before = await all(old);
    const { rows } = await copyLedger(old, target, { movedTo: "there", now: NOW });
    expect(rows.deliveries).toBe(603);
    expect(await all(target)).toEqual(before);
    const claim = { owner: "me", now: NOW + 10_000, until: NOW + 70_000, channel: "Ä-1", limit: 5 };
    expect(await (await Ledger.open(old)).claim(claim)).toEqual([]);
    expect(await (await Ledger.open(target)).claim(claim)).toHaveLength(5);
    expect((await (await Ledger.open(old)).pauses())[0]?.reason).toBe("this ledger was moved to there");
    await Promise.all([old.close(), target.close()]);
  });

  it("starts again where an earlier copy was cut off, from which nothing leaves", async () => {
    const [old, target] = [await filled(from), await fresh(to)];
    let tables = 0;
    const cut = copyLedger(old, target, {
      movedTo: "there",
      now: NOW,
      onTable: () => {
        if (++tables === 3) throw new Error("killed");
      },
    });
    await expect(cut).rejects.toThrow("killed");
    const half = await Ledger.open(target);
    expect(
      await half.claim({ owner: "me", now: NOW + 10_000, until: NOW, channel: "Ä-1", limit: 5 }),
    ).toEqual([]);
    await copyLedger(old, target, { movedTo: "there", now: NOW });
    expect((await all(target)).deliveries).toEqual((await all(old)).deliveries);
    expect(await half.pauses()).toEqual([{ channel: "k", at: 7, by: "{}" }]);
    await Promise.all([old.close(), target.close()]);
  });

  it("keeps a person's pause, also when the first try was cut off, and cannot be resumed by mistake", async () => {
    const [old, target] = [await filled(from), await fresh(to)];
    await (await Ledger.open(old)).pause({ reason: "crisis", at: NOW });
    const killed = copyLedger(old, target, {
      movedTo: "there",
      now: NOW,
      onTable: () => {
        throw new Error("killed");
      },
    });
    await expect(killed).rejects.toThrow("killed");
    await copyLedger(old, target, { movedTo: "there", now: NOW });
    expect((await (await Ledger.open(target)).pauses())[0]?.reason).toBe("crisis");
    expect((await (await Ledger.open(old)).pauses())[0]?.reason).toBe("this ledger was moved to there");
    await Promise.all([old.close(), target.close()]);
  });

  it("touches neither while the old one is at work, or the new one holds something", async () => {
    const [old, target] = [await filled(from), await filled(to)];
    await expect(copyLedger(old, target, { movedTo: "there", now: NOW })).rejects.toThrow("not empty");
    const empty = await fresh(to);
    await (await Ledger.open(old)).claim({
      owner: "elsewhere:1",
      now: NOW,
      until: NOW + 60_000,
      channel: "Ä-0",
      limit: 1,
    });
    await expect(copyLedger(old, empty, { movedTo: "there", now: NOW })).rejects.toThrow("being sent");
    expect((await all(empty)).deliveries).toEqual([]);
    expect((await (await Ledger.open(old)).pauses()).filter(({ channel }) => channel === undefined)).toEqual(
      [],
    );
    await Promise.all([old.close(), target.close(), empty.close()]);
  });
});
