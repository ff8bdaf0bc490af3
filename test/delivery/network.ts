/** A network for tests: its adapter, its server as a function, a clock that jumps, and a ledger in memory. */
import * as v from "valibot";
import { type Adapter, defineAdapter, type Receipt } from "../../src/adapter.ts";
import { memorySession } from "../../src/auth/session-store.ts";
import type { Clock } from "../../src/clock.ts";
import { type DeliverOptions, type DeliveryEvent, deliver } from "../../src/delivery/deliver.ts";
import {
  expectReply,
  sourceOf,
  type Transport,
  type WireReply,
  type WireRequest,
} from "../../src/http/http.ts";
import type { Ledger } from "../../src/ledger/ledger.ts";
import type { NewDelivery } from "../../src/ledger/types.ts";
import { digest } from "../../src/plan/digest.ts";
import { newLedger } from "../ledger/anew.ts";

export const NOW = Date.parse("2026-12-01T08:00:00Z");

/** What the server does with a publishing request before or after taking it. */
export type Fault =
  | "ok"
  | "refused"
  | "reset-before"
  | "commit-reset"
  /** The connection breaks, and what was asked for happens 33 seconds later. */
  | "commit-later"
  | "commit-502"
  | "503"
  /** A proxy's, after it has passed the post on. */
  | "commit-503"
  | "commit-429"
  | "limited"
  | "auth"
  | "rejected"
  | "garbage"
  | "kill-before"
  /** The process is killed, and the network goes on and publishes 33 seconds later. */
  | "kill-later"
  | "kill-after";

/** Thrown through the whole program: as if the process had been killed there. */
export class Killed extends Error {}

export interface Traits {
  key?: boolean;
  find?: boolean;
  window?: Adapter["idempotency"];
  rates?: Adapter["rates"];
}

export interface World {
  ledger: Ledger;
  clock: Clock & { at: number; slept: number[] };
  /** What readers see: every post the server took. */
  published: { text: string; key: string; parent?: string }[];
  requests: WireRequest[];
  script: Fault[];
  adapter: Adapter;
  events: DeliveryEvent[];
  /** The server. */
  transport: Transport;
  /** What `run` delivers with. */
  options: DeliverOptions;
  run(over?: Partial<DeliverOptions>): Promise<void>;
}

export async function createWorld({
  key = false,
  find = false,
  window = key ? "1h" : "none",
  rates = [],
}: Traits = {}): Promise<World> {
  const ledger = await newLedger();
  const published: World["published"] = [];
  const requests: WireRequest[] = [];
  const script: Fault[] = [];
  const events: DeliveryEvent[] = [];
  const clock = {
    at: NOW,
    slept: [] as number[],
    now: () => clock.at,
    async sleep(ms: number) {
      clock.slept.push(ms);
      clock.at += Math.max(0, ms);
    },
  };
  const adapter = testAdapter(key, find, window, rates);
  const transport = server(published, requests, script, key, clock);
  const options: DeliverOptions = {
    channels: [{ name: "a", adapter, settings: { token: "s3cret-token" }, secrets: ["s3cret-token"] }],
    ledger,
    clock,
    transport,
    userAgent: "test",
    patience: 120_000,
    session: () => memorySession(),
    open: async () => sourceOf(new Uint8Array()),
    signal: new AbortController().signal,
    stop: new AbortController().signal,
    onEvent: (event) => events.push(event),
    random: () => 0.5,
  };
  const run = (over: Partial<DeliverOptions> = {}) => deliver({ ...options, ...over });
  return { ledger, clock, published, requests, script, adapter, events, transport, options, run };
}

