/** Nothing played but the network: the real loop, ledger, transport and adapter against a sandbox that makes trouble. */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { parse } from "valibot";
import { vi } from "vitest";
import type { Adapter, Post } from "../../src/adapter.ts";
import { memorySession } from "../../src/auth/session-store.ts";
import type { Clock } from "../../src/clock.ts";
import { type DeliverOptions, type DeliveryEvent, deliver } from "../../src/delivery/deliver.ts";
import { sourceOf } from "../../src/http/http.ts";
import { createWire } from "../../src/http/transport.ts";
import type { Ledger } from "../../src/ledger/ledger.ts";
import type { History } from "../../src/ledger/types.ts";
import { sandboxHost } from "../../src/media/host.ts";
import { digest } from "../../src/plan/digest.ts";
import type { Script } from "../../src/sandbox/chaos.ts";
import type { Way } from "../../src/sandbox/network.ts";
import { networks } from "../../src/sandbox/networks/index.ts";
import { type Sandbox, type SandboxOptions, startSandbox } from "../../src/sandbox/server.ts";
import { bytesOf, countsOf, examplesOf } from "../../src/testing/half.ts";
import { secretsOf } from "../../src/testing/server.ts";
import { newLedger } from "../ledger/anew.ts";
import { png } from "./stand.ts";

export interface Loop {
  sandbox: Sandbox;
  ledger: Ledger;
  run(over?: Partial<DeliverOptions>): Promise<void>;
  /** Another delivery on the same channel. */
  enter(campaign: string, texts: string[]): Promise<void>;
  /** Of the first delivery, or of another one. */
  history(campaign?: string): Promise<History>;
  /** As `run`, in a process that is killed when it is about to write down what became of its first request. */
  runAndDie(over?: Partial<DeliverOptions>): Promise<void>;
  events: DeliveryEvent[];
  secrets: string[];
  close(): Promise<void>;
}

const CHANNEL = "acme";
const FIRST = "campaigns/release";
/**
 * Waits that the whole process believes in, and that take `longest` milliseconds at most: `Date.now` runs on and jumps. The
 * sandbox's clock is the same, so that "come back in an hour" is kept to the second. What takes real time, as a port that
 * is closed for a moment, needs longer waits, or too many of them go by.
 */
export function jumpingClock(): Clock & { longest: number; restore(): void } {
  const real = Date.now.bind(Date);
  let skipped = 0;
  const spy = vi.spyOn(Date, "now").mockImplementation(() => real() + skipped);
  return {
    longest: 5,
    now: () => Date.now(),
    async sleep(ms, signal) {
      signal?.throwIfAborted();
      if (ms <= 0) return;
      skipped += Math.max(0, ms - this.longest);
      await pause(Math.min(ms, this.longest), undefined, { signal });
    },
    restore: () => spy.mockRestore(),
  };
}

/** A delivery of these texts, one post each, entered and due. */
export async function openLoop(
  row: { adapter: Adapter; way: Way; post?: Partial<Post> },
  clock: Clock,
  texts: string[],
  scripts: Script[] = [],
  over: Partial<SandboxOptions> = {},
): Promise<Loop> {
  const folder = await mkdtemp(join(tmpdir(), "loop-"));
  const chaos = { profile: "calm", seed: 1, scripts };
  const sandbox = await startSandbox({ networks, folder, chaos, now: () => clock.now(), ...over });
  const ledger = await newLedger();
  const { adapter, way, post } = row;
  const settings = parse(adapter.channel, sandbox.channel(adapter.id, CHANNEL, way.settings));
  const secrets = secretsOf(adapter, settings);
  const events: DeliveryEvent[] = [];

  const enter = async (campaign: string, texts: string[]) => {
    const now = clock.now();
    const posts = texts.map((text, part) => ({
      text,
      entities: [],
      media: way.media?.needed && (part === 0 || !way.threads) ? examplesOf(way, countsOf(way)[0] ?? 1) : [],
      tags: [],
      options: { ...way.options },
      ...(way.title !== undefined && { title: way.title }),
      ...post,
    }));
    const id = `${campaign}/${CHANNEL}`;
    const delivery = {
      id,
      campaign,
      channel: CHANNEL,
      network: adapter.id,
      account: "acc",
      digest: digest(posts),
      posts,
    };
    await ledger.add([{ ...delivery, dueAt: now }], now);
  };
  await enter(FIRST, texts);

  const run = async (more: Partial<DeliverOptions> = {}) => {
    const wire = createWire();
    const session = memorySession();
    try {
      await deliver({
        channels: [{ name: CHANNEL, adapter, settings, secrets }],
        ledger,
        clock,
        transport: wire.transport,
        userAgent: "broadcast-test/1",
        patience: 24 * 3_600_000,
        session: () => session,
        open: async (media) => sourceOf(media.type === "image/png" ? png() : bytesOf(media)),
        host: sandboxHost(sandbox.url),
        signal: new AbortController().signal,
        stop: new AbortController().signal,
        onEvent: (event) => events.push(event),
        random: () => 0.5,
        asksTime: true,
        ...more,
      });
    } finally {
      await wire.close();
    }
  };

  return {
    sandbox,
    ledger,
    events,
    secrets,
    run,
    async runAndDie(over = {}) {
      await run({ ...over, ledger: dying(ledger) }).then(
        () => {
          throw new Error("nothing was sent, so nobody died");
        },
        (error) => {
          if (!(error instanceof Killed)) throw error;
        },
      );
      // This process lives on, so its lease has to run out.
      await clock.sleep(61_000);
    },
    enter,
    async history(campaign = FIRST) {
      const found = await ledger.history(`${campaign}/${CHANNEL}`);
      if (!found) throw new Error("the delivery is gone");
      return found;
    },
    async close() {
      await sandbox.close();
      await ledger.close();
      await rm(folder, { recursive: true });
    },
  };
}

/** The requests that put something before readers, as the sandbox saw them. */
export function published({ sandbox }: Loop, id: string) {
  return sandbox.requests.filter(({ path, publishes }) => publishes && path.startsWith(`/${id}/`));
}

class Killed extends Error {}

/** A ledger in which nothing more is written once a request has been answered: as after SIGKILL. */
function dying(ledger: Ledger): Ledger {
  const die = () => Promise.reject(new Killed());
  return new Proxy(ledger, {
    get(target, name) {
      if (name === "end" || name === "finish" || name === "release") return die;
      const member: unknown = Reflect.get(target, name, target);
      return typeof member === "function" ? member.bind(target) : member;
    },
  });
}
