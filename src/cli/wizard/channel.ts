/** One channel, asked for or taken from flags: its settings, its credential, and the network's word on both. */
import { relative, resolve } from "node:path";
import { safeParse } from "valibot";
import type { Adapter } from "../../adapter.ts";
import type { Login } from "../../app/credentials.ts";
import { type Checked, checkSettings } from "../../app/login.ts";
import { variableFor } from "../../config/channels.ts";
import { NetworkError, usageError } from "../../errors.ts";
import type { Transport } from "../../http/http.ts";
import { numbered } from "../../report/doctor.ts";
import { oneLine } from "../../report/terminal-safe.ts";
import { descriptionOf, entriesOf, isPath, isProgram, isSecret, requiredOf } from "../../settings.ts";
import type { Prompts } from "../prompts.ts";
import type { Terminal } from "../terminal.ts";
import { loginInBrowser } from "./browser-login.ts";
import type { NewChannel } from "./config-file.ts";
import { type OwnFacts, onOwnSite } from "./package-facts.ts";

export interface ChannelDraft {
  channel: NewChannel;
  /** For `.env`: an empty value is to be filled in later. */
  variables: Map<string, string>;
  login?: Login;
  /** What the network said, if it was asked. */
  checked?: Checked;
}

export interface DraftOptions {
  terminal: Terminal;
  /** Absent without a terminal: then everything comes from `given` and the environment. */
  ask?: Prompts;
  /** Settings by flags. */
  given: Readonly<Record<string, string>>;
  /** Names of variables that `.env` has already. */
  inDotenv: ReadonlyMap<string, string>;
  /** Whether networks are asked at once. */
  check: boolean;
  transport: Transport;
  /** The project's folder, for defaults. */
  folderName: string;
  own: OwnFacts;
}

export async function draftChannel(
  name: string,
  adapter: Adapter,
  drafting: DraftOptions,
): Promise<ChannelDraft> {
  const { terminal, ask, given } = drafting;
  const { err, notes } = terminal;
  const entries = entriesOf(adapter.channel);
  const asks = asksOf(adapter, given);
  for (const key of Object.keys(given)) {
    if (entries[key] === undefined)
      throw usageError(
        `${adapter.name} has no setting \`${key}\``,
        `It has ${Object.keys(entries).join(", ")}.`,
      );
    if (isSecret(entries[key]))
      throw usageError(
        `\`${key}\` is a secret, and arguments can be seen by others`,
        `Set ${variableFor(name, key)} in the environment instead.`,
      );
    const fault = wrong(entries[key], withScheme(entries[key], given[key] ?? ""));
    if (fault)
      throw usageError(
        `\`--set ${name}.${key}=…\` cannot be used`,
        `${fault} (${descriptionOf(entries[key])})`,
      );
  }
  if (ask)
    err(`\n${notes.paint.bold(adapter.name)}${adapter.auth.kind === "none" ? ": needs no account" : ""}\n`);
  // Where to find the answers comes before the questions; where the browser finds them, after a person has chosen not to.
  const unanswered = asks.some(
    (key) => given[key] === undefined && heldOf(name, key, drafting) === undefined,
  );
  if (ask && unanswered && adapter.auth.kind !== "none" && !adapter.auth.oauth2?.register)
    err(`${numbered(adapter.auth, notes)}\n`);
  const settings = Object.fromEntries(
    Object.entries(given).map(([key, value]) => [key, withScheme(entries[key], value)]),
  );
  for (const key of asks.filter((key) => !isSecret(entries[key]) && given[key] === undefined)) {
    const value = await publicSetting(name, key, entries[key], adapter, drafting);
    if (value !== undefined) settings[key] = value;
  }
  sayOutside(name, settings, entries, terminal);
  const audience = await audienceOf(name, adapter, ask);
  const secrets = asks.filter((key) => isSecret(entries[key]));
  const credential = await credentialOf(name, adapter, secrets, settings, drafting);
  const references = credential.login
    ? {}
    : Object.fromEntries(secrets.map((key) => [key, `\${${variableFor(name, key)}}`]));
  return {
    channel: {
      name,
      network: adapter.id,
      audience,
      settings: { ...settings, ...references },
      programs: Object.keys(entries).flatMap((key) =>
        isProgram(entries[key]) && settings[key] !== undefined ? [settings[key]] : [],
      ),
    },
    ...credential,
  };
}

