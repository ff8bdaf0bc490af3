import manifest from "../package.json" with { type: "json" };

export const VERSION: string = manifest.version;

/** Where a server's owner reads what this program is. */
export const HOMEPAGE: string =
  (manifest as { homepage?: string }).homepage ?? `https://www.npmjs.com/package/${manifest.name}`;

/** How the program names itself to servers. */
export const USER_AGENT = `broadcast/${VERSION}`;
