/** Renews logins that end, one process at a time: a rotating refresh token is good for one use. */
import { createHash } from "node:crypto";
import { join } from "node:path";
import type { Adapter } from "../adapter.ts";
import { systemClock } from "../clock.ts";
import { milliseconds } from "../duration.ts";
import { NetworkError } from "../errors.ts";
import { lock } from "../lock.ts";
import type { OAuthEnv } from "./authorization.ts";
import type { Login, LoginStore } from "./login-store.ts";

const SOON = 5 * 60_000;
// For another process that renews the same login.
const PATIENCE = 60_000;
const LONG_BEFORE = 10 * 86_400_000;

/**
 * Whether a login should be renewed now: in the last quarter of its life, at the latest ten days before its end. A weekly
 * run then keeps a token of 60 days alive, and one of two hours is renewed every hour and a half.
 */
export function isDue({ obtained, expires }: Login, now: number): boolean {
  if (expires === undefined) return false;
  const end = Date.parse(expires);
  const life = end - Date.parse(obtained);
  return end - now < Math.max(SOON, Math.min(life / 4, LONG_BEFORE));
}

export function canRenew(login: Login, { auth }: Pick<Adapter, "auth">, now: number): boolean {
  const { oauth2 } = auth;
  if (!oauth2 || oauth2.pick || oauth2.renew === "none" || !login.client) return false;
  if (typeof oauth2.renew !== "object") return login.refresh !== undefined;
  // Tokens that are swapped must be some hours old, and not have ended.
  const age = now - Date.parse(login.obtained);
  const alive = login.expires === undefined || Date.parse(login.expires) > now;
  return alive && age >= (oauth2.renew.after ? milliseconds(oauth2.renew.after) : 0);
}

/**
 * The login after a renewal, by this process or another one that was faster. `refused` is the token that the network does
 * not accept any more: without it only a login that is due is renewed.
 */
export async function renewLogin(
  store: LoginStore,
  { channel }: Pick<Login, "channel">,
  adapter: Pick<Adapter, "auth">,
  env: Omit<OAuthEnv, "publicSettings">,
  refused?: string,
): Promise<Login | undefined> {
  const { oauth2 } = adapter.auth;
  if (!oauth2) return undefined;
  const setting = oauth2.setting ?? "token";
  if (typeof (await store.read(channel)) !== "object") return undefined;
  // A channel's name may hold what no file's name may.
  const file = `.lock-${createHash("sha256").update(channel).digest("hex").slice(0, 12)}`;
  const held = await lock(join(store.folder, file), { clock: systemClock, patience: PATIENCE });
  if (!held)
    throw new NetworkError("unavailable", "another process has been renewing this login for too long");
  try {
    // Only what is in the store now counts: another process may have renewed it while this one waited.
    const login = await store.read(channel);
    if (login === undefined || typeof login === "string") return undefined;
    const token = login.settings[setting] ?? "";
    const wanted = refused === undefined ? isDue(login, env.now()) : token === refused;
    if (!wanted) return login;
    if (!login.client || !canRenew(login, adapter, env.now())) return undefined;
    const { renewOAuth2 } = await import("./oauth2.ts");
    const { refresh, scopes } = login;
    const granted = await renewOAuth2(
      oauth2,
      login.client,
      { token, refresh, scopes },
      { ...env, publicSettings: login.place ?? {} },
    );
    const renewed: Login = {
      ...login,
      ...granted,
      settings: { ...login.settings, ...granted.settings },
      obtained: new Date(env.now()).toISOString(),
    };
    await store.write(renewed);
    return renewed;
  } finally {
    await held.release();
  }
}
