/**
 * Finds secrets in texts, also where a server or an author wrote them in another way: in other case, percent-encoded, as HTML
 * or JSON references, in base64 or hexadecimal, with other dashes or wide letters, or with invisible characters inside. Not
 * found: what was turned around or enciphered. One place for redaction and for the guard of posts.
 */
import { isUrl } from "./urls.ts";

/** A stretch of the text, in UTF-16 offsets. */
export interface Stretch {
  start: number;
  end: number;
  /** Which of the given secrets it is. */
  secret: string;
}

export type Finder = (text: string) => Stretch[];

export interface FinderOptions {
  /** Shorter ones are not looked for: they are in every text. Default 4. */
  least?: number;
}

/** Finds every secret, and the telling parts of those that are addresses, such as a webhook's token. */
export function secretFinder(secrets: readonly string[], { least = 4 }: FinderOptions = {}): Finder {
  const forms = new Map<string, string>();
  for (const secret of secrets)
    for (const form of formsOf(secret)) {
      const normal = viewOf(form).text;
      if (normal.length >= least && !forms.has(normal)) forms.set(normal, secret);
    }
  // The longest first, so that a token is not left as the rest of its part.
  const wanted = [...forms].sort(([a], [b]) => b.length - a.length);
  if (wanted.length === 0) return () => [];
  return (text) => {
    const view = viewOf(text);
    const found: Stretch[] = [];
    for (const [form, secret] of wanted) {
      for (let at = view.text.indexOf(form); at >= 0; at = view.text.indexOf(form, at + form.length)) {
        const [start, end] = [view.start(at), view.end(at + form.length - 1)];
        if (!found.some((one) => one.start < end && start < one.end)) found.push({ start, end, secret });
      }
    }
    return found.sort((a, b) => a.start - b.start);
  };
}

/** Replaces every secret by `***`. */
export function redactor(secrets: readonly string[]): (text: string) => string {
  const find = secretFinder(secrets);
  return (text) => {
    let out = "";
    let from = 0;
    for (const { start, end } of find(text)) {
      out += `${text.slice(from, start)}***`;
      from = end;
    }
    return from === 0 ? text : out + text.slice(from);
  };
}