/** What a person is asked: the recommended way; a secret that the environment has for another way, that one. */
function asksOf({ auth, channel }: Adapter, given: Readonly<Record<string, string>>): string[] {
  const asks = auth.asks ?? requiredOf(channel);
  return [...asks, ...Object.keys(given).filter((key) => !asks.includes(key))];
}

async function publicSetting(
  name: string,
  key: string,
  schema: unknown,
  adapter: Adapter,
  { ask, folderName, own }: DraftOptions,
): Promise<string | undefined> {
  const words = descriptionOf(schema);
  const example = /such as (\S+?)[,.;:]?(?:\s|$)/.exec(words)?.[1];
  // Where no account is needed, an example is as good as an answer.
  const usual = adapter.auth.kind === "none" ? (example ? onOwnSite(example, own) : folderName) : undefined;
  if (!ask) {
    if (usual !== undefined) return usual;
    throw usageError(`the channel \`${name}\` needs \`${key}\``, `Add \`--set ${name}.${key}=…\`: ${words}.`);
  }
  // The default is shown with the question; the same text as an example would be shown twice.
  const asked = usual !== undefined && example !== undefined ? words.replace(/,? such as \S+/, "") : words;
  const text = await ask.line(`${asked}:`, {
    usual,
    check: (text) => wrong(schema, withScheme(schema, text)),
  });
  return withScheme(schema, text);
}

/** An address is often written without its scheme. */
function withScheme(schema: unknown, text: string): string {
  if (wrong(schema, text) === undefined || !/^[\w-]+(\.[\w-]+)+/.test(text)) return text;
  return wrong(schema, `https://${text}`) === undefined ? `https://${text}` : text;
}

function wrong(schema: unknown, value: string): string | undefined {
  const parsed = safeParse(schema as Adapter["channel"], value);
  if (parsed.success) return undefined;
  const words = parsed.issues[0].message;
  return `This ${words}.`;
}

/** It may be intended, as for a site beside the project, so this is only a warning. */
function sayOutside(
  name: string,
  settings: Readonly<Record<string, string>>,
  entries: Readonly<Record<string, unknown>>,
  { cwd, err, notes }: Terminal,
): void {
  for (const [key, value] of Object.entries(settings)) {
    const file = resolve(cwd, value);
    if (!isPath(entries[key]) || !relative(cwd, file).startsWith("..")) continue;
    err(`${notes.paint.yellow("!")} ${name}: \`${key}\` is outside of this project: ${oneLine(file)}\n`);
  }
}

/** A chat and a place for shared knowledge may be internal; a public stream is not. */
async function audienceOf(
  name: string,
  { group, shape }: Adapter,
  ask: Prompts | undefined,
): Promise<"internal" | "external"> {
  if ((shape !== "chat" && group !== "knowledge") || !ask) return "external";
  const chosen = await ask.choose(`Who reads ${name}?`, [
    { name: "Everyone, or customers", value: "external" },
    { name: "Only our own people (an internal channel)", value: "internal" },
  ]);
  return chosen === "internal" ? "internal" : "external";
}

/** A secret that the environment has already. */
function heldOf(name: string, key: string, { terminal, inDotenv }: DraftOptions): string | undefined {
  const variable = variableFor(name, key);
  return terminal.env[variable] || inDotenv.get(variable) || undefined;
}

type Credential = Pick<ChannelDraft, "variables" | "login" | "checked">;

