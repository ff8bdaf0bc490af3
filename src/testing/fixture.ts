/** One adapter on a stage: what a network answers in good health and otherwise, and what every check starts from. */
import assert from "node:assert/strict";
import type { Adapter, Context, Found, Media, Post, Receipt } from "../adapter.ts";
import { type ErrorCode, NetworkError } from "../errors.ts";
import {
  contextOn,
  type Memory,
  openStage,
  postOf,
  publishOn,
  type Stage,
  type StageAnswer,
  type StageReply,
  type StageRequest,
} from "./server.ts";

/** What the network is to call the post. `url: true` when any URL will do. */
export type Expected = Omit<Receipt, "url"> & { url?: string | true };

/** One way of using the adapter: a webhook, a bot. `fixtureOf` makes one of a sandbox half; by hand it is written like this. */
export interface Fixture<Options> {
  /** The settings as in broadcast.yml, pointing at the server `base`; secrets in place. */
  channel(base: string): Record<string, unknown>;
  /** What is posted; default: a line of text. */
  post: Partial<Post<Options>> & { options: Options };
  /** What is in its media files. Default: their names in a few words. */
  read?(media: Media): Uint8Array;
  /** A check begins, with its own server at `base`: what came before is forgotten. For a network that remembers. */
  begin?(base: string): void;
  /** The network in good health. */
  answer(request: StageRequest, base: string): StageAnswer;
  /** Whether this is the request that publishes. */
  publishes(request: StageRequest): boolean;
  /** The receipt that this leads to; a function, where the network gives each post another id: that of the newest. */
  receipt: Expected | ((base: string) => Expected);
  /** What the network has made up in its answers, ids above all: two attempts from the start may differ in these. */
  issued?(base: string): readonly string[];
  /**
   * Answers the requests of a look-up when readers see just these posts, oldest first; `undefined` leaves it to `answer`.
   * Absent: in this way the network cannot be asked, and `find`, if there is one, says so.
   */
  lookUp?(request: StageRequest, shown: readonly Shown[], base: string): StageAnswer | undefined;
  /** `find` sees what is out, and cannot be sure of what is not. */
  provesNoAbsence?: true;
  /** A post's place has a name and holds one post: the same words there are the same post. */
  named?: true;
  /** What the network answers when the login has ended. Default: 401. */
  expired?: Told;
  /**
   * How the network itself refuses when a window is full, with this header; `undefined`: it says no time. Absent: it has no
   * such refusal that is known, and every 429 may be a proxy's.
   */
  limited?(retryAfter: string | undefined, request: StageRequest, base: string): StageAnswer;
  /** How the network itself says that it is down. Absent: every 503 may be a proxy's. */
  busy?: StageReply;
  /**
   * What the network answers while it still works on an upload, to the requests that this concerns, a post that comes too
   * early included. Absent: it has no such time, or does not tell.
   */
  processing?(request: StageRequest, base: string): StageReply | undefined;
  /** In place of `processing`, for a network that plays itself: from now on it works for a while on every upload. */
  slow?(base: string): void;
  /** The network once the post is out, where the adapter reads, edits, retracts, measures or hears the answers. */
  after?: {
    /** The post that is out. Default: the fixture's receipt, where that is not a pattern. */
    receipt?: Receipt;
    /** Answers the requests about this post; `undefined` leaves it to `answer`. */
    answer(request: StageRequest, base: string): StageReply | undefined;
    /** Whether this is the request that edits or retracts. */
    changes(request: StageRequest): boolean;
    /** What it answers about a post that is gone. Default: 404. */
    gone?: StageReply;
    /** What readers read, when it is not the post's text. */
    text?: string;
  };
  /** What the network answers to the same post under the same key, where it knows it again. */
  repeated?: Told;
}

/** The same answer to everything, or what is answered to this request. */
export type Told = StageReply | ((request: StageRequest, base: string) => StageAnswer);

/** A post that readers see. */
export interface Shown {
  /** The request that published it. */
  request: StageRequest;
  at: Date;
  /** Whether it is the one that is looked for: then its id is the receipt's. */
  ours: boolean;
}

export const BUSY: StageReply = { status: 503, body: "busy" };

export interface Check {
  promise: string;
  run(): Promise<void>;
}

export interface Publishing {
  memory?: Memory;
  key?: string;
  startedAt?: Date;
  thread?: Context["thread"];
  deadline?: number;
  /** Other words than the fixture's. */
  text?: string;
}

/**
 * The check with as long as a request may take there, in milliseconds. What is never answered is waited for shortly, so that it
 * costs little; and if that fails, for longer, since a busy machine may be late with another answer.
 */
export function inTime(answer: unknown, check: (deadline: number) => Check): Check {
  if (answer !== "hang") return check(5_000);
  const [hasty, patient] = [check(100), check(2_000)];
  return { promise: hasty.promise, run: () => hasty.run().catch(() => patient.run()) };
}

