/** The sandbox as a stand-in for every channel: one that is already running, or one of this process. */
import { rm } from "node:fs/promises";
import { dirname, join } from "node:path";
import { InputError } from "../errors.ts";
import type { SandboxNetwork } from "../sandbox/network.ts";
import { networks } from "../sandbox/networks/index.ts";
import { KEPT_PAGE } from "../sandbox/page/timeline.ts";
import { type Sandbox, startSandbox } from "../sandbox/server.ts";
import { isUrl } from "../urls.ts";
import type { SandboxSettings } from "./project.ts";
import { knowledgeOf } from "./sandbox-knowledge.ts";

export const SANDBOX_PORT = 4747;

export interface Rehearsal {
  /** The page: `http://127.0.0.1:4747`. */
  url: string;
  override: SandboxSettings;
  /** Whether it was started here, and so ends with this process. */
  own: boolean;
  close(): Promise<void>;
}

export interface RehearsalOptions {
  /** Use the one that runs there. Default: the one at the usual port, else start one. */
  url?: string;
  /** The project's `.broadcast/sandbox`: where a sandbox of this process keeps what it took. */
  folder: string;
  /** Start one of this process at this port (0: any free one), whatever runs already. */
  port?: number;
  /** Forgets earlier rehearsals, the ledger included; only for a sandbox of this process. */
  fresh?: boolean;
}

export async function openRehearsal(options: RehearsalOptions): Promise<Rehearsal> {
  const wanted = options.url ?? `http://127.0.0.1:${SANDBOX_PORT}`;
  // A named one is there, and may be busy; at the usual port there may be anything.
  const running =
    options.port === undefined && (await ask(wanted, options.url === undefined ? 1_000 : 10_000));
  // The sandbox of another project is used only if its address was given.
  if (running && (options.url !== undefined || running.folder === join(options.folder, "stage")))
    return {
      url: wanted,
      own: false,
      override: standIn({ url: wanted, ...running }, [...networks]),
      close: async () => {},
    };
  if (options.url !== undefined) {
    throw new InputError({
      severity: "error",
      code: "no-sandbox",
      message: `no sandbox answers at ${options.url}`,
      remedy: "Start one with `broadcast sandbox`, or leave the address out.",
    });
  }
  if (options.fresh) await forget(options.folder);
  // What plug-ins bring along joins it when they are loaded.
  const served = [...networks];
  const sandbox = await start(join(options.folder, "stage"), served, options.port);
  return {
    url: sandbox.url,
    own: true,
    override: standIn({ ...sandbox, folder: join(options.folder, "stage") }, served, true),
    close: () => sandbox.close(),
  };
}

/** All that the sandbox there has taken, as a page that needs no server. Throws InputError when it has none. */
export async function rehearsalPage(url: string): Promise<string> {
  const answer = await fetch(`${url}${KEPT_PAGE}`, { redirect: "error" }).catch(() => undefined);
  if (answer?.ok) return answer.text();
  throw new InputError({
    severity: "error",
    code: "no-sandbox",
    message: `the sandbox at ${url} gives no page to keep`,
    remedy: "It may be of an older version: start it anew.",
  });
}

/** Removes everything that rehearsals left behind. */
export async function forget(folder: string): Promise<void> {
  await rm(folder, { recursive: true, force: true });
}

// The usual port keeps the links of earlier rehearsals alive; any other will do when it is taken.
async function start(folder: string, served: SandboxNetwork[], port = SANDBOX_PORT): Promise<Sandbox> {
  const knowledge = knowledgeOf(dirname(dirname(dirname(folder))));
  const settings = { networks: served, folder, journal: join(folder, "posts.jsonl"), knowledge };
  try {
    return await startSandbox({ ...settings, port });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "EADDRINUSE") throw error;
    return startSandbox({ ...settings, port: 0 });
  }
}

/** `own`: a sandbox of this process, which takes more halves. */
function standIn(
  { url, folder, doors }: Pick<Sandbox, "url" | "doors"> & { folder: string },
  served: SandboxNetwork[],
  own = false,
): SandboxSettings {
  const override = (network: string, channel: string, written: Record<string, unknown>) =>
    served
      .find(({ id }) => id === network)
      ?.channel(channel, `${url}/${network}`, folder, written, doors[network]);
  const add = (halves: readonly unknown[]) => {
    if (own) served.push(...halves.filter(isHalf).filter(({ id }) => !served.some((one) => one.id === id)));
  };
  return Object.assign(override, { places: [url, ...Object.values(doors)], add });
}

/** Whether a plug-in's export is a half of the sandbox. */
export function isHalf(value: unknown): value is SandboxNetwork {
  if (typeof value !== "object" || value === null) return false;
  const { id, name, look, channel, publishes, handle } = value as Partial<SandboxNetwork>;
  return (
    typeof id === "string" &&
    typeof name === "string" &&
    typeof look === "object" &&
    [channel, publishes, handle].every((member) => typeof member === "function")
  );
}

async function ask(
  url: string,
  patience: number,
): Promise<(Pick<Sandbox, "doors"> & { folder: string }) | undefined> {
  try {
    const answer = await fetch(`${url}/api/sandbox`, {
      signal: AbortSignal.timeout(patience),
      redirect: "error",
    });
    const { sandbox, folder, doors = {} } = (await answer.json()) as Record<string, unknown>;
    if (sandbox !== true || typeof folder !== "string") return undefined;
    return { folder, doors: doorsIn(doors, new URL(url).hostname) };
  } catch {
    return undefined;
  }
}

/** Only those at the sandbox's own host, so that an answer cannot send a rehearsal elsewhere. */
function doorsIn(said: unknown, host: string): Record<string, string> {
  const entries = Object.entries(typeof said === "object" && said !== null ? said : {});
  const isThere = (address: unknown): address is string =>
    typeof address === "string" && isUrl(address) && new URL(address).hostname === host;
  return Object.fromEntries(entries.filter((entry): entry is [string, string] => isThere(entry[1])));
}
