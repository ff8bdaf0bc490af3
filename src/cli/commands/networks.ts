/** `broadcast networks`: the adapters' declarations, with the project's plug-ins if there is a project. */

import type { Adapter } from "../../adapter.ts";
import { allAdapters, builtIn, openProject } from "../../app/project.ts";
import { findConfig } from "../../config/load.ts";
import { EXIT, InputError, usageError } from "../../errors.ts";
import { document, networkJson } from "../../report/json.ts";
import { networkPage, networksTable } from "../../report/networks.ts";
import { didYouMean } from "../../suggest.ts";
import { printNextCommand } from "../hints.ts";
import type { Terminal } from "../terminal.ts";

export async function networks(
  id: string | undefined,
  { json }: { json?: boolean },
  terminal: Terminal,
): Promise<number> {
  const all = await known(terminal);
  if (id !== undefined && !all.has(id))
    throw usageError(
      `there is no network \`${id}\``,
      didYouMean(id, all.keys()) || "`broadcast networks` lists them.",
    );
  const adapters = id === undefined ? [...all.values()] : [all.get(id)!];
  if (json) terminal.out(document("networks", { networks: adapters.map(networkJson) }));
  else if (id !== undefined) {
    terminal.out(`${networkPage(adapters[0]!, terminal.results)}\n`);
    printNextCommand("To add it", `broadcast init --channel NAME=${id}`, terminal);
  } else {
    terminal.out(`${networksTable(adapters, terminal.results)}\n`);
    printNextCommand("To add one", "broadcast init --channel NAME=NETWORK", terminal);
  }
  return EXIT.ok;
}

/** The built-in ones and the project's plug-ins; a broken project does not hide what comes with the program. */
export async function known({
  cwd,
  env,
}: Pick<Terminal, "cwd" | "env">): Promise<ReadonlyMap<string, Adapter>> {
  if (findConfig(cwd) === undefined) return allAdapters({ adapters: await builtIn() });
  try {
    return await allAdapters(await openProject({ cwd, env }));
  } catch (error) {
    if (error instanceof InputError) return allAdapters({ adapters: await builtIn() });
    throw error;
  }
}
