/** What a release brings to a campaign: words where it has none of its own, and an identity for each version. */
import { InputError, type Place, type Problem } from "../errors.ts";
import type { Release } from "../sources/release.ts";
import type { Source } from "../yaml/source.ts";
import type { Campaign } from "./campaign.ts";
import type { CampaignInput } from "./schema.ts";
import type { TemplateData } from "./template.ts";

/**
 * A campaign that says nothing itself says what the release says. The notes stay a value that a text names: braces in them
 * are never taken for Liquid.
 */
export function withReleaseWords(
  input: Partial<CampaignInput>,
  release: Release | undefined,
): Partial<CampaignInput> {
  if (!release) return input;
  const content = [input.title, input.summary, input.body, input.link, input.media];
  if (content.some((one) => one !== undefined) || Object.values(input.only ?? {}).some(({ text }) => text))
    return input;
  return { ...input, title: "{{ release.name }}", body: "{{ release.notes }}", link: release.url };
}

/** What the campaign repeats of the release's notes, and what of it is not there. */
export function notesProblem(
  input: Partial<CampaignInput>,
  release: Release | undefined,
  source: Pick<Source, "place">,
): Problem | undefined {
  if (!release) return undefined;
  const written = JSON.stringify(input);
  const all = written.includes("release.notes");
  if (!all && !written.includes("release.highlights")) return undefined;
  const empty = release.notes === "";
  if (!empty && (release.highlights.length > 0 || input.summary !== undefined)) return undefined;
  return {
    severity: "warning",
    code: "no-notes",
    message: empty
      ? `the release ${release.version} has no notes`
      : `the notes of ${release.version} say nothing that a short post repeats`,
    remedy: "Write what is new into the notes, or give the campaign a `summary` of its own.",
    place: source.place(["kind"]),
  };
}

/**
 * The next release is a new delivery, so its version is in the campaign's id: where the id names it, `acme {{ release.version
 * }}`, else at the end, `campaigns/release.yml@2.4.0`. Throws InputError when the id cannot be filled.
 */
export async function identified(id: string, campaign: Campaign): Promise<string> {
  const { release, source } = campaign;
  if (!id.includes("{{")) return release ? `${id}@${release.version}` : id;
  const { createTemplates } = await import("./template.ts");
  const filled = createTemplates({ folders: [] })
    .fill(id, dataOf(campaign), (spot) => source.placeIn(["id"], spot))
    .trim();
  if (/^\S(?:.{0,198}\S)?$/u.test(filled)) return filled;
  throw new InputError({
    severity: "error",
    code: "bad-id",
    message: `the id comes out as \`${filled}\`; it must be one line of 1 to 200 characters`,
    place: source.place(["id"]),
  });
}

/** Whether the campaign's `when:` lets it be sent. Throws InputError when it cannot be read. */
export async function isWanted(campaign: Campaign): Promise<boolean> {
  const { when, source } = campaign;
  if (when === undefined) return true;
  const { createTemplates } = await import("./template.ts");
  const place: Place = source.place(["when"]);
  return createTemplates({ folders: [] }).holds(when, dataOf(campaign), () => place);
}

// No channel is chosen yet.
function dataOf({ id, kind, lang, tags, vars, release }: Campaign): TemplateData {
  return { tags, vars, kind, lang, release, channel: { name: "", network: "" }, campaign: { id } };
}
