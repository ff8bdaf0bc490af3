/** The system's Chromium, for pictures of pages. It comes with neither this program nor its packages. */
import { existsSync } from "node:fs";
import { delimiter, join } from "node:path";
import type { Browser } from "playwright-core";
import { InputError } from "../errors.ts";

const NAMES = ["chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "microsoft-edge"];
const ELSEWHERE: Partial<Record<NodeJS.Platform, readonly string[]>> = {
  darwin: [
    "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
    "/Applications/Chromium.app/Contents/MacOS/Chromium",
  ],
  win32: [
    "C:\\Program Files\\Google\\Chrome\\Application\\chrome.exe",
    "C:\\Program Files (x86)\\Microsoft\\Edge\\Application\\msedge.exe",
  ],
};

type Env = Readonly<Record<string, string | undefined>>;

/** Its path; `CHROMIUM` says it where it is somewhere else. */
export function findChromium(env: Env, platform: NodeJS.Platform = process.platform): string | undefined {
  if (env.CHROMIUM) return existsSync(env.CHROMIUM) ? env.CHROMIUM : undefined;
  const folders = (env.PATH ?? "").split(delimiter).filter((folder) => folder !== "");
  const paths = [
    ...folders.flatMap((folder) => NAMES.map((name) => join(folder, name))),
    ...(ELSEWHERE[platform] ?? []),
  ];
  return paths.find((path) => existsSync(path));
}

/** Throws InputError where there is none. The caller closes it. */
export async function openChromium(env: Env): Promise<Browser> {
  const executablePath = findChromium(env);
  if (executablePath === undefined)
    throw lacking(
      "pictures of pages need Chromium, and there is none here",
      "Install it (Debian: `apt-get install chromium`), or say where it is in the variable CHROMIUM.",
    );
  const { chromium } = await import("playwright-core").catch(() => {
    throw lacking(
      "pictures of pages need the package playwright-core, and it is not installed",
      "Install it beside this program: `npm install playwright-core`.",
    );
  });
  // Root has no sandbox of Chromium's own; a page of ours loads nothing and has a policy.
  const isRoot = process.getuid?.() === 0;
  return chromium.launch({ executablePath, args: isRoot ? ["--no-sandbox"] : [] });
}

function lacking(message: string, remedy: string): InputError {
  return new InputError({ severity: "error", code: "usage", message, remedy });
}
