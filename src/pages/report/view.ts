/** What a report shows: what came of posts that are out. A count that the network does not tell is not shown as 0. */
import type { Look } from "../../adapter.ts";

export const REPORTED = ["views", "likes", "shares", "quotes", "replies", "bookmarks", "clicks"] as const;
export type Reported = (typeof REPORTED)[number];

/** As they are called on the page. */
export const NAMES: Record<Reported, string> = {
  views: "views",
  likes: "likes and reactions",
  shares: "reposts",
  quotes: "quotes",
  replies: "replies",
  bookmarks: "bookmarks",
  clicks: "clicks",
};

export interface ReportView {
  title: string;
  /** Epoch milliseconds; of what is reported. */
  first?: number;
  last?: number;
  countedAt?: number;
  now: number;
  timezone?: string;
  campaigns: number;
  channels: readonly ReportChannel[];
  posts: readonly ReportPost[];
  polls: readonly { title: string; channel: string; choices: readonly { choice: string; votes: number }[] }[];
  replies: readonly ReportReply[];
  /** How many there are; some of them are shown. */
  repliesInAll: number;
  command: string;
  /** The command that lists all replies. */
  repliesCommand: string;
}

export interface ReportChannel {
  name: string;
  network: string;
  look: Look;
  posts: number;
  /** Sums over its posts; absent: not told. */
  counts: Partial<Record<Reported, number>>;
  /** Why there are no counts at all. */
  silent?: string;
  /** Sums as they were at each time that was asked, oldest first. */
  series: readonly { at: number; counts: Partial<Record<Reported, number>> }[];
}

export interface ReportPost {
  title: string;
  campaign: string;
  channel: string;
  kind?: string;
  at: number;
  url?: string;
  counts: Partial<Record<Reported, number>>;
  /** What people did, without views. Absent: nothing is told. */
  acts?: number;
}

export interface ReportReply {
  name: string;
  channel: string;
  author: string;
  text: string;
  at: number;
  url?: string;
  unread: boolean;
}
