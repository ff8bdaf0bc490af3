/** `broadcast status`: what the ledger holds. Changes nothing, and does not make a ledger. */
import { openProject, type Project } from "../../app.ts";
import { EXIT } from "../../errors.ts";
import type { Delivery, History } from "../../ledger/records.ts";
import { deliveryJson, document } from "../../report/json.ts";
import { byUrgency, statusTable } from "../../report/status.ts";
import { campaignId, historiesOf, looking } from "../memory.ts";
import type { Terminal } from "../output.ts";

export interface StatusOptions {
  all?: boolean;
  sandbox?: boolean;
  json?: boolean;
}

// What is out is of less interest the longer ago it was.
const LATEST = 30;

export async function status(
  campaign: string | undefined,
  options: StatusOptions,
  terminal: Terminal,
): Promise<number> {
  const { out, err, results, cwd, env } = terminal;
  const project = await openProject({ near: campaign, cwd, env });
  const id = campaign === undefined ? undefined : await campaignId(campaign, project);
  const every = options.all === true || options.json === true;
  const real = options.sandbox ? NOTHING : await read(project, false, id, every);
  const rehearsed = await read(project, true, id, every);

  if (options.json) {
    const deliveries = [
      ...real.histories.map((history) => deliveryJson(history, false)),
      ...rehearsed.histories.map((history) => deliveryJson(history, true)),
    ];
    out(document("status", { deliveries }));
    return EXIT.ok;
  }
  const now = Date.now();
  const blocks = [
    ...section(undefined, real, now),
    ...section(results.paint.bold("Rehearsed in the sandbox"), rehearsed, now),
  ];
  if (blocks.length > 0) out(`${blocks.join("\n\n")}\n`);
  else
    err(id === undefined ? "Nothing was sent from here yet.\n" : "Nothing of this campaign was sent yet.\n");
  return EXIT.ok;

  function section(heading: string | undefined, { histories, more }: Found, now: number): string[] {
    if (histories.length === 0) return [];
    const rest = more > 0 ? [results.paint.dim(`… and ${more} older ones; --all lists them`)] : [];
    return [[...(heading ? [heading] : []), statusTable(histories, now, results), ...rest].join("\n")];
  }
}

interface Found {
  histories: History[];
  /** How many were left out. */
  more: number;
}

const NOTHING: Found = { histories: [], more: 0 };

async function read(
  { config }: Project,
  rehearsal: boolean,
  campaign: string | undefined,
  every: boolean,
): Promise<Found> {
  return looking(
    { config, rehearsal },
    async (ledger) => {
      const deliveries = await ledger.list({ campaign });
      const shown = every ? deliveries : latest(deliveries);
      const histories = await historiesOf(
        ledger,
        shown.map(({ id }) => id),
      );
      return { histories: byUrgency(histories), more: deliveries.length - shown.length };
    },
    NOTHING,
  );
}

function latest(deliveries: readonly Delivery[]): Delivery[] {
  const settled = deliveries.filter(({ state }) => state === "published" || state === "cancelled");
  const kept = new Set([...settled].sort((a, b) => b.updatedAt - a.updatedAt).slice(0, LATEST));
  return deliveries.filter((delivery) => !settled.includes(delivery) || kept.has(delivery));
}
