import { chmodSync, mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, it } from "vitest";
import { asCalled, programName } from "../../src/cli/program-name.ts";

const script = "/srv/clone/bin/broadcast.js";

it("hints name the program as it can be called from here", () => {
  const onPath = mkdtempSync(join(tmpdir(), "broadcast-path-"));
  expect(programName(script, "/srv/clone", { PATH: onPath })).toBe("node bin/broadcast.js");
  expect(programName(script, "/srv/acme", { PATH: onPath })).toBe("node ../clone/bin/broadcast.js");
  writeFileSync(join(onPath, "broadcast"), "");
  chmodSync(join(onPath, "broadcast"), 0o755);
  expect(programName(script, "/srv/clone", { PATH: `/nowhere:${onPath}` })).toBe("broadcast");
  expect(programName(script, "/srv/clone", { PATH: onPath, npm_command: "exec" })).toBe("npx broadcast-cli");
});

it("only the program's own name is replaced", () => {
  const program = () => "node bin/broadcast.js";
  expect(asCalled("broadcast send broadcast.yml", { program })).toBe(
    "node bin/broadcast.js send broadcast.yml",
  );
  expect(asCalled("broadcast send c.yml", {})).toBe("broadcast send c.yml");
});
