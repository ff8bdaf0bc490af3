/** `broadcast schema`: the JSON Schemas that editors complete and check with. */
import { readFile } from "node:fs/promises";
import { EXIT, usageError } from "../../errors.ts";
import { shipped } from "../../package-files.ts";
import { didYouMean } from "../../suggest.ts";
import type { Terminal } from "../terminal.ts";

const FILES = ["campaign", "broadcast"];

export async function schema(file: string, { out }: Terminal): Promise<number> {
  if (!FILES.includes(file))
    throw usageError(`there is no schema of \`${file}\` files`, didYouMean(file, FILES));
  const path = shipped(`schema/${file}.schema.json`);
  if (path === undefined) throw new Error(`schema/${file}.schema.json is missing from this installation`);
  out(await readFile(path, "utf8"));
  return EXIT.ok;
}
