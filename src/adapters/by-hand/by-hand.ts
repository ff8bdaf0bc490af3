/** Places without an API: the text is planned, approved and remembered like any other, and a person posts it. */
import * as v from "valibot";
import { type ByHand, defineAdapter, NetworkError, type Post } from "../../adapter.ts";
import { text } from "../../settings.ts";
import { suggest } from "../../suggest.ts";
import { PLACES, type Place } from "./places.ts";

const most = (description: string) =>
  v.optional(v.pipe(v.number(), v.integer(), v.minValue(1), v.description(description)));

const place = v.pipe(
  text(`Where: ${Object.keys(PLACES).join(", ")}; or the name of another place`),
  v.check(
    (typed) => meant(typed) === undefined,
    ({ input }) => `is not a place that is known: did you mean \`${meant(input)}\`?`,
  ),
);

const channel = v.strictObject({
  place,
  compose: v.optional(
    v.pipe(
      v.string(),
      v.regex(/^https?:\/\//i, "is not a web address: write it with https://"),
      v.description("The page on which it is written; {text}, {title}, {link} and {tags} are filled in"),
    ),
  ),
  max: most("The most characters of a text there"),
  title_max: most("The most characters of a title there"),
  markup: v.optional(
    v.pipe(v.picklist(["plain", "markdown"]), v.description("How text is marked up there; default plain")),
  ),
});

/** A known place that is nearly what was typed. */
function meant(typed: string): string | undefined {
  return known(typed) ? undefined : suggest(keyOf(typed), Object.keys(PLACES));
}

function known(typed: string): Place | undefined {
  return Object.hasOwn(PLACES, keyOf(typed)) ? PLACES[keyOf(typed)] : undefined;
}

/** `Hacker News` is `hackernews`. */
function keyOf(typed: string): string {
  return typed.toLowerCase().replaceAll(" ", "");
}

type Channel = v.InferOutput<typeof channel>;

const ROOMY = 100_000;
const LONGEST_TITLE = 300;

export const byHand = defineAdapter<Channel, Record<never, never>>({
  id: "by-hand",
  name: "By hand",
  source: { url: "https://github.com/bradvin/social-share-urls", checked: "2026-11-25" },
  group: "public",
  shape: "short",
  look: { mark: "Bh", light: "#5f5b53", dark: "#b9b3a7", layout: "post", avatar: "square" },

  channel,
  options: v.strictObject({}),
  auth: {
    kind: "none",
    steps: [
      "Nothing to create: a person posts.",
      "Set `place` to one of those listed, or to the name of another one, with `compose` and `max` where they are known.",
      "After `send`, `broadcast todo` shows what is to be posted, and takes the address of the post.",
    ],
  },

  text: { max: ROOMY, unit: "grapheme", markup: "plain", tags: "text" },
  title: { max: LONGEST_TITLE, unit: "grapheme", markup: "plain" },
  // The person attaches them.
  media: {
    count: 20,
    alt: 5_000,
    image: { types: ["image/jpeg", "image/png", "image/webp", "image/gif"], bytes: 50_000_000 },
    video: { types: ["video/mp4", "video/quicktime", "video/webm"], bytes: 2_000_000_000 },
    document: { types: ["application/pdf"], bytes: 100_000_000 },
    mixed: true,
  },
  thread: "none",
  card: "network",
  rulesFor: (settings) => {
    const { max, title, titled, markup, shape } = placeOf(settings);
    return {
      text: { max: max ?? ROOMY, markup: markup ?? "plain" },
      title: title === undefined ? "none" : { max: title, ...(titled && { required: true }) },
      ...(shape && { shape }),
    };
  },
  rates: [],
  idempotency: "none",
  edits: "none",
  retracts: "none",

  byHand: (post, settings) => composed(post, placeOf(settings)),
  publish: () => Promise.reject(new NetworkError("rejected", "a person posts it")),
});

function placeOf({ place, compose, max, title_max: title, markup }: Channel): Place {
  return {
    name: place,
    ...known(place),
    ...(compose !== undefined && { compose }),
    ...(max !== undefined && { max }),
    ...(compose?.includes("{title}") && { title: LONGEST_TITLE }),
    ...(title !== undefined && { title }),
    ...(markup && { markup }),
  };
}

// Longer addresses are cut by browsers and servers; the text is pasted then.
const LONGEST_ADDRESS = 2_000;

function composed(post: Post, { name, compose }: Place): ByHand {
  if (compose === undefined) return { place: name, filled: [] };
  const whole = fill(compose, post);
  if (whole.length <= LONGEST_ADDRESS) return { place: name, url: whole, filled: filledIn(compose, post) };
  const without = { ...post, text: "" };
  return { place: name, url: fill(compose, without), filled: filledIn(compose, without) };
}

const PARTS = ["title", "text", "link", "tags"] as const;

function partOf({ title = "", text, link, tags }: Post, part: (typeof PARTS)[number]): string {
  if (part === "link") return link?.url ?? "";
  if (part === "tags") return tags.join(",");
  return part === "title" ? title : text;
}

function fill(template: string, post: Post): string {
  return template.replace(/\{(title|text|link|tags)\}/g, (_, part: (typeof PARTS)[number]) =>
    encodeURIComponent(partOf(post, part)),
  );
}

function filledIn(template: string, post: Post): ByHand["filled"] {
  return PARTS.filter((part) => template.includes(`{${part}}`) && partOf(post, part) !== "");
}
