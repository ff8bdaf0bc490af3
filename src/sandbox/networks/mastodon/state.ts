/** What the server remembers, and the windows that it keeps: https://docs.joinmastodon.org/api/rate-limits/ */
import type { World } from "../../network.ts";
import { ID } from "./entities.ts";

export const MINUTE = 60_000;
export const HOUR = 60 * MINUTE;
export const LIMITS = {
  posts: [{ posts: 300, ms: 3 * HOUR }],
  media: [{ posts: 30, ms: 30 * MINUTE }],
  deletes: [{ posts: 30, ms: 30 * MINUTE }],
  calls: [{ posts: 300, ms: 5 * MINUTE }],
};

export interface State {
  statuses: Map<string, Status>;
  /** How many answer a status. */
  replies: Map<string, number>;
  media: Map<string, Media>;
  /** `account key` → what the first request made, for an hour. */
  keys: Map<string, { id: string; until: number }>;
  scheduled: Map<string, { account: string; draft: Draft; at: number }>;
  sequence: number;
}

export interface Draft {
  text: string;
  warning: string;
  visibility: string;
  sensitive: boolean;
  language: string | null;
  parent: string | null;
  media: Media[];
}

export interface Status extends Draft {
  id: string;
  account: string;
  at: number;
}

export interface Media {
  id: string;
  account: string;
  type: string;
  alt: string;
  bytes: Uint8Array;
  /** Epoch milliseconds; earlier than that it is still being processed. */
  readyAt: number;
  attached: boolean;
}

export function stateOf(world: World): State {
  return world.state<State>(ID, () => ({
    statuses: new Map(),
    replies: new Map(),
    media: new Map(),
    keys: new Map(),
    scheduled: new Map(),
    sequence: 0,
  }));
}

// Mastodon's snowflakes: milliseconds, then sixteen bits of sequence.
export function nextId(state: State, world: World, at = world.now()): string {
  state.sequence = (state.sequence + 1) % 65_536;
  return ((BigInt(at) << 16n) + BigInt(state.sequence)).toString();
}
