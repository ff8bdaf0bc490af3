/** What the sandbox's page may say of a project: whose campaigns its posts are, in which order, and how networks look. */
import { basename, join } from "node:path";
import type { Look } from "../adapter.ts";
import { withDefaults } from "../config/defaults.ts";
import { readIncluded } from "../config/include.ts";
import { joined } from "../config/joined.ts";
import { InputError } from "../errors.ts";
import type { Knowledge, KnownChannel } from "../sandbox/page/about.ts";
import { isMap } from "../yaml/is-map.ts";
import { readSource } from "../yaml/source.ts";

/** `root`: the project's folder. Nothing is read before the page is looked at. */
export function knowledgeOf(root: string): Knowledge {
  let looks: Promise<ReadonlyMap<string, Look>> | undefined;
  return {
    project: basename(root),
    channels: () => channelsIn(join(root, "broadcast.yml")),
    looks: () => {
      looks ??= allLooks();
      return looks;
    },
    async origins() {
      const { originsIn } = await import("../ledger/peek.ts");
      return originsIn(join(root, ".broadcast/sandbox/ledger.db"));
    },
  };
}

async function allLooks(): Promise<ReadonlyMap<string, Look>> {
  const { builtIn } = await import("./project.ts");
  const { lookOf } = await import("../pages/look.ts");
  return new Map([...(await builtIn()).values()].map((adapter) => [adapter.id, lookOf(adapter)]));
}

async function channelsIn(file: string): Promise<readonly KnownChannel[]> {
  try {
    const main = await readSource(file, file);
    const { sources } = await readIncluded(main, undefined);
    const { builtIn } = await import("./project.ts");
    const { source } = withDefaults(joined(main, sources), [main, ...sources], await builtIn());
    const { channels } = source.value;
    return Object.entries(isMap(channels) ? channels : {}).map(([name, written]) => ({
      name,
      internal: isMap(written) && written.audience === "internal",
    }));
  } catch (error) {
    // What is wrong with it is told where it matters.
    if (error instanceof InputError) return [];
    throw error;
  }
}
