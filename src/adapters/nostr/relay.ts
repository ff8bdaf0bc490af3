/** One relay (NIP-01): takes an event, and tells which it has. Logs in where the relay asks for it (NIP-42). */
import * as v from "valibot";
import { type Connection, NetworkError, type Reach } from "../../adapter.ts";
import type { ErrorCode } from "../../errors.ts";
import type { Channel } from "./channel.ts";
import { type Event, signed } from "./event.ts";

export interface Filter {
  ids?: string[];
  authors?: string[];
  kinds?: number[];
  /** Epoch seconds. */
  since?: number;
  limit?: number;
  "#e"?: string[];
  "#q"?: string[];
}

/** A relay that lets us speak. */
export interface Session {
  relay: string;
  connection: Connection;
  /** What it asked us to sign, if it did. */
  challenge?: string;
  /** What it said last to whom it may concern. */
  notice?: string;
}

const Stored = v.object({
  id: v.string(),
  pubkey: v.string(),
  created_at: v.number(),
  kind: v.number(),
  tags: v.array(v.array(v.string())),
  content: v.string(),
  sig: v.string(),
});
const Message = v.tupleWithRest([v.string()], v.unknown());
// A relay that sends more than this before an answer is given up.
const MOST_MESSAGES = 20_000;
const AUTH = 22_242;
const ASKED = "broadcast";

export async function open(relay: string, { connect }: Pick<Reach, "connect">): Promise<Session> {
  return { relay, connection: await connect(relay) };
}

/** Resolves once the relay has it; a duplicate is had. Throws a NetworkError with what the relay says. */
export async function give(session: Session, event: Event, { channel }: Pick<Reach<Channel>, "channel">) {
  const offer = async () => {
    await session.connection.send(JSON.stringify(["EVENT", event]));
    return answerTo(event.id, session);
  };
  let { ok, words } = await offer();
  if (!ok && words.startsWith("auth-required")) {
    await logIn(session, channel.key);
    ({ ok, words } = await offer());
  }
  if (!ok && !words.startsWith("duplicate")) throw refusal(words, session.relay);
}

/** Every event that fits one of the filters, checked to be one of them by the caller where that matters. */
export async function ask(
  session: Session,
  filters: readonly Filter[],
  { channel }: Pick<Reach<Channel>, "channel">,
): Promise<Event[]> {
  const asked = async () => {
    await session.connection.send(JSON.stringify(["REQ", ASKED, ...filters]), { safe: true });
    return eventsOf(session);
  };
  let found = await asked();
  if ("refused" in found && found.refused.startsWith("auth-required")) {
    await logIn(session, channel.key);
    found = await asked();
  }
  if ("refused" in found) throw refusal(found.refused, session.relay);
  return found.events;
}

async function logIn(session: Session, key: string): Promise<void> {
  const { challenge, connection, relay } = session;
  if (challenge === undefined)
    throw new NetworkError("auth", `${hostOf(relay)} wants a login and gives nothing to sign`);
  const tags = [
    ["relay", relay],
    ["challenge", challenge],
  ];
  const event = signed({ kind: AUTH, created_at: Math.floor(Date.now() / 1000), tags, content: "" }, key);
  await connection.send(JSON.stringify(["AUTH", event]), { safe: true });
  const { ok, words } = await answerTo(event.id, session);
  if (!ok) throw new NetworkError("auth", `${hostOf(relay)} does not let this key in: ${words}`);
}

async function answerTo(id: string, session: Session): Promise<{ ok: boolean; words: string }> {
  for (let count = 0; count < MOST_MESSAGES; count++) {
    const [verb, about, ok, words] = await next(session);
    if (verb === "OK" && about === id && typeof ok === "boolean")
      return { ok, words: typeof words === "string" ? words : "" };
  }
  throw new NetworkError("uncertain", `${hostOf(session.relay)} does not say whether it took the event`);
}

async function eventsOf(session: Session): Promise<{ events: Event[] } | { refused: string }> {
  const events: Event[] = [];
  for (let count = 0; count < MOST_MESSAGES; count++) {
    const [verb, subscription, what] = await next(session);
    if (subscription !== ASKED) continue;
    if (verb === "EVENT") {
      const event = v.safeParse(Stored, what);
      if (event.success) events.push(event.output);
    }
    if (verb === "EOSE") {
      await session.connection.send(JSON.stringify(["CLOSE", ASKED]), { safe: true });
      return { events };
    }
    if (verb === "CLOSED") return { refused: String(what ?? "") };
  }
  throw new NetworkError("unavailable", `${hostOf(session.relay)} does not come to an end`);
}

/** The next message that is one; what is none may come from a page in between, and is passed over. */
async function next(session: Session): Promise<unknown[]> {
  const message = read(await session.connection.receive().catch((error) => told(error, session)));
  const [verb, words] = message;
  if (verb === "AUTH" && typeof words === "string") session.challenge = words;
  if (verb === "NOTICE" && typeof words === "string") session.notice = words;
  return message;
}

/** A relay that does not answer may have said why. */
function told(error: unknown, { notice }: Session): never {
  if (!(error instanceof NetworkError) || notice === undefined) throw error;
  throw new NetworkError(error.code, `${error.message} (${notice.slice(0, 200)})`, { cause: error });
}

function read(text: string): unknown[] {
  try {
    const message = v.safeParse(Message, JSON.parse(text));
    return message.success ? message.output : [];
  } catch {
    return [];
  }
}

// NIP-01 and NIP-42: a word that machines read, a colon, and a sentence for people. All of them say that nothing was taken.
const CODES: Record<string, ErrorCode> = {
  "rate-limited": "limited",
  "auth-required": "auth",
  error: "unavailable",
};

function refusal(words: string, relay: string): NetworkError {
  const [, prefix = ""] = /^([a-z-]+):/.exec(words) ?? [];
  const said = words === "" ? "without a reason" : words.slice(0, 300);
  return new NetworkError(CODES[prefix] ?? "rejected", `${hostOf(relay)} refused: ${said}`);
}

export function hostOf(relay: string): string {
  return new URL(relay).host;
}
