/** Who is killed: each network in each way of being somebody there, and each command that sends. */
import { safeParse } from "valibot";
import { type Adapter, editsOf, retractsOf } from "../../src/adapter.ts";
import type { Way } from "../../src/sandbox/network.ts";
import { isSecret } from "../../src/settings.ts";
import { adapters } from "../networks.ts";
import { halfOf, keepsKeys, labelOf } from "../sandbox/rows.ts";

/** What is sent in a run, to which network, by which command. */
export interface Subject {
  name: string;
  network: string;
  /** Lines of YAML under the channel, besides `network`. */
  settings: string[];
  /** What the campaign says to the network, where it cannot do without. */
  options?: Record<string, unknown>;
  parts: number;
  /** The second part is a comment: a first reply. */
  answers?: true;
  /** How many pictures the first part has. */
  pictures: number;
  /** They are JPEGs; default: PNGs. */
  jpeg?: true;
  /** Its files are videos. */
  video?: true;
  /** Pictures are uploaded before the post, and not with it: finished once, they are not sent again. */
  uploads?: true;
  /** Whether the network has a key or can be asked: then nothing may be missing in the end. */
  exact: boolean;
  /** The command that is killed. Default: `send`. `repost`: `edit --repost`. */
  by?: "run" | "retry" | "resolve" | "edit" | "retract" | "repost";
  /** Milliseconds by which the clock has moved on when somebody comes to settle it: the network answers late. */
  later?: number;
  /** Milliseconds by which this computer's clock is ahead of the server's. */
  skew?: number;
  /**
   * `proxied`: a proxy answers the first post with 503 after it has passed it on; `rewritten`: the server shows other marks;
   * `poisoned`: its dates, waits and windows cannot be; `slow`: what nobody waits for any more is taken 53 s later.
   */
  weather?: "proxied" | "rewritten" | "poisoned" | "slow";
  /** Somebody who may write the ledger puts other words into it after the kill. */
  edited?: true;
  /** Its posts are files on this computer's disk. */
  files?: true;
}

/** What is out is known by its words. */
const waysOf = (adapter: Adapter) => halfOf(adapter).ways.filter(({ words }) => words !== "none");

const BY_SEND: readonly Subject[] = adapters.flatMap((adapter) =>
  waysOf(adapter).flatMap((way) => subjectsOf(adapter, way)),
);

/** What is out is edited, taken back, or taken back and sent again, wherever a network allows it. */
const AFTERWARDS: readonly Subject[] = adapters.flatMap((adapter) =>
  waysOf(adapter).flatMap((way): Subject[] => {
    const subject = {
      ...named(labelOf(halfOf(adapter), way)),
      // Sent again, a picture is uploaded again.
      uploads: undefined,
      pictures: way.media?.needed ? (way.media.counts?.[0] ?? 1) : 0,
      exact: true,
    };
    const settings = halfOf(adapter).channel("acme", `https://${adapter.id}.example`, "out", way.settings);
    const canEdit = editsOf(adapter, settings) !== "none";
    const canRetract = retractsOf(adapter, settings) !== "none";
    // Sending again is as sure as sending: where nobody can be asked, a person may have to look.
    const again = {
      exact: keepsKeys(adapter, way) || (adapter.find !== undefined && way.lookUp !== "none"),
    };
    return [
      ...(canEdit ? [{ ...subject, name: `${subject.name} by edit`, by: "edit" as const }] : []),
      ...(canRetract ? [{ ...subject, name: `${subject.name} by retract`, by: "retract" as const }] : []),
      ...(canRetract && !canEdit
        ? [{ ...subject, ...again, name: `${subject.name} by repost`, by: "repost" as const }]
        : []),
    ];
  }),
);

