/** Renewal: in time, once, and with a refresh token that is good for one use. */
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import type { Auth } from "../../src/adapter.ts";
import { type Login, openLogins } from "../../src/auth/login-store.ts";
import { canRenew, isDue, renewLogin } from "../../src/auth/refresh.ts";
import type { Transport } from "../../src/http/http.ts";
import { createWire, type Wire } from "../../src/http/transport.ts";
import { APP, type Provider, startProvider } from "./provider.ts";

const HOUR = 3_600_000;
const DAY = 24 * HOUR;
const NOW = Date.parse("2026-11-23T12:00:00Z");
const iso = (at: number) => new Date(at).toISOString();

let wire: Wire;
let provider: Provider;
let folder: string;
beforeAll(() => {
  wire = createWire();
});
beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), "broadcast-renew-"));
  provider = await startProvider({ client: "basic" });
});
afterEach(async () => {
  rmSync(folder, { recursive: true, force: true });
  await provider.close();
});
afterAll(() => wire.close());

const AUTH: Auth = {
  kind: "token",
  steps: [],
  oauth2: {
    authorize: "{server}/oauth/authorize",
    token: "{server}/oauth/token",
    scopes: ["read"],
    pkce: "S256",
    client: "basic",
  },
};
const env = () => ({ transport: wire.transport, userAgent: "test/1", now: () => NOW });

/** A login whose refresh token the server knows. */
async function loggedIn(more: Partial<Login> = {}): Promise<Login> {
  const body = new URLSearchParams({ grant_type: "authorization_code", code: "c", redirect_uri: "http://x" });
  const answer = await fetch(`${provider.url}/oauth/token`, {
    method: "POST",
    headers: { authorization: `Basic ${btoa(`${APP.id}:${APP.secret}`)}` },
    body,
  });
  const { access_token, refresh_token } = (await answer.json()) as Record<string, string>;
  return {
    channel: "social",
    network: "birdsong",
    settings: { token: access_token ?? "" },
    obtained: iso(NOW - 2 * HOUR),
    expires: iso(NOW + 60_000),
    refresh: refresh_token,
    client: APP,
    place: { server: provider.url },
    ...more,
  };
}

describe("a renewal is due", () => {
  const login = (obtained: number, expires?: number) =>
    ({
      obtained: iso(NOW - obtained),
      ...(expires !== undefined && { expires: iso(NOW + expires) }),
    }) as Login;
  it.each<[string, Login, boolean]>([
    ["never, for one without an end", login(900 * DAY), false],
    ["not in the first hour of two", login(HOUR, HOUR), false],
    ["in the last quarter of two hours", login(1.6 * HOUR, 0.4 * HOUR), true],
    ["not a month before the end of sixty days", login(30 * DAY, 30 * DAY), false],
    ["ten days before the end of sixty", login(51 * DAY, 9 * DAY), true],
    ["after the end", login(3 * HOUR, -HOUR), true],
  ])("%s", (_, one, due) => {
    expect(isDue(one, NOW)).toBe(due);
  });

  it("and possible only while the token is old enough, where the network asks for that", () => {
    const auth: Auth = {
      ...AUTH,
      oauth2: {
        ...AUTH.oauth2!,
        renew: { url: "x", grant: "th_refresh_token", token: "access_token", client: [], after: "24h" },
      },
    };
    const client = { client: APP, settings: {}, channel: "a", network: "b" };
    const possible = (obtained: number, expires: number) =>
      canRenew({ ...client, obtained: iso(NOW - obtained), expires: iso(NOW + expires) }, { auth }, NOW);
    expect(possible(25 * HOUR, DAY)).toBe(true);
    expect(possible(23 * HOUR, DAY)).toBe(false);
    expect(possible(60 * DAY, -DAY)).toBe(false);
  });
});

