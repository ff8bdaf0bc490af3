/** The flows that networks declare, driven against a real OAuth server: those of today, and the shapes of those to come. */
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import type { OAuth2 } from "../../src/adapter.ts";
import { type BrowserLogin, logInByBrowser } from "../../src/app/login.ts";
import { systemClock } from "../../src/clock.ts";
import { createWire, type Wire } from "../../src/http/transport.ts";
import { APP, type Provider, type Rules, startProvider } from "./provider.ts";

let wire: Wire;
let provider: Provider;
beforeAll(() => {
  wire = createWire();
});
afterEach(() => provider.close());
afterAll(() => wire.close());

/** The declaration's fixed part as the reference describes the network; addresses are the stand-in's. */
const SHAPES: Record<string, { oauth2: Partial<OAuth2>; rules: Rules }> = {
  // Registers itself, PKCE, secret in the body, tokens without an end.
  mastodon: {
    oauth2: {
      pkce: "S256",
      client: "body",
      renew: "none",
      register: { url: "{server}/api/v1/apps", form: { redirect_uris: "{redirect}", scopes: "{scopes}" } },
    },
    rules: { client: "body", pkce: true, expires: "unsaid", refresh: "never" },
  },
  // PKCE, Basic, two hours, rotating refresh tokens.
  x: {
    oauth2: { pkce: "S256", client: "basic", scopes: ["tweet.write", "offline.access"] },
    rules: { client: "basic", pkce: true, expires: 7200 },
  },
  // PKCE and the secret in the body, an hour, a refresh token that lasts, which has to be asked for.
  google: {
    oauth2: { pkce: "S256", client: "body", parameters: { access_type: "offline", prompt: "consent" } },
    rules: { client: "body", pkce: true, expires: 3_599, refresh: "lasting" },
  },
  // No PKCE, secret in the body, sixty days, no refresh token, `openid` among the scopes.
  linkedin: {
    oauth2: { pkce: "none", client: "body", scopes: ["openid", "profile", "w_member_social"] },
    rules: { client: "body", expires: 5_184_000, refresh: "never" },
  },
  // The app's id has another name, and a day later the refresh token is another one.
  tiktok: {
    oauth2: { clientId: "client_key", separator: ",", pkce: "none", client: "body" },
    rules: { client: "body", clientId: "client_key", expires: 86_400, refresh: "rotating" },
  },
  // A permanent refresh token, Basic.
  reddit: {
    oauth2: { pkce: "none", client: "basic", parameters: { duration: "permanent" } },
    rules: { client: "basic", expires: 86_400, refresh: "lasting" },
  },
};

function declared(name: string): OAuth2 {
  return {
    authorize: "{server}/oauth/authorize",
    token: "{server}/oauth/token",
    scopes: ["read", "write"],
    pkce: "none",
    client: "body",
    ...SHAPES[name]?.oauth2,
  };
}

function login(oauth2: OAuth2, more: Partial<BrowserLogin> = {}) {
  let shown = "";
  const result = logInByBrowser({
    auth: { kind: "token", steps: [], oauth2 },
    place: { server: provider.url },
    app: async () => APP,
    by: "loopback",
    port: 0,
    show: (url) => {
      shown = url;
      if (more.by !== "paste") void provider.browse(url);
    },
    paste: () => provider.browse(shown),
    choose: async () => 1,
    transport: wire.transport,
    clock: systemClock,
    signal: AbortSignal.timeout(5_000),
    ...more,
  });
  return { result, page: () => new URL(shown) };
}

