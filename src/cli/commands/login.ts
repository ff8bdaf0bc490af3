/** `broadcast login`: a channel's credential, in the browser or by paste, checked with the network, kept in the store. */

import { dirname } from "node:path";
import { type Login, openLoginStore } from "../../app/credentials.ts";
import { addressesOf, checkSettings, publicSettings, secretKeysOf } from "../../app/login.ts";
import { openProject, type Project } from "../../app/project.ts";
import { variableFor } from "../../config/channels.ts";
import type { Channel } from "../../config/config.ts";
import { CredentialError, EXIT, NetworkError, usageError } from "../../errors.ts";
import { numbered } from "../../report/doctor.ts";
import { document } from "../../report/json.ts";
import { oneLine } from "../../report/terminal-safe.ts";
import { descriptionOf, entriesOf, isSecret, requiredOf } from "../../settings.ts";
import { didYouMean } from "../../suggest.ts";
import type { login as declared } from "../declarations.ts";
import { printNextCommand } from "../hints.ts";
import type { OptionsOf } from "../options.ts";
import type { Prompts } from "../prompts.ts";
import type { Terminal } from "../terminal.ts";

export type LoginOptions = Partial<OptionsOf<typeof declared>>;

export async function login(
  name: string,
  options: LoginOptions,
  terminal: Terminal,
  questions: () => Promise<Prompts> = async () => (await import("../prompts.ts")).prompts,
): Promise<number> {
  const { cwd, env, out, err, notes } = terminal;
  const project = await openProject({ cwd, env });
  const channel = channelNamed(name, project);
  const store = await openLoginStore(dirname(project.config.file), env);
  if (options.remove) {
    const removed = await store.remove(name);
    if (options.json) out(document("login", { channel: name, removed }));
    else out(removed ? `The login of ${name} is deleted here.\n` : `There was no login of ${name}.\n`);
    return EXIT.ok;
  }
  if (channel.adapter.auth.kind === "none") {
    throw usageError(`${channel.adapter.name} needs no login`, "There is nothing to log in to: send to it.");
  }

  const asker = terminal.person && !options.json ? await questions() : undefined;
  const { createWire } = await import("../../http/transport.ts");
  const wire = createWire();
  try {
    const inBrowser = !options.token && (channel.adapter.auth.oauth2 ?? channel.adapter.auth.oauth1);
    const made = inBrowser
      ? await browserLogin(channel, options, asker, terminal, wire.transport)
      : await pastedLogin(channel, asker, terminal);
    const settings = { ...publicSettings(channel), ...made.settings };
    const { account, error, wrong } = await checkSettings(channel.adapter, settings, wire.transport);
    if (wrong) throw usageError(`this is not a credential of ${channel.adapter.name}: ${wrong}`);
    if (error?.code === "auth") throw refused(channel, error, options);
    if (account?.expires && !made.expires) made.expires = account.expires;

    const kept = await store.write(made);
    const overruled = overruledBy(channel, made, terminal);
    if (options.json) {
      const { expires, scopes } = made;
      out(
        document("login", {
          channel: name,
          network: channel.network,
          account,
          expires,
          scopes,
          kept,
          overruled,
        }),
      );
    } else {
      const who = account ? `${oneLine(account.handle)} on ${channel.adapter.name}` : channel.adapter.name;
      out(`${notes.paint.green("✓")} \`${name}\` is logged in: ${who}\n`);
      err(
        notes.paint.dim(
          `${WHERE[kept]}${made.expires ? `; it holds until ${made.expires.slice(0, 10)}` : ""}.\n`,
        ),
      );
      if (error) err(`${notes.paint.yellow("!")} It could not be checked: ${oneLine(error.message)}\n`);
      if (overruled)
        err(
          `${notes.paint.yellow("!")} ${overruled} is set, and is used instead of this login: unset it to use the login.\n`,
        );
      printNextCommand("To check whether everything is ready", "broadcast doctor", terminal);
    }
    return EXIT.ok;
  } catch (error) {
    if ((error as Error).name === "PromptCancelled") {
      err("Nothing was changed.\n");
      return EXIT.input;
    }
    if ((error as Error).name === "TimeoutError")
      throw usageError("no answer came from the browser within ten minutes", "Try again; or use `--paste`.");
    if ((error as NodeJS.ErrnoException).code === "EADDRINUSE")
      throw usageError(
        "the port for the redirect is in use",
        "Choose another with `--port`, and set it in the app's settings, too.",
      );
    if (error instanceof NetworkError) throw refused(channel, error, options);
    throw error;
  } finally {
    await wire.close();
  }
}

