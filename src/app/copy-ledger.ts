/** Moves a ledger from one place to another; places are spelled as in `ledger:` of broadcast.yml. */
import { existsSync } from "node:fs";
import { resolve } from "node:path";
import { howToSet, interpolate, readEnvironment } from "../config/environment.ts";
import { usageError } from "../errors.ts";
import type { Copied } from "../ledger/copy.ts";
import type { Database } from "../ledger/database.ts";
import { asInputError } from "../ledger/errors.ts";
import { passwordsIn, postgresPlace } from "../postgres-address.ts";
import { LEDGER_REF, type LedgerProject } from "./ledger.ts";

export interface LedgerCopy extends Copied {
  from: string;
  to: string;
}

interface Place {
  /** For people. */
  name: string;
  /** Where it stands, to tell whether two are the same. */
  identity: string;
  /** Throws LedgerError when it cannot be used; `undefined`: there is none. */
  open(make: boolean): Promise<Database | undefined>;
}

/**
 * `to` is the project's own ledger by default. Throws InputError when one cannot be opened, the old one is in use, or the new
 * one holds something.
 */
export async function copyLedgerTo(
  from: string,
  to: string | undefined,
  project: LedgerProject & { cwd: string; env: Readonly<Record<string, string | undefined>> },
  now = Date.now(),
): Promise<LedgerCopy> {
  const own = project.config.ledger;
  const environment = await readEnvironment(project.env, project.config.root);
  const written = (spelled: string) => {
    requireNoPassword(spelled);
    const { text, missing } = interpolate(spelled, environment);
    if (missing.length === 0) return text;
    throw usageError(
      `the environment variable \`${missing[0]}\` is not set`,
      howToSet(missing[0]!, environment),
    );
  };
  if (to === undefined && own === undefined)
    throw usageError("where to is not said", "Name the new ledger, or set `ledger:` in broadcast.yml first.");
  const source = placeOf(written(from), project, project.cwd);
  const target = placeOf(
    to === undefined ? (own ?? "") : written(to),
    project,
    to === undefined ? project.config.root : project.cwd,
  );
  if (source.identity === target.identity) throw usageError(`both are the same ledger: ${source.name}`);
  const { copyLedger } = await import("../ledger/copy.ts");
  const { migrate } = await import("../ledger/migrate.ts");
  return asInputError(async () => {
    const open: Database[] = [];
    try {
      const old = await source.open(false);
      if (!old) throw usageError(`there is no ledger at ${source.name}`);
      open.push(old);
      const fresh = await target.open(true);
      if (!fresh) throw usageError(`no ledger can be made at ${target.name}`);
      open.push(fresh);
      for (const db of open) await migrate(db);
      const copied = await copyLedger(old, fresh, { movedTo: target.name, now });
      return { ...copied, from: source.name, to: target.name };
    } finally {
      for (const db of open) await db.close();
    }
  });
}

function placeOf(spelled: string, { config }: LedgerProject, base: string): Place {
  const [git, remote = "origin"] = /^git(?::(.+))?$/.exec(spelled) ?? [];
  if (git !== undefined)
    return {
      name: `${remote} ${LEDGER_REF}`,
      identity: `git ${remote}`,
      open: async (make) => {
        const { openGit } = await import("../ledger/git.ts");
        return present(await openGit({ folder: config.root, remote, ref: LEDGER_REF }), make);
      },
    };
  const postgres = postgresPlace(spelled);
  if (postgres)
    return {
      name: postgres.name,
      identity: `postgres ${postgres.name}`,
      open: async (make) => {
        const { openPostgres, createSchema } = await import("../ledger/postgres/postgres.ts");
        const db = await openPostgres(postgres);
        if (make && !db.exists) await createSchema(db, postgres);
        return present(db, make);
      },
    };
  if (/^[a-z][a-z0-9+.-]+:\/\//i.test(spelled))
    throw usageError(
      "a ledger cannot be kept at such an address",
      "It can be a file, `git`, or a PostgreSQL database.",
    );
  const file = resolve(base, spelled);
  return {
    name: spelled,
    identity: `file ${file}`,
    open: async (make) => {
      if (!make && !existsSync(file)) return undefined;
      const { openSqlite } = await import("../ledger/sqlite.ts");
      return openSqlite(file);
    },
  };
}

async function present<D extends Database & { exists: boolean }>(
  db: D,
  make: boolean,
): Promise<D | undefined> {
  if (db.exists || make) return db;
  await db.close();
  return undefined;
}

/** Arguments are seen by everybody on this computer. */
function requireNoPassword(spelled: string): void {
  if (passwordsIn(spelled).length === 0) return;
  throw usageError(
    "arguments can be seen by others, and this one has a password",
    "Put the address into a variable, and write its name in quotes: '$" + "{DATABASE_URL}'",
  );
}