/** Makes checks of this adapter used this way; each has a server of its own. */
export function checksOn<C, O>(adapter: Adapter<C, O>, fixture: Fixture<O>) {
  return (promise: string, test: (scene: Scene) => Promise<void>): Check => ({
    promise,
    run: async () => {
      const stage = await openStage((request) => fixture.answer(request, stage.url));
      fixture.begin?.(stage.url);
      try {
        await test(sceneOn(adapter, fixture, stage));
      } catch (error) {
        // What a network that cannot answer leads to is not the adapter's fault.
        if (stage.faults.length === 0) throw error;
      } finally {
        await stage.close();
      }
      const [fault] = stage.faults;
      if (fault !== undefined) throw fault;
    },
  });
}

export interface Scene {
  stage: Stage;
  settings(): unknown;
  /** From now on nobody listens at the network's address. */
  leave(): void;
  publish(setting?: Publishing): Promise<Receipt>;
  /** Only where the adapter has it. */
  find(since: Date, setting?: Publishing): Promise<Found>;
  /** An attempt that gets as far as the post, which the network is too busy to take: what is sent shows, and nothing is out. */
  turnedAway(setting?: Publishing): Promise<void>;
  published(): StageRequest[];
  /** What the network calls the newest post. */
  expected(): Expected;
  /** What the network answers in good health. */
  healthy(request: StageRequest): StageAnswer;
  told(what: Told, request: StageRequest): StageAnswer;
  /** Answers the request that publishes differently. */
  disturb(answer: (request: StageRequest) => StageAnswer): void;
  /** As `visible`, without what the network has made up. */
  essence(request: StageRequest): ReturnType<typeof visible>;
}

// A closed server's port may be another's a moment later; no program listens at this one.
const NOBODY = "http://127.0.0.1:1";

export function sceneOn<C, O>(adapter: Adapter<C, O>, fixture: Fixture<O>, stage: Stage): Scene {
  const given = { channel: fixture.channel(stage.url), ...(fixture.read && { read: fixture.read }) };
  const scene: Scene = {
    stage,
    settings: () => given.channel,
    leave: () => {
      given.channel = fixture.channel(NOBODY);
    },
    async publish(setting = {}) {
      const context = contextOn(adapter, stage, { ...given, ...setting });
      try {
        const { text = fixture.post.text } = setting;
        // Files belong to the first post of a thread.
        const files = setting.thread ? { media: [] } : {};
        return await publishOn(
          adapter,
          postOf({ ...fixture.post, ...files, ...(text && { text }) }),
          context,
        );
      } finally {
        await context.close();
      }
    },
    async turnedAway(setting) {
      scene.disturb(() => BUSY);
      await refused(scene.publish(setting));
    },
    async find(since, setting = {}) {
      const context = contextOn(adapter, stage, { ...given, ...setting });
      try {
        return (await adapter.find?.(postOf(fixture.post), context, since)) ?? "absent";
      } finally {
        await context.close();
      }
    },
    published: () => stage.requests.filter(fixture.publishes),
    expected: () => (typeof fixture.receipt === "function" ? fixture.receipt(stage.url) : fixture.receipt),
    healthy: (request) => fixture.answer(request, stage.url),
    told: (what, request) => (typeof what === "function" ? what(request, stage.url) : what),
    essence(request) {
      const seen = visible(request);
      const issued = fixture.issued?.(stage.url) ?? [];
      // As it is, and as a form writes it.
      const masked = (text: string) =>
        issued
          .flatMap((made) => [made, encodeURIComponent(made)])
          .reduce((rest, made) => rest.replaceAll(made, "‹made up›"), text);
      return { ...seen, path: masked(seen.path), body: masked(seen.body) };
    },
    disturb(answer) {
      stage.answer = (request) =>
        fixture.publishes(request) ? answer(request) : fixture.answer(request, stage.url);
    },
  };
  return scene;
}

/** What a reader could see a difference in; `date` and connection headers are not. */
export function visible({ method, path, headers, body }: StageRequest) {
  return {
    method,
    path,
    key: headers["idempotency-key"],
    type: headers["content-type"],
    body: body.toString("latin1"),
  };
}

export async function refused(attempt: Promise<Receipt>, code?: ErrorCode): Promise<NetworkError> {
  const outcome = await attempt.catch((error: unknown) => error);
  if (!(outcome instanceof NetworkError))
    throw new Error(`expected a refusal, got ${JSON.stringify(outcome)} ${outcome}`);
  if (code) assert.equal(outcome.code, code, outcome.message);
  return outcome;
}

export async function altered(
  from: StageAnswer,
  part: { slow?: boolean; headers?: Record<string, string> },
): Promise<StageReply> {
  const answer = await from;
  if (typeof answer === "string") return answer;
  return { ...answer, ...part, headers: { ...answer.headers, ...part.headers } };
}
