/** What a preview depends on: the campaign's folder, the project's, its templates. */
import { type FSWatcher, readdirSync, statSync, watch } from "node:fs";
import { dirname, join } from "node:path";
import type { Project } from "../app/project.ts";

// Editors write in several steps; one look after the last of them is enough.
const QUIET_MS = 40;

/** `paths`: campaigns and folders of them, absolute. Gives what ends it. */
export function watchProject(paths: readonly string[], project: Project, changed: () => void): () => void {
  let timer: NodeJS.Timeout | undefined;
  const soon = () => {
    clearTimeout(timer);
    timer = setTimeout(changed, QUIET_MS);
  };
  const watchers = foldersOf(paths, project).map((folder) => watchFolder(folder, soon));
  return () => {
    clearTimeout(timer);
    for (const watcher of watchers) watcher.close();
  };
}

function foldersOf(paths: readonly string[], { config }: Project): string[] {
  const below = statSync(config.templates, { throwIfNoEntry: false })?.isDirectory()
    ? readdirSync(config.templates, { withFileTypes: true }).filter((entry) => entry.isDirectory())
    : undefined;
  const templates = below ? [config.templates, ...below.map(({ name }) => join(config.templates, name))] : [];
  const own = paths.map((path) =>
    statSync(path, { throwIfNoEntry: false })?.isDirectory() ? path : dirname(path),
  );
  return [...new Set([...own, ...config.files.map((file) => dirname(file)), ...templates])];
}

function watchFolder(folder: string, changed: () => void): FSWatcher {
  return watch(folder, (_event, name) => {
    // Our own state files do not count as a change.
    if (name === null || !name.startsWith(".broadcast")) changed();
  });
}
