/** `broadcast init`: channels, credentials, a first campaign, and at once a rehearsal. Nothing is written before the last answer. */

import { existsSync, readFileSync } from "node:fs";
import { basename, join, resolve } from "node:path";
import { parse } from "dotenv";
import type { Adapter } from "../../adapter.ts";
import { openLoginStore } from "../../app/credentials.ts";
import { allAdapters, builtIn, shown } from "../../app/project.ts";
import { CredentialError, EXIT, usageError } from "../../errors.ts";
import { document } from "../../report/json.ts";
import { quoted } from "../../report/shell.ts";
import { didYouMean } from "../../suggest.ts";
import type { init as declared } from "../declarations.ts";
import type { OptionsOf } from "../options.ts";
import type { Prompts } from "../prompts.ts";
import type { Terminal } from "../terminal.ts";
import { campaignFile, type NewCampaign, slugOf } from "../wizard/campaign-file.ts";
import { type ChannelDraft, draftChannel } from "../wizard/channel.ts";
import { channelsIn } from "../wizard/config-file.ts";
import { type OwnFacts, readOwnFacts, wordsFor } from "../wizard/package-facts.ts";
import { type Change, ownTemplates, projectChanges, writeAll } from "../wizard/write.ts";
import { askKind, freeFile, kindNamed, linkFor, pairs, requireAddress } from "./new.ts";

export type InitOptions = Partial<OptionsOf<typeof declared>>;

export async function init(
  options: InitOptions,
  terminal: Terminal,
  questions: () => Promise<Prompts> = async () => (await import("../prompts.ts")).prompts,
): Promise<number> {
  const { cwd, env, out, err, notes } = terminal;
  const ask = terminal.person && !options.yes && !options.json ? await questions() : undefined;
  if (!ask && !options.yes && (options.channel ?? []).length === 0)
    throw usageError(
      "there is no terminal to ask at",
      "Use flags: `broadcast init --channel news=NETWORK`, or accept the defaults with `--yes`.",
    );
  requireAddress(options.link);
  const adapters = await allAdapters({ adapters: await builtIn() });
  const before = readFile(join(cwd, "broadcast.yml"));
  const { createWire } = await import("../../http/transport.ts");
  const wire = createWire();
  try {
    if (ask)
      err(
        `${notes.paint.bold(before === undefined ? "A new project, here." : "There is a project here; this adds channels and campaigns to it.")}\nNothing is sent, and nothing is written before the last answer.\n\n`,
      );
    const taken = channelNames(before);
    const wanted = await wantedChannels(options, adapters, taken, ask);
    const settings = settingsOf(options.set ?? [], wanted, taken);
    const own = await readOwnFacts(cwd, env);
    const drafted: ChannelDraft[] = [];
    for (const [name, adapter] of wanted) {
      drafted.push(
        await draftChannel(name, adapter, {
          terminal,
          ask,
          given: settings.get(name) ?? {},
          inDotenv: new Map(Object.entries(parse(readFile(join(cwd, ".env")) ?? ""))),
          check: options.check !== false,
          transport: wire.transport,
          folderName: basename(cwd) || "our",
          own,
        }),
      );
    }
    if (!ask) requireAccepted(drafted);
    if (ask && drafted.length > 0) err("\n");

    const names = [...taken, ...drafted.map(({ channel }) => channel.name)];
    const campaign = await firstCampaign(options, names, before !== undefined, own, ask);
    const file = campaign && campaignPath(campaign, options, cwd);
    const templates =
      campaign &&
      (options.templates ??
        (await ask?.confirm("Do you want templates of your own, to change how posts are worded?", false)));
    const rehearse =
      file &&
      (options.rehearse ??
        (await ask?.confirm("Rehearse it now, in a sandbox on this computer? No account is needed.", true)));

    const changes: Change[] = [
      ...projectChanges(cwd, before, drafted),
      ...(campaign && file ? [{ file, content: campaignFile(campaign) }] : []),
      ...(templates ? ownTemplates(cwd, campaign.kind) : []),
    ];
    const written = await writeAll(changes, cwd);
    const logins = drafted.flatMap(({ login }) => (login ? [login] : []));
    const store = logins.length > 0 ? await openLoginStore(cwd, env) : undefined;
    for (const login of logins) await store?.write(login);

    if (options.json) {
      out(document("init", { files: written, channels: drafted.map(channelJson) }));
    } else if (written.length === 0) out("Nothing to do: everything is there already.\n");
    else
      for (const { path, as } of written)
        out(`${notes.paint.green("✓")} ${path}${as === "written" ? "" : ` (${as})`}\n`);

    const campaignName = file && shown(cwd, file);
    const code =
      campaignName && rehearse ? await rehearsal(campaignName, rehearse, options, terminal) : EXIT.ok;
    if (!options.json) err(`\n${nextSteps(drafted, campaignName, terminal)}\n`);
    return code;
  } catch (error) {
    if ((error as Error).name !== "PromptCancelled") throw error;
    err("Nothing was written.\n");
    return EXIT.input;
  } finally {
    await wire.close();
  }
}

