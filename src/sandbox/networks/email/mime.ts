/** MIME (RFC 2045 to 2047) as far as a mail reader needs it to show a message. */
export interface Part {
  headers: Map<string, string>;
  type: string;
  bytes: Buffer;
  parts: Part[];
}

export function parse(message: string): Part {
  const [head = "", ...rest] = message.split(/\r\n\r\n/);
  const body = rest.join("\r\n\r\n");
  const headers = new Map<string, string>();
  for (const line of head.replace(/\r\n[ \t]+/g, " ").split("\r\n")) {
    const colon = line.indexOf(":");
    if (colon > 0) headers.set(line.slice(0, colon).toLowerCase(), decodeWords(line.slice(colon + 1).trim()));
  }
  const contentType = headers.get("content-type") ?? "text/plain";
  const type = contentType.split(";")[0]!.trim().toLowerCase();
  const boundary = /boundary="?([^";]+)"?/i.exec(contentType)?.[1];
  if (type.startsWith("multipart/") && boundary) {
    const pieces = `\r\n${body}`.split(`\r\n--${boundary}`).slice(1);
    const parts = pieces
      .filter((piece) => !piece.startsWith("--"))
      .map((piece) => parse(piece.replace(/^\r\n/, "")));
    return { headers, type, bytes: Buffer.alloc(0), parts };
  }
  return {
    headers,
    type,
    bytes: decode(body, headers.get("content-transfer-encoding") ?? "7bit"),
    parts: [],
  };
}

function decode(body: string, encoding: string): Buffer {
  const way = encoding.toLowerCase();
  if (way === "base64") return Buffer.from(body, "base64");
  if (way !== "quoted-printable") return Buffer.from(body, "latin1");
  const joined = body.replace(/[ \t]+\r\n/g, "\r\n").replace(/=\r\n/g, "");
  return Buffer.from(
    joined.replace(/=([0-9A-F]{2})/gi, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16))),
    "latin1",
  );
}

/** `=?UTF-8?B?…?=`; white space between two of them is none. */
function decodeWords(value: string): string {
  return value
    .replace(/\?=\s+=\?/g, "?==?")
    .replace(/=\?utf-8\?([bq])\?([^?]*)\?=/gi, (_, way: string, words: string) => {
      const bytes =
        way.toLowerCase() === "b"
          ? Buffer.from(words, "base64")
          : decode(words.replace(/_/g, " "), "quoted-printable");
      return bytes.toString("utf8");
    });
}

/** All parts, itself first. */
export function allIn(part: Part): Part[] {
  return [part, ...part.parts.flatMap(allIn)];
}
