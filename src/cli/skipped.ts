/** A campaign whose `when:` does not hold is not sent, and that is as it should be. */
import { EXIT } from "../errors.ts";
import type { Plan } from "../plan/types.ts";
import { oneLine } from "../report/terminal-safe.ts";
import type { Terminal } from "./terminal.ts";

/** Says so; returns the exit code. */
export async function printSkipped(
  command: string,
  plan: Plan,
  { json, rehearsal }: { json?: boolean; rehearsal: boolean },
  terminal: Terminal,
): Promise<number> {
  const { campaign, skipped = "", digest } = plan;
  if (json) {
    const { document } = await import("../report/json.ts");
    terminal.out(
      document(command, { campaign, digest, rehearsal, skipped, deliveries: [], problems: plan.problems }),
    );
  } else terminal.err(`${oneLine(campaign.id)} is not sent: \`when: ${oneLine(skipped)}\` does not hold.\n`);
  return EXIT.ok;
}
