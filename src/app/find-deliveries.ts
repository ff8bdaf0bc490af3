/** Which deliveries a person means by what they type. */
import { existsSync, statSync } from "node:fs";
import { relative, resolve, sep } from "node:path";
import { InputError } from "../errors.ts";
import type { Ledger } from "../ledger/ledger.ts";
import type { Delivery } from "../ledger/types.ts";
import { type Project, shown } from "./project.ts";

/** The campaign's id for what was typed: the id itself, or its file's path from the current folder. */
export async function campaignId(
  typed: string,
  { config, cwd }: Pick<Project, "config" | "cwd">,
): Promise<string> {
  const file = resolve(cwd, typed);
  // A delivery's id continues after the file's path, and the file is not a folder.
  if (!existsSync(file) || !statSync(file).isFile()) return typed;
  const { readSource } = await import("../yaml/source.ts");
  const { value } = await readSource(file, shown(cwd, file));
  const own = (value as { id?: unknown } | null)?.id;
  return typeof own === "string" ? own : relative(config.root, file).split(sep).join("/");
}

/** A delivery by its id, by its end (`mastodon`), as people type it. Throws InputError when it names none or several. */
export async function findDelivery(ledger: Ledger, typed: string): Promise<Delivery> {
  const all = await ledger.list();
  const exact = all.find(({ id }) => id === typed);
  const matching = exact ? [exact] : all.filter(({ id }) => id.endsWith(`/${typed}`));
  if (matching.length === 1) return matching[0]!;
  throw new InputError({
    severity: "error",
    code: matching.length === 0 ? "unknown-delivery" : "ambiguous-delivery",
    message:
      matching.length === 0
        ? `there is no delivery \`${typed}\``
        : `\`${typed}\` names ${matching.length} deliveries`,
    remedy:
      matching.length === 0
        ? "`broadcast status` lists them."
        : `Write one in full: ${matching.map(({ id }) => id).join(", ")}.`,
  });
}
