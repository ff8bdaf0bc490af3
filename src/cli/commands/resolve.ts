/** `broadcast resolve`: a person settles what no program can know. */

import { findDelivery } from "../../app/ledger.ts";
import type { Project } from "../../app/project.ts";
import { EXIT, InputError, usageError } from "../../errors.ts";
import type { Ledger } from "../../ledger/ledger.ts";
import type { Delivery } from "../../ledger/types.ts";
import { heldHints } from "../../report/held-hints.ts";
import { deliveryJson, document } from "../../report/json.ts";
import { outcomes } from "../../report/outcome.ts";
import { oneLine } from "../../report/terminal-safe.ts";
import { isWebAddress } from "../../yaml/fields.ts";
import { deliverWatched, demandUsable, exitCode } from "../deliver.ts";
import { goOn, sandboxSuffix } from "../hints.ts";
import { changing, historiesOf, whereabouts } from "../memory.ts";
import { openStage } from "../open-project.ts";
import type { Terminal } from "../terminal.ts";

export interface ResolveOptions {
  published?: string;
  id?: string;
  resend?: boolean;
  cancel?: boolean;
  sandbox?: boolean | string;
  json?: boolean;
}

type Decision = { is: "published"; url: string; id: string } | { is: "resend" } | { is: "cancel" };

export async function resolve(typed: string, options: ResolveOptions, terminal: Terminal): Promise<number> {
  const given = decisionOf(options);
  if (!given && (!terminal.person || options.json)) {
    throw usageError("what did you see?", "Say `--published URL`, `--resend` or `--cancel`.");
  }
  const stage = await openStage({ sandbox: options.sandbox }, terminal);
  try {
    return await changing(stage.project, async (ledger) => {
      const delivery = await findDelivery(ledger, typed);
      demandHeld(delivery);
      const decision = given ?? (await asked(delivery, ledger, stage.project, terminal));
      if (!decision) {
        terminal.err("Nothing was changed.\n");
        return EXIT.unknown;
      }
      if (decision.is === "resend") demandUsable([delivery], stage.project);
      await settle(delivery, decision, ledger);

      const [after] = await historiesOf(ledger, [delivery.id]);
      const histories = after ? await deliverWatched([after], stage.project, ledger, terminal) : [];
      const { rehearsal } = stage.project;
      if (options.json)
        terminal.out(
          document("resolve", { deliveries: histories.map((history) => deliveryJson(history, rehearsal)) }),
        );
      else {
        const suffix = sandboxSuffix(options.sandbox);
        const again = goOn(histories, stage.project, options.sandbox);
        terminal.out(`${outcomes({ histories, now: Date.now(), suffix, again }, terminal.results)}\n`);
      }
      return decision.is === "cancel" ? EXIT.ok : exitCode(histories);
    });
  } finally {
    await stage.close();
  }
}

function decisionOf({ published, id, resend, cancel }: ResolveOptions): Decision | undefined {
  if ([published !== undefined, resend, cancel].filter(Boolean).length > 1) {
    throw usageError("`--published`, `--resend` and `--cancel` exclude each other", "Say one of them.");
  }
  if (id !== undefined && published === undefined) throw usageError("`--id` belongs to `--published URL`");
  if (resend) return { is: "resend" };
  if (cancel) return { is: "cancel" };
  return published === undefined ? undefined : { is: "published", url: address(published), id: id ?? "" };
}

const COPY_IT = "Copy it from the browser, with https://.";

function address(typed: string): string {
  if (isWebAddress(typed)) return typed;
  throw usageError(`\`${typed}\` is not the address of a post`, COPY_IT);
}

function demandHeld({ id, state }: Delivery): void {
  if (state === "held") return;
  const remedy =
    state === "failed"
      ? `To send it again: broadcast retry ${id}`
      : "`broadcast status` shows what waits for a person.";
  throw new InputError({
    severity: "error",
    code: "not-held",
    message: `\`${id}\` is ${state}: there is nothing to settle`,
    remedy,
  });
}

async function asked(
  delivery: Delivery,
  ledger: Ledger,
  project: Project,
  terminal: Terminal,
): Promise<Decision | undefined> {
  const histories = await historiesOf(ledger, [delivery.id]);
  const where = await whereabouts(histories, project, ledger);
  const known = histories.flatMap((history) => heldHints(history, "", where.get(history.id)));
  // The questions that follow stand for the commands.
  terminal.err(`${known.filter((line) => !line.startsWith("  broadcast ")).join("\n")}\n\n`);
  const { choose, write } = await terminal.questions();
  const answer =
    delivery.code === "late"
      ? await choose("It is late. Does it still go out?", [
          { name: "Yes: send it now", value: "resend" },
          { name: "No: leave it", value: "cancel" },
        ])
      : await choose(`Look at ${oneLine(delivery.channel)}. Is the post out?`, [
          { name: "Yes, it is out", value: "published" },
          { name: "No: send it again", value: "resend" },
          { name: "Leave it", value: "cancel" },
        ]);
  if (answer === "resend" || answer === "cancel") return { is: answer };
  if (answer === undefined) return undefined;
  const url = await write("Its address:", (typed) => (isWebAddress(typed) ? undefined : COPY_IT));
  if (url === undefined) return undefined;
  const id = (await hasMoreParts(delivery, ledger))
    ? await write("What the network calls it (its id):", (typed) =>
        typed === "" ? "More posts follow, and they answer to this one." : undefined,
      )
    : "";
  return id === undefined ? undefined : { is: "published", url, id };
}

async function settle(delivery: Delivery, decision: Decision, ledger: Ledger): Promise<void> {
  if (decision.is === "published" && decision.id === "" && (await hasMoreParts(delivery, ledger))) {
    throw usageError(
      "more posts of this thread follow, and they answer to this one",
      "Add `--id`: what the network calls the post that is out.",
    );
  }
  const now = Date.now();
  const changed = await ledger.decide(
    delivery.id,
    ["held"],
    decision.is === "published"
      ? { state: "published", receipt: { id: decision.id, url: decision.url } }
      : decision.is === "resend"
        ? { state: "scheduled", newRound: true, nextAt: now, dueAt: now }
        : { state: "cancelled" },
    now,
  );
  if (!changed) throw usageError("somebody else settled it just now", "`broadcast status` shows how.");
}

async function hasMoreParts(delivery: Delivery, ledger: Ledger): Promise<boolean> {
  const history = await ledger.history(delivery.id);
  return (history?.receipts.length ?? 0) + 1 < delivery.posts.length;
}
