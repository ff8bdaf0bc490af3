/** Opens a page whose address is a secret: what stands in a program's arguments, everybody on this computer can read. */
import { randomBytes } from "node:crypto";
import { rm } from "node:fs/promises";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { hasBrowser, openBrowser } from "../app/login.ts";
import { pageTo } from "../app/page-server.ts";
import type { Project } from "../app/project.ts";
import { writeAtomically } from "../files.ts";
import type { Terminal } from "./terminal.ts";

/** The browser gets a file that only this user can read, and that leads on. Call what is returned when the page is served no longer. */
export async function openServed(
  url: string,
  { config }: Pick<Project, "config">,
  { env }: Pick<Terminal, "env">,
): Promise<() => Promise<void>> {
  if (!hasBrowser(env)) return async () => {};
  const path = join(config.root, ".broadcast/pages", `open-${randomBytes(6).toString("hex")}.html`);
  await writeAtomically(path, pageTo(url), 0o600);
  openBrowser(pathToFileURL(path).href, env);
  return () => rm(path, { force: true });
}
