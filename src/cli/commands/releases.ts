/** `broadcast status --releases`: the releases, and which of them were not announced. */
import { readLedger } from "../../app/ledger.ts";
import type { Project } from "../../app/project.ts";
import { EXIT } from "../../errors.ts";
import type { Delivery } from "../../ledger/types.ts";
import { document } from "../../report/json.ts";
import { table } from "../../report/table.ts";
import { oneLine } from "../../report/terminal-safe.ts";
import { type Known, knownReleases, names } from "../../sources/known-releases.ts";
import { printNextCommand } from "../hints.ts";
import type { Terminal } from "../terminal.ts";

interface Announced extends Known {
  /** Deliveries of campaigns that name this version, by state. */
  deliveries: Delivery[];
}

const LATEST = 15;

export async function releases(
  project: Project,
  { all, json }: { all?: boolean; json?: boolean },
  terminal: Terminal,
): Promise<number> {
  const { out, err, env, results } = terminal;
  const known = await knownReleases({ root: project.config.root, env });
  const deliveries = await readLedger(project, (ledger) => ledger.list(), [] as Delivery[]);
  const found: Announced[] = known.map((release) => ({
    ...release,
    deliveries: deliveries.filter(({ campaign }) => names(campaign, release.version)),
  }));
  if (json) {
    const shown = found.map(({ deliveries: own, ...release }) => ({
      ...release,
      announced: own.some(isOut),
      deliveries: own.map(({ id, channel, state }) => ({ id, channel, state })),
    }));
    out(document("status", { releases: shown }));
    return EXIT.ok;
  }
  if (found.length === 0) {
    err("No releases found: no tags with versions, no CHANGELOG.md with sections for them.\n");
    return EXIT.ok;
  }
  const { paint } = results;
  const rows = (all ? found : found.slice(0, LATEST)).map(({ version, prerelease, deliveries: own }) => [
    own.some(isOut) ? paint.green("✓") : own.length > 0 ? "·" : paint.yellow("!"),
    paint.bold(oneLine(version)),
    prerelease ? paint.dim("prerelease") : "",
    own.length === 0 ? paint.yellow("nothing announced") : summed(own),
  ]);
  out(`${table([{}, {}, {}, {}], rows, results).join("\n")}\n`);
  if (!all && found.length > LATEST)
    out(`${paint.dim(`… and ${found.length - LATEST} older ones; --all lists them`)}\n`);
  if (found[0]!.deliveries.length === 0)
    printNextCommand("To announce the newest", "broadcast new release", terminal);
  return EXIT.ok;
}

function isOut({ state }: Delivery): boolean {
  return state === "published";
}

// `mastodon, news published · team failed`
function summed(deliveries: readonly Delivery[]): string {
  const states = [...new Set(deliveries.map(({ state }) => state))];
  return states
    .map((state) => {
      const channels = deliveries.filter((one) => one.state === state).map(({ channel }) => oneLine(channel));
      return `${[...new Set(channels)].join(", ")} ${state}`;
    })
    .join(" · ");
}