async function credentialOf(
  name: string,
  adapter: Adapter,
  secrets: readonly string[],
  settings: Readonly<Record<string, string>>,
  drafting: DraftOptions,
): Promise<Credential> {
  const { terminal, ask } = drafting;
  const held = (key: string) => heldOf(name, key, drafting);
  if (secrets.length === 0 || secrets.every((key) => held(key) !== undefined)) {
    const own = Object.fromEntries(secrets.map((key) => [key, held(key) ?? ""]));
    return {
      variables: new Map(),
      checked: await checkedBy(name, adapter, { ...settings, ...own }, drafting),
    };
  }
  const later = new Map(
    secrets.filter((key) => !held(key)).map((key) => [variableFor(name, key), ""] as const),
  );
  if (!ask) return { variables: later };

  if (adapter.auth.oauth2?.register) {
    const way = await ask.choose(`How do you want to log in to ${adapter.name}?`, [
      { name: "In the browser, now", value: "browser" },
      { name: "With a token that I paste", value: "paste" },
      { name: "Later: rehearse first", value: "later" },
    ]);
    if (way === "later") return { variables: later };
    if (way === "browser") {
      const inBrowser = await byBrowser(name, adapter, settings, drafting);
      return inBrowser ?? { variables: later };
    }
    terminal.err(`${numbered(adapter.auth, terminal.notes)}\n`);
  }
  return (await byPaste(name, adapter, secrets, settings, drafting)) ?? { variables: later };
}

async function byBrowser(
  name: string,
  adapter: Adapter,
  settings: Readonly<Record<string, string>>,
  drafting: DraftOptions,
): Promise<Credential | undefined> {
  const { terminal, ask, transport } = drafting;
  try {
    const login = await loginInBrowser({ channel: name, adapter, settings, ask, transport }, terminal);
    const checked = await checkedBy(name, adapter, { ...settings, ...login.settings }, drafting);
    return { variables: new Map(), login, checked };
  } catch (error) {
    if (!(error instanceof NetworkError)) throw error;
    terminal.err(
      `${terminal.notes.paint.red("✗")} ${name}: ${oneLine(error.message)}\n  Later, \`broadcast login ${name}\` tries again.\n`,
    );
    return undefined;
  }
}

async function byPaste(
  name: string,
  adapter: Adapter,
  secrets: readonly string[],
  settings: Readonly<Record<string, string>>,
  drafting: DraftOptions,
): Promise<Credential | undefined> {
  const { ask } = drafting;
  const entries = entriesOf(adapter.channel);
  for (;;) {
    const typed: Record<string, string> = {};
    for (const key of secrets) {
      const value = await ask!.secret(`${descriptionOf(entries[key])} (Enter: later):`);
      if (value === "") return undefined;
      typed[key] = value;
    }
    const variables = new Map(secrets.map((key) => [variableFor(name, key), typed[key] ?? ""] as const));
    const checked = await checkedBy(name, adapter, { ...settings, ...typed }, drafting);
    if (!checked || (!checked.wrong && !checked.error)) return { variables, checked };
    const next = await ask!.choose("What now?", [
      { name: "Enter it again", value: "again" },
      { name: "Keep it anyway", value: "keep" },
      { name: "Leave it out for now", value: "later" },
    ]);
    if (next === "keep") return { variables, checked };
    if (next === "later") return undefined;
  }
}

/** Asks the network and says what it answered. */
async function checkedBy(
  name: string,
  adapter: Adapter,
  settings: Readonly<Record<string, string>>,
  { check, transport, terminal }: DraftOptions,
): Promise<Checked | undefined> {
  if (!check) return undefined;
  const checked = await checkSettings(adapter, settings, transport);
  terminal.err(`${checkLine(name, adapter, checked, terminal)}\n`);
  return checked;
}

function checkLine(name: string, adapter: Adapter, checked: Checked, { notes: { paint } }: Terminal): string {
  const { account, error, wrong } = checked;
  if (wrong) return `${paint.red("✗")} ${name}: ${oneLine(wrong)}`;
  if (error) return `${paint.red("✗")} ${name}: ${oneLine(error.message)}`;
  if (!account) return `${paint.dim("–")} ${name}: ${adapter.name} cannot be checked without posting`;
  const most = account.limits?.text?.max;
  return `${paint.green("✓")} ${name}: ${oneLine(account.handle)}${most ? `, ${most} characters in a post` : ""}`;
}
