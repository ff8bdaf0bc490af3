/**
 * The networks' logins as their own documents describe them, with their own addresses: which page, which parameters, how the
 * app proves itself, what is answered, how a login goes on. What a network refuses is refused, in its own words.
 *
 * Sources: docs.x.com (OAuth 2.0 authorization code, user access tokens); learn.microsoft.com (LinkedIn 3-legged OAuth);
 * developers.facebook.com (Threads: get access tokens, long-lived tokens; Facebook Login: long-lived tokens; Instagram:
 * business login, refresh_access_token); Reddit's wiki page OAuth2; Pinterest's OpenAPI description 5.23 (oauth/token);
 * tumblr/docs api.md (OAuth2 Authorization); developers.google.com (OAuth 2.0 for web servers); developers.tiktok.com
 * (Manage User Access Tokens with OAuth v2).
 */
import { createHash } from "node:crypto";

export const APPS = {
  // With `-` and `_`, as the networks' ids have them, and what else a secret may hold.
  id: "p-jcoLKB_nTLew",
  secret: "s3cret-Ab_9~gko.LXELo",
};

const SECOND = 1_000;
const HOUR = 3_600_000;
const DAY = 24 * HOUR;

export interface LoginRules {
  /** Host and path of the page on which a person agrees. */
  page: string;
  /** Host and path of the token endpoint, and how it is asked. */
  token: string;
  /** What the app's id is called. Default: `client_id`. */
  clientId?: string;
  proof: "basic" | "body";
  /** The redirect that the app has registered; compared exactly. */
  redirect: string;
  /** Only https redirects can be registered. */
  https?: true;
  separator: " " | ",";
  /** Scopes that the network knows; another one is refused on the page. */
  scopes: string[];
  pkce?: "required";
  /** Parameters without which it cannot go on; `[name, value]` of the page or of the token request. */
  goesOn?: { page?: Record<string, string>; token?: Record<string, string>; scope?: string };
  /** How long a code is good. */
  code: number;
  /** How long an access token is good. */
  life: number;
  /** `rotates`: a refresh token serves once. `stays`: the first one goes on serving. */
  refresh: "rotates" | "stays" | "never";
  /** What stands behind the code in the address that the browser ends at. */
  behind?: string;
  /** The answer to a code or a refresh token; `scopes` are those that were agreed to. */
  answer(token: { access: string; refresh?: string; seconds: number; scopes: string[] }): unknown;
  /** Its refusals: a wrong app, a wrong code or refresh token. */
  refuses: { app: Reply; grant: Reply };
  /** Long-lived tokens for short ones: host and path, `grant_type`, the token's parameter, what of the app it needs. */
  exchange?: Swap;
  /** A new long-lived token for an old one. */
  renew?: Swap & { after: number };
  /** Pages of the person, each with a token of its own. */
  pages?: string;
}

export interface Swap {
  at: string;
  grant: string;
  token: string;
  app: ("id" | "secret")[];
  life: number;
}

export interface Reply {
  status: number;
  body: unknown;
  headers?: Record<string, string>;
}

const LOOPBACK = "http://127.0.0.1:4749/callback";
const said = (status: number, error: string, error_description?: string): Reply => ({
  status,
  body: { error, ...(error_description && { error_description }) },
});
const graph = (message: string, code: number): Reply => ({
  status: 400,
  body: { error: { message, type: "OAuthException", code, fbtrace_id: "AbCdEf" } },
});

const GOOGLE: Omit<LoginRules, "scopes"> = {
  page: "accounts.google.com/o/oauth2/v2/auth",
  token: "oauth2.googleapis.com/token",
  proof: "body",
  redirect: LOOPBACK,
  separator: " ",
  // `prompt`: who has agreed before gets none without it.
  goesOn: { page: { access_type: "offline", prompt: "consent" } },
  code: 600 * SECOND,
  life: 3_599 * SECOND,
  refresh: "stays",
  answer: ({ access, refresh, seconds, scopes }) => ({
    access_token: access,
    expires_in: seconds,
    ...(refresh && { refresh_token: refresh }),
    scope: scopes.join(" "),
    token_type: "Bearer",
  }),
  refuses: {
    app: said(401, "invalid_client", "The OAuth client was not found."),
    grant: said(400, "invalid_grant", "Bad Request"),
  },
};

