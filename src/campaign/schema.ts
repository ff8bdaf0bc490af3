/** The rules of `campaign.yml`, as valibot schemas: checks, messages and the JSON Schema come from them. */
import * as v from "valibot";
import { KINDS } from "../config/kinds.ts";
import { parseDuration } from "../duration.ts";
import { fitMedia, isWebAddress, lang, language, maxPosts, timezone, words } from "../yaml/fields.ts";
import { FITS, LATE, LINK_IN, SCHEDULES, UNCERTAIN } from "./campaign.ts";
import { parseFocus } from "./framing.ts";

// What Liquid makes of it is checked when it is filled in.
function isLink(value: string): boolean {
  return value.includes("{{") || isWebAddress(value);
}

const perLanguage = v.union(
  [v.string(), v.record(language, v.string())],
  "must be text, or a text for each language: { en: …, it: … }",
);
const text = (description: string) => v.optional(v.pipe(perLanguage, v.description(description)));

const link = v.optional(
  v.pipe(
    v.string(),
    v.check(isLink, "is not a web address: write it with https:// and without spaces"),
    v.description("The page to link to."),
  ),
);

const tags = v.optional(
  v.pipe(
    v.array(
      v.pipe(
        v.string(),
        v.transform((tag) => tag.trim().replace(/^#/, "")),
        v.nonEmpty("is empty"),
      ),
    ),
    v.maxLength(500, "are more than 500"),
    v.description("Hashtags, without #."),
  ),
);

const media = v.optional(
  v.pipe(
    v.array(
      v.strictObject({
        file: words("From the campaign's folder, or else from the project's."),
        alt: text("A description of the image, for people who cannot see it."),
        decorative: v.optional(
          v.pipe(v.boolean(), v.description("The image is decoration: it needs no alt text.")),
        ),
        focus: v.optional(
          v.pipe(
            v.string(),
            v.check(
              (typed) => parseFocus(typed) !== undefined,
              "must be center, top, bottom, left, right, or two shares such as `50% 20%`",
            ),
            v.description(
              "What stays where a network takes other shapes only, and its ends are cut off: center, top, bottom, left, right, or `50% 20%` from the left and the top.",
            ),
          ),
        ),
        letterbox: v.optional(
          v.pipe(
            v.string(),
            v.regex(/^(?:black|white|#[0-9a-f]{6})$/i, "must be white, black, or a colour such as `#1b1f24`"),
            v.description(
              "The colour of bars where a network takes other shapes only: white, black or `#1b1f24`.",
            ),
          ),
        ),
      }),
    ),
    v.description("Images and videos."),
  ),
);

const poll = v.optional(
  v.pipe(
    v.union(
      [
        v.literal(false),
        v.strictObject({
          choices: v.pipe(
            v.array(perLanguage),
            v.minLength(2, "needs at least two choices"),
            v.maxLength(20, "has more than 20 choices"),
            v.description("What one can answer: texts, or a text for each language."),
          ),
          open: v.optional(
            v.pipe(
              v.string(),
              v.check(
                (typed) => (parseDuration(typed) ?? 0) > 0,
                "is not a length of time: write it like 3d or 12h",
              ),
              v.description("How long it is open. Default: 3d."),
            ),
          ),
          multiple: v.optional(v.pipe(v.boolean(), v.description("Several may be chosen. Default: false."))),
          answer: text(
            "What ends the list where a network has no polls. Default: answer in the replies, in the channel's language.",
          ),
        }),
      ],
      "must be { choices: [A, B], open: 3d }, or false for none",
    ),
    v.description(
      "A question to the readers; the text asks it. A poll where the network has them, else a list.",
    ),
  ),
);

const card = v.optional(
  v.pipe(
    v.union(
      [
        v.literal(false),
        v.strictObject({
          title: text("Its headline. Default: the page's own, else the campaign's title."),
          description: text("A sentence below it. Default: the page's own, else the campaign's summary."),
          image: v.optional(
            words(
              "A picture, from the campaign's folder, or else from the project's. Default: the page's own.",
            ),
          ),
        }),
      ],
      "must be { title: …, description: …, image: … }, or false for none",
    ),
    v.description("The link's card, where the network does not make it from the page: Bluesky, a feed."),
  ),
);

const source = v.optional(
  v.pipe(
    v.pipe(
      v.strictObject({
        feed: v.optional(
          v.pipe(
            v.string(),
            v.check(isWebAddress, "is not a web address: write it with https:// and without spaces"),
            v.description("An Atom, RSS or JSON feed: each new entry is announced once."),
          ),
        ),
        releases: v.optional(
          v.pipe(
            v.string(),
            v.regex(/^[\w.-]+\/[\w.-]+$/, "is not a repository: write it as owner/name"),
            v.description("A repository on GitHub: each new release is announced once."),
          ),
        ),
        match: v.optional(words("Only entries whose title has these words, or that have this tag.")),
        newest: v.optional(
          v.pipe(
            v.number(),
            v.integer("must be a whole number"),
            v.minValue(0, "must be at least 0"),
            v.maxValue(100, "must be at most 100"),
            v.description("How many of those that are there already are announced at first. Default: 0."),
          ),
        ),
      }),
      v.check(
        ({ feed, releases }) => (feed === undefined) !== (releases === undefined),
        "needs either feed or releases",
      ),
    ),
    v.description("Where the campaign's facts come from: {{ entry.title }}, {{ entry.url }} …"),
  ),
);

const fit = v.optional(
  v.pipe(
    v.picklist(FITS),
    v.description(
      "What happens to a text that is too long: it becomes a thread, is cut with an ellipsis, or is an error.",
    ),
  ),
);
const link_in = v.optional(
  v.pipe(
    v.picklist(LINK_IN),
    v.description("Where the link stands: in the post, or in our own first reply to it. Default: post."),
  ),
);
const first_reply = v.optional(
  v.pipe(
    v.union([v.literal(false), perLanguage], "must be text, a text for each language, or false for none"),
    v.description("What we answer to our own post at once: Markdown and Liquid."),
  ),
);
const fit_media = fitMedia(
  "Pictures that a network would refuse are scaled and saved anew for it. Default: the project's, else true.",
);
const alt_in_text = v.optional(
  v.pipe(
    v.boolean(),
    v.description("Where a network has no field for alt texts, they end the post's text. Default: false."),
  ),
);
const number = v.optional(v.pipe(v.boolean(), v.description("Number the posts of a thread: (2/5).")));
const max_posts = maxPosts("The most posts that a thread may have here. Default: the channel's, else 25.");
const at = v.optional(
  v.pipe(words("When: 2026-12-01 09:00 Europe/Rome."), v.examples(["2026-12-01 09:00 Europe/Rome"])),
);
/** For a campaign that repeats. */
const recurrence = {
  every: v.optional(
    v.pipe(
      words("When it repeats: a phrase such as `monday 09:00`, or cron: `0 9 * * 1`."),
      v.examples(["monday 09:00", "09:00 on weekdays", "first monday of the month 09:00", "0 9 * * 1"]),
    ),
  ),
  from: v.optional(words("The first day, or date and time, of `every`, by each channel's own clock.")),
  until: v.optional(words("The last day, or date and time, of `every`, by each channel's own clock.")),
  count: v.optional(
    v.pipe(
      v.number(),
      v.integer("must be a whole number"),
      v.minValue(1, "must be at least 1"),
      v.maxValue(1000, "must be at most 1000"),
      v.description("How many times it is sent, counted from `from`."),
    ),
  ),
  stagger: v.optional(words("The time between one channel and the next: 10m.")),
  timezone: timezone("IANA time zone of the times, for channels without one."),
};
const schedule = v.optional(
  v.pipe(
    v.picklist(SCHEDULES),
    v.description(
      "Who holds the post until it is due: broadcast, or the network, which gets it now and publishes it later. Default: broadcast.",
    ),
  ),
);
const late = v.optional(
  v.pipe(
    v.picklist(LATE),
    v.description(
      "What happens when it is more than an hour late: it is sent, skipped, or held until you decide. Default: `run` sends it, and `send` asks.",
    ),
  ),
);
const uncertain = v.optional(
  v.pipe(
    v.picklist(UNCERTAIN),
    v.description(
      "What happens when it may or may not be out: it waits for you, or it is sent again and may appear twice. Default: hold.",
    ),
  ),
);
const options = v.record(v.string(), v.unknown());

const onlySchema = v.strictObject({
  title: text("The headline, here."),
  summary: text("One or two sentences, here."),
  text: text("The whole text here, in place of the template: Markdown and Liquid."),
  body: text("The text, here: Markdown and Liquid."),
  link,
  link_in,
  first_reply,
  tags,
  media,
  poll,
  card,
  options: v.optional(v.pipe(options, v.description("Options of this network: visibility, subreddit."))),
  skip: v.optional(v.pipe(v.boolean(), v.description("Send nothing to this channel or network."))),
  fit,
  fit_media,
  alt_in_text,
  number,
  max_posts,
  at,
  schedule,
  late,
  uncertain,
});

export const campaignSchema = v.strictObject({
  id: v.optional(
    v.pipe(
      v.string(),
      v.regex(/^\S(?:.{0,198}\S)?$/u, "must be one line of 1 to 200 characters, without spaces at the ends"),
      v.description("The campaign's identity; default: the file's path in the project."),
    ),
  ),
  kind: v.pipe(v.picklist(KINDS), v.description("What this campaign is for; it chooses the template.")),
  when: v.optional(
    v.pipe(
      words("A condition: unless it holds, nothing is sent."),
      v.examples(["release.prerelease == false"]),
    ),
  ),
  title: text("The headline."),
  summary: text("One or two sentences."),
  body: text("The text: Markdown and Liquid."),
  link,
  link_in,
  first_reply,
  vars: v.optional(
    v.pipe(
      v.record(
        v.pipe(
          v.string(),
          v.regex(
            /^[A-Za-z_]\w*$/,
            "is not a name for a variable: use letters, digits and _, and start with a letter",
          ),
        ),
        v.unknown(),
      ),
      v.description("Values for {{ name }}."),
    ),
  ),
  tags,
  media,
  poll,
  card,
  source,
  channels: v.pipe(
    v.array(v.string()),
    v.nonEmpty("names no channel"),
    v.description("Names of channels or groups from broadcast.yml."),
  ),
  audience: v.optional(
    v.pipe(
      v.picklist(["internal", "external"]),
      v.description("Internal stays internal. Default: external."),
    ),
  ),
  allow_external: v.optional(
    v.pipe(v.array(v.string()), v.description("External channels that this internal campaign may reach.")),
  ),
  lang: v.optional(
    lang("The language of texts that are written once, and of all texts for a channel without a language."),
  ),
  author: v.optional(
    words("Who wrote it. Default: who last committed the file; policies may not count their approval."),
  ),
  at,
  ...recurrence,
  expires: v.optional(words("After this time, or this long after `at`, nothing is sent any more.")),
  schedule,
  late,
  uncertain,
  fit,
  fit_media,
  alt_in_text,
  number,
  max_posts,
  only: v.optional(
    v.pipe(v.record(v.string(), onlySchema), v.description("What one channel or network gets differently.")),
  ),
  options: v.optional(v.pipe(v.record(v.string(), options), v.description("Options, by network."))),
});
export type CampaignInput = v.InferOutput<typeof campaignSchema>;
export type OnlyInput = v.InferOutput<typeof onlySchema>;
