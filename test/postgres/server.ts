/**
 * A PostgreSQL server of the tests' own, on a port of this machine, in a folder that goes when it stops. With
 * TEST_DATABASE_URL set, that server is used. Without either, tests that need one are skipped with a word.
 */
import { execFileSync, spawnSync } from "node:child_process";
import { chmodSync, chownSync, existsSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import pg from "pg";

export interface PostgresServer {
  /** Of a schema that nobody else has. Its password is `hunter2-and-more`. */
  url(schema?: string): string;
  port: number;
  start(): void;
  /** `immediate` is like a power cut. */
  stop(how?: "fast" | "immediate"): void;
  close(): Promise<void>;
}

/** Where initdb and pg_ctl are; `undefined` where there is no PostgreSQL. */
export const PROGRAMS = ((): string | undefined => {
  const debian = "/usr/lib/postgresql";
  const versions = existsSync(debian) ? readdirSync(debian).sort((a, b) => Number(b) - Number(a)) : [];
  const folders = [
    ...versions.map((version) => join(debian, version, "bin")),
    ...(process.env.PATH ?? "").split(":"),
  ];
  return folders.find((folder) => existsSync(join(folder, "initdb")) && existsSync(join(folder, "pg_ctl")));
})();

export const HAS_POSTGRES = PROGRAMS !== undefined || process.env.TEST_DATABASE_URL !== undefined;

if (!HAS_POSTGRES) process.stderr.write("PostgreSQL is not installed: its tests are skipped\n");

let schemas = 0;
const named = (base: string, schema = `s${process.pid}_${++schemas}_${Math.floor(Math.random() * 1e9)}`) => {
  const url = new URL(base);
  url.searchParams.set("schema", schema);
  return url.href;
};

export async function startPostgres(): Promise<PostgresServer> {
  const given = process.env.TEST_DATABASE_URL;
  if (given !== undefined) {
    const no = () => {
      throw new Error("this server is not the tests' own");
    };
    return {
      url: (schema) => named(given, schema),
      port: Number(new URL(given).port),
      start: no,
      stop: no,
      close: async () => {},
    };
  }
  if (PROGRAMS === undefined) throw new Error("PostgreSQL is not installed");
  const folder = mkdtempSync(join(tmpdir(), "broadcast-postgres-"));
  const data = join(folder, "data");
  const port = await freePort();
  const run = asItsOwner(folder);
  writeFileSync(join(folder, "password"), "hunter2-and-more\n");
  chmodSync(join(folder, "password"), 0o644);
  run(
    "initdb",
    "-D",
    data,
    "-U",
    "broadcast",
    "--auth=scram-sha-256",
    `--pwfile=${folder}/password`,
    "-E",
    "UTF8",
    "--no-sync",
  );
  const settings = [
    `-p ${port}`,
    "-c listen_addresses=127.0.0.1",
    `-c unix_socket_directories=${folder}`,
    "-c max_connections=200",
  ];
  const start = () =>
    run("pg_ctl", "-D", data, "-l", join(folder, "log"), "-w", "-o", settings.join(" "), "start");
  const stop = (how = "fast") => run("pg_ctl", "-D", data, "-w", "-m", how, "stop");
  start();
  const base = `postgres://broadcast:hunter2-and-more@127.0.0.1:${port}/postgres`;
  process.once("exit", () => spawnSync(...commandOf("pg_ctl", "-D", data, "-m", "immediate", "stop")));
  return {
    url: (schema) => named(base, schema),
    port,
    start,
    stop,
    close: async () => {
      stop("immediate");
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

// The server refuses to run as root.
const isRoot = process.getuid?.() === 0;
const commandOf = (program: string, ...args: string[]): [string, string[]] => {
  const path = join(PROGRAMS ?? "", program);
  return isRoot
    ? ["setpriv", ["--reuid=postgres", "--regid=postgres", "--clear-groups", path, ...args]]
    : [path, args];
};

function asItsOwner(folder: string) {
  if (isRoot) {
    const id = (flag: string) => Number(execFileSync("id", [flag, "postgres"], { encoding: "utf8" }));
    chownSync(folder, id("-u"), id("-g"));
  }
  return (program: string, ...args: string[]) => {
    execFileSync(...commandOf(program, ...args), { stdio: "ignore", cwd: folder });
  };
}

function freePort(): Promise<number> {
  return new Promise((done) => {
    const server = createServer().listen(0, "127.0.0.1", () => {
      const { port } = server.address() as { port: number };
      server.close(() => done(port));
    });
  });
}

/** Runs a statement of the test's own. */
export async function ask(url: string, sql: string): Promise<Record<string, unknown>[]> {
  const address = new URL(url);
  const schema = address.searchParams.get("schema");
  address.searchParams.delete("schema");
  const client = new pg.Client({ connectionString: address.href });
  await client.connect();
  try {
    await client.query(`set search_path = "${schema}"`);
    return (await client.query(sql)).rows;
  } finally {
    await client.end();
  }
}
