/** A program of the project's own, as an address that `connect` takes. */
import { basename } from "node:path";
import { pathToFileURL } from "node:url";

export interface Program {
  /** Absolute. */
  file: string;
  args?: readonly string[];
  /** Names of variables that it gets besides the usual few. */
  variables?: readonly string[];
}

/** What `connect` takes: `exec://program/…`. */
export function addressOf({ file, args = [], variables = [] }: Program): string {
  const url = new URL(`exec://program${pathToFileURL(file).pathname}`);
  for (const arg of args) url.searchParams.append("arg", arg);
  for (const name of variables) url.searchParams.append("env", name);
  return url.href;
}

/** As messages call it. */
export function programName(url: URL): string {
  return `the program ${basename(decodeURIComponent(url.pathname))}`;
}
