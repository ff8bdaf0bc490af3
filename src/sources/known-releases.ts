/** Which releases there are, so that one that was not announced can be seen. */
import { changelogOf } from "./changelog-file.ts";
import type { Project } from "./release.ts";
import { isPrerelease } from "./release.ts";

export interface Known {
  version: string;
  url?: string;
  prerelease: boolean;
}

/** The newest first: what GitHub lists when its repository is known, else the tags, else the changelog. Throws InputError. */
export async function knownReleases(project: Project): Promise<Known[]> {
  if (project.env.GITHUB_REPOSITORY) {
    const { listReleases } = await import("./github.ts");
    const listed = await listReleases(project);
    if (listed && listed.length > 0) return listed;
  }
  const { tagsOf } = await import("./tags.ts");
  const tags = await tagsOf(project);
  if (tags.length > 0) return tags.map(({ version }) => ({ version, prerelease: isPrerelease(version) }));
  const changelog = await changelogOf(project.root);
  const released = changelog?.entries.filter(({ unreleased }) => !unreleased) ?? [];
  return released.map(({ version, url, prerelease }) => ({ version, url, prerelease }));
}

/** Whether a campaign's id names this version: `campaigns/release.yml@2.4.0`, `acme-2.4.0`. */
export function names(campaign: string, version: string): boolean {
  for (let at = campaign.indexOf(version); at >= 0; at = campaign.indexOf(version, at + 1)) {
    const before = campaign.slice(0, at);
    const after = campaign.slice(at + version.length);
    if (!/[0-9A-Za-z]\.$|[0-9]$|[A-Za-uw-z]$/.test(before) && !/^[0-9A-Za-z]|^[.+-][0-9A-Za-z]/.test(after))
      return true;
  }
  return false;
}
