import manifest from "../package.json" with { type: "json" };

export const VERSION: string = manifest.version;

/** How the program names itself to servers. */
export const USER_AGENT = `broadcast/${VERSION}`;
