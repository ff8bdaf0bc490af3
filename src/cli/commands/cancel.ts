/** `broadcast cancel`: what is scheduled does not go out. */
import { findDelivery, openProject } from "../../app.ts";
import { EXIT, InputError } from "../../errors.ts";
import { deliveryJson, document } from "../../report/json.ts";
import { statusTable } from "../../report/status.ts";
import { campaignId, changing, historiesOf } from "../memory.ts";
import type { Terminal } from "../output.ts";

export interface CancelOptions {
  sandbox?: boolean;
  json?: boolean;
}

export async function cancel(
  typed: string,
  options: CancelOptions,
  { out, results, cwd, env }: Terminal,
): Promise<number> {
  const { config } = await openProject({ cwd, env });
  const home = { config, rehearsal: options.sandbox === true };
  return changing(home, async (ledger) => {
    const ofCampaign = await ledger.list({ campaign: await campaignId(typed, { config, cwd }) });
    const meant = ofCampaign.length > 0 ? ofCampaign : [await findDelivery(ledger, typed)];
    const cancelled: string[] = [];
    for (const { id } of meant) {
      // The ledger decides: a worker may have taken it in the meantime.
      if (await ledger.decide(id, ["scheduled"], { state: "cancelled" }, Date.now())) cancelled.push(id);
    }
    if (cancelled.length === 0) throw nothingToCancel(typed, meant[0]!.state, meant.length);

    const histories = await historiesOf(ledger, cancelled);
    if (options.json)
      out(
        document("cancel", { deliveries: histories.map((history) => deliveryJson(history, home.rehearsal)) }),
      );
    else out(`${statusTable(histories, Date.now(), results)}\n`);
    return EXIT.ok;
  });
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
