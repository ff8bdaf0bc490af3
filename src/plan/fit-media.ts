/** A channel's files, and what is to be done with those that do not fit its network. */
import type { FileRules, Media, MediaRules } from "../adapter.ts";
import type { CampaignMedia } from "../campaign/campaign.ts";
import type { MediaFile } from "../media/file.ts";
import { expected, type Framing, fitOf } from "../media/fit.ts";

/** `written` and `files` belong to `media`, one to one. */
export function fitMedia(
  media: readonly Media[],
  written: readonly Pick<CampaignMedia, "focus" | "letterbox">[],
  files: readonly (MediaFile | undefined)[],
  rules: MediaRules | "none",
): Media[] {
  if (rules === "none" || !rules.image) return [...media];
  const first = fitted(media, written, files, rules.image);
  const { total } = rules;
  const bytesOf = (all: readonly Media[]) => all.reduce((sum, one) => sum + expected(one).bytes, 0);
  if (total === undefined || bytesOf(first) <= total) return first;
  // They share what other files leave.
  const pictures = media.filter(({ type }) => type.startsWith("image/"));
  const left = total - bytesOf(media.filter((one) => !pictures.includes(one)));
  const share = Math.floor(left / Math.max(1, pictures.length));
  return fitted(media, written, files, { ...rules.image, bytes: Math.min(rules.image.bytes, share) });
}

function fitted(
  media: readonly Media[],
  written: readonly Pick<CampaignMedia, "focus" | "letterbox">[],
  files: readonly (MediaFile | undefined)[],
  image: FileRules,
): Media[] {
  return media.map((one, index) => {
    if (!one.type.startsWith("image/")) return one;
    const { animated, transparent } = files[index] ?? {};
    const fit = fitOf({ ...one, animated, transparent }, image, framingOf(written[index]));
    return fit ? { ...one, fit } : one;
  });
}

function framingOf({ focus, letterbox }: Pick<CampaignMedia, "focus" | "letterbox"> = {}): Framing {
  return { ...(focus && { focus }), ...(letterbox !== undefined && { bars: letterbox }) };
}
