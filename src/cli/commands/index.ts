/** Which file does what a command's declaration promises; each is loaded when its command is called. */

import type { Shell } from "../completion/scripts.ts";
import type { CommandSpec } from "../declarations.ts";
import * as declared from "../declarations.ts";
import type { ArgumentsOf, OptionsOf } from "../options.ts";
import type { Terminal } from "../terminal.ts";

/** A declaration with its code, which gets what was typed and gives the exit code. */
export interface Command {
  spec: CommandSpec;
  run(args: readonly unknown[], options: object, terminal: Terminal): Promise<number>;
}

function command<const S extends CommandSpec>(
  spec: S,
  run: (args: ArgumentsOf<S["usage"]>, options: OptionsOf<S>, terminal: Terminal) => Promise<number>,
): Command {
  // Commander gives as many arguments as `usage` names, and the options that are declared.
  return { spec, run: (args, options, terminal) => run(args as never, options as never, terminal) };
}

/** In the order of the help. */
export const COMMANDS: readonly Command[] = [
  command(declared.init, async (_, options, terminal) => (await import("./init.ts")).init(options, terminal)),
  command(declared.newCampaign, async ([kind], options, terminal) =>
    (await import("./new.ts")).newCampaign(kind, options, terminal),
  ),
  command(declared.login, async ([channel], options, terminal) =>
    (await import("./login.ts")).login(channel, options, terminal),
  ),
  command(declared.doctor, async (_, options, terminal) =>
    (await import("./doctor.ts")).doctor(options, terminal),
  ),
  command(declared.plan, async ([campaign], options, terminal) =>
    (await import("./plan.ts")).plan(campaign, options, terminal),
  ),
  command(declared.preview, async ([campaign], options, terminal) =>
    (await import("./preview.ts")).preview(campaign, options, terminal),
  ),
  command(declared.approve, async ([campaign], options, terminal) =>
    (await import("./approve.ts")).approve(campaign, options, terminal),
  ),
  command(declared.send, async ([campaign], options, terminal) =>
    (await import("./send.ts")).send(campaign, options, terminal),
  ),
  command(declared.status, async ([campaign], options, terminal) =>
    (await import("./status.ts")).status(campaign, options, terminal),
  ),
  command(declared.todo, async ([delivery], options, terminal) =>
    (await import("./todo.ts")).todo(delivery, options, terminal),
  ),
  command(declared.resolve, async ([delivery], options, terminal) =>
    (await import("./resolve.ts")).resolve(delivery, options, terminal),
  ),
  command(declared.retry, async ([what], options, terminal) =>
    (await import("./retry.ts")).retry(what, options, terminal),
  ),
  command(declared.cancel, async ([what], options, terminal) =>
    (await import("./cancel.ts")).cancel(what, options, terminal),
  ),
  command(declared.edit, async ([campaign], options, terminal) =>
    (await import("./edit.ts")).edit(campaign, options, terminal),
  ),
  command(declared.retract, async ([what], options, terminal) =>
    (await import("./retract.ts")).retract(what, options, terminal),
  ),
  command(declared.verify, async ([what], options, terminal) =>
    (await import("./verify.ts")).verify(what, options, terminal),
  ),
  command(declared.stats, async ([what], options, terminal) =>
    (await import("./stats.ts")).stats(what, options, terminal),
  ),
  command(declared.report, async ([what], options, terminal) =>
    (await import("./report.ts")).report(what, options, terminal),
  ),
  command(declared.replies, async ([what], options, terminal) =>
    (await import("./replies.ts")).replies(what, options, terminal),
  ),
  command(declared.reply, async ([to, text], options, terminal) =>
    (await import("./reply.ts")).reply(to, text, options, terminal),
  ),
  command(declared.history, async ([words], options, terminal) =>
    (await import("./history.ts")).history(words, options, terminal),
  ),
  command(declared.pause, async (_, options, terminal) =>
    (await import("./pause.ts")).pause(options, terminal),
  ),
  command(declared.resume, async (_, options, terminal) =>
    (await import("./pause.ts")).resume(options, terminal),
  ),
  command(declared.run, async ([paths], options, terminal) =>
    (await import("./run.ts")).run(paths, options, terminal),
  ),
  command(declared.calendar, async ([paths], options, terminal) =>
    (await import("./calendar.ts")).calendar(paths, options, terminal),
  ),
  command(declared.worker, async ([paths], options, terminal) =>
    (await import("./worker.ts")).worker(paths, options, terminal),
  ),
  command(declared.schedule, async ([paths], options, terminal) =>
    (await import("./schedule.ts")).schedule(paths, options, terminal),
  ),
  command(declared.ledger, async ([action, file, to], options, terminal) =>
    (await import("./ledger.ts")).ledger(action, [file, to], options, terminal),
  ),
  command(declared.networks, async ([id], options, terminal) =>
    (await import("./networks.ts")).networks(id, options, terminal),
  ),
  command(declared.measure, async ([text], options, terminal) =>
    (await import("./measure.ts")).measure(text, options, terminal),
  ),
  command(declared.sandboxCommand, async (_, options, terminal) =>
    (await import("./sandbox.ts")).sandbox(options, terminal),
  ),
  command(declared.mcp, async (_args, _options, terminal) => (await import("./mcp.ts")).mcp(terminal)),
  command(declared.schema, async ([file], _options, terminal) =>
    (await import("./schema.ts")).schema(file, terminal),
  ),
  command(declared.explain, async ([codes], options, terminal) =>
    (await import("./explain.ts")).explain(codes, options, terminal),
  ),
  command(declared.completion, async ([shell], options, terminal) =>
    (await import("./completion.ts")).completion(shell as Shell, options, terminal),
  ),
];
