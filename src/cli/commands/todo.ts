/** `broadcast todo`: what people are to post, and where it has come out. */
import { hasBrowser, openBrowser } from "../../app/login.ts";
import { resolve as resolveHeld } from "../../app/resolve.ts";
import { todos as readTodos, type Todos } from "../../app/todo.ts";

import { EXIT, InputError, usageError } from "../../errors.ts";
import { count } from "../../report/code-frame.ts";
import { deliveryJson, document } from "../../report/json.ts";
import { outcomes } from "../../report/outcome.ts";
import { oneLine } from "../../report/terminal-safe.ts";
import { moment } from "../../report/time.ts";
import { type Todo, todoCard, todoCards } from "../../report/todo.ts";
import { isWebAddress } from "../../yaml/fields.ts";
import { copy } from "../clipboard.ts";
import type { todo as declared } from "../declarations.ts";
import { sandboxSuffix } from "../hints.ts";
import { openProjectFor } from "../open-project.ts";
import type { OptionsOf } from "../options.ts";
import { type Terminal, unlessLeft } from "../terminal.ts";

export type TodoOptions = Partial<OptionsOf<typeof declared>>;

export async function todo(
  typed: string | undefined,
  options: TodoOptions,
  terminal: Terminal,
): Promise<number> {
  const { published, cancel, copy: copies, open } = options;
  if (published !== undefined && cancel)
    throw usageError("`--published` and `--cancel` exclude each other", "Say one of them.");
  if (published !== undefined && !isWebAddress(published))
    throw usageError(`\`${published}\` is not the address of a post`, COPY_IT);
  const needsOne = published !== undefined || cancel || copies || open;
  if (needsOne && typed === undefined)
    throw usageError("which one?", "Name the delivery, as `broadcast todo` shows it.");
  const stage = await openProjectFor({ sandbox: options.sandbox }, terminal);
  try {
    const { project } = stage;
    const all = await readTodos(project);
    const suffix = sandboxSuffix(options.sandbox);
    const settle = (one: Todo, resolution: Resolution) =>
      resolveHeld(one.delivery, project, () => resolution);
    if (published !== undefined || cancel) {
      const one = chosen(typed!, all);
      const { histories, code } = await settle(one, cancel ? CANCEL : { is: "published", url: published! });
      if (options.json)
        terminal.out(
          document("todo", { deliveries: histories.map((one) => deliveryJson(one, project.rehearsal)) }),
        );
      else terminal.out(`${outcomes({ histories, now: Date.now(), suffix, again: "" }, terminal.results)}\n`);
      return code;
    }
    const wanted = typed === undefined ? all.now : [chosen(typed, all)];
    if (options.json) {
      terminal.out(document("todo", { todos: wanted.map(todoJson), later: all.later.map(todoJson) }));
      return EXIT.ok;
    }
    if (copies) await tellCopied(wanted[0]!, terminal);
    if (open) tellOpened(wanted[0]!, terminal);
    if (copies || open) return EXIT.ok;
    if (wanted.length === 0) {
      terminal.err(`Nothing is to be posted by hand now.\n${laterWords(all)}`);
      return EXIT.ok;
    }
    if (!terminal.person) {
      terminal.out(`${todoCards(wanted, Date.now(), suffix, terminal.results)}\n`);
      return EXIT.ok;
    }
    for (const [index, one] of wanted.entries()) {
      const number = wanted.length > 1 ? ` (${index + 1} of ${wanted.length})` : "";
      terminal.err(`\n${todoCard(one, Date.now(), terminal.notes)}\n\n`);
      if (!(await oneByOne(one, number, settle, terminal))) break;
    }
    terminal.err(laterWords(all));
    return EXIT.ok;
  } finally {
    await stage.close();
  }
}

type Resolution = { is: "published"; url: string } | { is: "cancel" };

const CANCEL = { is: "cancel" } as const;
const COPY_IT = "Copy it from the browser, with https://.";

function chosen(typed: string, { now, later }: Todos): Todo {
  const all = [...now, ...later];
  const exact = all.filter(({ delivery }) => delivery === typed);
  const found = exact.length > 0 ? exact : all.filter(({ delivery }) => delivery.endsWith(`/${typed}`));
  if (found.length === 1) return found[0]!;
  throw new InputError({
    severity: "error",
    code: found.length === 0 ? "unknown-delivery" : "ambiguous-delivery",
    message:
      found.length === 0
        ? `nothing called \`${typed}\` waits to be posted by hand`
        : `\`${typed}\` names ${found.length} posts`,
    remedy:
      found.length === 0
        ? "`broadcast todo` lists what does."
        : `Write one in full: ${found.map(({ delivery }) => delivery).join(", ")}.`,
  });
}

/** Whether to go on with the next one. */
async function oneByOne(
  one: Todo,
  number: string,
  settle: (one: Todo, resolution: Resolution) => Promise<unknown>,
  terminal: Terminal,
): Promise<boolean> {
  const { choose, line } = await terminal.prompts();
  for (;;) {
    const answer = await unlessLeft(
      choose(`${one.place}${number}`, [
        ...(one.url ? [{ name: "Open the page", value: "open" }] : []),
        { name: "Copy the text", value: "copy" },
        { name: "It is out: enter its address", value: "published" },
        { name: "Later", value: "later" },
        { name: "Do not post it at all", value: "cancel" },
      ]),
    );
    if (answer === undefined) return false;
    if (answer === "later") return true;
    if (answer === "open") tellOpened(one, terminal);
    if (answer === "copy") await tellCopied(one, terminal);
    if (answer === "cancel") {
      await settle(one, CANCEL);
      return true;
    }
    if (answer === "published") {
      const check = (typed: string) => (isWebAddress(typed) ? undefined : COPY_IT);
      const url = await unlessLeft(line("Its address:", { check }));
      if (url === undefined) continue;
      await settle(one, { is: "published", url });
      terminal.err(`${terminal.notes.paint.green("✓")} ${oneLine(one.channel)}  ${oneLine(url)}\n`);
      return true;
    }
  }
}

async function tellCopied({ text }: Todo, { err, screen }: Terminal): Promise<void> {
  const done = await copy(text, screen);
  err(
    done === "copied"
      ? "The text is in the clipboard.\n"
      : done === "asked"
        ? "The terminal was asked to copy the text; not every terminal does.\n"
        : "Nothing here can copy: no pbcopy, wl-copy, xclip or xsel.\n",
  );
}

function tellOpened({ url }: Todo, { env, err }: Terminal): void {
  if (url === undefined)
    throw usageError("this place has no page that is known", "Give it one with `compose:`.");
  if (hasBrowser(env)) openBrowser(url, env);
  err(`${oneLine(url)}\n`);
}

function laterWords({ later }: Todos): string {
  const [next] = later;
  if (!next) return "";
  return `\nLater: ${count(later.length, "post")}, the next one at ${moment(next.dueAt)} (${oneLine(next.place)}).\n`;
}

function todoJson({ dueAt, expiresAt, ...rest }: Todo) {
  const iso = (at: number) => new Date(at).toISOString();
  return { ...rest, due: iso(dueAt), ...(expiresAt !== undefined && { expires: iso(expiresAt) }) };
}
