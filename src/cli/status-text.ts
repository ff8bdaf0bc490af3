/** What the ledger holds, as `status` shows it once or again and again. */
import { campaignId } from "../app/find-deliveries.ts";
import type { Project } from "../app/project.ts";
import { NOTHING, type Status, status as statusOf } from "../app/status.ts";
import { pauseLines } from "../report/pauses.ts";
import { statusTable } from "../report/status.ts";
import { createPaint, type Layout } from "../report/style.ts";
import { workersLine } from "../report/workers.ts";

/** Which deliveries are wanted. */
export interface Wanted {
  all?: boolean;
  json?: boolean;
  sandbox?: string | boolean;
}

export interface Found {
  real: Status;
  rehearsed: Status;
}

export async function found(campaign: string | undefined, options: Wanted, project: Project): Promise<Found> {
  const id = campaign === undefined ? undefined : await campaignId(campaign, project);
  const wanted = { campaign: id, every: options.all === true || options.json === true };
  return {
    real: options.sandbox ? NOTHING : await statusOf({ ...project, rehearsal: false }, wanted),
    rehearsed: await statusOf({ ...project, rehearsal: true }, wanted),
  };
}

/** Pauses, workers, what is real, and apart what was rehearsed; empty where there is nothing. */
export function statusText(
  { real, rehearsed }: Found,
  { sandbox }: Wanted,
  now: number,
  layout: Layout,
): string {
  const { pauses } = sandbox ? rehearsed : real;
  const { workers, backlog } = real;
  return [
    ...(pauses.length > 0 ? [pauseLines(pauses, layout)] : []),
    ...(workers.length > 0 && backlog ? [workersLine(workers, backlog, now, layout)] : []),
    ...section(undefined, real, "", now, layout),
    // Apart and dimmed, so that they are not taken for real posts.
    ...section("Rehearsed in the sandbox", rehearsed, " --sandbox", now, {
      ...layout,
      paint: createPaint(false),
    }).map((block) =>
      block
        .split("\n")
        .map((line) => layout.paint.dim(line))
        .join("\n"),
    ),
  ].join("\n\n");
}

function section(
  heading: string | undefined,
  { histories, more, links: where }: Status,
  suffix: string,
  now: number,
  layout: Layout,
): string[] {
  if (histories.length === 0) return [];
  const rest = more > 0 ? [layout.paint.dim(`… and ${more} older ones; --all lists them`)] : [];
  return [
    [...(heading ? [heading] : []), statusTable(histories, now, layout, { suffix, where }), ...rest].join(
      "\n",
    ),
  ];
}