function testAdapter(
  key: boolean,
  find: boolean,
  idempotency: Adapter["idempotency"],
  rates: Adapter["rates"],
): Adapter {
  const Made = v.object({ id: v.string() });
  return defineAdapter({
    id: "testnet",
    name: "Testnet",
    source: { url: "https://net.example/docs", checked: "2026-11-23" },
    group: "public",
    shape: "short",
    channel: v.strictObject({ token: v.string() }),
    options: v.strictObject({}),
    auth: { kind: "token", steps: [] },
    text: { max: 500, unit: "grapheme", markup: "plain" },
    media: "none",
    thread: "reply",
    card: "none",
    rates,
    idempotency,
    own: { body: v.object({ error: v.string() }) },
    edits: "none",
    retracts: "none",
    async publish(post, { http, key: postKey, thread }) {
      const reply = await http({
        method: "POST",
        url: "https://net.example/posts",
        headers: key ? { "idempotency-key": postKey } : {},
        json: { text: post.text, key: postKey, parent: thread?.parent.id },
      });
      const { id } = expectReply(reply, Made, "an id");
      return { id, url: `https://net.example/posts/${id}` };
    },
    ...(find
      ? {
          async find(_post: unknown, { http, key: postKey }): Promise<Receipt | "absent"> {
            const reply = await http({ url: `https://net.example/find?key=${postKey}` });
            const { id } = v.parse(v.object({ id: v.nullable(v.string()) }), reply.body);
            return id === null ? "absent" : { id, url: `https://net.example/posts/${id}` };
          },
        }
      : {}),
  }) as Adapter;
}

function server(
  published: World["published"],
  requests: WireRequest[],
  script: Fault[],
  keyed: boolean,
  clock: Clock,
): Transport {
  const late: { at: number; commit(): void }[] = [];
  const json = (status: number, body: unknown, headers = {}): WireReply => ({
    status,
    headers: { "content-type": "application/json", ...headers },
    body: Buffer.from(JSON.stringify(body)),
  });
  const page = (status: number): WireReply => ({
    status,
    headers: { "content-type": "text/html", "retry-after": "1" },
    body: Buffer.from("<html>Not now"),
  });
  const broken = (code: string) => Object.assign(new Error(code), { code });

  return async (request) => {
    requests.push(request);
    for (const one of late.splice(0)) one.at <= clock.now() ? one.commit() : late.push(one);
    if (request.method === "GET") {
      const wanted = new URL(request.url).searchParams.get("key");
      const index = published.findIndex((post) => post.key === wanted);
      return json(200, { id: index < 0 ? null : String(index) });
    }
    const body = JSON.parse(Buffer.from(request.body ?? []).toString());
    const commit = () => {
      const known = keyed ? published.findIndex((post) => post.key === body.key) : -1;
      return String(known >= 0 ? known : published.push(body) - 1);
    };
    const fault = script.shift() ?? "ok";
    switch (fault) {
      case "ok":
        return json(200, { id: commit() });
      case "refused":
        throw broken("ECONNREFUSED");
      case "reset-before":
        throw broken("ECONNRESET");
      case "commit-reset":
        commit();
        throw broken("ECONNRESET");
      case "commit-later":
        late.push({ at: clock.now() + 33_000, commit });
        throw broken("ECONNRESET");
      case "commit-502":
        commit();
        return json(502, { error: "Bad gateway" });
      case "503":
        return json(503, { error: "Down for maintenance" });
      case "commit-503":
      case "commit-429":
        commit();
        return page(fault === "commit-503" ? 503 : 429);
      case "limited":
        return json(429, { error: "Too many requests" }, { "retry-after": "7" });
      case "auth":
        return json(401, { error: "The access token s3cret-token is invalid" });
      case "rejected":
        return json(422, { error: "Text is too long" });
      case "garbage":
        commit();
        return { status: 200, headers: { "content-type": "text/html" }, body: Buffer.from("<html>") };
      case "kill-later":
        late.push({ at: clock.now() + 33_000, commit });
        throw new Killed();
      case "kill-before":
        throw new Killed();
      case "kill-after":
        commit();
        throw new Killed();
    }
  };
}

export function delivery(over: Partial<NewDelivery> = {}): NewDelivery {
  const texts = ["one"];
  const planned = {
    id: "campaigns/release/a",
    campaign: "campaigns/release",
    channel: "a",
    network: "testnet",
    account: "acc",
    posts: posts(...texts),
    dueAt: NOW,
    ...over,
  };
  return { digest: digest(planned.posts), ...planned };
}

export function posts(...texts: string[]): NewDelivery["posts"] {
  return texts.map((text) => ({ text, entities: [], media: [], tags: [], options: {} }));
}
