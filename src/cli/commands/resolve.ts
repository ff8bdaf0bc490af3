/** `broadcast resolve`: a person settles what no program can know. */

import { type Held, type Resolution, resolve as resolveHeld } from "../../app/resolve.ts";
import { EXIT, usageError } from "../../errors.ts";
import { heldHints } from "../../report/held-hints.ts";
import { deliveryJson, document } from "../../report/json.ts";
import { outcomes } from "../../report/outcome.ts";
import { oneLine } from "../../report/terminal-safe.ts";
import { isWebAddress } from "../../yaml/fields.ts";
import type { resolve as declared } from "../declarations.ts";
import { resumeCommand, sandboxSuffix } from "../hints.ts";
import { openProjectFor } from "../open-project.ts";
import type { OptionsOf } from "../options.ts";
import { type Terminal, unlessLeft } from "../terminal.ts";
import { watchDelivery } from "../watch-delivery.ts";

export type ResolveOptions = Partial<OptionsOf<typeof declared>>;

export async function resolve(typed: string, options: ResolveOptions, terminal: Terminal): Promise<number> {
  const given = resolutionIn(options);
  if (!given && (!terminal.person || options.json)) {
    throw usageError("what did you see?", "Say `--published URL`, `--resend` or `--cancel`.");
  }
  const stage = await openProjectFor({ sandbox: options.sandbox }, terminal);
  try {
    const { project } = stage;
    const watch = watchDelivery(terminal);
    const ask = (held: Held) => given ?? asked(held, terminal);
    const { histories, code } = await resolveHeld(typed, project, ask, watch);
    if (histories.length === 0 && code === EXIT.unknown) {
      terminal.err("Nothing was changed.\n");
      return code;
    }
    if (options.json) {
      const deliveries = histories.map((history) => deliveryJson(history, project.rehearsal));
      terminal.out(document("resolve", { deliveries }));
    } else {
      const suffix = sandboxSuffix(options.sandbox);
      const again = resumeCommand(histories, project, options.sandbox);
      terminal.out(`${outcomes({ histories, now: Date.now(), suffix, again }, terminal.results)}\n`);
    }
    return code;
  } finally {
    await stage.close();
  }
}

function resolutionIn({ published, id, resend, cancel }: ResolveOptions): Resolution | undefined {
  if ([published !== undefined, resend, cancel].filter(Boolean).length > 1) {
    throw usageError("`--published`, `--resend` and `--cancel` exclude each other", "Say one of them.");
  }
  if (id !== undefined && published === undefined) throw usageError("`--id` belongs to `--published URL`");
  if (resend) return { is: "resend" };
  if (cancel) return { is: "cancel" };
  if (published === undefined) return undefined;
  if (isWebAddress(published)) return { is: "published", url: published, id };
  throw usageError(`\`${published}\` is not the address of a post`, COPY_IT);
}

const COPY_IT = "Copy it from the browser, with https://.";

async function asked(
  { delivery, history, link, hasMore }: Held,
  terminal: Terminal,
): Promise<Resolution | undefined> {
  const known = heldHints(history, "", link);
  // Questions follow, so no commands are printed.
  terminal.err(`${known.filter((line) => !line.startsWith("  broadcast ")).join("\n")}\n\n`);
  const { choose, line } = await terminal.prompts();
  const answer = await unlessLeft(
    delivery.code === "late"
      ? choose("It is late. Does it still go out?", [
          { name: "Yes: send it now", value: "resend" },
          { name: "No: leave it", value: "cancel" },
        ])
      : choose(`Look at ${oneLine(delivery.channel)}. Is the post out?`, [
          { name: "Yes, it is out", value: "published" },
          { name: "No: send it again", value: "resend" },
          { name: "Leave it", value: "cancel" },
        ]),
  );
  if (answer === "resend" || answer === "cancel") return { is: answer };
  if (answer === undefined) return undefined;
  const check = (typed: string) => (isWebAddress(typed) ? undefined : COPY_IT);
  const url = await unlessLeft(line("Its address:", { check }));
  if (url === undefined) return undefined;
  if (!hasMore) return { is: "published", url };
  const id = await unlessLeft(
    line("Its id at the network:", {
      check: (typed) => (typed === "" ? "More posts follow, and they reply to this one." : undefined),
    }),
  );
  return id === undefined ? undefined : { is: "published", url, id };
}
