/** Lines of IRC as a server reads and relays them. */
export const CAPABILITIES = [
  "message-tags",
  "batch",
  "echo-message",
  "labeled-response",
  "sasl=PLAIN,EXTERNAL",
];

/** Somebody connected. */
export interface Member {
  nick: string;
  user: string;
  /** Whom they have logged in as; empty: nobody. */
  account: string;
  abilities: Set<string>;
  /** The channels that they are in: as they wrote them, by the name in small letters. */
  rooms: Map<string, string>;
  /** What they have said first since they came: the page shows the rest below it. */
  first?: string;
}

export interface Said {
  /** The tags with their `@` and the space behind, as they came. */
  head: string;
  tags: Map<string, string>;
  command: string;
  params: string[];
}

export function parse(line: string): Said | undefined {
  const [, head = "", command, rest = ""] = /^(@\S* +)?(?::\S+ +)?(\S+)(?: +(.*))?$/s.exec(line) ?? [];
  if (command === undefined) return undefined;
  const [before = "", ...trailing] = ` ${rest}`.split(" :");
  const params = before.split(" ").filter((one) => one !== "");
  if (trailing.length > 0) params.push(trailing.join(" :"));
  const tags = head
    .trim()
    .slice(1)
    .split(";")
    .map((tag) => tag.split("=", 2) as [string, string?]);
  return {
    head,
    tags: new Map(tags.map(([name, value = ""]) => [name, value])),
    command: command.toUpperCase(),
    params,
  };
}

// RFC 2812, 2.3: 512 with the line end. A server cuts what is longer, and tells nobody.
const LONGEST = 510;

/** The line as everybody else gets it. */
export function written(source: string, room: string, words: string): string {
  const bytes = Buffer.from(`:${source} PRIVMSG ${room} :${words}`);
  return bytes.subarray(0, LONGEST).toString("utf8").replace(/�$/, "");
}
