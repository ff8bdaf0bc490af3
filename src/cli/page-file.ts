/** A page, into a file or the person's browser. */
import { join, resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { type Project, shown } from "../app/project.ts";
import { writeAtomically } from "../files.ts";
import { oneLine } from "../report/terminal-safe.ts";
import type { Terminal } from "./terminal.ts";

export interface PageOptions {
  html?: string;
  open?: boolean;
  png?: string;
}

export function wantsPage({ html, open, png }: PageOptions): boolean {
  return html !== undefined || open === true || png !== undefined;
}

/** `name`: of the file that is opened where none is named. */
export async function givePage(
  page: string,
  name: string,
  { html, open, png }: PageOptions,
  { config, cwd }: Pick<Project, "config" | "cwd">,
  terminal: Terminal,
): Promise<void> {
  const { env, err, notes } = terminal;
  if (png !== undefined) await givePictures(page, name, resolve(cwd, png), cwd, terminal);
  if (html === undefined && !open) return;
  const path =
    html === undefined ? join(config.root, ".broadcast/pages", `${name}.html`) : resolve(cwd, html);
  // It may hold what is not public yet.
  await writeAtomically(path, page, html === undefined ? 0o600 : undefined);
  err(`${notes.paint.green("✓")} Written to ${oneLine(shown(cwd, path))}.\n`);
  if (!open) return;
  const { hasBrowser, openBrowser } = await import("../app/login.ts");
  const url = pathToFileURL(path).href;
  if (hasBrowser(env)) openBrowser(url, env);
  else err(`There is no browser here. Open it yourself: ${url}\n`);
}

async function givePictures(
  page: string,
  name: string,
  folder: string,
  cwd: string,
  { env, err, notes }: Terminal,
): Promise<void> {
  const { shotsOf } = await import("../app/page-shots.ts");
  const files = await shotsOf(page, { folder, name, env });
  err(`${notes.paint.green("✓")} ${files.length} pictures in ${oneLine(shown(cwd, folder))}.\n`);
}