describe("a renewal", () => {
  it("puts the new token and the new refresh token into the store", async () => {
    const store = openLogins({ folder });
    const before = await loggedIn();
    await store.write(before);
    const after = await renewLogin(store, before, { auth: AUTH }, env());
    expect(after?.settings.token).not.toBe(before.settings.token);
    expect(after?.refresh).not.toBe(before.refresh);
    expect(after?.expires).toBe(iso(NOW + 2 * HOUR));
    expect(await store.read("social")).toEqual(after);
  });

  it("happens once, however many ask for it, and all get the same token", async () => {
    const store = openLogins({ folder });
    const before = await loggedIn();
    await store.write(before);
    const all = await Promise.all(
      Array.from({ length: 6 }, () => renewLogin(openLogins({ folder }), before, { auth: AUTH }, env())),
    );
    expect(provider.renewals).toBe(1);
    expect(new Set(all.map((login) => login?.settings.token)).size).toBe(1);
    expect(all[0]?.settings.token).not.toBe(before.settings.token);
  });

  it("of a refused token happens once, too, though its time is not over", async () => {
    const store = openLogins({ folder });
    const before = await loggedIn({ obtained: iso(NOW), expires: iso(NOW + 2 * HOUR) });
    await store.write(before);
    const refused = before.settings.token;
    expect((await renewLogin(store, before, { auth: AUTH }, env()))?.settings.token).toBe(refused);
    const all = await Promise.all(
      Array.from({ length: 3 }, () => renewLogin(store, before, { auth: AUTH }, env(), refused)),
    );
    expect(provider.renewals).toBe(1);
    expect(new Set(all.map((login) => login?.settings.token)).size).toBe(1);
  });

  it("keeps a refresh token that the network does not replace", async () => {
    provider.rules.refresh = "lasting";
    const store = openLogins({ folder });
    const before = await loggedIn();
    await store.write(before);
    const after = await renewLogin(store, before, { auth: AUTH }, env());
    expect(after?.settings.token).not.toBe(before.settings.token);
    expect(after?.refresh).toBe(before.refresh);
  });

  it("that is refused says so, and the login stays as it was", async () => {
    const store = openLogins({ folder });
    const before = { ...(await loggedIn()), refresh: "used" };
    await store.write(before);
    await expect(renewLogin(store, before, { auth: AUTH }, env())).rejects.toMatchObject({
      code: "auth",
      message: "This refresh token was used before",
    });
    expect(await store.read("social")).toEqual(before);
  });

  it("by a swap goes with the token itself", async () => {
    provider.good.add("long-0");
    const auth: Auth = {
      ...AUTH,
      oauth2: {
        ...AUTH.oauth2!,
        renew: {
          url: "{server}/renew",
          grant: "th_refresh_token",
          token: "access_token",
          client: [],
          after: "24h",
        },
      },
    };
    const store = openLogins({ folder });
    const before = await loggedIn({
      settings: { token: "long-0" },
      refresh: undefined,
      obtained: iso(NOW - 51 * DAY),
      expires: iso(NOW + 9 * DAY),
    });
    await store.write(before);
    const after = await renewLogin(store, before, { auth }, env());
    expect(after?.settings.token).toMatch(/^long-\d+$/);
    expect(after?.settings.token).not.toBe("long-0");
    expect(after?.expires).toBe(iso(Date.parse(after!.expires!)));
    expect(Date.parse(after!.expires!) - NOW).toBe(60 * DAY);
  });
});

describe("a renewal that another process has begun", () => {
  const locks = () => readdirSync(folder).filter((file) => file.startsWith(".lock-"));

  it("does not stay begun when that process died, and leaves no lock behind", async () => {
    const store = openLogins({ folder });
    const before = await loggedIn();
    await store.write(before);
    let name = "";
    const transport: Transport = (...request) => {
      name = locks()[0] ?? "";
      return wire.transport(...request);
    };
    const after = await renewLogin(store, before, { auth: AUTH }, { ...env(), transport });
    expect(locks()).toEqual([]);
    const dead = name.replace(`%3A${process.pid}%3A`, "%3A4194303%3A");
    expect(dead).not.toBe(name);
    writeFileSync(join(folder, dead), "");
    await renewLogin(store, before, { auth: AUTH }, env(), after?.settings.token);
    expect(provider.renewals).toBe(2);
    expect(locks()).toEqual([]);
  });
});
