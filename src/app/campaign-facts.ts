/** What campaigns' files say of them: kind, title and tags. A file that is gone says nothing. */
import { existsSync } from "node:fs";
import { join } from "node:path";
import { InputError } from "../errors.ts";
import type { Delivery } from "../ledger/types.ts";
import type { Project } from "./project.ts";

export interface CampaignFacts {
  kind?: string;
  title?: string;
  tags: string[];
}

/** By the campaign's id; the version of a release (`@2.4.0`) does not matter. */
export async function aboutCampaigns(
  deliveries: readonly Pick<Delivery, "campaign">[],
  { config }: Pick<Project, "config">,
): Promise<Map<string, CampaignFacts>> {
  const found = new Map<string, CampaignFacts>();
  for (const id of new Set(deliveries.map(({ campaign }) => campaign))) {
    const file = [id, id.replace(/@[^/]*$/, "")]
      .map((path) => join(config.root, path))
      .find((path) => existsSync(path));
    if (file !== undefined) found.set(id, await factsOf(file));
  }
  return found;
}

async function factsOf(file: string): Promise<CampaignFacts> {
  const { readSource } = await import("../yaml/source.ts");
  try {
    const { kind, title, tags } = (await readSource(file, file)).value as Record<string, unknown>;
    const words = typeof title === "object" && title !== null ? Object.values(title)[0] : title;
    return {
      ...(typeof kind === "string" && { kind }),
      ...(typeof words === "string" && { title: words }),
      tags: Array.isArray(tags) ? tags.filter((tag) => typeof tag === "string") : [],
    };
  } catch (error) {
    if (error instanceof InputError) return { tags: [] };
    throw error;
  }
}
