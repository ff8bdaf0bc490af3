/** `broadcast new`: the few fields that a kind of campaign needs, the body in an editor, then a look at the posts. */

import { existsSync } from "node:fs";
import { basename, join, relative, resolve } from "node:path";
import { openProject, type Project, shown } from "../../app/project.ts";
import { KINDS, type Kind } from "../../config/kinds.ts";
import { EXIT, usageError } from "../../errors.ts";
import { document } from "../../report/json.ts";
import { quoted } from "../../report/shell.ts";
import { didYouMean } from "../../suggest.ts";
import { isUrl } from "../../urls.ts";
import type { newCampaign as declared } from "../declarations.ts";
import type { OptionsOf } from "../options.ts";
import type { Prompts } from "../prompts.ts";
import type { Terminal } from "../terminal.ts";
import { campaignFile, type NewCampaign, slugOf } from "../wizard/campaign-file.ts";
import { KIND_WORDS, type KindWords } from "../wizard/kinds.ts";
import { type OwnFacts, readOwnFacts, wordsFor } from "../wizard/package-facts.ts";

export type NewOptions = Partial<OptionsOf<typeof declared>>;

export async function newCampaign(
  kind: string | undefined,
  options: NewOptions,
  terminal: Terminal,
  questions: () => Promise<Prompts> = async () => (await import("../prompts.ts")).prompts,
): Promise<number> {
  if (kind !== undefined) kindNamed(kind);
  requireAddress(options.link);
  const { cwd, env, err } = terminal;
  const project = await openProject({ cwd, env });
  if (options.like !== undefined) return likeAnother(options.like, options, project, terminal);
  const ask = terminal.person && !options.yes && !options.json ? await questions() : undefined;
  try {
    const campaign = await compose(kind, options, project, await readOwnFacts(project.config.root, env), ask);
    const file = fileFor(campaign.title, options, project, terminal);
    await written(file, campaignFile(campaign), campaign.kind, options, project, terminal);
    return EXIT.ok;
  } catch (error) {
    if ((error as Error).name !== "PromptCancelled") throw error;
    err("Nothing was written.\n");
    return EXIT.input;
  }
}

/** Writes the file, says where, and shows its posts. */
async function written(
  file: string,
  text: string,
  kind: string,
  options: NewOptions,
  project: Project,
  terminal: Terminal,
): Promise<void> {
  const { writeAtomically } = await import("../../files.ts");
  await writeAtomically(file, text);
  const name = shown(terminal.cwd, file);
  if (options.json) {
    terminal.out(document("new", { file: name, kind }));
    return;
  }
  terminal.out(`${name}\n`);
  terminal.err("\n");
  const { showPosts } = await import("./preview.ts");
  await showPosts(file, {}, project, terminal);
  const { cyan } = terminal.notes.paint;
  terminal.err(
    `\nWhile you write:  ${cyan(`broadcast preview ${quoted(name)} --watch`)}\nWhen it is ready: ${cyan(`broadcast send ${quoted(name)}`)}\n`,
  );
}

/** Last month's campaign as the start of this month's. */
async function likeAnother(
  like: string,
  options: NewOptions,
  project: Project,
  terminal: Terminal,
): Promise<number> {
  const source = resolve(terminal.cwd, like);
  const { readSource } = await import("../../yaml/source.ts");
  const { value, text: before } = await readSource(source, shown(terminal.cwd, source));
  const { campaignLike } = await import("../wizard/like.ts");
  const said = options.title ?? value.title;
  const title =
    typeof said === "string" && !said.includes("{{") ? said : basename(source).replace(/\.ya?ml$/i, "");
  const file = fileFor(title, options, project, terminal);
  const text = campaignLike(before, { title: options.title });
  await written(file, text, String(value.kind ?? "update"), options, project, terminal);
  return EXIT.ok;
}

/**
 * Asks for everything that no flag gives. What nobody has said stays a TODO, which no plan sends: this makes no statements for
 * anybody.
 */
async function compose(
  typed: string | undefined,
  options: NewOptions,
  { config }: Project,
  own: OwnFacts,
  ask: Prompts | undefined,
): Promise<NewCampaign> {
  const kind = typed ? kindNamed(typed) : await askKind(ask);
  const words = wordsFor(kind, own);
  // Without a terminal, use only titles read from the project.
  const usual = ask || words !== KIND_WORDS[kind] ? words.title : undefined;
  const title = options.title ?? (await ask?.line("Title:", { usual })) ?? usual;
  if (!title) throw usageError("a campaign needs a title", "Add `--title`.");
  const summary =
    options.summary ??
    (await ask?.line("In one or two sentences (short networks show this; Enter for none):"));
  const link = await linkFor(words, own, options, ask);
  const vars = pairs(options.var ?? []);
  const isKnown = words !== KIND_WORDS[kind];
  // The text that names them is not written yet, unless the project's own facts fill them in.
  for (const [name, known] of Object.entries((isKnown && words.vars) || {})) vars[name] ??= known;
  const audience = await audienceFor(words, options, config, ask);
  const open = [...config.channels.values()].filter(
    (one) => audience === undefined || one.audience === audience,
  );
  const channels = await channelsFor(
    options,
    open.map(({ name }) => name),
    ask,
  );
  const todo = `TODO: ${words.todo}.\n`;
  const body = options.body ?? (await ask?.edit("The text opens in your editor (Enter):", todo)) ?? todo;
  const { at, tags } = options;
  return {
    kind,
    title,
    summary: summary || undefined,
    link: link || undefined,
    vars,
    body,
    tags,
    channels,
    ...(audience === "internal" && { audience }),
    at,
  };
}

