/** Whether the files can go there: kinds and numbers, a public address, what they carry along. */
import type { Media, MediaRules, Post } from "../adapter.ts";
import type { Content } from "../campaign/campaign.ts";
import type { Channel } from "../config/config.ts";
import type { MediaHostRead } from "../config/media-host.ts";
import type { Place } from "../errors.ts";
import { checkMedia } from "../media/check.ts";
import type { MediaFile } from "../media/file.ts";
import { fitOf } from "../media/fit.ts";
import type { PlanInput, Report } from "./types.ts";

export function checkFiles(
  media: readonly (Media & Pick<MediaFile, "animated" | "seconds" | "codec" | "located" | "rest">)[],
  rules: MediaRules | "none",
  channel: Channel,
  places: (index: number | undefined) => Place,
  host: MediaHostRead,
  report: Report,
): void {
  for (const { index, ...problem } of checkMedia(media, rules, channel.adapter.name)) {
    report({ ...problem, place: places(index) });
  }
  for (const [index, one] of media.entries())
    if (!one.fit && rules !== "none") checkHidden(one, places(index), report);
  if (rules !== "none" && media.some(({ type }) => isFetched(type, rules)))
    checkHost(host, channel, places(undefined), report);
}

function isFetched(type: string, { by, image, video, audio, document }: MediaRules): boolean {
  const [kind] = type.split("/");
  const own = { image, video, audio }[kind as "image"] ?? document;
  return by === "url" || own?.by === "url";
}

/** Where the files that a network fetches get their address. */
function checkHost(
  { settings, problem }: MediaHostRead,
  channel: Channel,
  place: Place,
  report: Report,
): void {
  if (problem) {
    report(problem);
    return;
  }
  if (settings && (settings.kind !== "sandbox" || settings.instead)) return;
  report({
    severity: settings ? "warning" : "error",
    code: "no-media-host",
    message: `${channel.adapter.name} fetches files from the web, and the project has no place there for them`,
    remedy:
      "Say in broadcast.yml where they get a public address (`media_host`), or leave them out for this channel with `media: []` under `only:`.",
    place,
  });
}

/** What a file carries along that nobody sees. A picture that is made to fit loses it. */
function checkHidden(
  { file, located, rest }: Media & Pick<MediaFile, "located" | "rest">,
  place: Place,
  report: Report,
): void {
  if (located)
    report({
      severity: "warning",
      code: "media-location",
      message: `\`${file}\` says in its metadata where it was taken`,
      remedy: "Save it without its location, unless everybody may know.",
      place,
    });
  if (rest !== undefined)
    report({
      severity: "warning",
      code: "media-rest",
      message: `\`${file}\` has ${rest} bytes behind the picture's end: another file, or what was cropped away`,
      remedy: "Save it again.",
      place,
    });
}

/** The card as this channel can show it; `lostImage`: without the picture that it should have. */
export function checkCard(
  link: Post["link"],
  content: Content,
  { adapter }: Channel,
  { campaign, fits }: Pick<PlanInput, "campaign"> & { fits: boolean },
  report: Report,
): { link: Post["link"]; lostImage: boolean } {
  if (!link?.image || adapter.card !== "ours") return { link, lostImage: false };
  const { image: picture, ...plain } = link;
  if (!adapter.cardImage) return { link: plain, lostImage: true };
  const fit = fits ? fitOf(picture, adapter.cardImage) : undefined;
  const image = fit ? { ...picture, fit } : picture;
  const fitting = { ...link, image };
  const written = content.card ? content.card.image : undefined;
  const rules = { count: 1, alt: Number.POSITIVE_INFINITY, image: adapter.cardImage };
  const problems = checkMedia([image], rules, `${adapter.name}'s link card`);
  // The page's own picture is a gift, and no reason to send nothing.
  if (!written)
    return problems.length > 0 ? { link: plain, lostImage: true } : { link: fitting, lostImage: false };
  for (const { index: _, ...problem } of problems)
    report({ ...problem, place: campaign.source.place(written.path) });
  return { link: fitting, lostImage: false };
}
