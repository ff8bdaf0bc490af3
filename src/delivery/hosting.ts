/** A file at a public address: what the context needs of the project's media host. */
import type { Media, Source } from "../adapter.ts";
import type { Http } from "../http/http.ts";

export interface Host {
  /** What a file is to be called there. */
  name(media: Media): string;
  /** Puts it there; the same again changes nothing. */
  put(name: string, type: string, source: Source, http: Http): Promise<void>;
  address(name: string): string;
}

/** Whether everybody can fetch it. Its first byte is enough, where the server gives that alone; its size is compared. */
export async function isServed(url: string, size: number, http: Http): Promise<boolean> {
  const headers = { range: "bytes=0-0", accept: "*/*" };
  const { status, headers: told } = await http({ url, headers, ok: [403, 404] });
  if (status >= 400) return false;
  const whole = /\/(\d+)$/.exec(told["content-range"] ?? "")?.[1];
  const length = whole ?? (status === 200 && !told["content-encoding"] ? told["content-length"] : undefined);
  return length === undefined || Number(length) === size;
}