/** Who is to read it. A kind that is usually for one's own people does not go to the public by a slip. */
async function audienceFor(
  { internal, name }: KindWords,
  { audience, channels }: NewOptions,
  config: Project["config"],
  ask: Prompts | undefined,
): Promise<"internal" | "external" | undefined> {
  if (audience !== undefined && audience !== "internal" && audience !== "external")
    throw usageError(`\`--audience ${audience}\` is not known`, "It is internal or external.");
  if (audience !== undefined || !internal || channels) return audience;
  const hasInternal = [...config.channels.values()].some((one) => one.audience === "internal");
  if (ask)
    return (await ask.choose(
      "Who is to read it?",
      [
        { value: "internal", name: "Our own people: internal channels only" },
        { value: "external", name: "The public" },
      ],
      hasInternal ? "internal" : "external",
    )) as "internal" | "external";
  if (hasInternal) return "internal";
  throw usageError(
    `${name.split(":")[0]!.toLowerCase()}s are usually for one's own people, and no channel is internal`,
    "If the public is to read it: `--audience external`.",
  );
}

export async function askKind(ask: Prompts | undefined): Promise<Kind> {
  if (!ask) return "update";
  const choices = KINDS.map((kind) => ({ value: kind, name: KIND_WORDS[kind].name }));
  return (await ask.choose("What do you want to announce?", choices)) as Kind;
}

export function kindNamed(typed: string): Kind {
  const kind = KINDS.find((kind) => kind === typed);
  if (kind) return kind;
  throw usageError(`there is no kind \`${typed}\``, didYouMean(typed, KINDS) || undefined);
}

/** `a=b` in a row. */
export function pairs(written: readonly string[]): Record<string, string> {
  return Object.fromEntries(
    written.map((pair) => {
      const at = pair.indexOf("=");
      if (at > 0) return [pair.slice(0, at), pair.slice(at + 1)];
      throw usageError(`\`${pair}\` is not \`name=value\``);
    }),
  );
}

/** What was typed, or chosen; the project's own page is the usual answer where a kind has a link. */
export async function linkFor(
  { link: wanted }: KindWords,
  { page }: OwnFacts,
  { link }: { link?: string },
  ask: Prompts | undefined,
): Promise<string | undefined> {
  if (link !== undefined || !wanted) return link;
  if (!ask) return page;
  const question = `The page to link to${page ? "" : " (Enter for none)"}:`;
  return ask.line(question, { usual: page, check: webAddress });
}

/** Throws InputError for a `--link` that no network would take. */
export function requireAddress(link: string | undefined): void {
  const wrong = link === undefined ? undefined : webAddress(link);
  if (wrong !== undefined) throw usageError(`\`--link ${link}\` is not a web address`, `${wrong}.`);
}

function webAddress(text: string): string | undefined {
  if (text === "" || (/^https?:\/\/\S+$/i.test(text) && isUrl(text))) return undefined;
  return "Write it with https://";
}

async function channelsFor(
  { channels }: NewOptions,
  known: readonly string[],
  ask: Prompts | undefined,
): Promise<string[]> {
  if (channels) return channels;
  if (!ask || known.length === 1) return [...known];
  return ask.chooseSeveral(
    "To which channels?",
    known.map((name) => ({ name, value: name, checked: true })),
  );
}

function fileFor(title: string, { out, force }: NewOptions, { config }: Project, { cwd }: Terminal): string {
  const usual = freeFile(join(config.root, "campaigns"), slugOf(title));
  const file = out === undefined ? usual : resolve(cwd, out);
  if (relative(config.root, file).startsWith(".."))
    throw usageError("a campaign must be in its project's folder", `Choose a file below ${config.root}.`);
  if (existsSync(file) && !force)
    throw usageError(
      `${shown(cwd, file)} is there already`,
      "Choose another `--out`, or replace it with `--force`.",
    );
  return file;
}

/** The first of `name.yml`, `name-2.yml`, … that is not there. */
export function freeFile(folder: string, name: string): string {
  for (let number = 1; ; number++) {
    const file = join(folder, `${name}${number === 1 ? "" : `-${number}`}.yml`);
    if (!existsSync(file)) return file;
  }
}
