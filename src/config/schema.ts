// biome-ignore-all lint/suspicious/noTemplateCurlyInString: ${NAME} is what broadcast.yml holds
/** The rules of `broadcast.yml`, as valibot schemas: checks, messages and the JSON Schema come from them. */
import * as v from "valibot";
import { parseDuration } from "../duration.ts";
import { fitMedia, lang, maxPosts, timezone, words } from "../yaml/fields.ts";
import { mediaHostSchema } from "./media-host.ts";
import { mediaStoreSchema } from "./media-store.ts";
import { policyEntries } from "./policy.ts";

/** What every channel may say, whatever its network; the adapter's own settings come on top. */
export const channelEntries = {
  network: v.optional(words("The network; default: the channel's name.")),
  audience: v.optional(
    v.pipe(v.picklist(["internal", "external"]), v.description("Who reads it. Default: external.")),
  ),
  lang: v.optional(lang("The language of its readers.")),
  timezone: timezone("IANA time zone of its readers."),
  max_posts: maxPosts("The most posts that a thread may have here. Default: 25."),
};

const name = v.pipe(
  v.string(),
  v.regex(
    /^[\p{L}\p{N}][\p{L}\p{N}._-]*$/u,
    "is not a valid name: use letters, digits, `-`, `_` and `.`, no spaces",
  ),
);

const utmValue = (description: string) => v.optional(v.pipe(v.string(), v.description(description)));

const { network: _, ...commonEntries } = channelEntries;

export const defaultsSchema = v.record(v.string(), v.looseObject(commonEntries));

export const configSchema = v.strictObject({
  include: v.optional(
    v.pipe(
      v.union([v.string(), v.array(v.string())], "must be a file, or a list of files"),
      v.description(
        "Further files with channels, groups, people, and defaults for them; `clients/*.yml` names all that match.",
      ),
    ),
  ),
  defaults: v.optional(
    v.pipe(
      defaultsSchema,
      v.description(
        "What channels have that do not say it themselves: by network, by group of networks, or by group of channels.",
      ),
    ),
  ),
  channels: v.pipe(
    v.record(name, v.looseObject(channelEntries)),
    v.description("The accounts, rooms, lists and feeds, by a name of your own."),
  ),
  groups: v.optional(
    v.pipe(v.record(name, v.array(v.string())), v.description("Names for several channels at once.")),
  ),
  people: v.optional(
    v.pipe(
      v.record(
        v.string(),
        v.record(
          v.string(),
          v.union(
            [v.string(), v.strictObject({ handle: v.optional(v.string()), id: v.optional(v.string()) })],
            "must be a handle, or { handle: …, id: … }",
          ),
        ),
      ),
      v.description("Who @name is on each network."),
    ),
  ),
  ledger: v.optional(
    words(
      "A file in the project; `git` for a ref of its own repository (`git:REMOTE`); or `${DATABASE_URL}`, a PostgreSQL database that machines share. Default: .broadcast/ledger.db",
    ),
  ),
  deliver: v.optional(
    v.pipe(
      v.picklist(["workers"]),
      v.description(
        "`workers`: `send` and `run` leave the sending to `broadcast worker`, over a ledger in PostgreSQL. Default: they send.",
      ),
    ),
  ),
  media_store: v.optional(mediaStoreSchema),
  timezone: timezone("IANA time zone of the times, for channels and campaigns without one."),
  templates: v.optional(words("Folder of the project's own templates. Default: templates")),
  adapters: v.optional(
    v.pipe(v.array(v.string()), v.description("Plug-ins: a path in the project, or a package.")),
  ),
  programs: v.optional(
    v.pipe(
      v.array(v.string()),
      v.description("Programs of the project that channels may run, each by its path. Default: none."),
    ),
  ),
  utm: v.optional(
    v.pipe(
      v.strictObject({
        source: utmValue("utm_source, for instance {{ network }}"),
        medium: utmValue("utm_medium"),
        campaign: utmValue("utm_campaign, for instance {{ campaign }}"),
        term: utmValue("utm_term"),
        content: utmValue("utm_content"),
      }),
      v.description("Parameters added to every link."),
    ),
  ),
  replies: v.optional(
    v.pipe(
      v.strictObject({
        keep: v.optional(
          v.pipe(
            v.string(),
            v.check((typed) => (parseDuration(typed) ?? 0) > 0, "is not a length of time: write it like 90d"),
            v.description("How long other people's words are kept. Default: 90d."),
          ),
        ),
      }),
      v.description("What people answer, as `broadcast replies` reads it."),
    ),
  ),
  notify: v.optional(
    v.pipe(
      v.strictObject({
        channel: words("An internal channel: told, once each, of what needs a person."),
        expires: v.optional(
          v.pipe(
            v.string(),
            v.check((typed) => (parseDuration(typed) ?? 0) > 0, "is not a length of time: write it like 14d"),
            v.description("How long before a credential ends it is told. Default: 14d."),
          ),
        ),
      }),
      v.description("Who is told what is held, failed, needs a login, or was missed."),
    ),
  ),
  fit_media: fitMedia(
    "Pictures that a network would refuse are scaled and saved anew for it; a campaign may say otherwise. Default: true.",
  ),
  media_host: v.optional(mediaHostSchema),
  fetch: v.optional(
    v.pipe(
      v.strictObject({
        private: v.optional(
          v.pipe(
            v.boolean(),
            v.description(
              "Feeds and pages are also read from this computer and its network. Default: false.",
            ),
          ),
        ),
        cards: v.optional(
          v.pipe(
            v.boolean(),
            v.description(
              "Pages behind links are read for their cards, where the network does not do that itself. Default: true.",
            ),
          ),
        ),
      }),
      v.description("What is read from the web."),
    ),
  ),
  budget: v.optional(
    v.pipe(
      v.strictObject({
        month: v.pipe(
          v.number(),
          v.minValue(0, "must not be negative"),
          v.description(
            "The most that posts may cost in a calendar month: `send` and `run` refuse what would exceed it.",
          ),
        ),
        currency: v.optional(
          v.pipe(
            v.string(),
            v.regex(/^[A-Z]{3}$/, "is not a currency: write three capital letters, USD"),
            v.description("ISO 4217. Default: USD."),
          ),
          "USD",
        ),
      }),
      v.description("What posting may cost where a network charges for it."),
    ),
  ),
  ...policyEntries,
});
export type ConfigInput = v.InferOutput<typeof configSchema>;