function readFile(file: string): string | undefined {
  return existsSync(file) ? readFileSync(file, "utf8") : undefined;
}

function channelNames(before: string | undefined): string[] {
  const names = before === undefined ? [] : channelsIn(before);
  if (names) return names;
  throw usageError("broadcast.yml is not valid YAML", "Fix it first; `broadcast doctor` shows where.");
}

/** The new ones, by name, in order. Those that are there already are left as they are. */
async function wantedChannels(
  { channel: written = [] }: InitOptions,
  adapters: ReadonlyMap<string, Adapter>,
  taken: readonly string[],
  ask: Prompts | undefined,
): Promise<Map<string, Adapter>> {
  const wanted = new Map<string, Adapter>();
  const add = (name: string, network: string) => {
    const adapter = adapters.get(network);
    if (!adapter)
      throw usageError(
        `there is no network \`${network}\``,
        didYouMean(network, adapters.keys()) || "`broadcast networks` lists them.",
      );
    if (!/^[\p{L}\p{N}][\p{L}\p{N}._-]*$/u.test(name))
      throw usageError(
        `\`${name}\` is not a name for a channel`,
        "Use letters, digits, `-`, `_` and `.`, no spaces.",
      );
    if (!taken.includes(name)) wanted.set(name, adapter);
  };
  for (const pair of written) {
    const [name = "", network = name] = pair.split("=");
    add(name, network);
  }
  if (written.length > 0) return wanted;
  if (!ask) {
    // Networks without an account are a start for everyone.
    const open = [...adapters.values()].find(({ auth, byHand }) => auth.kind === "none" && !byHand);
    if (taken.length === 0 && open) add("news", open.id);
    return wanted;
  }
  if (taken.length > 0 && !(await ask.confirm(`It has ${taken.join(", ")}. Add a channel?`, true)))
    return wanted;
  const chosen = await ask.chooseSeveral(
    "Where do you want to post? (space selects, Enter continues)",
    [...adapters.values()].map(({ id, name, auth, byHand }) => ({
      name: byHand
        ? `${name}: you post, on Hacker News, LinkedIn and other places`
        : auth.kind === "none"
          ? `${name}: pages and feeds in a folder, no account`
          : name,
      short: name,
      value: id,
    })),
  );
  for (const id of chosen) add(freeName(id, [...taken, ...wanted.keys()]), id);
  return wanted;
}

function freeName(id: string, taken: readonly string[]): string {
  for (let number = 1; ; number++) {
    const name = number === 1 ? id : `${id}-${number}`;
    if (!taken.includes(name)) return name;
  }
}

