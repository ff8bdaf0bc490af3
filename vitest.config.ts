import { defineConfig } from "vitest/config";

// The bundler reads .sql files as text; so do the tests.
const sql = {
  name: "sql",
  transform: (code: string, id: string) => (id.endsWith(".sql") ? `export default ${JSON.stringify(code)}` : undefined),
};

// Pure tests share threads; what starts processes, servers or ledgers is isolated in its own process.
export default defineConfig({
  plugins: [sql],
  test: {
    // Most of the time goes into waiting for processes; one fewer than there are cores would leave them idle.
    maxWorkers: 3,
    // On a machine that is busy with other things.
    testTimeout: 20_000,
    hookTimeout: 20_000,
    projects: [
      {
        extends: true,
        test: {
          name: "unit",
          include: ["test/**/*.test.ts"],
          exclude: ["test/e2e/**", "test/deep/**", "test/chaos/**"],
          pool: "threads",
          isolate: false,
        },
      },
      {
        extends: true,
        test: {
          name: "e2e",
          include: ["test/e2e/**/*.test.ts"],
          pool: "forks",
          isolate: false,
          // As after an installation: hints then say `broadcast …`.
          env: { PATH: `${new URL("test/e2e/path", import.meta.url).pathname}:${process.env.PATH}` },
        },
      },
    ],
  },
});
