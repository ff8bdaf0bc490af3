/** Campaign parameters on links: added to what is there, never replacing it, always before the fragment. */
import type { Utm } from "../config/config.ts";
import { isUrl } from "../urls.ts";

export type UtmValues = Partial<Record<keyof Utm, string>>;

/** The URL with `utm_…` parameters. Leaves alone what is not http(s), what cannot be read, and parameters that are there. */
export function withUtm(url: string, values: UtmValues): string {
  const entries = Object.entries(values).filter(([, value]) => value !== undefined && value !== "");
  if (entries.length === 0 || !/^https?:\/\//i.test(url) || !isUrl(url)) return url;
  const hash = url.indexOf("#");
  const [before, fragment] = hash < 0 ? [url, ""] : [url.slice(0, hash), url.slice(hash)];
  const present = new URL(url).searchParams;
  const added = entries
    .filter(([name]) => !present.has(`utm_${name}`))
    .map(([name, value]) => `utm_${name}=${encodeURIComponent(String(value))}`)
    .join("&");
  if (added === "") return url;
  // Only appended: rewriting the query would re-encode what the author, or a signature, depends on.
  const joint = !before.includes("?") ? "?" : /[?&]$/.test(before) ? "" : "&";
  return `${before}${joint}${added}${fragment}`;
}
