/** Names that stand for nobody; apart from what fetches, since planning asks this of every link. */

// RFC 6761 and 2606.
const RESERVED = /(^|\.)(example|test|invalid|localhost|example\.(com|net|org))\.?$/i;

/** Whether nobody can be at this address, because its name is for documents and tests. */
export function isReserved(url: string): boolean {
  return !URL.canParse(url) || RESERVED.test(new URL(url).hostname);
}
