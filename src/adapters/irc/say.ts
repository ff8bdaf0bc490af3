/** A post's lines leave together, and are proved to have arrived: by their echo, or by a ping that is answered after them. */
import { type Context, NetworkError } from "../../adapter.ts";
import { type Channel, LONGEST_LINE, messageLine } from "./channel.ts";
import { isSameName, type Line, nickIn } from "./line.ts";
import { printable, refusalIn } from "./refusals.ts";
import { nextLine, type Session } from "./session.ts";

/** The lines of a post, as they are said one by one. */
export function linesOf({ text }: { text: string }): string[] {
  return text.split(/[\r\n\0]+/).filter((line) => line.trim() !== "");
}

/**
 * Gives the ids that the server has made up for the lines; none where it makes up none. Throws `rejected` when it took no line,
 * and `uncertain` when it took some.
 */
export async function say(
  session: Session,
  prefix: string,
  lines: readonly string[],
  { channel, key }: Pick<Context<Channel>, "channel" | "key">,
): Promise<string[]> {
  const { connection, abilities } = session;
  const messages = lines.map((line) => messageLine(channel, line));
  const most = Math.max(...messages.map((message) => Buffer.byteLength(prefix + message)));
  if (most > LONGEST_LINE)
    throw new NetworkError(
      "rejected",
      `a line has ${most} bytes as others see it, and IRC has room for ${LONGEST_LINE}`,
    );

  const hasLabels = abilities.has("labeled-response");
  const labels = messages.map((_, index) => `${key.slice(0, 16)}-${index + 1}`);
  const said = messages.map((message, index) => `${hasLabels ? `@label=${labels[index]} ` : ""}${message}`);
  // From here on, a silence may mean either.
  await connection.send(`${said.join("")}PING ${key}\r\n`);

  const outcome = await outcomeOf(session, channel, key, hasLabels ? labels : undefined);
  const { refusals, ids } = outcome;
  const taken = abilities.has("echo-message") ? ids.length : lines.length - refusals.length;
  if (taken === lines.length) return ids.filter((id) => id !== "");
  const [refusal] = refusals;
  if (refusal && taken <= 0 && refusals.length >= lines.length) throw refusal;
  const why = refusal ? `; ${refusal.message}` : "";
  throw new NetworkError("uncertain", `the server has shown ${taken} of ${lines.length} lines${why}`);
}

/** What comes until the ping after our lines is answered: echoes, with their ids, and refusals. */
async function outcomeOf(
  { connection, abilities, nick }: Session,
  { channel }: Channel,
  token: string,
  labels: readonly string[] | undefined,
): Promise<{ ids: string[]; refusals: NetworkError[] }> {
  const ids: string[] = [];
  const refusals: NetworkError[] = [];
  const batches = new Set<string>();
  const isOurs = ({ tags }: Line) =>
    labels === undefined || labels.includes(tags.label ?? "") || batches.has(tags.batch ?? "");
  for (;;) {
    const line = await nextLine(connection);
    const { command, source, params, words } = line;
    const refusal = refusalIn(line);
    if (refusal) refusals.push(refusal);
    else if (command === "BATCH" && isOurs(line)) batches.add((params[0] ?? "").replace(/^\+/, ""));
    else if (command === "ERROR")
      throw new NetworkError("uncertain", `the server has closed the connection: ${printable(words)}`);
    else if (command === "PONG" && words === token) return { ids, refusals };
    else if (
      abilities.has("echo-message") &&
      command === "PRIVMSG" &&
      isSameName(nickIn(source), nick) &&
      isSameName(params[0] ?? "", channel) &&
      isOurs(line)
    )
      ids.push(line.tags.msgid ?? "");
  }
}
