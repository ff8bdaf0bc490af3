/** Each network's login as its adapter declares it, against what the network's documents say; and that every part of it is needed. */
import { describe, expect, it } from "vitest";
import type { OAuth2 } from "../../src/adapter.ts";
import { type BrowserLogin, logInByBrowser, publicSettings } from "../../src/app/login.ts";
import { renewOAuth2 } from "../../src/auth/oauth2.ts";
import type { Transport } from "../../src/http/http.ts";
import { adapters } from "../networks.ts";
import { APPS, LOGINS, type LoginRules, type Network, networkWith } from "./networks.ts";

const NOW = Date.parse("2026-11-27T12:00:00Z");
const PAGES = [
  { id: "p1", name: "Acme" },
  { id: "p2", name: "Acme Italia" },
];
const names = Object.keys(LOGINS);
const adapterOf = (id: string) => adapters.find((one) => one.id === id)!;
const declared = (id: string): OAuth2 => adapterOf(id).auth.oauth2!;
const app = { id: APPS.id, secret: APPS.secret };

/** Requests go to the network by their own addresses. */
const over =
  (network: Network): Transport =>
  async ({ method, url, headers, body }) => {
    const { protocol, host, pathname, searchParams } = new URL(url);
    expect(protocol).toBe("https:");
    const words = body === undefined ? "" : Buffer.from(body as Uint8Array).toString("utf8");
    const asked = { method, host, path: pathname, query: searchParams, headers, body: words };
    const reply = network.answer(asked) ?? { status: 404, body: { error: { message: `nothing at ${url}` } } };
    return {
      status: reply.status,
      headers: { "content-type": "application/json", ...reply.headers },
      body: Buffer.from(JSON.stringify(reply.body)),
    };
  };

function login(
  id: string,
  network: Network,
  { oauth2 = declared(id), ...more }: Partial<BrowserLogin> & { oauth2?: OAuth2 } = {},
) {
  let shown = "";
  return logInByBrowser({
    auth: { kind: "token", steps: [], oauth2 },
    place: placeOf(id),
    app: async () => app,
    // The address that the browser ends at is copied: that is how the ones that go elsewhere work, too.
    by: "paste",
    port: 4749,
    show: (url) => {
      shown = url;
    },
    paste: async () => network.agree(shown),
    choose: async () => 1,
    transport: over(network),
    clock: { now: () => NOW, sleep: async () => {} } as BrowserLogin["clock"],
    signal: AbortSignal.timeout(5_000),
    ...more,
  });
}

function placeOf(id: string): Record<string, string> {
  const settings = publicSettings({ adapter: adapterOf(id), publicSettings: {} });
  return Object.fromEntries(Object.entries(settings).map(([name, value]) => [name, String(value)]));
}

const renewEnv = (id: string, network: Network) => ({
  publicSettings: placeOf(id),
  transport: over(network),
  userAgent: "broadcast/test",
  now: () => NOW,
});

