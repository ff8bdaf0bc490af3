/** A delivery as a page shows it: no plan and no ledger any more, so that rehearsals are drawn by the same hand. */
import type { Look } from "../adapter.ts";

export type { Look };

import type { Html } from "./html.ts";
import type { Words } from "./reading/read.ts";

export interface Shown {
  /** Unique on the page. */
  id: string;
  channel: string;
  /** The adapter's id, and the network's name. */
  network: string;
  networkName: string;
  look: Look;
  audience?: "internal" | "external";
  /** BCP 47. */
  lang?: string;
  sender: { name: string; handle?: string };
  /** What stands where the network shows the time. */
  at: string;
  posts: ShownPost[];
  /** The first reply to it, by us. */
  reply?: ShownPost;
}

export interface ShownPost {
  title?: string;
  words: Words;
  media: ShownMedia[];
  card?: ShownCard;
  poll?: { choices: readonly string[]; about: string };
  /** Where the network has a field for them. */
  tags: readonly string[];
  /** What hides the text until a reader asks. */
  warning?: string;
  /** Below a post of a thread: its place and length. */
  foot?: Html;
  edited?: boolean;
  gone?: boolean;
}

export interface ShownMedia {
  /** `hero.png`. */
  name: string;
  type: string;
  alt: string;
  /** Whether readers can be given words for it. */
  hasAlt: boolean;
  /** The picture, if there is one to show. */
  picture?: Picture;
  /** `48 kB`. */
  size?: string;
}

/** Each picture is in the page once, as a symbol. */
export interface Picture {
  id: string;
  width: number;
  height: number;
  /** Where it is, for a page that is served; absent: in the page. */
  href?: string;
  /** What is left of it, in its own pixels. */
  crop?: { left: number; top: number; width: number; height: number };
  /** What it gets at its sides, as it is shown. */
  bars?: { width: number; height: number };
}

export interface ShownCard {
  url: string;
  title?: string;
  description?: string;
  picture?: Picture;
}