/** Whether a value looks like a credential and not like a word, a number, a path or a public address. */
export function looksSecret(value: string): boolean {
  if (value.length < 8 || /\s/.test(value)) return false;
  if (/^https?:\/\//i.test(value)) return hasTellingPart(value);
  if (/^[\d.:-]+$/.test(value) || /^[./~]/.test(value)) return false;
  return value.length >= 16 || !/^\p{L}+$/u.test(value);
}

function hasTellingPart(address: string): boolean {
  return partsOf(address).length > 0;
}

function formsOf(secret: string): string[] {
  return [secret, ...pathOf(secret), ...partsOf(secret)].flatMap((form) => [
    form,
    ...inBase64(form),
    ...inHex(form),
  ]);
}

// Servers repeat it without the host.
function pathOf(secret: string): string[] {
  if (!hasTellingPart(secret)) return [];
  const { pathname } = new URL(secret);
  return pathname.length > 8 ? [pathname] : [];
}

// A webhook's token is a segment of its path. A bare number is public: its id.
function partsOf(secret: string): string[] {
  if (!/^https?:\/\//i.test(secret) || !isUrl(secret)) return [];
  const { pathname, search, password } = new URL(secret);
  const segments = [...pathname.split("/"), ...search.split(/[?&=]/)];
  const telling = segments.filter((segment) => segment.length >= 12 && !/^\d+$/.test(segment));
  return password === "" ? telling : [...telling, decodeURIComponent(password)];
}

// As it looks in the middle of something longer, at each of the three places in a group of three bytes.
function inBase64(secret: string): string[] {
  if (secret.length < 8) return [];
  return [0, 1, 2].flatMap((offset) => {
    const bytes = Buffer.concat([Buffer.alloc(offset), Buffer.from(secret)]);
    const from = Math.ceil((offset * 8) / 6);
    const to = Math.floor((bytes.length * 8) / 6);
    return ["base64", "base64url"].map((code) => bytes.toString(code as "base64").slice(from, to));
  });
}

function inHex(secret: string): string[] {
  return secret.length < 8 ? [] : [Buffer.from(secret).toString("hex")];
}

interface View {
  text: string;
  /** Where the character at this place of the view begins and ends in the text. */
  start(at: number): number;
  end(at: number): number;
}

const INVISIBLE = /\p{C}|\p{Default_Ignorable_Code_Point}/u;
// What of ASCII can be seen, without the signs that begin an encoding.
const PLAIN = /^[\n !-$'-[\]-~]*$/;

/** The text with its encodings undone, in lower case. */
function viewOf(text: string): View {
  // Most texts need no second look.
  if (PLAIN.test(text)) return { text: text.toLowerCase(), start: (at) => at, end: (at) => at + 1 };
  let units: Unit[] = Array.from({ length: text.length }, (_, at) => ({
    is: text[at]!,
    start: at,
    end: at + 1,
  }));
  // What was encoded twice is undone twice.
  for (let round = 0; round < 3; round++) {
    const before = units.length;
    units = decoded(units);
    if (units.length === before) break;
  }
  const shown = units.filter(({ is }) => !INVISIBLE.test(is) || /[\ud800-\udfff]/.test(is));
  return {
    text: shown.map(({ is }) => plainly(is)).join(""),
    start: (at) => shown[at]!.start,
    end: (at) => shown[at]!.end,
  };
}

const DASH = /[\u2010-\u2015\u2212\ufe58\ufe63\uff0d]/;

/** One letter as it is compared: a typesetter's dash as the keyboard's, a wide letter as a narrow one, in lower case. */
function plainly(letter: string): string {
  if (DASH.test(letter)) return "-";
  const narrow = letter.charCodeAt(0) > 0x7f ? letter.normalize("NFKC") : letter;
  const lower = (narrow.length === 1 ? narrow : letter).toLowerCase();
  return lower.length === 1 ? lower : letter;
}

interface Unit {
  is: string;
  start: number;
  end: number;
}

const NAMES: Record<string, string> = {
  amp: "&",
  lt: "<",
  gt: ">",
  quot: '"',
  apos: "'",
  colon: ":",
  sol: "/",
  period: ".",
  equals: "=",
  num: "#",
  lowbar: "_",
  hyphen: "-",
};

// `%3a`, `&#58;`, `&#x3a;`, `&colon;`, `\u003a`, `\x3a`.
const ENCODED =
  /%([0-9a-f]{2})|&#(\d{1,7});?|&#x([0-9a-f]{1,6});?|&([a-z]{2,6});|\\u([0-9a-f]{4})|\\x([0-9a-f]{2})/giy;

function decoded(units: readonly Unit[]): Unit[] {
  const text = units.map(({ is }) => is).join("");
  if (!/[%&\\]/.test(text)) return [...units];
  const out: Unit[] = [];
  for (let at = 0; at < units.length; ) {
    ENCODED.lastIndex = at;
    const match = /[%&\\]/.test(text[at]!) ? ENCODED.exec(text) : null;
    const is = match && characterOf(match);
    if (match && is !== undefined) {
      const last = units[at + match[0].length - 1]!;
      out.push({ is: is!, start: units[at]!.start, end: last.end });
      at += match[0].length;
    } else out.push(units[at++]!);
  }
  return out;
}

// Secrets are ASCII: what is beyond it stays as it was written.
function characterOf([, percent, decimal, hex, name, unicode, byte]: RegExpExecArray): string | undefined {
  if (name !== undefined) return NAMES[name.toLowerCase()];
  const digits = percent ?? hex ?? unicode ?? byte;
  const code = digits === undefined ? Number(decimal) : Number.parseInt(digits, 16);
  return code > 0 && code < 0x80 ? String.fromCharCode(code) : undefined;
}