describe("a login in the browser", () => {
  it.each(Object.keys(SHAPES))("gets a token as %s gives them", async (name) => {
    provider = await startProvider(SHAPES[name]!.rules);
    const { result, page } = login(declared(name));
    const granted = await result;

    expect(provider.good).toContain(granted.settings.token);
    expect(page().searchParams.get("scope")).toBe(
      declared(name).scopes.join(declared(name).separator ?? " "),
    );
    expect(page().searchParams.has("code_challenge")).toBe(declared(name).pkce === "S256");
    expect(granted.refresh !== undefined).toBe(SHAPES[name]!.rules.refresh !== "never");
    expect(granted.expires !== undefined).toBe(SHAPES[name]!.rules.expires !== "unsaid");
    expect(provider.requests.includes("POST /api/v1/apps")).toBe(name === "mastodon");
    // The secret goes to the token endpoint and nowhere else.
    expect(provider.requests.join()).not.toContain(APP.secret);
  });

  it("takes a short-lived token to a long-lived one, where a network has two, from an untyped answer", async () => {
    provider = await startProvider({ untyped: true, expires: 3600, refresh: "never" });
    const { result } = login({
      ...declared("threads"),
      redirect: "https://acme.example/callback",
      exchange: {
        url: "{server}/exchange",
        grant: "th_exchange_token",
        token: "access_token",
        client: ["secret"],
      },
    });
    const { settings, expires } = await result;
    expect(settings.token).toMatch(/^long-/);
    expect(Date.parse(expires!) - Date.now()).toBeGreaterThan(59 * 86_400_000);
    expect(provider.requests.join()).toContain("grant_type=th_exchange_token");
  });

  it("asks which page is meant, and takes that page's token, which does not end", async () => {
    provider = await startProvider({ refresh: "never" });
    const asked: string[][] = [];
    const { result } = login(
      {
        ...declared("facebook"),
        separator: ",",
        exchange: {
          url: "{server}/exchange",
          grant: "fb_exchange_token",
          token: "fb_exchange_token",
          client: ["id", "secret"],
        },
        pick: {
          url: "{server}/me/accounts?fields=id,name,access_token",
          list: "data",
          name: "name",
          token: "access_token",
          settings: { page: "id" },
        },
      },
      {
        choose: async (names) => {
          asked.push([...names]);
          return 1;
        },
      },
    );
    const granted = await result;
    expect(asked).toEqual([["Acme", "Acme Italia"]]);
    expect(granted.settings).toEqual({ token: "page-token-2", page: "p2" });
    expect(granted.expires).toBeUndefined();
  });

  it("takes what the person copies where the browser is elsewhere: the address, or only the code", async () => {
    provider = await startProvider(SHAPES.x!.rules);
    const whole = await login(declared("x"), { by: "paste", port: 4711 }).result;
    expect(provider.good).toContain(whole.settings.token);

    let shown = "";
    const bare = await login(declared("x"), {
      by: "paste",
      show: (url) => {
        shown = url;
      },
      paste: async () => new URL(await provider.browse(shown)).searchParams.get("code") ?? "",
    }).result;
    expect(provider.good).toContain(bare.settings.token);
  });

  it("turns an answer away that it did not ask for", async () => {
    provider = await startProvider(SHAPES.x!.rules);
    const statuses: number[] = [];
    const { result } = login(declared("x"), {
      show: async (url) => {
        const redirect = new URL(url).searchParams.get("redirect_uri") ?? "";
        const forged = await fetch(`${redirect}?code=stolen&state=guessed`);
        const elsewhere = await fetch(redirect.replace("/callback", "/"));
        statuses.push(forged.status, elsewhere.status);
        await provider.browse(url);
      },
    });
    expect(provider.good).toContain((await result).settings.token);
    expect(statuses).toEqual([400, 404]);
  });

  it("refuses a pasted address from another login", async () => {
    provider = await startProvider(SHAPES.x!.rules);
    const { result } = login(declared("x"), {
      by: "paste",
      paste: async () => "http://127.0.0.1:4711/callback?code=stolen&state=guessed",
    });
    await expect(result).rejects.toMatchObject({ name: "NetworkError" });
    expect(provider.requests.some((line) => line.includes("/oauth/token"))).toBe(false);
  });

  it("says who said no, in the network's words", async () => {
    provider = await startProvider({ client: "basic" });
    const wrong = login(declared("linkedin")).result;
    await expect(wrong).rejects.toMatchObject({ code: "auth", message: "not body" });
    const refused = login(declared("x"), {
      by: "paste",
      paste: async () => "http://127.0.0.1:1/callback?error=access_denied&error_description=Not+today",
    }).result;
    await expect(refused).rejects.toMatchObject({ code: "auth", message: "Not today" });
  });
});
