/** What a network answered: as bytes, and read. */
export interface WireReply {
  status: number;
  headers: Record<string, string>;
  body: Uint8Array;
}

export interface Reply {
  status: number;
  /** Names in lower case. */
  headers: Record<string, string>;
  /** Parsed when it is JSON, else the text. */
  body: unknown;
  text: string;
}

export function readReply({ status, headers, body }: WireReply): Reply {
  const text = Buffer.from(body.buffer, body.byteOffset, body.byteLength).toString("utf8");
  const reply: Reply = { status, headers, body: text, text };
  if (isJson(reply)) {
    try {
      reply.body = JSON.parse(text);
    } catch {
      // Left as text: a refusal is readable without it, and a success with broken JSON is caught by the caller.
    }
  }
  return reply;
}

export function isJson(reply: Reply): boolean {
  return /^application\/([\w.+-]+\+)?json\b/i.test(reply.headers["content-type"] ?? "");
}
