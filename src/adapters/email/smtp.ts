/** One message over SMTP (RFC 5321), with STARTTLS, AUTH PLAIN or LOGIN, and SIZE. */
import { type Connection, NetworkError, type Reach } from "../../adapter.ts";
import type { ErrorCode } from "../../errors.ts";
import type { Channel } from "./channel.ts";

interface Answer {
  code: number;
  lines: string[];
}

/** A server that has let us in; nothing is sent yet. */
export interface Session {
  connection: Connection;
  /** What EHLO has told, in upper case: `SIZE 20000000`. */
  abilities: string[];
}

// RFC 5321, 4.5.3.2: minutes for each step, and ten for the end of the message.
const DEADLINE = 120_000;

export async function login(
  { connect, channel }: Pick<Reach<Channel>, "connect" | "channel">,
  safe = false,
): Promise<Session> {
  const { server, user, password } = channel;
  const connection = await connect(server, { deadline: DEADLINE, ...(safe && { safe }) });
  try {
    await expect(connection, [220], "greets us");
    let abilities = await hello(connection, channel);
    if (server.startsWith("smtp:")) {
      if (!abilities.includes("STARTTLS"))
        throw new NetworkError("rejected", "the mail server offers no encryption (STARTTLS)");
      await say(connection, "STARTTLS", [220], "begins to encrypt");
      await connection.secure();
      abilities = await hello(connection, channel);
    }
    if (user !== undefined) await authenticate(connection, abilities, user, password ?? "");
    return { connection, abilities };
  } catch (error) {
    connection.close();
    throw error;
  }
}

async function hello(connection: Connection, { from }: Channel): Promise<string[]> {
  const { lines } = await say(connection, `EHLO ${addressIn(from).split("@")[1]}`, [250], "answers EHLO");
  return lines.slice(1).map((line) => line.toUpperCase());
}

async function authenticate(
  connection: Connection,
  abilities: readonly string[],
  user: string,
  password: string,
): Promise<void> {
  const ways = abilities.find((line) => line.startsWith("AUTH "))?.split(" ") ?? [];
  const base64 = (text: string) => Buffer.from(text).toString("base64");
  if (ways.includes("PLAIN")) {
    await say(connection, `AUTH PLAIN ${base64(`\0${user}\0${password}`)}`, [235], "lets us in");
  } else if (ways.includes("LOGIN")) {
    await say(connection, "AUTH LOGIN", [334], "asks for the user");
    await say(connection, base64(user), [334], "asks for the password");
    await say(connection, base64(password), [235], "lets us in");
  } else throw new NetworkError("rejected", "the mail server offers neither AUTH PLAIN nor AUTH LOGIN");
}

/** Every recipient or none. Gives the server's words. */
export async function deliver(
  { connection, abilities }: Session,
  { from, to, message }: { from: string; to: readonly string[]; message: Buffer },
): Promise<string> {
  const most = Number(/^SIZE (\d+)$/m.exec(abilities.join("\n"))?.[1] ?? 0);
  if (most > 0 && message.length > most)
    throw new NetworkError(
      "rejected",
      `the message has ${message.length} bytes, and the mail server takes ${most}`,
    );
  const size = abilities.some((line) => line.startsWith("SIZE")) ? ` SIZE=${message.length}` : "";
  await say(connection, `MAIL FROM:<${addressIn(from)}>${size}`, [250], "takes the sender");
  for (const one of to)
    await say(connection, `RCPT TO:<${addressIn(one)}>`, [250, 251], "takes every recipient");
  await say(connection, "DATA", [354], "waits for the message");
  // From here on, a silence may mean either.
  await connection.send(withDots(message));
  const { lines } = await expect(connection, [250], "takes the message", "uncertain");
  await connection.send("QUIT\r\n", { safe: true }).catch(() => {});
  return lines.join(" ");
}

/** A line that begins with a dot gets a second one; a single dot is the end. */
function withDots(message: Buffer): Buffer {
  const text = message.toString("latin1").replace(/\r?\n/g, "\r\n").replace(/^\./gm, "..");
  return Buffer.from(`${text}${text.endsWith("\r\n") ? "" : "\r\n"}.\r\n`, "latin1");
}

async function say(
  connection: Connection,
  line: string,
  codes: readonly number[],
  what: string,
): Promise<Answer> {
  await connection.send(`${line}\r\n`, { safe: true });
  return expect(connection, codes, what);
}

async function expect(
  connection: Connection,
  codes: readonly number[],
  what: string,
  garbled: ErrorCode = "unavailable",
): Promise<Answer> {
  const lines: string[] = [];
  for (;;) {
    const [, code, more, words] = /^(\d{3})([ -]?)(.*)$/.exec(await connection.receive()) ?? [];
    if (code === undefined) throw new NetworkError(garbled, "the mail server speaks no SMTP");
    lines.push(words ?? "");
    if (more === "-") continue;
    const answer = { code: Number(code), lines };
    if (codes.includes(answer.code)) return answer;
    throw refusal(answer, what);
  }
}

const AUTH = [530, 534, 535, 538];

// A refusal says that nothing was taken, also at the end of the message.
function refusal({ code, lines }: Answer, what: string): NetworkError {
  const message = `the mail server does not do what it should (${what}): ${code} ${lines.join(" ")}`.slice(
    0,
    300,
  );
  if (AUTH.includes(code)) return new NetworkError("auth", message);
  return new NetworkError(code >= 500 ? "rejected" : "unavailable", message);
}

/** `news@acme.example` of `Acme <news@acme.example>`. */
export function addressIn(written: string): string {
  return (/<([^<>]+)>\s*$/.exec(written)?.[1] ?? written).trim();
}
