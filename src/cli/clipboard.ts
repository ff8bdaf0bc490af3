/** Puts a text into the system's clipboard. */
import { spawn } from "node:child_process";

const COMMANDS: readonly (readonly [command: string, ...args: string[]])[] = [
  ["pbcopy"],
  ["clip.exe"],
  ["wl-copy"],
  ["xclip", "-selection", "clipboard"],
  ["xsel", "--clipboard", "--input"],
];

/**
 * Whether it was copied, and how sure that is. Where no program does it, a terminal is asked to (OSC 52), which says nothing
 * about whether it did.
 */
export async function copy(
  text: string,
  screen?: NodeJS.WriteStream,
): Promise<"copied" | "asked" | "cannot"> {
  for (const [command, ...args] of COMMANDS) if (await given(text, command, args)) return "copied";
  if (!screen) return "cannot";
  screen.write(`\u001b]52;c;${Buffer.from(text).toString("base64")}\u0007`);
  return "asked";
}

function given(text: string, command: string, args: readonly string[]): Promise<boolean> {
  return new Promise((resolve) => {
    const child = spawn(command, args, { stdio: ["pipe", "ignore", "ignore"] });
    child.on("error", () => resolve(false));
    child.stdin.on("error", () => {});
    child.on("exit", (code) => resolve(code === 0));
    child.stdin.end(text);
  });
}