describe("a network's login, as its documents have it", () => {
  it.each(names)("%s gives a token that is good", async (id) => {
    const network = networkWith(LOGINS[id]!, PAGES);
    const { settings, expires, refresh, scopes } = await login(id, network);
    expect(network.isGood(settings.token ?? "")).toBe(true);
    const { refresh: keeps, exchange, pages, life } = network.rules;
    expect(refresh !== undefined).toBe(keeps !== "never");
    const ends = pages ? undefined : NOW + (exchange?.life ?? life);
    expect(expires === undefined ? undefined : Date.parse(expires)).toBe(ends);
    if (pages) expect(settings).toMatchObject({ page: "p2" });
    if (scopes) expect(scopes).toEqual(declared(id).scopes);
  });

  it.each(names)("%s: what comes back may be the code alone", async (id) => {
    const network = networkWith(LOGINS[id]!, PAGES);
    let shown = "";
    const { settings } = await login(id, network, {
      show: (url) => {
        shown = url;
      },
      // As a person copies it, with what the network puts behind it.
      paste: async () => {
        const back = network.agree(shown);
        return /code=([^&#]+)/.exec(back)![1]! + (network.rules.behind ?? "");
      },
    });
    expect(network.isGood(settings.token ?? "")).toBe(true);
  });

  it.each(names)("%s goes on, or is known to end", async (id) => {
    const network = networkWith(LOGINS[id]!, PAGES);
    let kept = await login(id, network);
    const { renew, refresh } = network.rules;
    if (!renew && refresh === "never") {
      const over = renewOAuth2(declared(id), app, { token: kept.settings.token! }, renewEnv(id, network));
      await expect(over).rejects.toMatchObject({ code: "auth" });
      return;
    }
    for (const round of [1, 2, 3]) {
      network.pass(renew ? 50 * 86_400_000 : network.rules.life);
      const before = kept.settings.token!;
      const { refresh, scopes } = kept;
      const after = await renewOAuth2(
        declared(id),
        app,
        { token: before, refresh, scopes },
        renewEnv(id, network),
      );
      expect(network.isGood(after.settings.token ?? ""), `round ${round}`).toBe(true);
      expect(after.settings.token).not.toBe(before);
      expect(network.renewals).toBe(round);
      kept = { ...after, client: app };
    }
  });

  it.each(names)("%s refuses a second use of a code, in its own words", async (id) => {
    const network = networkWith(LOGINS[id]!, PAGES);
    let shown = "";
    let back = "";
    const show = (url: string) => {
      shown = url;
    };
    await login(id, network, { show, paste: async () => (back = network.agree(shown)) });
    const code = new URL(back).searchParams.get("code")!;
    const again = login(id, network, { show, paste: async () => code });
    await expect(again).rejects.toMatchObject({
      code: "auth",
      message: wordsOf(network.rules.refuses.grant.body),
    });
  });

  it.each(names)("%s refuses another app's secret, in its own words and without it", async (id) => {
    const network = networkWith(LOGINS[id]!, PAGES);
    const wrong = login(id, network, { app: async () => ({ id: APPS.id, secret: "another-s3cret" }) });
    const message = wordsOf(network.rules.refuses.app.body);
    await expect(wrong).rejects.toMatchObject({ code: "auth", message });
  });

  it("Instagram's answer is taken as its reference has it, too", async () => {
    const answer: LoginRules["answer"] = ({ access }) => ({
      access_token: access,
      user_id: 17841405793187218,
    });
    const network = networkWith({ ...LOGINS.instagram!, answer });
    expect(network.isGood((await login("instagram", network)).settings.token ?? "")).toBe(true);
  });
});

/** A declaration with one thing wrong, and whether the network then refuses the login or only lets it end. */
const WRONG: Record<
  string,
  { change: (right: OAuth2) => Partial<OAuth2>; ends?: true; for: (rules: LoginRules) => boolean }
> = {
  "without PKCE": { change: () => ({ pkce: "none" }), for: ({ pkce }) => pkce === "required" },
  "with the secret in the other place": {
    change: ({ client }) => ({ client: client === "basic" ? "body" : "basic" }),
    for: () => true,
  },
  "with the scopes run together otherwise": {
    change: ({ separator }) => ({ separator: separator === "," ? " " : "," }),
    for: ({ scopes }) => scopes.length > 1,
  },
  "with a scope that it does not know": {
    change: ({ scopes }) => ({ scopes: [...scopes, "everything"] }),
    for: () => true,
  },
  "with the app's id under another name": {
    change: ({ clientId }) => ({ clientId: clientId ? undefined : "client_key" }),
    for: () => true,
  },
  "from another address": { change: () => ({ redirect: "https://acme.example/back" }), for: () => true },
  "at another page": { change: ({ authorize }) => ({ authorize: `${authorize}/x` }), for: () => true },
  "without the page's further parameters": {
    change: () => ({ parameters: undefined }),
    ends: true,
    for: ({ goesOn }) => goesOn?.page !== undefined,
  },
  "without the token's further parameters": {
    change: () => ({ tokenParameters: undefined }),
    ends: true,
    for: ({ goesOn }) => goesOn?.token !== undefined,
  },
  "without the scope that lets it go on": {
    change: ({ scopes }) => ({ scopes: scopes.filter((scope) => !/^offline/.test(scope)) }),
    ends: true,
    for: ({ goesOn }) => goesOn?.scope !== undefined,
  },
  "with an exchange that lacks the app's secret": {
    change: ({ exchange }) => ({ exchange: { ...exchange!, client: [] } }),
    for: ({ exchange }) => exchange !== undefined,
  },
  "with another grant at the exchange": {
    change: ({ exchange }) => ({ exchange: { ...exchange!, grant: "xx_exchange_token" } }),
    for: ({ exchange }) => exchange !== undefined,
  },
};

describe("a login that is declared otherwise", () => {
  const rows = Object.entries(WRONG).flatMap(([words, wrong]) =>
    names.filter((id) => wrong.for(LOGINS[id]!)).map((id) => [id, words] as const),
  );
  it.each(rows)("%s %s: is refused, or ends", async (id, words) => {
    const { change, ends } = WRONG[words]!;
    const network = networkWith(LOGINS[id]!, PAGES);
    const result = login(id, network, { oauth2: { ...declared(id), ...change(declared(id)) } });
    if (ends) expect((await result).refresh).toBeUndefined();
    else await expect(result).rejects.toThrow();
  });
});

function wordsOf(body: unknown): string {
  const { error, error_description, error_message, message } = body as Record<string, string>;
  const within = (error as unknown as { message?: string })?.message;
  return error_description ?? within ?? error_message ?? message ?? error ?? "";
}