/** By channel. */
function settingsOf(
  written: readonly string[],
  wanted: ReadonlyMap<string, Adapter>,
  taken: readonly string[],
): Map<string, Record<string, string>> {
  const settings = new Map<string, Record<string, string>>();
  for (const [path, value] of Object.entries(pairs(written))) {
    const dot = path.lastIndexOf(".");
    const [name, key] = [path.slice(0, Math.max(dot, 0)), path.slice(dot + 1)];
    if (taken.includes(name)) continue;
    if (!wanted.has(name))
      throw usageError(
        `\`--set ${path}\` names no channel`,
        "Write `--set name.key=value` with a name of `--channel`.",
      );
    settings.set(name, { ...settings.get(name), [key]: value });
  }
  return settings;
}

/** In a script a refusal ends it, before anything is written. */
function requireAccepted(drafted: readonly ChannelDraft[]): void {
  for (const { channel, checked } of drafted) {
    if (checked?.wrong) throw usageError(`the channel \`${channel.name}\`: ${checked.wrong}`);
    if (checked?.error?.code !== "auth") continue;
    throw new CredentialError({
      severity: "error",
      code: "auth",
      message: `the credential of \`${channel.name}\` is not accepted: ${checked.error.message}`,
      remedy: "Set the right one, or leave it out and add it later.",
      channel: channel.name,
    });
  }
}

async function firstCampaign(
  options: InitOptions,
  channels: readonly string[],
  again: boolean,
  own: OwnFacts,
  ask: Prompts | undefined,
): Promise<NewCampaign | undefined> {
  const typed = options.kind !== undefined || options.title !== undefined;
  if (channels.length === 0) return undefined;
  // A second run only adds channels, unless a campaign is asked for.
  if (again && !typed && !(await ask?.confirm("Write a first campaign?", false))) return undefined;
  const kind = options.kind ? kindNamed(options.kind) : ask ? await askKind(ask) : "community";
  const words = wordsFor(kind, own);
  const title = options.title ?? (await ask?.line("Its title:", { usual: words.title })) ?? words.title;
  const link = await linkFor(words, own, options, ask);
  const { summary, body, vars } = words;
  return { kind, title, summary, link: link || undefined, vars, body, channels };
}

/** `undefined` when a script has written it before: it may have been edited since. */
function campaignPath({ title }: NewCampaign, { force, yes }: InitOptions, cwd: string): string | undefined {
  const folder = resolve(cwd, "campaigns");
  const usual = join(folder, `${slugOf(title)}.yml`);
  if (!existsSync(usual) || force) return usual;
  return yes ? undefined : freeFile(folder, slugOf(title));
}

function channelJson({ channel, login, variables, checked }: ChannelDraft) {
  const { name, network } = channel;
  const missing = [...variables].flatMap(([variable, value]) => (value === "" ? [variable] : []));
  return { name, network, handle: checked?.account?.handle, login: login !== undefined, missing };
}

async function rehearsal(
  campaign: string,
  where: boolean | string,
  { json }: InitOptions,
  terminal: Terminal,
): Promise<number> {
  if (!json) terminal.err("\n");
  const { send } = await import("./send.ts");
  // The document of `init` is the only one on stdout.
  const told = json ? { ...terminal, out: () => {}, err: () => {} } : terminal;
  return send(campaign, { sandbox: where, yes: true }, told);
}

function nextSteps(
  drafted: readonly ChannelDraft[],
  campaign: string | undefined,
  { notes: { paint } }: Terminal,
): string {
  const open = drafted.filter(({ variables }) => [...variables.values()].includes(""));
  const file = quoted(campaign ?? "campaigns/FILE.yml");
  const steps = [
    ...open.map(({ channel }): [string, string] => [
      `broadcast login ${quoted(channel.name)}`,
      "its credential, or fill in .env",
    ]),
    [
      campaign ? `broadcast preview ${file} --watch` : "broadcast new",
      campaign ? "while you write" : "a campaign",
    ],
    [`broadcast send ${file} --sandbox`, "rehearse"],
    [`broadcast send ${file}`, "send it for real"],
  ] as [string, string][];
  const width = Math.max(...steps.map(([command]) => command.length));
  const lines = steps.map(([command, why]) => `  ${paint.cyan(command.padEnd(width))}  ${paint.dim(why)}`);
  return `What you can do next:\n${lines.join("\n")}`;
}
