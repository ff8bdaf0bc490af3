/** `broadcast cancel`: what is scheduled does not go out; what a network has ahead of its time is taken back. */

import { findDelivery } from "../../app/ledger.ts";
import { openProject } from "../../app/project.ts";
import { mayWaitThere, type TakenBack } from "../../delivery/native-schedule.ts";
import { EXIT, InputError, NetworkError } from "../../errors.ts";
import type { Ledger } from "../../ledger/ledger.ts";
import type { History } from "../../ledger/types.ts";
import { deliveryJson, document } from "../../report/json.ts";
import { retryAll } from "../../report/outcome.ts";
import { quoted } from "../../report/shell.ts";
import { statusTable } from "../../report/status.ts";
import { oneLine } from "../../report/terminal-safe.ts";
import { demandUsable } from "../deliver.ts";
import { sandboxSuffix, sayNext } from "../hints.ts";
import { campaignId, changing, historiesOf } from "../memory.ts";
import { openStage } from "../open-project.ts";
import type { Terminal } from "../terminal.ts";

export interface CancelOptions {
  sandbox?: boolean | string;
  json?: boolean;
}

export async function cancel(typed: string, options: CancelOptions, terminal: Terminal): Promise<number> {
  const { out, err, results, notes, cwd, env } = terminal;
  const { config } = await openProject({ cwd, env });
  const home = { config, rehearsal: Boolean(options.sandbox) };
  return changing(home, async (ledger) => {
    const ofCampaign = await ledger.list({ campaign: await campaignId(typed, { config, cwd }) });
    const meant = ofCampaign.length > 0 ? ofCampaign : [await findDelivery(ledger, typed)];
    const histories = await historiesOf(
      ledger,
      meant.map(({ id }) => id),
    );
    const { troubles, out: appeared } = await takeBackAll(
      histories.filter(mayWaitThere),
      ledger,
      options,
      terminal,
    );
    const cancelled: string[] = [];
    for (const { id } of histories) {
      if (troubles.has(id)) continue;
      const receipt = appeared.get(id);
      const to = receipt ? ({ state: "published", receipt } as const) : ({ state: "cancelled" } as const);
      // The ledger decides: a worker may have taken it in the meantime.
      if ((await ledger.decide(id, ["scheduled"], to, Date.now())) && !receipt) cancelled.push(id);
    }
    if (cancelled.length + troubles.size + appeared.size === 0)
      throw nothingToCancel(typed, meant[0]!.state, meant.length);

    const told = await historiesOf(ledger, [...cancelled, ...appeared.keys(), ...troubles.keys()]);
    if (options.json)
      out(document("cancel", { deliveries: told.map((history) => deliveryJson(history, home.rehearsal)) }));
    else out(`${statusTable(told, Date.now(), results)}\n`);
    for (const [id, { url }] of appeared)
      err(`\n${notes.paint.yellow("!")} ${oneLine(id)} is out already${url ? `: ${oneLine(url)}` : ""}\n`);
    for (const [id, { message }] of troubles)
      err(
        `\n${notes.paint.red("✗")} ${oneLine(id)} may still go out: it could not be taken back (${oneLine(message)})\n  Run the same command again.\n`,
      );
    const [only] = cancelled;
    const suffix = sandboxSuffix(options.sandbox);
    const back =
      cancelled.length === 1
        ? `broadcast retry ${quoted(only!)}${suffix}`
        : retryAll(meant[0]!.campaign, suffix);
    if (only !== undefined && !options.json) sayNext("To send it after all", back, terminal);
    return troubles.size + appeared.size > 0 ? EXIT.failed : EXIT.ok;
  });
}

const DAY = 86_400_000;

interface TakenBackAll {
  /** What could not be taken back for certain. */
  troubles: Map<string, NetworkError>;
  /** What was out before. */
  out: Map<string, Exclude<TakenBack, string>["out"]>;
}

/** Before the ledger says cancelled the networks have said so: killed in between, the same command does it again. */
async function takeBackAll(
  histories: readonly History[],
  ledger: Ledger,
  { sandbox }: CancelOptions,
  terminal: Terminal,
): Promise<TakenBackAll> {
  const troubles: TakenBackAll["troubles"] = new Map();
  const out: TakenBackAll["out"] = new Map();
  if (histories.length === 0) return { troubles, out };
  const stage = await openStage({ sandbox }, terminal);
  try {
    demandUsable(histories, stage.project);
    const { takeBackAt } = await import("../../app/unschedule.ts");
    for (const history of histories) {
      try {
        const others = await ledger.othersSince(history, 0, history.createdAt - DAY);
        const taken = await takeBackAt(stage.project, history, others, Date.now());
        if (taken !== "cancelled") out.set(history.id, taken.out);
      } catch (error) {
        if (!(error instanceof NetworkError)) throw error;
        troubles.set(history.id, error);
      }
    }
    return { troubles, out };
  } finally {
    await stage.close();
  }
}

function nothingToCancel(typed: string, state: string, count: number): InputError {
  const message =
    count === 1 ? `\`${typed}\` is ${state}, not scheduled` : `nothing of \`${typed}\` is scheduled`;
  return new InputError({
    severity: "error",
    code: "not-scheduled",
    message,
    remedy: "`broadcast status` shows what is.",
  });
}
