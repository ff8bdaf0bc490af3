/** `broadcast edit`: shows word by word how what is out differs from the campaign, asks, and corrects it. */
import { dirname, resolve } from "node:path";
import { type Edit, type Edited, edit as editPosts, type OtherwiseChoice } from "../../app/edit.ts";
import { ownName } from "../../approval/author.ts";
import { ApprovalError } from "../../approval/error.ts";
import { usageError } from "../../errors.ts";
import { frames } from "../../report/code-frame.ts";
import { editList } from "../../report/corrections.ts";
import { deliveryJson, document } from "../../report/json.ts";
import { outcomes } from "../../report/outcome.ts";
import { planHead } from "../../report/plan-summary.ts";
import { planArguments } from "../../report/shell.ts";
import type { edit as declared } from "../declarations.ts";
import { sandboxSuffix } from "../hints.ts";
import { openProjectFor } from "../open-project.ts";
import type { OptionsOf } from "../options.ts";
import { type Terminal, unlessLeft } from "../terminal.ts";
import { watchCorrections } from "../watch-corrections.ts";

export type EditOptions = Partial<OptionsOf<typeof declared>>;

export async function edit(campaign: string, options: EditOptions, terminal: Terminal): Promise<number> {
  if (options.repost && options.leave)
    throw usageError("`--repost` and `--leave` contradict each other", "Choose one of them.");
  const near = dirname(resolve(terminal.cwd, campaign));
  const stage = await openProjectFor({ near, sandbox: options.sandbox, from: options.from }, terminal);
  const { project } = stage;
  try {
    const watch = watchCorrections(terminal);
    const edited = await editPosts(campaign, project, {
      ...watch,
      onEvent: options.json ? undefined : watch.onEvent,
      channels: options.channel,
      occurrence: options.occurrence,
      ref: { ...options, file: campaign },
      by: await ownName(terminal.cwd, terminal.env),
      reason: options.reason,
      dryRun: options.dryRun,
      otherwise: options.repost ? "repost" : options.leave ? "leave" : undefined,
      onPlanned: ({ plan, edits, warnings }) => {
        if (options.json) return;
        const { err, notes } = terminal;
        err(`${planHead({ plan }, notes)}\n\n${editList(edits, notes)}\n\n`);
        if (warnings.length > 0) err(`${frames(warnings, notes)}\n\n`);
      },
      confirm: options.yes ? undefined : ({ edits, choose }) => agreed(edits, choose, options, terminal),
    }).catch(async (error: unknown) => {
      if (options.json || !(error instanceof ApprovalError)) throw error;
      throw (await import("../approvals.ts")).withChangesShown(error, terminal);
    });
    return report(edited, campaign, options, project.rehearsal, terminal);
  } finally {
    await stage.close();
  }
}

function report(
  { edits, histories, outcomes: done, declined, problems, plan, code }: Edited,
  file: string,
  options: EditOptions,
  rehearsal: boolean,
  terminal: Terminal,
): number {
  const { out, err, results } = terminal;
  if (options.json) {
    const deliveries = histories.map((history) => deliveryJson(history, rehearsal));
    const said = edits.map(({ planned, is, why, parts, fields, cost }) => ({
      delivery: planned.id,
      is,
      parts,
      fields,
      why,
      cost,
      outcome: done.find(({ delivery }) => delivery === planned.id)?.is,
    }));
    const { campaign, digest } = plan;
    out(document("edit", { campaign, digest, edits: said, deliveries, done: !declined, problems }));
    return code;
  }
  const changes = edits.some(({ is }) => is === "edit" || is === "cannot");
  if (!changes && done.length === 0)
    err("What is out says what the campaign says: there is nothing to edit.\n");
  else if (declined) err(options.dryRun ? dryRunWords(edits, options) : "Nothing was edited.\n");
  else if (done.length === 0) err("Nothing was edited: what differs cannot be edited in place, and stays.\n");
  else {
    const touched = histories.filter(({ id }) => done.some(({ delivery }) => delivery === id));
    const suffix = sandboxSuffix(options.sandbox);
    const again = `broadcast edit ${planArguments({ ...options, file })}${suffix}`;
    out(`${outcomes({ histories: touched, now: Date.now(), suffix, again }, results)}\n`);
  }
  return code;
}

function dryRunWords(edits: readonly Edit[], { leave, repost }: EditOptions): string {
  const words = "Nothing was edited: this was a dry run.\n";
  if (leave || repost || !edits.some(({ is }) => is === "cannot")) return words;
  return `${words}What cannot be edited needs \`--leave\`, or \`--repost\` to take it back and send it again.\n`;
}

async function agreed(
  edits: readonly Edit[],
  choose: boolean,
  options: EditOptions,
  terminal: Terminal,
): Promise<boolean | OtherwiseChoice> {
  if (!terminal.person || options.json) {
    // Which of them cannot be edited is an error of its own, with the choices.
    if (choose) return true;
    throw usageError(
      "this needs a confirmation, and there is no terminal to ask at",
      "Add `--yes` to edit without being asked; `--dry-run` shows what would be done.",
    );
  }
  const { confirm, choose: ask } = await terminal.prompts();
  const count = edits.filter(({ is }) => is === "edit").length;
  if (choose) {
    const repostable = edits.every(({ is, whyNotRepost }) => is !== "cannot" || whyNotRepost === undefined);
    const others =
      count === 0 ? "do nothing" : `edit the other ${count === 1 ? "channel" : `${count} channels`}`;
    const answer = await unlessLeft(
      ask("Some cannot be edited in place. What becomes of them?", [
        { value: "leave", name: `Leave them as they are, and ${others}` },
        ...(repostable
          ? [{ value: "repost", name: "Take them back, and send them again: likes and answers are lost" }]
          : []),
        { value: "no", name: "Change nothing at all" },
      ]),
    );
    return answer === "leave" || answer === "repost" ? answer : false;
  }
  const reposts = options.repost ? edits.filter(({ is }) => is === "cannot").length : 0;
  const words = [
    ...(count > 0 ? [`edit ${count === 1 ? "this channel" : `these ${count} channels`} in place`] : []),
    ...(reposts > 0
      ? [`delete and send again ${reposts === 1 ? "one channel" : `${reposts} channels`}`]
      : []),
  ].join(", ");
  if (words === "") return true;
  return (await unlessLeft(confirm(`${words[0]!.toUpperCase()}${words.slice(1)}?`))) ?? false;
}
