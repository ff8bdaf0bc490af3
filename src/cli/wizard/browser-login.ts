/** A login in the browser, as a person at the terminal sees it. */
import type { Adapter } from "../../adapter.ts";
import type { Login } from "../../app/credentials.ts";
import { addressesOf, hasBrowser, logInByBrowser, openBrowser, returnsToBrowser } from "../../app/login.ts";
import { type Clock, systemClock } from "../../clock.ts";
import { variableFor } from "../../config/channels.ts";
import { usageError } from "../../errors.ts";
import type { Transport } from "../../http/http.ts";
import { numbered } from "../../report/doctor.ts";
import type { Prompts } from "../prompts.ts";
import type { Terminal } from "../terminal.ts";

export interface BrowserAsk {
  channel: string;
  adapter: Adapter;
  /** The channel's public settings, checked. */
  settings: Readonly<Record<string, unknown>>;
  /** The person copies what the browser ends at, because it is on another computer. */
  paste?: boolean;
  /** Where to listen; the default is any, and a fixed one for apps that people register. */
  port?: number;
  /** Absent without a terminal: then only logins that need no answer work. */
  ask?: Prompts;
  transport: Transport;
  clock?: Clock;
}

// Networks compare the address with the one in the app's settings, port and all.
const PORT = 4749;
const PATIENCE = 600_000;

/** Throws NetworkError, and InputError if an answer is needed and there is no terminal. */
export async function loginInBrowser(asked: BrowserAsk, terminal: Terminal): Promise<Login> {
  const { channel, adapter, settings, ask, transport, clock = systemClock } = asked;
  const { auth } = adapter;
  const { err, env, notes } = terminal;
  const by = asked.paste || !hasBrowser(env) ? "paste" : "loopback";
  const registers = auth.oauth2?.register !== undefined;
  const port = asked.port ?? (registers ? 0 : PORT);
  if (!ask && (by === "paste" || !returnsToBrowser(auth)))
    throw usageError(
      returnsToBrowser(auth)
        ? "this login needs a browser on this computer, or a terminal to paste the browser's answer at"
        : `${adapter.name} sends the browser to an address that you copy: this login needs a terminal to paste it at`,
      "Run this in a terminal; or set the credential in the environment.",
    );

  const place = publicWords(settings);
  const granted = await logInByBrowser({
    auth,
    place,
    app: () => {
      const redirect = returnsToBrowser(auth) ? `http://127.0.0.1:${port}/callback` : auth.oauth2?.redirect;
      return appOf(channel, adapter, redirect ?? "", ask, terminal);
    },
    by,
    port,
    show(url) {
      const here = by === "loopback" && returnsToBrowser(auth);
      const how = here
        ? "Your browser opens this page; agree there, then come back:"
        : "Open this page in any browser and agree there:";
      err(`\n${how}\n  ${notes.paint.underline(url)}\n`);
      if (here) {
        openBrowser(url, env);
        err(notes.paint.dim("Waiting for the browser … Ctrl-C ends.\n"));
      }
    },
    paste: async () =>
      ask?.line("Paste the code that the page shows, or the address that the browser ends at:", {
        check: (text) => (text === "" ? "Nothing was pasted." : undefined),
      }) ?? "",
    choose: async (names) => {
      if (!ask)
        throw usageError(
          "there are several pages, and no terminal to choose one at",
          "Run this in a terminal.",
        );
      const options = names.map((name, index) => ({ name, value: String(index) }));
      return Number(await ask.choose("Which one is meant?", options));
    },
    transport,
    clock,
    signal: AbortSignal.timeout(PATIENCE),
  });
  return {
    channel,
    network: adapter.id,
    settings: granted.settings,
    obtained: new Date(clock.now()).toISOString(),
    expires: granted.expires,
    scopes: granted.scopes,
    refresh: granted.refresh,
    client: granted.client,
    place: addressesOf(settings),
  };
}

/** The person's own app at the network: from the environment, or asked for after saying how to make one. */
async function appOf(
  channel: string,
  adapter: Adapter,
  redirect: string,
  ask: Prompts | undefined,
  { env, err, notes }: Terminal,
) {
  const names = { id: variableFor(channel, "client_id"), secret: variableFor(channel, "client_secret") };
  const id = env[names.id];
  if (id) return { id, ...(env[names.secret] && { secret: env[names.secret] }) };
  if (!ask)
    throw usageError(
      `${adapter.name} needs an app of your own`,
      `Set ${names.id} and ${names.secret} in the environment.`,
    );
  err(`\n${numbered(adapter.auth, notes)}\n`);
  err(`Its redirect (callback) address is ${notes.paint.bold(redirect)}\n\n`);
  const typed = await ask.line("The app's client id (or API key):", {
    check: (text) => (text === "" ? "The client id is needed." : undefined),
  });
  const secret = await ask.secret("Its client secret (Enter if it has none):");
  return { id: typed, ...(secret && { secret }) };
}

function publicWords(settings: Readonly<Record<string, unknown>>): Record<string, string> {
  const words = Object.entries(settings).filter(
    (entry): entry is [string, string] => typeof entry[1] === "string",
  );
  return Object.fromEntries(words);
}