const WHERE = {
  keyring: "It is kept in the system's keyring",
  "encrypted file": "It is kept in .broadcast/logins, encrypted with BROADCAST_PASSPHRASE",
  file: "It is kept in .broadcast/logins, readable by you alone",
} as const;

function channelNamed(name: string, { config, problems }: Project): Channel {
  const channel = config.channels.get(name);
  if (channel) return channel;
  // If the channel cannot be read, report its errors.
  if (config.broken.has(name))
    throw usageError(problems[0]?.message ?? `the channel \`${name}\` is broken`, problems[0]?.remedy);
  throw usageError(
    `there is no channel \`${name}\` in broadcast.yml`,
    didYouMean(name, config.channels.keys()) || "`broadcast init` adds one.",
  );
}

async function browserLogin(
  channel: Channel,
  { paste, port }: LoginOptions,
  ask: Prompts | undefined,
  terminal: Terminal,
  transport: Parameters<typeof checkSettings>[2],
): Promise<Login> {
  const { loginInBrowser } = await import("../wizard/browser-login.ts");
  const { name, adapter } = channel;
  return loginInBrowser(
    { channel: name, adapter, settings: publicSettings(channel), paste, port, ask, transport },
    terminal,
  );
}

/** Secrets come from a question or from stdin, never from an argument. */
async function pastedLogin(channel: Channel, ask: Prompts | undefined, terminal: Terminal): Promise<Login> {
  const { name, adapter } = channel;
  const entries = entriesOf(adapter.channel);
  const known = publicSettings(channel);
  const asks = (adapter.auth.asks ?? requiredOf(adapter.channel)).filter((key) => known[key] === undefined);
  const settings: Record<string, string> = {};
  if (ask) {
    terminal.err(`${numbered(adapter.auth, terminal.notes)}\n\n`);
    for (const key of asks) {
      const words = `${descriptionOf(entries[key])}:`;
      const value = isSecret(entries[key]) ? await ask.secret(words) : await ask.line(words);
      if (value === "") throw usageError(`\`${key}\` is empty`, "Nothing was changed.");
      settings[key] = value;
    }
  } else {
    const open = asks.filter((key) => !isSecret(entries[key]));
    const [secret, more] = asks.filter((key) => isSecret(entries[key]));
    if (open.length > 0 || more !== undefined || secret === undefined)
      throw usageError(`\`${name}\` needs more than one answer`, "Run this in a terminal.");
    const text = (await terminal.input())?.trim();
    if (!text)
      throw usageError(
        "there is no terminal to paste a credential at",
        `Send it to stdin, or set ${variableFor(name, secret)} in the environment and need no login.`,
      );
    settings[secret] = text;
  }
  return {
    channel: name,
    network: adapter.id,
    settings,
    obtained: new Date().toISOString(),
    place: addressesOf(known),
  };
}

/** The variable that goes before this login, if one does. */
function overruledBy(
  { name, settings, adapter }: Channel,
  login: Login,
  { env }: Terminal,
): string | undefined {
  const key = secretKeysOf(adapter).find((key) => {
    const used = settings[key];
    return (
      login.settings[key] !== undefined && typeof used === "string" && used === env[variableFor(name, key)]
    );
  });
  return key === undefined ? undefined : variableFor(name, key);
}

function refused(
  { name, adapter, place }: Channel,
  error: NetworkError,
  { token }: LoginOptions,
): CredentialError {
  const inBrowser = !token && (adapter.auth.oauth2 ?? adapter.auth.oauth1) !== undefined;
  return new CredentialError({
    severity: "error",
    code: error.code,
    message: `${adapter.name} did not log \`${name}\` in: ${error.message}`,
    remedy: inBrowser
      ? `Try again, or paste a token: \`broadcast login ${name} --token\`.`
      : adapter.auth.steps[0],
    place,
    channel: name,
  });
}
