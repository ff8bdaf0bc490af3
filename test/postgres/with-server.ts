/** Runs a command with a PostgreSQL server of its own: `node scripts/run.mjs test/postgres/with-server.ts npx vitest run …`. */
import { spawnSync } from "node:child_process";
import { HAS_POSTGRES, startPostgres } from "./server.ts";

const [program = "", ...args] = process.argv.slice(2);
if (!HAS_POSTGRES) {
  process.stderr.write(
    "This needs PostgreSQL: install it (Debian: apt install postgresql), or set TEST_DATABASE_URL.\n",
  );
  process.exit(process.env.CI ? 1 : 0);
}
const server = await startPostgres();
const { status } = spawnSync(program, args, {
  stdio: "inherit",
  env: { ...process.env, LEDGER: "postgres", TEST_DATABASE_URL: server.url() },
});
await server.close();
process.exit(status ?? 1);
