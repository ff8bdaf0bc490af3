/** The project's media host, as `broadcast.yml` has it; in a rehearsal the sandbox. */
import type { Config } from "../config/config.ts";
import { bucketHost, folderHost, type MediaHost, sandboxHost } from "../media/host.ts";

export function hostOf({ mediaHost: { settings } }: Pick<Config, "mediaHost">): MediaHost | undefined {
  if (!settings) return undefined;
  if (settings.kind === "sandbox") return sandboxHost(settings.url);
  return settings.kind === "folder" ? folderHost(settings) : bucketHost(settings);
}
