/** A server that has let us in (RFC 6120): STARTTLS, SASL PLAIN, a resource; and a room entered (XEP-0045). */
import { setTimeout as sleep } from "node:timers/promises";
import * as v from "valibot";
import { type Connection, NetworkError, type Reach } from "../../adapter.ts";
import type { ErrorCode } from "../../errors.ts";
import { secret, text } from "../../settings.ts";
import { child, element, errorIn, escaped, type Stanza, StanzaReader } from "./stanza.ts";

const ADDRESS = /^[^\s@/"&'<>:]+@[\w.-]+$/;

export const channel = v.strictObject({
  jid: v.pipe(
    text("The account's address: bot@acme.example"),
    v.regex(ADDRESS, "is not an address: bot@acme.example"),
  ),
  password: secret("Its password"),
  room: v.pipe(
    text("The room: news@conference.acme.example"),
    v.regex(ADDRESS, "is not a room: news@conference.acme.example"),
  ),
  nick: v.optional(
    v.pipe(
      text("The name that others see; default: what is before the @"),
      v.regex(/^[^\r\n\0]{1,60}$/, "is too long"),
    ),
  ),
  room_password: v.optional(secret("The room's password, where it has one")),
  server: v.optional(
    v.pipe(
      text(
        "The server: tcp://HOST:5222 (with STARTTLS) or tls://HOST:5223; default: port 5222 of the account's domain",
      ),
      v.regex(/^(?:tcp|tls):\/\/(?:[\w.-]+|\[::1\]):\d+\/?$/, "is not tcp://HOST:5222 or tls://HOST:5223"),
    ),
  ),
});

export type Channel = v.InferOutput<typeof channel>;

export interface Session {
  connection: Connection;
  next(): Promise<Stanza>;
}

const LOCAL = /^tcp:\/\/(?:127\.0\.0\.1|localhost|\[::1\]):/;

// Nothing depends on it but the next visit.
const LONGEST_FAREWELL = 3_000;

export const domainOf = ({ jid }: Pick<Channel, "jid">) => jid.split("@")[1] ?? "";
export const localOf = ({ jid }: Pick<Channel, "jid">) => jid.split("@")[0] ?? "";
export const nickOf = (channel: Channel) => channel.nick ?? localOf(channel);

/** Logs in; nothing is seen in the room. `safe`: nothing will be said. */
export async function login(
  { connect, channel }: Pick<Reach<Channel>, "connect" | "channel">,
  safe = false,
): Promise<Session> {
  const address = channel.server ?? `tcp://${domainOf(channel)}:5222`;
  // RFC 6120, 13.7.2: the certificate is the domain's, wherever its server stands.
  const connection = await connect(address, { certified: domainOf(channel), ...(safe && { safe }) });
  try {
    let session = await open(connection, channel);
    let features = await session.next();
    const starttls = child(features, "starttls");
    // On this computer nobody is in between, and a certificate for it is rare.
    if (starttls && (!LOCAL.test(address) || child(starttls, "required"))) {
      await tell(connection, element("starttls", { xmlns: "urn:ietf:params:xml:ns:xmpp-tls" }));
      const answer = await session.next();
      if (answer.name !== "proceed")
        throw new NetworkError("unavailable", "the server does not begin to encrypt");
      await connection.secure();
      session = await open(connection, channel);
      features = await session.next();
    } else if (address.startsWith("tcp:") && !LOCAL.test(address))
      throw new NetworkError("rejected", "the server offers no encryption (STARTTLS)");
    await authenticate(session, features, channel);
    session = await open(connection, channel);
    await session.next();
    await bind(session);
    return session;
  } catch (error) {
    connection.close();
    throw error;
  }
}

/** A stream, opened anew as after each step of the login. */
async function open(connection: Connection, channel: Channel): Promise<Session> {
  const reader = new StanzaReader();
  const decoder = new TextDecoder();
  await tell(
    connection,
    `<?xml version="1.0"?><stream:stream to="${domainOf(channel)}" xmlns="jabber:client" xmlns:stream="http://etherx.jabber.org/streams" version="1.0">`,
  );
  const next = async (): Promise<Stanza> => {
    for (;;) {
      const stanza = reader.next();
      if (stanza?.name === "stream:error") throw streamError(stanza);
      if (stanza) return stanza;
      reader.push(decoder.decode(await connection.receiveBytes(), { stream: true }));
    }
  };
  return { connection, next };
}

function streamError({ children }: Stanza): NetworkError {
  const [condition] = children.filter(({ name }) => name !== "text");
  return new NetworkError("unavailable", `the server has ended the stream (${condition?.name ?? "unknown"})`);
}

async function authenticate(
  { connection, next }: Session,
  features: Stanza,
  channel: Channel,
): Promise<void> {
  const offered = child(features, "mechanisms")?.children.map(({ text }) => text) ?? [];
  if (!offered.includes("PLAIN"))
    throw new NetworkError("rejected", "the server does not offer SASL PLAIN on this connection");
  const base64 = Buffer.from(`\0${localOf(channel)}\0${channel.password}`).toString("base64");
  const auth = { xmlns: "urn:ietf:params:xml:ns:xmpp-sasl", mechanism: "PLAIN" };
  await tell(connection, element("auth", auth, base64));
  const answer = await next();
  if (answer.name === "success") return;
  const condition = answer.children.find(({ name }) => name !== "text")?.name ?? "not-authorized";
  const isBusy = condition === "temporary-auth-failure";
  throw new NetworkError(isBusy ? "unavailable" : "auth", `the server does not let us in (${condition})`);
}

/** The server names the resource: of two visits under one name it ends the other one's stream. */
async function bind({ connection, next }: Session): Promise<void> {
  const bind = element("bind", { xmlns: "urn:ietf:params:xml:ns:xmpp-bind" });
  await tell(connection, element("iq", { type: "set", id: "bind" }, bind));
  for (;;) {
    const stanza = await next();
    if (stanza.name !== "iq" || stanza.attributes.id !== "bind") continue;
    if (stanza.attributes.type === "result") return;
    throw new NetworkError("unavailable", `the server gives no resource (${errorIn(stanza)?.condition})`);
  }
}

// What keeps one out of a room.
const DOORS: Record<string, [ErrorCode, string]> = {
  conflict: ["unavailable", "somebody has the nick in the room at the moment"],
  forbidden: ["rejected", "the room has banned us"],
  "registration-required": ["rejected", "the room is for its members"],
  "not-authorized": ["rejected", "the room wants another password (`room_password`)"],
  "service-unavailable": ["unavailable", "the room is full"],
  "item-not-found": ["rejected", "there is no such room"],
  "not-allowed": ["rejected", "there is no such room, and we may not make one"],
};

/** Enters the room, which must be there: one that would be made by this is left again. */
export async function enter({ connection, next }: Session, channel: Channel): Promise<void> {
  const at = `${channel.room}/${nickOf(channel)}`;
  const inner = [
    ...(channel.room_password === undefined ? [] : [element("password", {}, escaped(channel.room_password))]),
    element("history", { maxstanzas: "0" }),
  ].join("");
  await tell(
    connection,
    element("presence", { to: at }, element("x", { xmlns: "http://jabber.org/protocol/muc" }, inner)),
  );
  for (;;) {
    const stanza = await next();
    if (stanza.name !== "presence" || !stanza.attributes.from?.startsWith(`${channel.room}/`)) {
      const error =
        stanza.name === "presence" && stanza.attributes.type === "error" ? errorIn(stanza) : undefined;
      if (error) throw refused(error, DOORS);
      continue;
    }
    const error = stanza.attributes.type === "error" ? errorIn(stanza) : undefined;
    if (error) throw refused(error, DOORS);
    const codes =
      child(stanza, "x", "http://jabber.org/protocol/muc#user")?.children.map(
        ({ attributes }) => attributes.code,
      ) ?? [];
    if (!codes.includes("110")) continue;
    if (!codes.includes("201")) return;
    await tell(connection, element("presence", { to: at, type: "unavailable" }));
    throw new NetworkError("rejected", "there is no such room");
  }
}

export function refused(
  { condition, words }: { condition: string; words: string },
  meanings: Record<string, [ErrorCode, string]>,
): NetworkError {
  const [code, meaning] = meanings[condition] ?? ["rejected", "the room refuses it"];
  return new NetworkError(code, `${meaning}: ${words.slice(0, 200) || condition}`);
}

/** Waits until the server has closed its side (RFC 6120, 4.4): as long as it has not, the nick is taken in the room. */
export async function leave({ connection }: Session): Promise<void> {
  await Promise.race([farewell(connection), sleep(LONGEST_FAREWELL, undefined, { ref: false })]);
  connection.close();
}

async function farewell(connection: Connection): Promise<void> {
  try {
    await tell(connection, "</stream:stream>");
    for (;;) await connection.receiveBytes();
  } catch {
    // It is gone.
  }
}

export async function tell(connection: Connection, xml: string): Promise<void> {
  await connection.send(xml, { safe: true });
}
