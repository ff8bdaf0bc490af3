/** How to call this program again, for hints that can be copied. */
import { existsSync } from "node:fs";
import { delimiter, join, relative } from "node:path";
import { quoted } from "../report/shell.ts";

/** `broadcast`, if it is on the PATH; else the way in which it was started: by npx, or from a clone. `script` is its own file. */
export function programName(
  script: string,
  cwd: string,
  env: Readonly<Record<string, string | undefined>>,
): string {
  if (env.npm_command === "exec") return "npx broadcast-cli";
  const names = process.platform === "win32" ? ["broadcast.cmd", "broadcast.exe"] : ["broadcast"];
  const folders = (env.PATH ?? "").split(delimiter).filter((folder) => folder !== "");
  if (!script.endsWith("broadcast.js")) return "broadcast";
  if (folders.some((folder) => names.some((name) => existsSync(join(folder, name))))) return "broadcast";
  return `node ${quoted(relative(cwd, script) || script)}`;
}

/** `broadcast …` as it can be typed here. */
export function asCalled(command: string, { program }: { program?: () => string }): string {
  return program ? command.replace(/^broadcast\b/, program) : command;
}
