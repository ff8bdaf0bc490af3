/** What the preview is made from: a plan, and what is known around it. */
import type { Media } from "../../adapter.ts";
import type { ApprovalStatus } from "../../approval/status.ts";
import type { Adapters } from "../../config/adapters.ts";
import type { Plan, PlannedPost } from "../../plan/types.ts";
import type { Html } from "../html.ts";
import type { Picture } from "../shown.ts";

export interface PreviewView {
  plan: Plan;
  /** How many deliveries the plan has, where the page shows fewer. */
  of?: number;
  adapters: Adapters;
  /** As it was typed. */
  file: string;
  /** Epoch milliseconds. */
  now: number;
  /** The project's. */
  timezone?: string;
  /** By channel. */
  channels: ReadonlyMap<string, { lang?: string; timezone?: string }>;
  /** Who we are there, as far as it is known; by channel. */
  handles: ReadonlyMap<string, string>;
  pictures: Pictures;
  status: ApprovalStatus;
  /** The command that makes this page. */
  command: string;
  /** When it is served, and a person may act on it. */
  desk?: Desk;
  /** What people said beside posts. */
  comments: readonly Comment[];
}

export interface Pictures {
  /** Each picture once. */
  symbols: Html;
  /** How a file is shown; `undefined` where it is not a picture, or could not be read. */
  of(media: Omit<Media, "alt">, fitted: PlannedPost["fitted"]): Picture | undefined;
}

export interface Comment {
  id: string;
  /** A channel; absent: the campaign. */
  channel?: string;
  by: string;
  /** ISO date-time. */
  at: string;
  text: string;
  /** The words it is about. */
  quote?: string;
  /** The digest of what was commented on, as far as it was kept. */
  digest: string;
  /** Who settled it, and when. */
  settled?: { by: string; at: string };
}

export interface Desk {
  /** By which the page knows that there is a newer one. */
  version: string;
  /** Who may approve, for the list below the name. */
  people: readonly string[];
  /** Who the person at this computer is, if it is known. */
  you?: string;
  /** Whether an approval is signed, and with which key. */
  key?: string;
  /** Why nothing can be approved, if there is a reason. */
  closed?: string;
  /** What has just happened. */
  said?: { kind: "good" | "bad"; words: string };
  savedAt: number;
}
