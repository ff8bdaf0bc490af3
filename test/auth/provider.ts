/**
 * A network's login, as strict as the real ones: oauth2-mock-server does the OAuth 2, and around it stand the app
 * registration, the swaps of tokens and the list of pages that some networks have, and refresh tokens that serve once.
 */
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { OAuth2Server } from "oauth2-mock-server";

export interface Rules {
  /** How the app must prove itself at the token endpoint. Default: any way. */
  client?: "basic" | "body" | "none";
  /** What it calls the app's id; it takes no other name. */
  clientId?: string;
  pkce?: boolean;
  /** Seconds. */
  expires?: number | "unsaid";
  /** Whether a refresh token is given, and whether it serves once. Default: rotating. */
  refresh?: "rotating" | "lasting" | "never";
  /** Leaves out `token_type`, as some networks do. */
  untyped?: boolean;
  /** Milliseconds that the token endpoint takes: whoever asks meanwhile asks at the same time. */
  slow?: number;
}

export interface Provider {
  url: string;
  /** `GET /path?query` of every request, in order. */
  requests: string[];
  /** Tokens that are good. */
  good: Set<string>;
  /** How often a token was renewed. */
  renewals: number;
  /** How often a refresh token came that had served before: real networks end the whole login for that. */
  burnt: number;
  posts: number;
  rules: Rules;
  /** What a person with a browser does: opens, agrees, is sent back. Resolves with where the browser ends. */
  browse(url: string): Promise<string>;
  close(): Promise<void>;
}

export const APP = { id: "app-1", secret: "app-s3cret" };

export async function startProvider(rules: Rules = {}): Promise<Provider> {
  const inner = new OAuth2Server(undefined, undefined, {
    endpoints: { authorize: "/oauth/authorize", token: "/oauth/token", revoke: "/oauth/revoke" },
  });
  await inner.issuer.keys.generate("RS256");
  const usable = new Set<string>();
  let serial = 0;
  const provider: Provider = {
    url: "",
    requests: [],
    good: new Set(),
    renewals: 0,
    burnt: 0,
    posts: 0,
    rules,
    browse,
    close: () => new Promise((done) => server.close(() => done())),
  };

  inner.service.on("beforeResponse", (response, request) => {
    const { rules } = provider;
    const { grant_type, refresh_token, client_secret, code_verifier } = request.body as Record<
      string,
      string
    >;
    const refused = (error: string, error_description: string) => {
      response.statusCode = 400;
      response.body = { error, error_description };
    };
    const basic = request.headers.authorization?.startsWith("Basic ") === true;
    const proof = basic ? "basic" : client_secret ? "body" : "none";
    if (rules.client && proof !== rules.client) return refused("invalid_client", `not ${proof}`);
    const ids = request.body as Record<string, string>;
    if (rules.clientId && (ids[rules.clientId] !== APP.id || ids.client_id !== undefined))
      return refused("invalid_request", `no ${rules.clientId}`);
    if (grant_type === "authorization_code" && rules.pkce && !code_verifier)
      return refused("invalid_grant", "no code_verifier");
    if (grant_type === "refresh_token") {
      if (!usable.has(refresh_token ?? "")) {
        provider.burnt++;
        return refused("invalid_grant", "This refresh token was used before");
      }
      provider.renewals++;
      if (rules.refresh !== "lasting") usable.delete(refresh_token ?? "");
    }
    const token = `token-${++serial}`;
    provider.good.add(token);
    const refresh = `refresh-${serial}`;
    // What lasts is given once, with the first token.
    const gives =
      rules.refresh !== "never" && !(rules.refresh === "lasting" && grant_type === "refresh_token");
    if (gives) usable.add(refresh);
    const { expires = 7200 } = rules;
    response.body = {
      access_token: token,
      ...(!rules.untyped && { token_type: "bearer" }),
      ...(expires !== "unsaid" && { expires_in: expires }),
      ...(gives && { refresh_token: refresh }),
      scope: "read write",
    };
    return undefined;
  });

  const answer = (response: ServerResponse, status: number, body: unknown) => {
    response.writeHead(status, { "content-type": "application/json" });
    response.end(JSON.stringify(body));
  };
  const bearer = (request: IncomingMessage) => request.headers.authorization?.replace("Bearer ", "") ?? "";
  const swap = (name: string, days: number) => {
    const token = `${name}-${++serial}`;
    provider.good.add(token);
    return { access_token: token, token_type: "bearer", expires_in: days * 86_400 };
  };

  const server = createServer((request, response) => {
    const { pathname, searchParams: query } = new URL(request.url ?? "/", "http://x");
    provider.requests.push(`${request.method} ${request.url}`);
    switch (pathname) {
      case "/api/v1/apps":
        return answer(response, 200, { id: "1", client_id: APP.id, client_secret: APP.secret });
      case "/api/v1/accounts/verify_credentials":
        if (!provider.good.has(bearer(request)))
          return answer(response, 401, { error: "The access token was revoked" });
        return answer(response, 200, {
          id: "7",
          acct: "acme",
          username: "acme",
          url: `${provider.url}/@acme`,
        });
      case "/api/v2/instance":
        return answer(response, 200, {
          domain: "social.example",
          version: "4.5.0",
          configuration: { statuses: { max_characters: 500 } },
        });
      case "/posts":
        if (!provider.good.has(bearer(request)))
          return answer(response, 401, { error: "The access token was revoked" });
        provider.posts++;
        return answer(response, 200, { id: String(provider.posts) });
      case "/exchange":
        if (!provider.good.has(query.get("access_token") ?? query.get("fb_exchange_token") ?? ""))
          return answer(response, 400, { error: { message: "no such token" } });
        if (query.get("client_secret") !== APP.secret)
          return answer(response, 400, { error: { message: "no secret" } });
        return answer(response, 200, swap("long", 60));
      case "/renew":
        if (!provider.good.delete(query.get("access_token") ?? ""))
          return answer(response, 400, { error: { message: "no such token" } });
        provider.renewals++;
        return answer(response, 200, swap("long", 60));
      case "/me/accounts":
        if (!provider.good.has(bearer(request)))
          return answer(response, 401, { error: { message: "no such token" } });
        return answer(response, 200, {
          data: [
            { id: "p1", name: "Acme", access_token: "page-token-1" },
            { id: "p2", name: "Acme Italia", access_token: "page-token-2" },
          ],
        });
      case "/oauth/authorize":
        if (provider.rules.clientId) {
          if (query.get(provider.rules.clientId) !== APP.id || query.has("client_id"))
            return answer(response, 400, { error: "no client" });
          request.url = `${request.url}&client_id=${APP.id}`;
        }
        return inner.service.requestHandler(request, response);
      case "/oauth/token":
        setTimeout(() => inner.service.requestHandler(request, response), provider.rules.slow ?? 0);
        return undefined;
      default:
        return inner.service.requestHandler(request, response);
    }
  });
  await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
  provider.url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  inner.issuer.url = provider.url;
  return provider;
}

async function browse(url: string): Promise<string> {
  const page = await fetch(url, { redirect: "manual" });
  const back = page.headers.get("location");
  if (!back) throw new Error(`the page answered ${page.status}: ${await page.text()}`);
  if (back.startsWith("http://127.0.0.1")) await fetch(back).catch(() => {});
  return back;
}
