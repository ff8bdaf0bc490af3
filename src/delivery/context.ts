/** What an adapter is given. Made here and nowhere else: for publishing, for questions, and for the contract suite. */
import { createHash } from "node:crypto";
import type { Adapter, Context, Media, Preparation, Reach, Session, Source } from "../adapter.ts";
import { type Clock, systemClock } from "../clock.ts";
import { type Duration, milliseconds } from "../duration.ts";
import { NetworkError } from "../errors.ts";
import { createConnect, type Dial } from "../http/connect.ts";
import {
  createHttp,
  expectReply,
  isSafe,
  type Leaving,
  type Reply,
  type ServerClocks,
  type Transport,
} from "../http/http.ts";
import { wholeOf } from "../http/request.ts";
import { type Host, isServed } from "./hosting.ts";

/** One channel and its way to the network. */
export interface Surroundings {
  adapter: Pick<Adapter, "name" | "endpoint" | "errors" | "own" | "classify">;
  settings: unknown;
  /** Values to be kept out of messages. */
  secrets: readonly string[];
  transport: Transport;
  /** For networks that are not HTTP. Absent: they cannot be reached here. */
  dial?: Dial;
  userAgent: string;
  session: Session;
  clock?: Clock;
  /** Breaks off what is under way. */
  signal?: AbortSignal;
  /** Milliseconds until a request is given up; default: `http`'s own. */
  deadline?: number;
  /** What the servers' clocks say; default: what this process has heard. */
  clocks?: ServerClocks;
  /** Where files get a public address. */
  host?: Host;
}

/** How it is written down that something may have been published. */
export interface Record {
  /** Resolves once the attempt is on disk. */
  sending(leaving?: Leaving): Promise<void>;
  isAnnounced(): boolean;
  /** Every complete reply. */
  onReply?(reply: Reply, safe: boolean): void;
}

/** Where finished steps are remembered. */
export interface Steps {
  /** `at`: when it was finished, epoch milliseconds; absent when that is not known. */
  get(name: string): Promise<{ result: unknown; at?: number } | undefined>;
  put(name: string, result: unknown, at: number): Promise<void>;
}

/** Gives a file's bytes, checked against its sha256. Throws NetworkError. */
export type OpenMedia = (media: Media) => Promise<Source>;

export interface Workplace {
  steps: Steps;
  open: OpenMedia;
  /** Which post of its delivery this is, from 0: so that two posts with the same file have an upload each. */
  partOf(post: object): number;
}

export type Post = Pick<Context, "key" | "startedAt" | "thread" | "index" | "due" | "taken">;

/** For questions: nothing here publishes, and nothing is recorded. */
export function reachOf(around: Surroundings): Reach {
  return reach(around, undefined, () => true);
}

/** For what comes before the first post: every request is a step's, and nothing is recorded. */
export function preparationOf(around: Surroundings, workplace: Workplace): Preparation {
  return workIn(reachOf(around), workplace, around, (run) => run());
}

/** For one post. `post` may have getters. */
export function contextOf(around: Surroundings, workplace: Workplace, record: Record, post: Post): Context {
  // Inside a step nothing that readers see changes: no attempt is written, and a failure is certain to be harmless.
  let inStep = 0;
  const base = reach(around, record, () => inStep > 0);
  const preparation = workIn(base, workplace, around, async (run) => {
    inStep++;
    try {
      return await run();
    } finally {
      inStep--;
    }
  });
  return Object.defineProperties(
    { ...preparation, sending: () => record.sending() },
    Object.getOwnPropertyDescriptors(post),
  ) as Context;
}

function reach(around: Surroundings, record: Record | undefined, onlyAsks: () => boolean): Reach {
  const { adapter, settings, secrets, clock = systemClock, deadline } = around;
  const signal = around.signal ?? new AbortController().signal;
  const plain = createHttp({
    transport: around.transport,
    userAgent: around.userAgent,
    secrets,
    endpoint: adapter.endpoint?.(settings),
    errors: adapter.errors,
    own: adapter.own,
    classify: adapter.classify,
    sending: record?.sending,
    onReply: record?.onReply,
    signal,
    now: () => clock.now(),
    deadline,
    clocks: around.clocks,
  });
  const http: Reach["http"] = (request) => plain(onlyAsks() ? { ...request, safe: true } : request);
  return {
    channel: settings,
    http,
    async ask(request, schema, what) {
      const safe = onlyAsks() || isSafe(request);
      return expectReply(await http(request), schema, what, safe);
    },
    connect: createConnect({
      dial: around.dial ?? unreachable(adapter.name),
      secrets,
      sending: record?.sending ?? (() => Promise.reject(new TypeError("nothing is published here"))),
      isAnnounced: record?.isAnnounced ?? (() => false),
      isSafe: onlyAsks,
      signal,
      deadline,
    }),
    until: (ask, patience) => until(ask, patience, clock, signal),
    signal,
    session: around.session,
  };
}

