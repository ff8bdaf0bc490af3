/** `broadcast history`: what was said where, found by its words; and the archive. */
import { mkdir } from "node:fs/promises";
import { join, resolve } from "node:path";
import { history as search } from "../../app/history.ts";
import { openProject } from "../../app/project.ts";
import { forgetReplies } from "../../app/replies.ts";
import { EXIT, usageError } from "../../errors.ts";
import { writeAtomically } from "../../files.ts";
import { archivePages, historyCsv, historyList, type Utterance } from "../../report/archive.ts";
import { count } from "../../report/code-frame.ts";
import { document } from "../../report/json.ts";
import { oneLine } from "../../report/terminal-safe.ts";
import { didYouMean } from "../../suggest.ts";
import type { history as declared } from "../declarations.ts";
import type { OptionsOf } from "../options.ts";
import { sinceOf } from "../since.ts";
import type { Terminal } from "../terminal.ts";

export type HistoryOptions = Partial<OptionsOf<typeof declared>>;

const FORMS = ["md", "csv", "json", "html"];

export async function history(
  words: readonly string[],
  options: HistoryOptions,
  terminal: Terminal,
): Promise<number> {
  const { out, err, results, cwd, env } = terminal;
  const project = await openProject({ cwd, env });
  const home = { ...project, rehearsal: Boolean(options.sandbox) };
  if (options.forget !== undefined) {
    const forgotten = await forgetReplies(home, options.forget);
    if (options.json) out(document("history", { forgotten }));
    else err(`${count(forgotten, "answer")} forgotten.\n`);
    return EXIT.ok;
  }
  const form = formOf(options);
  const all = await search(home, {
    words,
    since: options.since === undefined ? undefined : sinceOf(options.since),
    until: options.until === undefined ? undefined : sinceOf(options.until, "--until"),
    kind: options.kind,
    channel: options.channel,
    tag: options.tag,
  });
  if (options.json || form === "json") out(document("history", { posts: all.map(utteranceJson) }));
  else if (form === "csv") out(historyCsv(all));
  else if (form === "md" || form === "html") await archive(all, form, options.output!, terminal);
  else if (all.length === 0)
    err(words.length > 0 ? "Nothing that was said has these words.\n" : "Nothing was said yet.\n");
  else out(`${historyList(all, words, results)}\n`);
  return EXIT.ok;
}

function formOf({ export: typed, output }: HistoryOptions): string | undefined {
  if (typed === undefined) {
    if (output !== undefined)
      throw usageError("`--output` needs `--export`", "For example: --export html --output archive");
    return undefined;
  }
  if (!FORMS.includes(typed))
    throw usageError(
      `\`--export ${typed}\` is not known`,
      didYouMean(typed, FORMS) || `There is ${FORMS.join(", ")}.`,
    );
  if ((typed === "md" || typed === "html") && output === undefined)
    throw usageError(`an archive as ${typed} is a folder of pages`, "Name it: `--output archive`.");
  return typed;
}

async function archive(
  all: readonly Utterance[],
  form: "md" | "html",
  output: string,
  { cwd, err }: Terminal,
): Promise<void> {
  const folder = resolve(cwd, output);
  await mkdir(folder, { recursive: true });
  const pages = archivePages(all, form);
  for (const [name, text] of pages) await writeAtomically(join(folder, name), text);
  err(`${count(pages.size, "page")} written to ${oneLine(output)}: begin with index.${form}.\n`);
}

function utteranceJson({ at, retracted, ...one }: Utterance): object {
  return {
    ...one,
    at: new Date(at).toISOString(),
    ...(retracted !== undefined && { retracted: new Date(retracted).toISOString() }),
  };
}
