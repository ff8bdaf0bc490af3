/** Who we are on the networks and what they allow: asked once a day, remembered beside the ledger. */
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import type { Account } from "../adapter.ts";
import { type Clock, systemClock } from "../clock.ts";
import type { Channel } from "../config/config.ts";
import type { NetworkError } from "../errors.ts";
import type { Transport, WireReply } from "../http/http.ts";
import type { Ledger } from "../ledger/ledger.ts";
import type { History } from "../ledger/types.ts";
import type { AccountLink } from "../report/held-hints.ts";
import { USER_AGENT } from "../version.ts";
import { renewLogins } from "./credentials.ts";
import { stateFolder } from "./ledger.ts";
import type { Project } from "./project.ts";

interface KnownAccount {
  account: Account;
  /** Epoch milliseconds. */
  at: number;
}

// What servers say about their limits is kept for a day: `send` asks again only then.
const KNOWN_FOR = 86_400_000;

function accountsFile(project: Project): string {
  return join(stateFolder(project), "accounts.json");
}

async function knownAccounts(project: Project): Promise<Record<string, KnownAccount>> {
  try {
    return JSON.parse(await readFile(accountsFile(project), "utf8"));
  } catch {
    return {};
  }
}

/** What the servers said they allow, by channel. */
export async function knownLimits(
  project: Project,
  channels: readonly Channel[],
): Promise<Map<string, Account["limits"]>> {
  const known = await knownAccounts(project);
  return new Map(
    channels.map(({ name, accountFingerprint }) => [name, known[accountFingerprint]?.account.limits]),
  );
}

/** Who we are on the networks, as far as they were asked: by the channels' fingerprints. */
export async function accountsKnown(project: Project): Promise<ReadonlyMap<string, Account>> {
  const known = await knownAccounts(project);
  return new Map(
    Object.entries(known).map(([accountFingerprint, { account }]) => [accountFingerprint, account]),
  );
}

export interface Verified {
  channel: Channel;
  account?: Account;
  error?: NetworkError;
}

export interface VerifyOptions {
  clock?: Clock;
  /** Only those who were not asked within a day. */
  onlyUnknown?: boolean;
  transport?: Transport;
  /** Whether the answers, and new sessions, are written down; default true. */
  remember?: boolean;
  /** Every complete answer, with the times (epoch milliseconds) of its request. */
  onReply?: (channel: Channel, reply: WireReply, times: { sent: number; received: number }) => void;
}

/** Asks each network who we are there and what it allows; remembers the answers. Networks that cannot be asked are left out. */
export async function verifyChannels(
  project: Project,
  names: readonly string[],
  options: VerifyOptions = {},
): Promise<Verified[]> {
  const { clock = systemClock, remember = true } = options;
  const known = await knownAccounts(project);
  const asked = names
    .flatMap((name) => project.config.channels.get(name) ?? [])
    .filter(({ adapter }) => adapter.account !== undefined)
    .filter(
      ({ accountFingerprint }) =>
        !options.onlyUnknown ||
        !known[accountFingerprint] ||
        known[accountFingerprint].at < clock.now() - KNOWN_FOR,
    );
  if (asked.length === 0) return [];

  const { askAccount } = await import("../delivery/account.ts");
  const { fileSession, memorySession } = await import("../auth/session-store.ts");
  const { writeAtomically } = await import("../files.ts");
  const wire = options.transport
    ? undefined
    : (await import("../http/transport.ts")).createWire({ only: project.sandbox });
  const { transport, dial } = { dial: wire?.dial, transport: options.transport ?? wire!.transport };
  const ask = async (channel: Channel): Promise<Verified> => {
    const session = remember
      ? fileSession(join(stateFolder(project), "sessions"), channel.accountFingerprint)
      : memorySession();
    const watched: Transport = async (request, signal) => {
      const sent = clock.now();
      const reply = await transport(request, signal);
      options.onReply?.(channel, reply, { sent, received: clock.now() });
      return reply;
    };
    const { adapter, settings, secrets } = channel;
    const around = { adapter, settings, secrets, transport: watched, dial, session, userAgent: USER_AGENT };
    return { channel, ...(await askAccount(around)) };
  };
  try {
    await renewLogins(project.logins, asked, { clock, transport });
    const verified = await Promise.all(
      asked.map(async (channel) => {
        const first = await ask(channel);
        if (first.error?.code !== "auth") return first;
        const renewed = await renewLogins(
          project.logins,
          [channel],
          { clock, transport },
          new Set([channel.name]),
        );
        return renewed.size > 0 ? ask(channel) : first;
      }),
    );
    for (const { channel, account } of verified)
      if (account) known[channel.accountFingerprint] = { account, at: clock.now() };
    if (remember) await writeAtomically(accountsFile(project), JSON.stringify(known, null, 2), 0o600);
    return verified;
  } finally {
    await wire?.close();
  }
}

/** Where a person can check a held delivery: the account's page, or its last post that has an address. */
export async function accountLinks(
  histories: readonly History[],
  project: Project,
  ledger: Ledger,
): Promise<Map<string, AccountLink>> {
  const held = histories.filter(({ state }) => state === "held");
  const found = new Map<string, AccountLink>();
  if (held.length === 0) return found;
  const accounts = await accountsKnown(project);
  for (const { id, account } of held) {
    const known = accounts.get(account);
    found.set(id, { handle: known?.handle, url: known?.url ?? (await ledger.lastUrl(account)) });
  }
  return found;
}
