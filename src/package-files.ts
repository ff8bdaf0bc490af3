/** Files that come with the package. */
import { existsSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

/** The path of a file in the package, wherever in it this code was bundled to; `undefined` when it is not there. */
export function shipped(file: string): string | undefined {
  let folder = dirname(fileURLToPath(import.meta.url));
  for (;;) {
    if (existsSync(join(folder, "package.json")))
      return existsSync(join(folder, file)) ? join(folder, file) : undefined;
    const above = dirname(folder);
    if (above === folder) return undefined;
    folder = above;
  }
}
