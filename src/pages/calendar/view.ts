/** What a calendar shows: every delivery that is out, waits, or is planned, as a moment on a channel. */
import type { Look } from "../../adapter.ts";

export type EntryState = "out" | "scheduled" | "planned" | "held" | "failed";

export interface Entry {
  /** Of the delivery. */
  id: string;
  campaign: string;
  title: string;
  channel: string;
  /** Epoch milliseconds. */
  at: number;
  state: EntryState;
  /** It comes again and again. */
  recurring?: boolean;
  /** What is wrong, where something is. */
  trouble?: string;
  /** Its time has passed, and nothing has happened yet. */
  overdue?: boolean;
  /** Where it can be looked at: the post, or a preview beside this page. */
  href?: string;
}

export interface CalendarChannel {
  name: string;
  network: string;
  look: Look;
  audience: "internal" | "external";
  timezone?: string;
}

export interface CalendarView {
  entries: readonly Entry[];
  /** In their order. */
  channels: readonly CalendarChannel[];
  /** Epoch milliseconds: the first day and the last that are shown. */
  from: number;
  to: number;
  now: number;
  timezone?: string;
  /** What a person must do, besides what the entries say: an approval that is missing. */
  todo: readonly Todo[];
  /** Not every occurrence is listed. */
  isCut: boolean;
  command: string;
}

export interface Todo {
  title: string;
  at?: number;
  words: string;
  command?: string;
}
