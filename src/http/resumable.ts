/**
 * Uploads that go on where they broke off: pieces by PUT to a session's address, 308 as long as more is wanted, and a piece
 * without bytes as the question how much is there. Google's protocol, which others speak too:
 * https://developers.google.com/youtube/v3/guides/using_resumable_upload_protocol.
 */
import { NetworkError } from "../errors.ts";
import { type Piece, piecesOf, rangeOf } from "./pieces.ts";
import type { Reply } from "./reply.ts";
import type { HttpRequest, Source } from "./request.ts";

/** How the session answers: what it is asked for with comes from the adapter. */
type Put = (request: Pick<HttpRequest, "headers" | "bytes" | "ok">) => Promise<Reply>;

export interface Upload {
  source: Source;
  /** Bytes of a piece; the last may be smaller. */
  piece: number;
  /** Nothing was sent to this session before. */
  isFresh: boolean;
  put: Put;
}

type Progress = { at: number } | { done: Reply } | "gone";

const GONE = [404, 410];

/** The answer to the last byte, also if it was given before; "gone": the session has ended. Throws NetworkError. */
export async function resumed({ source, piece, isFresh, put }: Upload): Promise<Reply | "gone"> {
  const send = async (range: string, bytes: Uint8Array) => {
    const headers = { "Content-Range": range };
    return progressOf(await put({ headers, bytes, ok: [308, ...GONE] }));
  };
  let progress: Progress = isFresh ? { at: 0 } : await send(`bytes */${source.size}`, new Uint8Array());
  while (isUnderWay(progress)) {
    const from: number = progress.at;
    for await (const one of piecesOf(source, piece, from)) {
      progress = await send(rangeOf(one, source), one.bytes);
      if (!isUnderWay(progress) || progress.at !== endOf(one)) break;
    }
    if (isUnderWay(progress) && progress.at <= from)
      throw new NetworkError(
        "unavailable",
        "the upload does not go on: the server keeps nothing of what it is sent",
      );
  }
  return progress === "gone" ? "gone" : progress.done;
}

function isUnderWay(progress: Progress): progress is { at: number } {
  return typeof progress === "object" && "at" in progress;
}

function endOf({ at, bytes }: Piece): number {
  return at + bytes.length;
}

function progressOf(reply: Reply): Progress {
  if (GONE.includes(reply.status)) return "gone";
  if (reply.status !== 308) return { done: reply };
  const [, last] = /^bytes=0-(\d+)$/.exec(reply.headers.range ?? "") ?? [];
  return { at: last === undefined ? 0 : Number(last) + 1 };
}
