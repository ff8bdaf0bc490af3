/** What a request asks a server of ours for. A client may send anything there, also what is not a URL: `//`. */
import { isUrl } from "../urls.ts";
export function targetOf(written: string | undefined): { path: string; query: URLSearchParams } {
  const target = written ?? "/";
  if (/^https?:\/\//i.test(target) && isUrl(target)) {
    const { pathname, searchParams } = new URL(target);
    return { path: pathname, query: searchParams };
  }
  const [before = ""] = target.split("#", 1);
  const at = before.indexOf("?");
  return at < 0
    ? { path: before, query: new URLSearchParams() }
    : { path: before.slice(0, at), query: new URLSearchParams(before.slice(at + 1)) };
}
