/** What delivering needs of a project: its channels with what their servers allow, the way to the network, sessions and files. */
import { join } from "node:path";
import { type Clock, systemClock } from "../clock.ts";
import type { Channel } from "../config/config.ts";
import type { DeliveryChannel, Tools } from "../delivery/publish.ts";
import type { Dial } from "../http/connect.ts";
import type { Transport } from "../http/http.ts";
import type { Ledger } from "../ledger/ledger.ts";
import { USER_AGENT } from "../version.ts";
import { accountsKnown } from "./account.ts";
import { renewLogins } from "./credentials.ts";
import { fitStoreOf } from "./fit.ts";
import { stateFolder } from "./ledger.ts";
import { hostOf } from "./media-host.ts";
import { demandRehearsable, type Project } from "./project.ts";

export interface ToolsOptions {
  /** Aborts requests that are under way. */
  abort?: AbortSignal;
  /** Milliseconds; default 2 minutes. */
  patience?: number;
  clock?: Clock;
  /** For dry runs and tests. */
  transport?: Transport;
  dial?: Dial;
}

// The longest wait of the loop. Deliveries that are due later are only stored.
export const PATIENCE = 120_000;

export interface DeliveryTools {
  tools: Tools;
  /** As they are now: a renewal gives them new tokens. */
  channels(): (Channel & DeliveryChannel)[];
  /** Renews logins that a network has just not accepted; the channels that have a new one. */
  renew(refused: ReadonlySet<string>): Promise<ReadonlySet<string>>;
}

/** Runs `work` with the tools for these channels; logins that end soon are renewed before. */
export async function withDeliveryTools<T>(
  project: Project,
  ledger: Ledger,
  names: ReadonlySet<string>,
  options: ToolsOptions,
  work: (tools: DeliveryTools) => Promise<T>,
): Promise<T> {
  const { fileSession } = await import("../auth/session-store.ts");
  const channels = [...project.config.channels.values()].filter(({ name }) => names.has(name));
  demandRehearsable(channels);
  const servers = await accountsKnown(project);
  // Who made the project by hand may have left out where the rehearsal takes place.
  if (project.rehearsal && project.sandbox === undefined && !options.transport)
    throw new TypeError("a rehearsal needs its sandbox: open the project with `override`");
  const wire = options.transport
    ? undefined
    : (await import("../http/transport.ts")).createWire({ only: project.sandbox });
  const { transport = wire!.transport, dial = wire?.dial } = options;
  const clock = ledger.clock(options.clock ?? systemClock);
  const renewing = { clock, transport };
  const files = fitStoreOf(project);
  const tools: Tools = {
    ledger,
    clock,
    transport,
    dial,
    userAgent: USER_AGENT,
    patience: options.patience ?? PATIENCE,
    session: (channel) =>
      fileSession(join(stateFolder(project), "sessions"), (channel as Channel).accountFingerprint),
    open: files.open,
    host: hostOf(project.config),
    fit: files.fitted,
    restore: async (link) => (await import("./page-cards.ts")).restorePicture(link, project),
    signal: options.abort ?? new AbortController().signal,
    // A transport that was handed in is not a server that has a clock.
    asksTime: options.transport === undefined,
  };
  try {
    await renewLogins(project.logins, channels, renewing);
    return await work({
      tools,
      channels: () =>
        channels.map((channel) => ({ ...channel, server: servers.get(channel.accountFingerprint) })),
      renew: (refused) => renewLogins(project.logins, channels, renewing, refused),
    });
  } finally {
    await wire?.close();
  }
}
