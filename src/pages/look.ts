/** What a network looks like: as its adapter says, else something of our own that is always the same. */
import type { Adapter, Look, Shape } from "../adapter.ts";
import type { Mini } from "./icons.ts";

const LAYOUTS: Record<Shape, Look["layout"]> = {
  short: "post",
  chat: "message",
  article: "article",
  mail: "mail",
};

// Readable on the sheet in either theme, and told apart by their marks.
const ACCENTS = [
  ["#5443c4", "#b0a6ff"],
  ["#0b62bd", "#6cb6ff"],
  ["#6b4a2b", "#d9b48f"],
  ["#9c2f6f", "#f09ac8"],
  ["#56602c", "#c2cc8d"],
  ["#2f6a3a", "#8ccf97"],
  ["#a53d12", "#ff9f7a"],
] as const;

export function lookOf({ id, name, shape, look }: Pick<Adapter, "id" | "name" | "shape" | "look">): Look {
  if (look) return look;
  const sum = [...id].reduce((all, sign) => (all * 31 + sign.codePointAt(0)!) % 9_973, 7);
  const [light, dark] = ACCENTS[sum % ACCENTS.length]!;
  const letters = [...name.replace(/[^\p{L}\p{N}]/gu, "")].slice(0, 2).join("") || "?";
  return {
    mark: letters.slice(0, 1).toUpperCase() + letters.slice(1).toLowerCase(),
    light,
    dark,
    layout: LAYOUTS[shape],
  };
}

/** The accents of these networks, as a style sheet. What is not a colour is left out. */
export function accents(networks: Iterable<readonly [id: string, look: Look]>): string {
  const colour = /^#[0-9a-f]{6}$/i;
  return [...new Map(networks)]
    .filter(([, { light, dark }]) => colour.test(light) && colour.test(dark))
    .map(([id, { light, dark }]) => `.${networkClass(id)}{--a:light-dark(${light},${dark})}`)
    .join("\n");
}

/** A class that carries the network's accent. */
export function networkClass(id: string): string {
  return `n-${id.replace(/[^\w-]/g, "-")}`;
}

/** The thumbnail of a face. */
export function miniOf({ layout, avatar, wide }: Look, has: { posts: number; poll: boolean }): Mini {
  if (layout === "post" && has.posts > 1) return "thread";
  if (layout === "post" && has.poll) return "poll";
  const minis: Record<Look["layout"], Mini> = {
    post: wide ? "posts" : "post",
    page: avatar === "square" ? "page" : "pageround",
    picture: "picture",
    message: avatar === "soft" ? "msgsq" : "msg",
    card: "card",
    bubble: "bub",
    article: "art",
    mail: "mail",
    forum: "forum",
    release: "rel",
  };
  return minis[layout];
}

const RIGHT_TO_LEFT = new Set([
  "ar",
  "arc",
  "ckb",
  "dv",
  "fa",
  "he",
  "ku",
  "ps",
  "sd",
  "syr",
  "ug",
  "ur",
  "yi",
]);

/** Of a language, where it is known. */
export function directionOf(lang: string | undefined): "rtl" | "ltr" | "auto" {
  if (lang === undefined) return "auto";
  if (/-(?:Arab|Hebr)\b/i.test(lang)) return "rtl";
  return RIGHT_TO_LEFT.has(lang.split("-")[0]!.toLowerCase()) ? "rtl" : "ltr";
}

/** `Italian`; the tag itself if it has no name. */
export function languageName(lang: string): string {
  try {
    return new Intl.DisplayNames(["en"], { type: "language" }).of(lang) ?? lang;
  } catch {
    return lang;
  }
}

/** `AC` for `Acme`, `JD` for `Jane Doe`. */
export function initials(name: string): string {
  const words = name.match(/[\p{L}\p{N}][\p{L}\p{N}\p{M}]*/gu) ?? [];
  const letters =
    words.length > 1
      ? [words[0]!, words.at(-1)!].map((word) => [...word][0])
      : [...(words[0] ?? "?")].slice(0, 2);
  return letters.join("").toUpperCase();
}
