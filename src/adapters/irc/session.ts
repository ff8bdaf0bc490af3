/** A server that has let us in: registration with IRCv3's capabilities, SASL PLAIN, and a channel joined. */
import { setTimeout as sleep } from "node:timers/promises";
import { type Connection, NetworkError, type Reach } from "../../adapter.ts";
import { type Channel, USER } from "./channel.ts";
import { isSameName, type Line, nickIn, readLine } from "./line.ts";
import { printable, refusalIn } from "./refusals.ts";

export interface Session {
  connection: Connection;
  /** What the server and we have agreed on: `echo-message`. */
  abilities: ReadonlySet<string>;
  /** What the server calls us. */
  nick: string;
}

// `labeled-response` needs `batch`.
const WANTED = ["message-tags", "batch", "echo-message", "labeled-response"];
// https://ircv3.net/specs/extensions/sasl-3.1: a piece of exactly this length has a next one.
const PIECE = 400;
// A server may look up who we are first, which takes a while.
const DEADLINE = 60_000;
// Nothing depends on it but the next visit.
const LONGEST_FAREWELL = 3_000;

/** Logs in; nothing is seen in the channel. `safe`: nothing will be said. Throws the server's refusal. */
export async function login(
  { connect, channel }: Pick<Reach<Channel>, "connect" | "channel">,
  safe = false,
): Promise<Session> {
  const connection = await connect(channel.server, { deadline: DEADLINE, ...(safe && { safe }) });
  try {
    const { nick, server_password } = channel;
    await tell(connection, [
      ...(server_password === undefined ? [] : [`PASS ${server_password}`]),
      "CAP LS 302",
      `NICK ${nick}`,
      `USER ${USER} 0 * :${nick}`,
    ]);
    return await register(connection, channel);
  } catch (error) {
    connection.close();
    throw error;
  }
}

async function register(connection: Connection, channel: Channel): Promise<Session> {
  const offered = new Set<string>();
  const abilities = new Set<string>();
  let isIn = channel.password === undefined;
  for (;;) {
    const { command, params, words } = await hear(connection);
    if (command === "CAP" && params[1] === "LS") {
      for (const one of words.split(" ")) offered.add(one.split("=")[0] ?? "");
      // A star says that more of the list follows.
      if (params[2] === "*" && params.length > 3) continue;
      const wanted = [...WANTED, ...(isIn ? [] : ["sasl"])].filter((one) => offered.has(one));
      await tell(connection, [wanted.length > 0 ? `CAP REQ :${wanted.join(" ")}` : "CAP END"]);
    } else if (command === "CAP" && params[1] === "ACK") {
      for (const one of words.split(" ")) abilities.add(one);
      await tell(connection, [abilities.has("sasl") ? "AUTHENTICATE PLAIN" : "CAP END"]);
    } else if (command === "CAP" && params[1] === "NAK") await tell(connection, ["CAP END"]);
    else if (command === "AUTHENTICATE") await tell(connection, credentials(channel));
    else if (command === "903" || command === "907") {
      isIn = true;
      await tell(connection, ["CAP END"]);
    } else if (command === "001") {
      if (isIn) return { connection, abilities, nick: params[0] ?? channel.nick };
      throw new NetworkError("rejected", "the server offers no login (SASL PLAIN): leave `password` out");
    }
  }
}

function credentials({ account, nick, password = "" }: Channel): string[] {
  const base64 = Buffer.from(`\0${account ?? nick}\0${password}`).toString("base64");
  const pieces: string[] = base64.match(new RegExp(`.{1,${PIECE}}`, "g")) ?? [];
  if (base64.length % PIECE === 0) pieces.push("+");
  return pieces.map((piece) => `AUTHENTICATE ${piece}`);
}

/** Joins the channel. Gives the prefix that others see before what we say: `:nick!user@host `. */
export async function join(
  { connection, nick }: Session,
  { channel, channel_key }: Channel,
): Promise<string> {
  await tell(connection, [`JOIN ${channel}${channel_key === undefined ? "" : ` ${channel_key}`}`]);
  for (;;) {
    const { command, source, params } = await hear(connection);
    if (command === "JOIN" && isSameName(nickIn(source), nick) && isSameName(params[0] ?? "", channel))
      return `:${source} `;
  }
}

/** Waits until the server has let us go: as long as it has not, the nick is taken, and the next visit is refused. */
export async function leave({ connection }: Session): Promise<void> {
  await Promise.race([farewell(connection), sleep(LONGEST_FAREWELL, undefined, { ref: false })]);
  connection.close();
}

async function farewell(connection: Connection): Promise<void> {
  try {
    await tell(connection, ["QUIT"]);
    for (;;) await connection.receive();
  } catch {
    // It is gone.
  }
}

async function tell(connection: Connection, lines: readonly string[]): Promise<void> {
  await connection.send(lines.map((line) => `${line}\r\n`).join(""), { safe: true });
}

/** The next line. Pings are answered meanwhile, refusals and the server's goodbye thrown. */
async function hear(connection: Connection): Promise<Line> {
  const line = await nextLine(connection);
  const refusal = refusalIn(line);
  if (refusal) throw refusal;
  if (line.command === "ERROR")
    throw new NetworkError("unavailable", `the server has closed the connection: ${printable(line.words)}`);
  return line;
}

/** The next line that is not a ping. */
export async function nextLine(connection: Connection): Promise<Line> {
  for (;;) {
    const line = readLine(await connection.receive());
    if (line.command !== "PING") return line;
    await tell(connection, [`PONG :${line.words}`]);
  }
}
