/** Writes a generated file, or with `--check` only looks whether it is current. */
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";

const checking = process.argv.includes("--check");

/** Says what was written; ends the process with 1 when checking and something is not current. */
export function emit(files: Record<string, string>): void {
  const stale = Object.entries(files).filter(([file, content]) => {
    const path = join(process.cwd(), file);
    const before = existsSync(path) ? readFileSync(path, "utf8") : undefined;
    if (before !== content && !checking) {
      mkdirSync(dirname(path), { recursive: true });
      writeFileSync(path, content);
    }
    return before !== content;
  });
  const names = stale.map(([file]) => file).join(", ");
  if (stale.length === 0) console.log(`current: ${Object.keys(files).join(", ")}`);
  else if (!checking) console.log(`written: ${names}`);
  else {
    console.error(`not current: ${names}\nRun \`npm run generate\`.`);
    process.exit(1);
  }
}
