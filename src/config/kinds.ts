/** What campaigns are for, and who reads a channel: words that campaigns and policies share. */

/** What a campaign is for. */
export const KINDS = [
  "release",
  "update",
  "decision",
  "vision",
  "demo",
  "commentary",
  "community",
  "question",
] as const;
export type Kind = (typeof KINDS)[number];

/** Who reads it. */
export type Audience = "internal" | "external";
