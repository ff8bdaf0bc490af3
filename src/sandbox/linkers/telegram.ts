/**
 * What Telegram takes for a link, from tdlib, td/telegram/MessageEntity.cpp (`match_urls`, `fix_url`, `is_common_tld`): it needs no
 * scheme where the last label is a top-level domain, and some of those are endings of files, too.
 */
import { international, latin, withdrawn } from "../../tlds.generated.ts";
import type { Span } from "../count.ts";

const SEPARATOR = /[ \u00a0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000]/;
const LETTER = /[a-z0-9]/i;

// Of the general punctuation only joiners and dashes.
const mayStand = (sign: string): boolean =>
  /[\u2000-\u206f]/.test(sign) ? /\u200c|\u200d|[\u2010-\u2015]/.test(sign) : !SEPARATOR.test(sign);
const inHost = (sign: string): boolean => (sign < "\u00c0" ? /[\w.~-]/.test(sign) : mayStand(sign));
const inUser = (sign: string): boolean => !/[\n/[\]{}()'`<>"@«»]/.test(sign) && mayStand(sign);
const inPath = (sign: string): boolean => !/[\n<>"«»]/.test(sign) && mayStand(sign);
const inScheme = (sign: string): boolean =>
  sign < "\u0080" ? /[a-z0-9+-]/i.test(sign) : !SEPARATOR.test(sign);
const NOT_LAST = ".:;,('?!`";

/** With and without a scheme; what has none is led to by http, and a mail address by mailto. */
export function telegramLinks(text: string): Span[] {
  const links: Span[] = [];
  let begin = 0;
  for (let dot = text.indexOf("."); dot >= 0 && dot + 1 < text.length; dot = text.indexOf(".", begin)) {
    if (text[dot + 1] === " ") {
      begin = dot + 2;
      continue;
    }
    const { start, end, bad } = aroundDot(text, begin, dot);
    if (!bad) pushLink(text, start, end, links);
    let next = end;
    if (bad) while (next > 0 && text[next - 1] !== ".") next--;
    else while (text[next] === ".") next++;
    begin = Math.max(next, dot + 1);
  }
  return links;
}

function aroundDot(text: string, begin: number, dot: number): { start: number; end: number; bad: boolean } {
  const back = (from: number, is: (sign: string) => boolean) => {
    let at = from;
    while (at > begin && is(text[at - 1]!)) at--;
    return at;
  };
  let start = back(dot, inHost);
  let hostEnd = dot;
  let at = -1;
  for (; hostEnd < text.length; hostEnd++) {
    if (text[hostEnd] === "@") at = hostEnd;
    else if (!inHost(text[hostEnd]!)) break;
  }
  if (at >= 0) start = back(start, inUser);
  let end = pathEnd(text, portEnd(text, hostEnd));
  while (end > dot + 1 && text[end - 1] === ".") end--;
  let bad = false;
  if (start > begin && text[start - 1] === "@") {
    const user = back(start - 1, inUser);
    bad = at >= 0 || user === start - 1;
    start = user;
  }
  if (start === begin) return { start, end, bad };
  if (text.slice(begin, start).length < 6 || !text.slice(begin, start).endsWith("://")) {
    return {
      start,
      end,
      bad: bad || /[\p{L}\p{N}_/#@]$/u.test(text.slice(Math.max(begin, start - 2), start)),
    };
  }
  const scheme = text.slice(back(start - 3, inScheme), start - 3).toLowerCase();
  const known = ["https", "http", "tonsite", "ftp"].find((name) => scheme.endsWith(name));
  if (known === undefined || /^(?:shttp|tftp|sftp)$/.test(scheme)) return { start, end, bad: true };
  return { start: start - 3 - known.length, end, bad };
}

function portEnd(text: string, from: number): number {
  const [port = ""] = /^:\d{1,12}/.exec(text.slice(from, from + 13)) ?? [];
  const number = Number(port.slice(1));
  return number > 0 && number <= 65_535 ? from + port.length : from;
}

function pathEnd(text: string, from: number): number {
  if (!/[/?#]/.test(text[from] ?? "")) return from;
  let end = from + 1;
  while (end < text.length && inPath(text[end]!)) end++;
  while (end > from + 1 && NOT_LAST.includes(text[end - 1]!)) end--;
  return text[from] === "/" || end > from + 1 ? end : from;
}

const MAIL =
  /^(?:mailto:)?([\w-]{1,26}(?:[.+][\w-]{1,26}){0,10}@(?:[a-z0-9](?:[\w-]{0,28}[a-z0-9])?\.){1,6}[a-z]{2,8})$/i;

function pushLink(text: string, start: number, end: number, links: Span[]): void {
  const found = text.slice(start, end);
  const [, mail] = MAIL.exec(found) ?? [];
  if (mail !== undefined) {
    links.push({ kind: "link", start: end - mail.length, end, value: `mailto:${mail}` });
    return;
  }
  const url = fixed(found);
  if (url === undefined) return;
  const value = /^(?:https?|ftp|tonsite):\/\//i.test(url) ? url : `http://${url}`;
  links.push({ kind: "link", start, end: start + url.length, value });
}

/** Without what a bracket that nothing opened begins; `undefined`: its host is none. */
function fixed(found: string): string | undefined {
  const [scheme = ""] = /^(?:https?|ftp|tonsite):\/\//i.exec(found) ?? [];
  const rest = found.slice(scheme.length);
  const cut = rest.search(/[/?#]/);
  const host = cut < 0 ? rest : rest.slice(0, cut);
  const path = cut < 0 ? "" : rest.slice(cut);
  const domain = host.slice(host.indexOf("@") + 1).replace(/:[^:]*$/, "");
  return isDomain(domain, scheme !== "") ? scheme + host + closed(path) : undefined;
}

function closed(path: string): string {
  const open = { "(": 0, "[": 0, "{": 0 };
  let end = 0;
  for (; end < path.length; end++) {
    const sign = path[end]!;
    if (sign === "(" || sign === "[" || sign === "{") open[sign]++;
    const opener = sign === ")" ? "(" : sign === "]" ? "[" : sign === "}" ? "{" : undefined;
    if (opener && --open[opener] < 0) break;
  }
  while (end > 0 && NOT_LAST.includes(path[end - 1]!)) end--;
  return path.slice(0, end);
}

let tlds: Set<string> | undefined;

function isDomain(domain: string, hasScheme: boolean): boolean {
  const labels = domain.split(".");
  if (labels.length < 2 || labels.some((label) => label === "" || label.length >= 64 || label.endsWith("-")))
    return false;
  if (/^\d+$/.test(labels.join("")))
    return labels.length === 4 && labels.every((label) => Number(label) < 256 && !/^0\d|^\d{4}/.test(label));
  const tld = labels.at(-1)!;
  if ([...tld].length < 2) return false;
  if (tld.startsWith("xn--")) {
    if (tld.length <= 5 || [...tld.slice(4)].some((sign) => !LETTER.test(sign))) return false;
  } else if (/[_-]/.test(tld) || (!hasScheme && !isCommon(tld))) return false;
  return !labels.at(-2)!.includes("_");
}

// `works.So` begins a sentence; `ASP.NET` does not.
function isCommon(tld: string): boolean {
  const lower = tld.toLowerCase();
  if (lower !== tld && lower.slice(1) === tld.slice(1)) return false;
  tlds ??= new Set(`${latin} ${international} ${withdrawn}`.split(/\s+/));
  return tlds.has(lower);
}