export const LOGINS: Record<string, LoginRules> = {
  x: {
    page: "x.com/i/oauth2/authorize",
    token: "api.x.com/2/oauth2/token",
    proof: "basic",
    redirect: LOOPBACK,
    separator: " ",
    scopes: ["tweet.read", "tweet.write", "users.read", "media.write", "offline.access"],
    pkce: "required",
    goesOn: { scope: "offline.access" },
    code: 30 * SECOND,
    life: 2 * HOUR,
    refresh: "rotates",
    answer: ({ access, refresh, seconds, scopes }) => ({
      token_type: "bearer",
      expires_in: seconds,
      access_token: access,
      scope: scopes.join(" "),
      ...(refresh && { refresh_token: refresh }),
    }),
    refuses: {
      app: said(401, "unauthorized_client", "Missing valid authorization header"),
      grant: said(400, "invalid_request", "Value passed for the authorization code was invalid."),
    },
  },
  linkedin: {
    page: "www.linkedin.com/oauth/v2/authorization",
    token: "www.linkedin.com/oauth/v2/accessToken",
    proof: "body",
    redirect: LOOPBACK,
    separator: " ",
    scopes: ["openid", "profile", "email", "w_member_social"],
    code: 1_800 * SECOND,
    life: 60 * DAY,
    // Refresh tokens are for approved partners.
    refresh: "never",
    answer: ({ access, seconds, scopes }) => ({
      access_token: access,
      expires_in: seconds,
      scope: scopes.join(","),
      token_type: "Bearer",
      id_token: "eyJ6aXAiOiJERUYi.eyJpc3MiOiJodHRwczovL3d3dy5saW5rZWRpbi5jb20ifQ.c2ln",
    }),
    refuses: {
      app: said(401, "invalid_client", "Client authentication failed"),
      grant: said(400, "invalid_request", "Unable to retrieve access token: authorization code not found"),
    },
  },
  threads: {
    page: "threads.net/oauth/authorize",
    token: "graph.threads.net/oauth/access_token",
    proof: "body",
    redirect: "https://localhost/",
    https: true,
    separator: ",",
    scopes: [
      "threads_basic",
      "threads_content_publish",
      "threads_manage_replies",
      "threads_read_replies",
      "threads_manage_insights",
      "threads_delete",
    ],
    code: HOUR,
    life: HOUR,
    refresh: "never",
    behind: "#_",
    answer: ({ access }) => ({ access_token: access, user_id: 17841405793187218 }),
    refuses: {
      app: graph("Error validating client secret.", 101),
      grant: graph("This authorization code has been used", 100),
    },
    exchange: {
      at: "graph.threads.net/access_token",
      grant: "th_exchange_token",
      token: "access_token",
      app: ["secret"],
      life: 60 * DAY,
    },
    renew: {
      at: "graph.threads.net/refresh_access_token",
      grant: "th_refresh_token",
      token: "access_token",
      app: [],
      life: 60 * DAY,
      after: DAY,
    },
  },
  facebook: {
    page: "www.facebook.com/v25.0/dialog/oauth",
    token: "graph.facebook.com/v25.0/oauth/access_token",
    proof: "body",
    redirect: LOOPBACK,
    separator: ",",
    scopes: ["pages_show_list", "pages_manage_posts", "pages_read_engagement", "pages_manage_engagement"],
    code: 600 * SECOND,
    life: 2 * HOUR,
    refresh: "never",
    behind: "#_=_",
    answer: ({ access, seconds }) => ({ access_token: access, token_type: "bearer", expires_in: seconds }),
    refuses: {
      app: graph("Error validating client secret.", 1),
      grant: graph("This authorization code has been used.", 100),
    },
    exchange: {
      at: "graph.facebook.com/v25.0/oauth/access_token",
      grant: "fb_exchange_token",
      token: "fb_exchange_token",
      app: ["id", "secret"],
      life: 60 * DAY,
    },
    pages: "graph.facebook.com/v25.0/me/accounts",
  },
  instagram: {
    page: "www.instagram.com/oauth/authorize",
    token: "api.instagram.com/oauth/access_token",
    proof: "body",
    redirect: "https://localhost/",
    https: true,
    separator: ",",
    scopes: [
      "instagram_business_basic",
      "instagram_business_content_publish",
      "instagram_business_manage_messages",
      "instagram_business_manage_comments",
      "instagram_business_manage_insights",
    ],
    code: HOUR,
    life: HOUR,
    refresh: "never",
    behind: "#_",
    // The guide has it in a list, the reference without one.
    answer: ({ access, scopes }) => ({
      data: [{ access_token: access, user_id: "17841405793187218", permissions: scopes.join(",") }],
    }),
    refuses: {
      app: {
        status: 400,
        body: { error_type: "OAuthException", code: 400, error_message: "Invalid platform app" },
      },
      grant: {
        status: 400,
        body: {
          error_type: "OAuthException",
          code: 400,
          error_message: "Matching code was not found or was already used",
        },
      },
    },
    exchange: {
      at: "graph.instagram.com/access_token",
      grant: "ig_exchange_token",
      token: "access_token",
      app: ["secret"],
      life: 60 * DAY,
    },
    renew: {
      at: "graph.instagram.com/refresh_access_token",
      grant: "ig_refresh_token",
      token: "access_token",
      app: [],
      life: 60 * DAY,
      after: DAY,
    },
  },
  reddit: {
    page: "www.reddit.com/api/v1/authorize",
    token: "www.reddit.com/api/v1/access_token",
    proof: "basic",
    redirect: LOOPBACK,
    separator: " ",
    scopes: ["identity", "submit", "edit", "read", "history", "flair"],
    goesOn: { page: { duration: "permanent" } },
    code: 600 * SECOND,
    life: DAY,
    refresh: "stays",
    answer: ({ access, refresh, seconds, scopes }) => ({
      access_token: access,
      token_type: "bearer",
      expires_in: seconds,
      ...(refresh && { refresh_token: refresh }),
      scope: scopes.join(" "),
    }),
    refuses: {
      app: {
        status: 401,
        body: { message: "Unauthorized", error: 401 },
        headers: { "www-authenticate": 'Basic realm="reddit"' },
      },
      // Its library (prawcore) looks for `error` in answers of status 200.
      grant: { status: 200, body: { error: "invalid_grant" } },
    },
  },
  pinterest: {
    page: "www.pinterest.com/oauth/",
    token: "api.pinterest.com/v5/oauth/token",
    proof: "basic",
    redirect: LOOPBACK,
    separator: ",",
    scopes: ["boards:read", "boards:write", "pins:read", "pins:write", "user_accounts:read"],
    // An app from before 2025-09-25.
    goesOn: { token: { continuous_refresh: "true" } },
    code: 600 * SECOND,
    life: 30 * DAY,
    refresh: "rotates",
    answer: ({ access, refresh, seconds, scopes }) => ({
      access_token: access,
      token_type: "bearer",
      expires_in: seconds,
      scope: scopes.join(","),
      response_type: "authorization_code",
      ...(refresh && { refresh_token: refresh, refresh_token_expires_in: 5_184_000 }),
    }),
    refuses: {
      app: { status: 401, body: { code: 2, message: "Authentication failed." } },
      grant: { status: 400, body: { code: 283, message: "Your authorization code is invalid or expired." } },
    },
  },
  tumblr: {
    page: "www.tumblr.com/oauth2/authorize",
    token: "api.tumblr.com/v2/oauth2/token",
    proof: "body",
    redirect: LOOPBACK,
    separator: " ",
    scopes: ["basic", "write", "offline_access"],
    goesOn: { scope: "offline_access" },
    code: 600 * SECOND,
    life: 2_520 * SECOND,
    refresh: "rotates",
    answer: ({ access, refresh, seconds, scopes }) => ({
      access_token: access,
      expires_in: seconds,
      id_token: false,
      ...(refresh && { refresh_token: refresh }),
      scope: scopes.join(" "),
      token_type: "bearer",
    }),
    refuses: {
      app: said(401, "invalid_client", "The client credentials are invalid"),
      grant: said(401, "invalid_grant", "The grant is invalid or has expired"),
    },
  },
  youtube: {
    ...GOOGLE,
    scopes: [
      "https://www.googleapis.com/auth/youtube",
      "https://www.googleapis.com/auth/youtube.upload",
      "https://www.googleapis.com/auth/youtube.force-ssl",
      "https://www.googleapis.com/auth/youtubepartner",
    ],
  },
  googlebusiness: { ...GOOGLE, scopes: ["https://www.googleapis.com/auth/business.manage"] },
  tiktok: {
    page: "www.tiktok.com/v2/auth/authorize/",
    token: "open.tiktokapis.com/v2/oauth/token/",
    clientId: "client_key",
    proof: "body",
    redirect: "https://localhost/",
    https: true,
    separator: ",",
    scopes: ["user.info.basic", "video.upload", "video.publish", "video.list"],
    code: 600 * SECOND,
    life: DAY,
    refresh: "rotates",
    answer: ({ access, refresh, seconds, scopes }) => ({
      access_token: access,
      expires_in: seconds,
      open_id: "afd97af1-b87b-48b9-ac98-410aghda5344",
      refresh_expires_in: 31_536_000,
      ...(refresh && { refresh_token: refresh }),
      scope: scopes.join(","),
      token_type: "Bearer",
    }),
    refuses: {
      app: said(401, "invalid_client", "Client key or secret is incorrect."),
      grant: said(400, "invalid_grant", "Authorization code is expired."),
    },
  },
};

