/** A line of IRC, read (https://modern.ircdocs.horse/#messages, and IRCv3's message tags). */
export interface Line {
  tags: Record<string, string>;
  /** `nick!user@host`, or a server's name; empty where nothing is said. */
  source: string;
  /** In upper case: `PRIVMSG`, `433`. */
  command: string;
  params: string[];
  /** The last parameter: what is said in words. */
  words: string;
}

const LINE = /^(?:@(?<tags>[^ ]+) +)?(?::(?<source>[^ ]+) +)?(?<command>[^ ]+) *(?<rest>.*)$/s;
const ESCAPES: Record<string, string> = { ":": ";", s: " ", "\\": "\\", r: "\r", n: "\n" };

export function readLine(line: string): Line {
  const { tags = "", source = "", command = "", rest = "" } = LINE.exec(line)?.groups ?? {};
  const colon = rest.startsWith(":") ? 0 : rest.indexOf(" :");
  const middle = colon < 0 ? rest : rest.slice(0, colon);
  const params = middle.split(" ").filter((word) => word !== "");
  if (colon >= 0) params.push(rest.slice(rest.indexOf(":", colon) + 1));
  return {
    tags: Object.fromEntries(
      tags
        .split(";")
        .filter((tag) => tag !== "")
        .map(readTag),
    ),
    source,
    command: command.toUpperCase(),
    params,
    words: params.at(-1) ?? "",
  };
}

function readTag(tag: string): [string, string] {
  const [name = "", ...value] = tag.split("=");
  return [name, value.join("=").replace(/\\(.?)/gs, (_, sign: string) => ESCAPES[sign] ?? sign)];
}

/** The nick in `nick!user@host`. */
export function nickIn(source: string): string {
  return source.split(/[!@]/)[0] ?? "";
}

/** Whether two names are one: capitals do not count, and `{}|^` are the small forms of `[]\~`. */
export function isSameName(one: string, other: string): boolean {
  return small(one) === small(other);
}

function small(name: string): string {
  return name
    .toLowerCase()
    .replace(/[[\]\\~]/g, (sign) => ({ "[": "{", "]": "}", "\\": "|", "~": "^" })[sign] ?? sign);
}
