/** `broadcast status`: what the ledger holds. Changes nothing, and does not make a ledger. */

import { existsSync, readdirSync } from "node:fs";
import { join, resolve } from "node:path";
import { campaignId } from "../../app/find-deliveries.ts";
import { openProject, type Project, shown } from "../../app/project.ts";
import { NOTHING, type Status, status as statusOf } from "../../app/status.ts";
import { EXIT, InputError } from "../../errors.ts";
import type { History } from "../../ledger/types.ts";
import { lastAttempt, opening } from "../../report/held-hints.ts";
import { deliveryJson, document } from "../../report/json.ts";
import { scheduledAtNetwork } from "../../report/outcome.ts";
import { pauseLines, pausesJson } from "../../report/pauses.ts";
import { quoted } from "../../report/shell.ts";
import { isAbandoned, statusTable } from "../../report/status.ts";
import { createPaint, type Layout } from "../../report/style.ts";
import type { status as declared } from "../declarations.ts";
import { printNextCommand, resumeCommand } from "../hints.ts";
import type { OptionsOf } from "../options.ts";
import type { Terminal } from "../terminal.ts";

export type StatusOptions = Partial<OptionsOf<typeof declared>>;

export async function status(
  campaign: string | undefined,
  options: StatusOptions,
  terminal: Terminal,
): Promise<number> {
  const { out, err, results, cwd, env } = terminal;
  const project = await openProject({ near: campaign, cwd, env });
  if (options.releases) return (await import("./releases.ts")).releases(project, options, terminal);
  const id = campaign === undefined ? undefined : await campaignId(campaign, project);
  const every = options.all === true || options.json === true;
  const wanted = { campaign: id, every };
  const real = options.sandbox ? NOTHING : await statusOf({ ...project, rehearsal: false }, wanted);
  const rehearsed = await statusOf({ ...project, rehearsal: true }, wanted);

  const { pauses } = options.sandbox ? rehearsed : real;

  if (options.json) {
    const deliveries = [
      ...real.histories.map((history) => statusJson(history, real, false)),
      ...rehearsed.histories.map((history) => statusJson(history, rehearsed, true)),
    ];
    out(document("status", { pauses: pausesJson(pauses), deliveries }));
    return EXIT.ok;
  }
  const now = Date.now();
  const blocks = [
    ...section(undefined, real, "", results),
    // Apart and dimmed, so that they are not taken for real posts.
    ...section("Rehearsed in the sandbox", rehearsed, " --sandbox", {
      ...results,
      paint: createPaint(false),
    }).map((block) =>
      block
        .split("\n")
        .map((line) => results.paint.dim(line))
        .join("\n"),
    ),
  ];
  if (pauses.length > 0) out(`${pauseLines(pauses, results)}\n\n`);
  if (blocks.length > 0) out(`${blocks.join("\n\n")}\n`);
  else if (campaign === undefined) {
    err("Nothing was sent from here yet.\n");
    printNextCommand("To begin", beginning(project), terminal);
  } else if (existsSync(resolve(cwd, campaign))) {
    err("Nothing of this campaign was sent yet.\n");
    printNextCommand("To see what would go out", `broadcast plan ${quoted(campaign)}`, terminal);
  } else
    throw new InputError({
      severity: "error",
      code: "missing-file",
      message: `there is no campaign ${campaign}, and nothing of that name was sent`,
      remedy: "`broadcast status` lists what was sent from here.",
    });
  const failed = (found: Status) => found.histories.some(({ state }) => state === "failed");
  if (failed(real)) printNextCommand("To try what failed again", "broadcast retry", terminal);
  else if (failed(rehearsed))
    printNextCommand("To try what failed again", "broadcast retry --sandbox", terminal);
  for (const [found, sandbox] of [
    [real, false],
    [rehearsed, true],
  ] as const) {
    const open = found.histories.filter((history) => goesOn(history, now));
    if (open.length > 0) printNextCommand("To go on", resumeCommand(open, project, sandbox), terminal);
  }
  return EXIT.ok;

  function section(
    heading: string | undefined,
    { histories, more, links: where }: Status,
    suffix: string,
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
}

/** What the next run would do: what is due, and what a dead process was sending. */
function goesOn(history: History, now: number): boolean {
  const { state, code, nextAt } = history;
  if (state === "sending") return isAbandoned(history, now);
  return (
    state === "scheduled" && code !== "auth" && nextAt <= now && scheduledAtNetwork(history) === undefined
  );
}

/** With the first campaign that is there, else with a new one. */
function beginning({ config, cwd }: Pick<Project, "config" | "cwd">): string {
  const folder = join(config.root, "campaigns");
  const names = existsSync(folder) ? readdirSync(folder) : [];
  const first = names.sort().find((name) => /(?<!\.approval)\.ya?ml$/.test(name));
  return first === undefined ? "broadcast new" : `broadcast plan ${quoted(shown(cwd, join(folder, first)))}`;
}

function statusJson(history: History, { links }: Status, rehearsal: boolean): object {
  const delivery = deliveryJson(history, rehearsal);
  if (history.state !== "held") return delivery;
  const at = lastAttempt(history);
  const look = { for: opening(history), at: at && new Date(at).toISOString(), ...links.get(history.id) };
  return { ...delivery, look };
}