function workIn(
  base: Reach,
  { steps, open, partOf }: Workplace,
  { clock = systemClock, host }: Pick<Surroundings, "clock" | "host">,
  inStep: <T>(run: () => Promise<T>) => Promise<T>,
): Preparation {
  const kept = async (name: string, keeps?: Duration): Promise<{ result: unknown } | undefined> => {
    const found = await steps.get(name);
    if (!found || keeps === undefined) return found;
    return clock.now() - (found.at ?? 0) < milliseconds(keeps) ? found : undefined;
  };
  const step: Preparation["step"] = async <T>(
    name: string,
    run: () => Promise<T>,
    { keeps }: { keeps?: Duration } = {},
  ): Promise<T> => {
    const found = await kept(name, keeps);
    if (found) return found.result as T;
    const result = await inStep(run);
    await steps.put(name, result, clock.now());
    return result;
  };
  return {
    ...base,
    bytes: async (media) => wholeOf(await open(media)),
    stream: open,
    step,
    done: async <T>(name: string) => (await steps.get(name))?.result as T | undefined,
    async uploads<T>(
      post: { media: readonly Media[] },
      upload: (media: Media, index: number) => Promise<T>,
      { keeps, files = post.media }: { keeps?: Duration; files?: readonly Media[] } = {},
    ) {
      const results: T[] = [];
      for (const [index, media] of files.entries()) {
        const name = `upload-${partOf(post)}-${index}-${fingerprint(media)}`;
        results.push(await step(name, () => upload(media, index), { keeps }));
      }
      return results;
    },
    async hosted(media) {
      if (!host) throw noHost(media);
      const mark = fingerprint(media);
      // The name is on disk before the file is there: a second attempt puts it to the same place.
      const name = await step(`host-name-${mark}`, async () => host.name(media), { keeps: HOSTED });
      return step(
        `hosted-${mark}`,
        async () => {
          const source = await open(media);
          await host.put(name, media.type, source, base.http);
          const address = host.address(name);
          await base.until(async () => (await isServed(address, source.size, base.http)) || undefined, {
            within: "5m",
            words: `${media.file} cannot be fetched from ${new URL(address).host}, where \`media_host\` put it`,
          });
          return address;
        },
        { keeps: HOSTED },
      );
    },
  };
}

// Less than the day that a file stays there at least.
const HOSTED = "20h";

function noHost({ file }: Media): NetworkError {
  return new NetworkError(
    "rejected",
    `${file} needs a public address, and the project has no \`media_host\``,
  );
}

// With its description: a file that is described anew is uploaded anew.
function fingerprint({ sha256, alt }: Media): string {
  return createHash("sha256").update(`${sha256} ${alt}`).digest("hex").slice(0, 12);
}

const FIRST_WAIT = 250;
const LONGEST_WAIT = 5_000;

async function until<T>(
  ask: () => Promise<T | undefined>,
  { within, words, otherwise = "unavailable" }: Parameters<Reach["until"]>[1],
  clock: Clock,
  signal: AbortSignal,
): Promise<T> {
  const end = clock.now() + milliseconds(within);
  for (let wait = FIRST_WAIT, waited = 0; ; wait = Math.min(wait * 2, LONGEST_WAIT)) {
    const answer = await ask();
    if (answer !== undefined) return answer;
    waited += wait;
    if (waited > milliseconds(within) || clock.now() + wait > end) throw new NetworkError(otherwise, words);
    await clock.sleep(wait, signal);
  }
}

function unreachable(name: string): Dial {
  return () =>
    Promise.reject(
      new NetworkError("unavailable", `${name} is not HTTP, and can only be reached by sending for real`),
    );
}
