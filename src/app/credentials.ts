/** The logins of a project: what its channels get from them, and how they stay alive. */
import { existsSync } from "node:fs";
import { join } from "node:path";
import type { Adapter } from "../adapter.ts";
import type { Login, LoginStore } from "../auth/login-store.ts";
import type { Clock } from "../clock.ts";
import type { Channel, Config } from "../config/config.ts";
import { NetworkError, type Problem } from "../errors.ts";
import type { Transport } from "../http/http.ts";
import { USER_AGENT } from "../version.ts";

export type { Login } from "../auth/login-store.ts";

export interface Logins {
  store: LoginStore;
  /** By channel; a word says why one cannot be read. */
  held: Awaited<ReturnType<LoginStore["all"]>>;
}

type Env = Readonly<Record<string, string | undefined>>;

function folderOf(root: string): string {
  return join(root, ".broadcast", "logins");
}

/** For writing: it need not exist yet. The passphrase comes from the environment only, never from `.env` beside the files. */
export async function openLoginStore(root: string, env: Env): Promise<LoginStore> {
  const { openLogins } = await import("../auth/login-store.ts");
  return openLogins({
    folder: folderOf(root),
    passphrase: env.BROADCAST_PASSPHRASE || undefined,
    keyring:
      env.BROADCAST_KEYRING === "none"
        ? undefined
        : async () => (await import("../auth/keyring.ts")).systemKeyring(),
  });
}

/** `undefined` without a login. */
export async function readLogins(root: string, env: Env): Promise<Logins | undefined> {
  if (!existsSync(folderOf(root))) return undefined;
  const store = await openLoginStore(root, env);
  return { store, held: await store.all() };
}

/** The channel's login; one for another network, or for another server, is none: its token must not go there. */
export function loginFor(
  logins: Logins | undefined,
  channel: string,
  network: string,
  settings: Readonly<Record<string, unknown>>,
): Login | undefined {
  const login = logins?.held.get(channel);
  if (login === undefined || typeof login === "string" || login.network !== network) return undefined;
  const moved = Object.entries(login.place ?? {}).some(
    ([key, value]) => typeof settings[key] === "string" && bare(settings[key]) !== bare(value),
  );
  return moved ? undefined : login;
}

function bare(address: string): string {
  return address.replace(/\/+$/, "").toLowerCase();
}

const WHY = {
  "passphrase-missing": ["is encrypted", "Set BROADCAST_PASSPHRASE in the environment"],
  "passphrase-wrong": ["is encrypted with another passphrase", "Set the right BROADCAST_PASSPHRASE"],
  keyring: ["is in the system's keyring, which does not give it", "Unlock the keyring"],
  unreadable: ["cannot be read", "Look at its file in .broadcast/logins"],
} as const;

/** Says so at every channel whose login is there and cannot be read, instead of "no credential". */
export function explainLocked(config: Config, logins: Logins | undefined): void {
  for (const [name, why] of logins?.held ?? []) {
    const channel = config.channels.get(name);
    if (!channel || typeof why !== "string") continue;
    const found = channel.problems.findIndex(
      ({ code }) => code === "missing-credential" || code === "missing-env",
    );
    if (found < 0) continue;
    const [is, remedy] = WHY[why];
    const problem: Problem = {
      severity: "error",
      code: "login-locked",
      message: `the login of \`${name}\` ${is}`,
      remedy: `${remedy}, or run \`broadcast login ${name}\` again.`,
      place: channel.place,
      channel: name,
    };
    channel.problems.splice(found, 1, problem);
  }
}

export interface RenewalEnv {
  transport: Transport;
  clock: Clock;
}

/**
 * Renews logins that end soon; with `refused` (channels whose credential a network has just not accepted) only those. The
 * channels get the new tokens. Resolves with the names of those that have one. A login that cannot be renewed now is kept:
 * the token may still serve, and if not, the network's own answer says so.
 */
export async function renewLogins(
  logins: Logins | undefined,
  channels: readonly Channel[],
  { transport, clock }: RenewalEnv,
  refused?: ReadonlySet<string>,
): Promise<Set<string>> {
  const renewed = new Set<string>();
  if (!logins) return renewed;
  const { canRenew, isDue, renewLogin } = await import("../auth/refresh.ts");
  const env = { transport, userAgent: USER_AGENT, now: () => clock.now() };
  const work = channels.map(async (channel) => {
    const login = loginFor(logins, channel.name, channel.network, channel.settings);
    if (!login) return;
    const token = tokenOf(login, channel.adapter);
    // A token that YAML brings is not ours to renew.
    if (token === undefined || !usesLogin(channel, login)) return;
    const wanted = refused ? refused.has(channel.name) : isDue(login, clock.now());
    if (!wanted || !canRenew(login, channel.adapter, clock.now())) return;
    try {
      const after = await renewLogin(logins.store, login, channel.adapter, env, refused ? token : undefined);
      if (!after || tokenOf(after, channel.adapter) === token) return;
      putInto(channel, login, after);
      logins.held.set(channel.name, after);
      renewed.add(channel.name);
    } catch (error) {
      if (!(error instanceof NetworkError)) throw error;
    }
  });
  await Promise.all(work);
  return renewed;
}

function tokenOf(login: Login, { auth }: Pick<Adapter, "auth">): string | undefined {
  return login.settings[auth.oauth2?.setting ?? "token"];
}

/** Whether it stays alive without a person, as long as commands are run before its end. */
export function renewsItself({ refresh, client }: Login, { auth }: Pick<Adapter, "auth">): boolean {
  const { oauth2 } = auth;
  if (!oauth2 || oauth2.pick || oauth2.renew === "none" || !client) return false;
  return typeof oauth2.renew === "object" || refresh !== undefined;
}

/** Whether the channel's credential is this login's, and not one from the environment. */
export function usesLogin({ settings }: Pick<Channel, "settings">, login: Login): boolean {
  return Object.entries(login.settings).some(([key, value]) => settings[key] === value);
}

function putInto(channel: Channel, before: Login, after: Login): void {
  const changed = Object.entries(after.settings).filter(
    ([key]) => channel.settings[key] === before.settings[key],
  );
  channel.settings = { ...channel.settings, ...Object.fromEntries(changed) };
  channel.secrets.push(...changed.map(([, value]) => value).filter((value) => value.length >= 8));
}