export interface Asked {
  method: string;
  /** `www.reddit.com`. */
  host: string;
  path: string;
  query: URLSearchParams;
  headers: Readonly<Record<string, string | string[] | undefined>>;
  body: string;
}

export interface Network {
  rules: LoginRules;
  /** Requests for a login, without their secrets: `POST host/path`. */
  asked: string[];
  /** How often a token was renewed. */
  renewals: number;
  /** What a person's browser does on the page: the address that it ends at. Throws what the page says instead. */
  agree(url: string): string;
  /** Answers what belongs to the login; `undefined`: it belongs to the API. */
  answer(asked: Asked): Reply | undefined;
  /** Whether an access token is good now. */
  isGood(token: string): boolean;
  /** Time goes by. */
  pass(ms: number): void;
}

interface Token {
  kind: "short" | "long" | "page";
  made: number;
  ends: number;
}

/** One network's login. `pages`: what the person manages, each with the token to post with. */
export function networkWith(rules: LoginRules, pages: { id: string; name: string }[] = []): Network {
  let now = 0;
  let serial = 0;
  const codes = new Map<
    string,
    { redirect: string; scopes: string[]; challenge?: string; goesOn: boolean; ends: number }
  >();
  const tokens = new Map<string, Token>();
  const refreshes = new Map<string, string[]>();
  const [clientId, other] = rules.clientId ? [rules.clientId, "client_id"] : ["client_id", "client_key"];

  const made = (kind: Token["kind"], life: number) => {
    const token = `${kind}-token-${++serial}`;
    tokens.set(token, { kind, made: now, ends: now + life });
    return token;
  };
  const isGood = (token: string) => (tokens.get(token)?.ends ?? 0) > now;

  const network: Network = {
    rules,
    asked: [],
    renewals: 0,
    isGood,
    pass(ms) {
      now += ms;
    },
    agree(url) {
      const { protocol, host, pathname, searchParams: query } = new URL(url);
      const wrong = pageRefuses();
      if (wrong) throw new Error(`the page of ${host} says: ${wrong}`);
      const code = `code-${++serial}`;
      const { page = {}, scope } = rules.goesOn ?? {};
      const scopes = (query.get("scope") ?? "").split(rules.separator);
      const has = ([name, value]: [string, string]) => query.get(name) === value;
      codes.set(code, {
        redirect: query.get("redirect_uri") ?? "",
        scopes,
        challenge: query.get("code_challenge") ?? undefined,
        goesOn: Object.entries(page).every(has) && (scope === undefined || scopes.includes(scope)),
        ends: now + rules.code,
      });
      const back = new URL(rules.redirect);
      back.searchParams.set("code", code);
      back.searchParams.set("state", query.get("state") ?? "");
      return `${back.href}${rules.behind ?? ""}`;

      function pageRefuses(): string | undefined {
        if (protocol !== "https:" || `${host}${pathname}` !== rules.page) return `no page at ${url}`;
        if (query.get("response_type") !== "code") return "response_type must be code";
        if (query.get(clientId) !== APPS.id || query.has(other)) return `no app: ${clientId}`;
        if (query.get("redirect_uri") !== rules.redirect) return "redirect_uri does not match";
        if (rules.https && !rules.redirect.startsWith("https://")) return "redirect_uri must be https";
        if (!query.get("state")) return "no state";
        const scopes = (query.get("scope") ?? "").split(rules.separator);
        const unknown = scopes.find((one) => !rules.scopes.includes(one));
        if (unknown !== undefined) return `unknown scope "${unknown}"`;
        const challenged = query.get("code_challenge_method") === "S256" && query.get("code_challenge");
        if (rules.pkce === "required" && !challenged) return "no code_challenge";
        return undefined;
      }
    },
    answer(asked) {
      const at = `${asked.host}${asked.path}`;
      const noted = () => network.asked.push(`${asked.method} ${at}`);
      const swap = [rules.exchange, rules.renew].find(
        (one) => one?.at === at && asked.method === "GET" && asked.query.get("grant_type") === one.grant,
      );
      if (swap) {
        noted();
        return swapped(swap, asked);
      }
      if (at === rules.token) {
        noted();
        return asked.method === "POST" ? granted(asked) : { status: 405, body: {} };
      }
      if (at === rules.pages) {
        noted();
        const token = String(asked.headers.authorization ?? "").replace("Bearer ", "");
        if (tokens.get(token)?.kind !== "long" || !isGood(token))
          return graph("Invalid OAuth access token.", 190);
        // Those of a long-lived token do not end.
        const own = pages.map((page) => ({ ...page, access_token: made("page", Number.POSITIVE_INFINITY) }));
        return { status: 200, body: { data: own } };
      }
      return undefined;
    },
  };

  function granted({ headers, body }: Asked): Reply {
    const form = new URLSearchParams(body);
    const [type] = String(headers["content-type"]).split(";");
    if (type !== "application/x-www-form-urlencoded")
      return said(400, "invalid_request", "Only `application/x-www-form-urlencoded` is supported");
    if (!proves(form, String(headers.authorization ?? ""))) return rules.refuses.app;
    const { token = {} } = rules.goesOn ?? {};
    const asks = Object.entries(token).every(([name, value]) => form.get(name) === value);
    if (form.get("grant_type") === "refresh_token") {
      const scopes = refreshes.get(form.get("refresh_token") ?? "");
      if (!scopes || rules.refresh === "never" || !asks) return rules.refuses.grant;
      if (rules.refresh === "rotates") refreshes.delete(form.get("refresh_token") ?? "");
      network.renewals++;
      return given(scopes, rules.refresh === "rotates");
    }
    if (form.get("grant_type") !== "authorization_code") return said(400, "unsupported_grant_type");
    const code = codes.get(form.get("code") ?? "");
    // A code serves once.
    codes.delete(form.get("code") ?? "");
    if (!code || code.ends <= now || form.get("redirect_uri") !== code.redirect) return rules.refuses.grant;
    const verifier = form.get("code_verifier");
    const expected = verifier && createHash("sha256").update(verifier).digest("base64url");
    if ((code.challenge ?? null) !== (expected ?? null)) return rules.refuses.grant;
    return given(code.scopes, rules.refresh !== "never" && code.goesOn && asks);
  }

  function given(scopes: string[], goesOn: boolean): Reply {
    const refresh = goesOn ? `refresh-${++serial}` : undefined;
    if (refresh) refreshes.set(refresh, scopes);
    const access = made("short", rules.life);
    return {
      status: 200,
      body: rules.answer({ access, refresh, seconds: rules.life / 1000, scopes }),
    };
  }

  /** Basic is compared as it came: these servers do not decode what is inside. */
  function proves(form: URLSearchParams, authorization: string): boolean {
    if (rules.proof === "basic")
      return authorization === `Basic ${btoa(`${APPS.id}:${APPS.secret}`)}` && !form.has("client_secret");
    if (authorization !== "" || form.has(other)) return false;
    return form.get(clientId) === APPS.id && form.get("client_secret") === APPS.secret;
  }

  function swapped(swap: Swap & { after?: number }, { query }: Asked): Reply {
    const token = query.get(swap.token) ?? "";
    const known = tokens.get(token);
    const own = { id: query.get("client_id") ?? APPS.id, secret: query.get("client_secret") ?? "" };
    const lacks = swap.app.find((part) => query.get(`client_${part}`) !== APPS[part]);
    if (lacks || own.id !== APPS.id) return graph(`Missing or invalid client_${lacks ?? "id"}`, 101);
    if (!known || !isGood(token)) return graph("Error validating access token: session has expired", 190);
    if (swap.after === undefined ? known.kind !== "short" : known.kind !== "long")
      return graph("Unsupported request - the token is of another kind", 100);
    if (swap.after !== undefined) {
      if (now - known.made < swap.after) return graph("The token is less than 24 hours old", 100);
      network.renewals++;
    }
    const long = made("long", swap.life);
    return {
      status: 200,
      body: { access_token: long, token_type: "bearer", expires_in: swap.life / 1000 },
    };
  }

  return network;
}
