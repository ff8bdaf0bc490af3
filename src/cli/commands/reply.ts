/** `broadcast reply`: answers somebody from the same account, as a delivery like any other. */
import { writeFile } from "node:fs/promises";
import { resolve } from "node:path";
import { planReply } from "../../app/reply.ts";
import { send } from "../../app/send.ts";
import { EXIT, usageError } from "../../errors.ts";
import { frames } from "../../report/code-frame.ts";
import { deliveryJson, document } from "../../report/json.ts";
import { outcomes } from "../../report/outcome.ts";
import { planCards } from "../../report/plan.ts";
import { quoted } from "../../report/shell.ts";
import { oneLine } from "../../report/terminal-safe.ts";
import type { reply as declared } from "../declarations.ts";
import { printNextCommand, sandboxSuffix } from "../hints.ts";
import { openProjectFor } from "../open-project.ts";
import type { OptionsOf } from "../options.ts";
import { type Terminal, unlessLeft } from "../terminal.ts";
import { watchDelivery } from "../watch-delivery.ts";

export type ReplyOptions = Partial<OptionsOf<typeof declared>>;

export async function reply(
  to: string,
  words: string | undefined,
  options: ReplyOptions,
  terminal: Terminal,
): Promise<number> {
  const { out, err, results, notes } = terminal;
  const text = words ?? (await terminal.input()) ?? "";
  const stage = await openProjectFor({ sandbox: options.sandbox }, terminal);
  const { project } = stage;
  try {
    const plan = await planReply(to, text, project);
    if (options.out !== undefined) {
      await writeFile(resolve(terminal.cwd, options.out), `${JSON.stringify(plan, null, 2)}\n`);
      err(`Written to ${oneLine(options.out)}; nothing was sent.\n`);
      printNextCommand("To approve it", `broadcast approve --plan ${quoted(options.out)}`, terminal);
      printNextCommand("To send it", `broadcast send --plan ${quoted(options.out)}`, terminal);
      return EXIT.ok;
    }
    const watch = watchDelivery(terminal);
    const sent = await send(plan, project, {
      ref: { file: "reply.json", plan: true },
      stop: watch.stop,
      abort: watch.abort,
      confirm: options.yes || project.rehearsal ? undefined : () => agreed(plan.deliveries[0]!.channel),
      onEvent: async (event) => {
        if (event.type === "planned" && !options.json) {
          const view = { plan, adapters: project.adapters, now: Date.now() };
          err(`${planCards(view, notes)}\n\n`);
          if (event.warnings.length > 0) err(`${frames(event.warnings, notes)}\n\n`);
        }
        if (event.type !== "planned" && event.type !== "approved" && event.type !== "sent")
          await watch.onEvent(event);
      },
    });
    if (sent.declined) {
      err("Nothing was sent.\n");
      return sent.code;
    }
    const { histories } = sent;
    if (options.json)
      out(document("reply", { deliveries: histories.map((one) => deliveryJson(one, project.rehearsal)) }));
    else {
      const suffix = sandboxSuffix(options.sandbox);
      const again = `broadcast retry ${quoted(plan.deliveries[0]!.id)}${suffix}`;
      out(`${outcomes({ histories, now: Date.now(), suffix, again }, results)}\n`);
    }
    return sent.code;
  } finally {
    await stage.close();
  }

  async function agreed(channel: string): Promise<boolean> {
    if (!terminal.person || options.json)
      throw usageError(
        "this needs a confirmation, and there is no terminal to ask at",
        "Add `--yes` to send without being asked.",
      );
    const { confirm } = await terminal.prompts();
    return (await unlessLeft(confirm(`Answer this as ${oneLine(channel)}?`))) ?? false;
  }
}