export const SUBJECTS: readonly Subject[] = [
  ...BY_SEND,
  ...AFTERWARDS,
  { ...named("mastodon"), name: "mastodon by run", parts: 1, pictures: 0, by: "run" },
  // The network has refused the second part.
  { ...named("mastodon"), name: "mastodon by retry", parts: 2, pictures: 0, by: "retry" },
  ...[6_000, 90_000, 3 * 3_600_000].flatMap((skew) =>
    ["mastodon", "discord bot", "slack bot"].map((name) => ({
      ...named(name),
      name: `${name}, clock ${skew / 1000} s ahead`,
      parts: 1,
      pictures: 0,
      skew,
    })),
  ),
  ...["mastodon", "discord bot", "slack bot"].map((name) => ({
    ...named(name),
    name: `${name}, proxied`,
    parts: 1,
    pictures: 0,
    weather: "proxied" as const,
  })),
  ...["mastodon", "discord bot", "slack bot"].map((name) => ({
    ...named(name),
    name: `${name}, slow`,
    parts: 1,
    pictures: 0,
    weather: "slow" as const,
  })),
  { ...named("mastodon"), name: "mastodon, rewritten", parts: 1, pictures: 0, weather: "rewritten" },
  ...["mastodon", "discord bot", "slack bot"].flatMap((name) => [
    // What cannot be compared by its time may be asked about.
    {
      ...named(name),
      name: `${name}, poisoned`,
      parts: 1,
      pictures: 0,
      weather: "poisoned" as const,
      exact: false,
    },
    {
      ...named(name),
      name: `${name}, ledger edited`,
      parts: 1,
      pictures: 0,
      edited: true as const,
      exact: false,
    },
  ]),
  // Nobody knows whether it went out; a person has looked, and it did not.
  { ...named("telegram"), name: "telegram by resolve", parts: 1, pictures: 0, by: "resolve" },
];

function subjectsOf(adapter: Adapter, way: Way): Subject[] {
  const half = halfOf(adapter);
  const { media, files } = way;
  const subject: Subject = {
    name: labelOf(half, way),
    network: adapter.id,
    settings: settingsOf(adapter, way),
    ...(way.options && { options: way.options }),
    parts: way.threads ? 2 : 1,
    ...(way.threads && adapter.thread === "none" && { answers: true as const }),
    pictures: 0,
    exact: keepsKeys(adapter, way) || (adapter.find !== undefined && way.lookUp !== "none"),
    ...(files && { files }),
    ...(media?.type === "image/jpeg" && { jpeg: true as const }),
    ...(media?.type === "video/mp4" && { video: true as const }),
  };
  const uploads = media?.before && { uploads: media.before };
  // Where pictures make it another thing to be sure of a post, they have a subject of their own.
  if (media?.lookUp === "presence") {
    const slow = { exact: false, later: media.settles ?? 0 };
    if (media.needed) return [{ ...subject, ...uploads, ...slow, pictures: 1 }];
    return [
      subject,
      { ...subject, ...uploads, ...slow, name: `${subject.name}, files`, parts: 1, pictures: 2 },
    ];
  }
  const pictures = media?.needed ? (media.counts?.[0] ?? 1) : 1;
  return [{ ...subject, ...(media && { pictures, ...uploads }) }];
}

/** What the sandbox would have a channel say, with names in place of the secrets: the sandbox fills those in itself. */
function settingsOf(adapter: Adapter, { settings }: Way): string[] {
  const { entries } = adapter.channel as unknown as { entries: Record<string, unknown> };
  const values = halfOf(adapter).channel("acme", `https://${adapter.id}.example`, "out", settings);
  if (!safeParse(adapter.channel, values).success)
    throw new Error(`${adapter.id} does not take the settings of its own half`);
  return Object.entries(values).map(([key, value]) =>
    isSecret(entries[key]) ? `${key}: \${T}` : `${key}: ${JSON.stringify(value)}`,
  );
}

function named(name: string): Subject {
  const found = BY_SEND.find((one) => one.name === name);
  if (!found) throw new Error(`there is no subject "${name}"`);
  return found;
}
