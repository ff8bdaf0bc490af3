/** Opens a page in the person's browser. */
import { spawn } from "node:child_process";
import { existsSync } from "node:fs";

type Env = Readonly<Record<string, string | undefined>>;

/** Whether a browser on this computer can come back to this process: not over SSH, not without a desktop. */
export function hasBrowser(env: Env, platform: NodeJS.Platform = process.platform): boolean {
  if (env.BROWSER) return env.BROWSER !== "none";
  if (env.SSH_CONNECTION || env.SSH_TTY) return false;
  if (platform === "darwin" || platform === "win32") return true;
  // A container passes a desktop on only by accident.
  return Boolean(env.DISPLAY || env.WAYLAND_DISPLAY) && !existsSync("/.dockerenv");
}

/** Does not wait, and does not mind when it fails: the address is printed as well. */
export function openBrowser(url: string, env: Env, platform: NodeJS.Platform = process.platform): void {
  const [command, ...before] = env.BROWSER
    ? [env.BROWSER]
    : platform === "darwin"
      ? ["open"]
      : platform === "win32"
        ? ["rundll32", "url.dll,FileProtocolHandler"]
        : ["xdg-open"];
  const child = spawn(command!, [...before, url], { stdio: "ignore", detached: true });
  child.on("error", () => {});
  child.unref();
}
