/** OAuth 1.0a: the signature of RFC 5849, and a login whose server checks it. */
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { afterAll, describe, expect, it } from "vitest";
import type { OAuth1 } from "../../src/adapter.ts";
import { logInByBrowser } from "../../src/app/login.ts";
import { systemClock } from "../../src/clock.ts";
import { authorization } from "../../src/http/oauth1.ts";
import { createWire } from "../../src/http/transport.ts";

const wire = createWire();
afterAll(() => wire.close());

describe("the signature", () => {
  it("is the one of the widely published example", () => {
    // developer.x.com, "Creating a signature": the credentials there are made up.
    const header = authorization(
      {
        method: "POST",
        url: "https://api.twitter.com/1.1/statuses/update.json?include_entities=true",
        form: { status: "Hello Ladies + Gentlemen, a signed OAuth request!" },
      },
      {
        key: "xvz1evFS4wEEPTGEFPHBog",
        secret: "kAcSOqF21Fu85e7zjz7ZN2U4ZRhfV3WpwPAoE3Z7kBw",
        token: "370773112-GmHxMAgYyLbNEtIKZeRNFsMKPR9EyMZeS9weJAEb",
        tokenSecret: "LswwdoUaIvS8ltyTt5jkRh4J50vUPVVHtR2YPi5kE",
      },
      "kYjzVBB8Y0ZFabxSWbWovY3uYSQ2pTgmZeNu2VS4cg",
      1318622958,
    );
    expect(header).toContain('oauth_signature="hCtSmYh%2BiHYCEqBWrE7C7hYmtUk%3D"');
  });
});

describe("a login", () => {
  it("goes through its three steps, each signed with what the one before gave", async () => {
    const steps: string[] = [];
    const server = createServer((request, response) => {
      const { pathname, searchParams } = new URL(request.url ?? "/", "http://x");
      const given = Object.fromEntries(
        [...(request.headers.authorization ?? "").matchAll(/(\w+)="([^"]*)"/g)].map(([, name, value]) => [
          name,
          decodeURIComponent(value ?? ""),
        ]),
      );
      const held =
        pathname === "/access" ? { token: "temporary", tokenSecret: "t-secret" } : { token: undefined };
      const more = Object.fromEntries(
        ["oauth_callback", "oauth_verifier"].flatMap((name) => (given[name] ? [[name, given[name]]] : [])),
      );
      const expected = authorization(
        { method: "POST", url: `http://127.0.0.1:${port()}${pathname}`, more },
        { key: "app", secret: "app-s3cret", ...held },
        given.oauth_nonce ?? "",
        Number(given.oauth_timestamp),
      );
      if (pathname === "/authorize") {
        const callback = steps[0]!.split(" ")[1]!;
        response.writeHead(302, {
          location: `${callback}?oauth_token=${searchParams.get("oauth_token")}&oauth_verifier=v-1`,
        });
        return response.end();
      }
      if (request.headers.authorization !== expected) return response.writeHead(401).end("bad signature");
      steps.push(`${pathname} ${given.oauth_callback ?? given.oauth_verifier}`);
      return response.end(
        pathname === "/request"
          ? "oauth_token=temporary&oauth_token_secret=t-secret&oauth_callback_confirmed=true"
          : "oauth_token=final&oauth_token_secret=f-secret&screen_name=acme",
      );
    });
    const port = () => (server.address() as AddressInfo).port;
    await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
    const oauth1: OAuth1 = {
      request: "{server}/request",
      authorize: "{server}/authorize",
      access: "{server}/access",
      settings: { key: "api_key", secret: "api_secret", token: "token", tokenSecret: "token_secret" },
    };
    const granted = await logInByBrowser({
      auth: { kind: "token", steps: [], oauth1 },
      place: { server: `http://127.0.0.1:${port()}` },
      app: async () => ({ id: "app", secret: "app-s3cret" }),
      by: "loopback",
      port: 0,
      show: (url) => void fetch(url),
      paste: async () => "",
      choose: async () => 0,
      transport: wire.transport,
      clock: systemClock,
      signal: AbortSignal.timeout(5_000),
    });
    server.close();
    expect(granted.settings).toEqual({
      api_key: "app",
      api_secret: "app-s3cret",
      token: "final",
      token_secret: "f-secret",
    });
    expect(steps).toEqual([expect.stringMatching(/^\/request http:\/\/127/), "/access v-1"]);
  });
});
