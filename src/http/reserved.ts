/** Names that are reserved for examples; apart from what fetches, since planning asks this of every link. */
import { isUrl } from "../urls.ts";

// RFC 6761 and 2606; `localhost` is somebody, and whether that may be asked is decided where pages are fetched.
const RESERVED = /(^|\.)(example|test|invalid|example\.(com|net|org))\.?$/i;

/** Whether the name of this address is reserved for documents and tests. */
export function isReserved(url: string): boolean {
  return !isUrl(url) || RESERVED.test(new URL(url).hostname);
}
