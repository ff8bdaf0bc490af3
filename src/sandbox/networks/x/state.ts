/** What the half of X keeps, and how it is told: https://docs.x.com/x-api/fundamentals/data-dictionary. Read 2026-11-23. */
import { refusal, type Call as SomeCall } from "../../api.ts";
import { escapeHtml } from "../../html.ts";
import { numberOf } from "../../ids.ts";
import type { SandboxReply, World } from "../../network.ts";
import { linksIn } from "./weight.ts";

export const ID = "x";
export const MINUTE = 60_000;
export const GONE = "https://api.x.com/2/problems/resource-not-found";

export interface User {
  /** The channel whose account it is. */
  name: string;
  username: string;
  id: string;
  /** Somebody else, in the app and not by the API. */
  isGuest: boolean;
}

export interface Upload {
  id: string;
  owner: string;
  type: string;
  category: string;
  total: number;
  pieces: Map<number, Buffer>;
  bytes?: Buffer;
  readyAt: number;
  alt: string;
  used?: true;
}

export interface Tweet {
  id: string;
  author: User;
  text: string;
  at: number;
  parent?: string;
  conversation: string;
  media: Upload[];
  poll?: { options: string[]; minutes: number; votes: number[] };
  /** Oldest first, itself included. */
  history: string[];
  /** When the first of them was made. */
  firstAt: number;
  replySettings?: string;
  /** Replaced by a later version. */
  replaced?: true;
}

export interface State {
  tweets: Map<string, Tweet>;
  uploads: Map<string, Upload>;
  sequence: number;
}

export type Call = SomeCall<State, User>;

export const initial = (): State => ({ tweets: new Map(), uploads: new Map(), sequence: 0 });

/** Ids grow with time. */
export function nextId(state: State): string {
  state.sequence += 1;
  return String(1_990_000_000_000_000_000n + BigInt(state.sequence));
}

export function usernameOf(name: string): string {
  return name.replace(/\W/g, "_").slice(0, 15);
}

export function userOf(name: string, guest?: string): User {
  const username = usernameOf(guest ?? name);
  return { name, username, id: numberOf(`x ${name} ${guest ?? ""}`), isGuest: guest !== undefined };
}

export const ok = (body: unknown, status = 200): SandboxReply => ({ status, body });

export function problem(status: number, title: string, detail: string, type = "about:blank"): SandboxReply {
  return {
    status,
    headers: { "content-type": "application/problem+json" },
    body: { title, detail, type, status },
  };
}

export function refuse(status: number, title: string, detail: string, type?: string): Error {
  return refusal(problem(status, title, detail, type));
}

const INVALID = "https://api.x.com/2/problems/invalid-request";

export function invalid(message: string): Error {
  return refusal({
    status: 400,
    body: {
      errors: [{ message }],
      title: "Invalid Request",
      detail: "One or more parameters to your request was invalid.",
      type: INVALID,
    },
  });
}

/** What it calls an address: a short one of its own, that leads to it. */
export function shortOf(url: string): string {
  return `https://t.co/${numberOf(url).slice(0, 10)}`;
}

/** With t.co in the place of every address, escaped, and an address more for its files. */
export function entityOf(tweet: Tweet, fields: ReadonlySet<string>, world: World) {
  const { id, author, at, parent, conversation, media, poll, history } = tweet;
  const links = linksIn(tweet.text);
  let text = "";
  let from = 0;
  const urls: Record<string, unknown>[] = [];
  for (const { start, end, value } of links) {
    text += escapeHtml(tweet.text.slice(from, start)).replaceAll("&quot;", '"').replaceAll("&#39;", "'");
    const url = shortOf(value);
    urls.push({ url, expanded_url: value, display_url: value.replace(/^https?:\/\//, "").slice(0, 26) });
    text += url;
    from = end;
  }
  text += escapeHtml(tweet.text.slice(from)).replaceAll("&quot;", '"').replaceAll("&#39;", "'");
  for (const file of media) {
    const url = shortOf(`media ${media[0]?.id}`);
    if (file === media[0]) text += `${text === "" ? "" : " "}${url}`;
    urls.push({
      url,
      expanded_url: `${world.base(ID)}/${author.username}/status/${id}/photo/1`,
      display_url: "pic.x.com/sandbox",
      media_key: `3_${file.id}`,
    });
  }
  return {
    id,
    text,
    edit_history_tweet_ids: history,
    ...(fields.has("created_at") && { created_at: new Date(at).toISOString() }),
    ...(fields.has("author_id") && { author_id: author.id }),
    ...(fields.has("conversation_id") && { conversation_id: conversation }),
    ...(fields.has("entities") && urls.length > 0 && { entities: { urls } }),
    ...(fields.has("referenced_tweets") &&
      parent && { referenced_tweets: [{ type: "replied_to", id: parent }] }),
    ...(fields.has("attachments") &&
      (media.length > 0 || poll) && {
        attachments: {
          ...(media.length > 0 && { media_keys: media.map((file) => `3_${file.id}`) }),
          ...(poll && { poll_ids: [`${id}0`] }),
        },
      }),
  };
}
