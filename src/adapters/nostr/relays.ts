/** All relays of a channel at once: one is enough, and none that fails keeps the others from answering. */
import { NetworkError, type Reach, type Receipt } from "../../adapter.ts";
import type { ErrorCode } from "../../errors.ts";
import type { Channel } from "./channel.ts";
import { type Event, neventOf } from "./event.ts";
import { ask, type Filter, give, open, type Session } from "./relay.ts";

type Place = Pick<Reach<Channel>, "channel" | "connect">;

interface Outcome<T> {
  relay: string;
  result?: T;
  error?: NetworkError;
}

// One that may have it decides; then what may be otherwise later.
const WORST: readonly ErrorCode[] = ["uncertain", "limited", "unavailable", "auth", "rejected"];

/** Gives the event to every relay that can be reached. Those that took it first, and what the others said. */
export async function giveToAll(
  event: Event,
  place: Place & { sending(): Promise<void> },
): Promise<Outcome<true>[]> {
  const reached = await atEach(place.channel.relays, (relay) => open(relay, place));
  const sessions = reached.flatMap(({ result }) => result ?? []);
  try {
    if (sessions.length === 0) throw together(reached);
    // Once for all of them, before the first byte leaves.
    await place.sending();
    const given = await Promise.all(
      reached.map(async ({ relay, result, error }): Promise<Outcome<true>> => {
        if (!result) return { relay, error };
        return outcomeOf(relay, async () => {
          await give(result, event, place);
          return true as const;
        });
      }),
    );
    if (!given.some(({ result }) => result)) throw together(given);
    return given;
  } finally {
    for (const { connection } of sessions) connection.close();
  }
}

/** Every relay's answer to these filters. Throws if no relay answers. */
export async function askAll(
  filters: readonly Filter[],
  place: Place,
): Promise<{ answers: { relay: string; events: Event[] }[]; missing: NetworkError[] }> {
  const asked = await atEach(place.channel.relays, async (relay) => {
    let session: Session | undefined;
    try {
      session = await open(relay, place);
      return await ask(session, filters, place);
    } finally {
      session?.connection.close();
    }
  });
  const answers = asked.flatMap(({ relay, result }) => (result ? [{ relay, events: result }] : []));
  const missing = asked.flatMap(({ error }) => error ?? []);
  if (answers.length === 0) throw together(asked);
  return { answers, missing };
}

/** What several relays have, each event once. */
export function distinct(answers: readonly { events: Event[] }[]): Event[] {
  const all = answers.flatMap(({ events }) => events);
  return [...new Map(all.map((event) => [event.id, event])).values()];
}

/** `relays`: those that have it. */
export function receiptOf(
  { id, pubkey }: Pick<Event, "id" | "pubkey">,
  relays: readonly string[],
  { channel }: Pick<Reach<Channel>, "channel">,
): Receipt {
  const [relay] = relays;
  const { web } = channel;
  const note = `at ${relays.length} of ${channel.relays.length} relays`;
  return { id, url: pageOf({ id, pubkey }, web), ref: { pubkey, ...(relay && { relay }), note } };
}

/** A page that shows it to everybody; clients open the address's last part. */
export function pageOf(event: Pick<Event, "id" | "pubkey">, web: string): string {
  return `${web}/${neventOf(event)}`;
}

function atEach<T>(relays: readonly string[], work: (relay: string) => Promise<T>): Promise<Outcome<T>[]> {
  return Promise.all(relays.map((relay) => outcomeOf(relay, () => work(relay))));
}

async function outcomeOf<T>(relay: string, work: () => Promise<T>): Promise<Outcome<T>> {
  try {
    return { relay, result: await work() };
  } catch (error) {
    if (error instanceof NetworkError) return { relay, error };
    throw error;
  }
}

function together(outcomes: readonly Outcome<unknown>[]): NetworkError {
  const errors = outcomes.flatMap(({ error }) => error ?? []);
  const code = WORST.find((one) => errors.some((error) => error.code === one)) ?? "unavailable";
  const retryAt = errors.flatMap((error) => error.retryAt ?? []);
  const words = [...new Set(errors.map(({ message }) => message))].join("; ");
  return new NetworkError(code, words, retryAt.length > 0 ? { retryAt: Math.min(...retryAt) } : {});
}
