/** Asks every channel's network who we are there, and looks at everything that its answers give away. */

import type { Channel } from "../config/config.ts";
import { describeDuration } from "../duration.ts";
import type { WireReply } from "../http/http.ts";
import type { Finding } from "../report/doctor.ts";
import { isUrl } from "../urls.ts";
import { type Verified, verifyChannels } from "./account.ts";
import { type Login, loginFor, renewsItself, usesLogin } from "./credentials.ts";
import type { Project } from "./project.ts";

const DAY = 86_400_000;
const MOST_SKEW = 60_000;

interface Heard {
  replies: WireReply[];
  /** Milliseconds that the server's clock is ahead of ours. */
  skews: number[];
}

/** Findings for the clock and for each channel in the file's order; `days` ahead an end is a warning. */
export async function examine(
  project: Project,
  days: number,
  { remember = true, now = Date.now() }: { remember?: boolean; now?: number } = {},
): Promise<Finding[]> {
  const channels = [...project.config.channels.values()];
  const usable = channels.filter(({ problems }) => problems.length === 0);
  const heard = new Map<string, Heard>();
  const verified = await verifyChannels(
    project,
    usable.map(({ name }) => name),
    { remember, onReply: (channel, reply, times) => listen(heard, channel, reply, times) },
  );
  const findings = channels.flatMap((channel): Finding[] => {
    if (channel.problems.length > 0)
      return channel.problems.map(({ message, remedy }) => ({
        about: channel.name,
        state: "error",
        message,
        remedy,
        credential: true,
      }));
    const answer = verified.find((one) => one.channel.name === channel.name);
    const login = loginUsed(project, channel);
    return [
      ...whoAmI(channel, answer, login),
      ...ends(login, channel, answer, days, now),
      ...versions(channel, heard.get(channel.name)?.replies ?? [], days, now),
    ].map((finding) => ({ ...finding, about: channel.name }));
  });
  return [...clockFindings([...heard.values()]), ...findings];
}

type Bare = Omit<Finding, "about">;

function listen(
  heard: Map<string, Heard>,
  { name }: Channel,
  reply: WireReply,
  { sent, received }: { sent: number; received: number },
): void {
  const known = heard.get(name) ?? { replies: [], skews: [] };
  known.replies.push(reply);
  const date = Date.parse(reply.headers.date ?? "");
  // The header has whole seconds, and was written somewhere between sending and receiving.
  if (!Number.isNaN(date)) {
    const early = date - received;
    const late = date + 1000 - sent;
    known.skews.push(early > 0 ? early : late < 0 ? late : 0);
  }
  heard.set(name, known);
}

/** Compares our clock with the servers'. The median, since one of theirs may be wrong. */
function clockFindings(heard: readonly Heard[]): Finding[] {
  const skews = heard.flatMap(({ skews }) => skews).sort((a, b) => a - b);
  const skew = skews[skews.length >> 1];
  if (skew === undefined)
    return [{ about: "clock", state: "skipped", message: "no server answered to compare it with" }];
  const seconds = Math.round(Math.abs(skew) / 1000);
  if (Math.abs(skew) <= MOST_SKEW)
    return [
      { about: "clock", state: "ok", message: seconds === 0 ? "right to the second" : `${seconds} s off` },
    ];
  return [
    {
      about: "clock",
      state: "warning",
      message: `this computer's clock is ${describeDuration(Math.abs(skew))} ${skew > 0 ? "behind" : "ahead"}`,
      remedy: "Let the system set it from the network (NTP): campaign times and logins depend on it.",
    },
  ];
}

function whoAmI(
  { name, adapter, settings }: Channel,
  answer: Verified | undefined,
  login: Login | undefined,
): Bare[] {
  const { account, error } = answer ?? {};
  if (error?.code === "auth")
    return [
      {
        state: "error",
        message: `${adapter.name} does not accept the credential: ${error.message}`,
        remedy: `Log in again with \`broadcast login ${name}\`, or put a new credential where the old one is.`,
        credential: true,
      },
    ];
  if (error) return [{ state: "error", message: `could not be asked: ${error.message}`, unreachable: true }];
  if (!account) return [{ state: "skipped", message: `${adapter.name} cannot be checked without posting` }];
  const { limits, scopes = login?.scopes } = account;
  const allowed = limits?.text?.max ?? adapter.text.max;
  const parts = [
    `${account.handle || adapter.name}`,
    `${allowed} ${adapter.text.unit === "byte" ? "bytes" : "characters"}`,
    ...(scopes ? [`scopes ${scopes.join(" ")}`] : []),
    ...serverOf(settings),
  ];
  return [{ state: "ok", message: parts.join(", ") }];
}

/** The login that the channel's credential is from, unless the environment goes before it. */
function loginUsed({ logins }: Project, channel: Channel): Login | undefined {
  const login = loginFor(logins, channel.name, channel.network, channel.settings);
  return login && usesLogin(channel, login) ? login : undefined;
}

function serverOf({ server }: Record<string, unknown>): string[] {
  return typeof server === "string" && isUrl(server) ? [new URL(server).host] : [];
}

/** When the credential ends, by the network's word or by the login's. */
function ends(
  used: Login | undefined,
  channel: Channel,
  answer: Verified | undefined,
  days: number,
  now: number,
): Bare[] {
  if (answer?.error) return [];
  const expires = answer?.account?.expires ?? used?.expires;
  if (expires === undefined) return [];
  const left = (Date.parse(expires) - now) / DAY;
  const renews = used !== undefined && renewsItself(used, channel.adapter);
  const when = `until ${expires.slice(0, 10)}`;
  if (left < 0)
    return [
      {
        state: "error",
        message: `the credential expired on ${expires.slice(0, 10)}`,
        remedy: `broadcast login ${channel.name}`,
        credential: true,
      },
    ];
  // What renews itself has been renewed just now, if it could be.
  if (renews && left > 0) return [{ state: "ok", message: `the credential holds ${when} and renews itself` }];
  if (left >= days) return [{ state: "ok", message: `the credential holds ${when}` }];
  return [
    {
      state: "warning",
      message: `the credential expires in ${Math.max(0, Math.floor(left))} days, on ${expires.slice(0, 10)}`,
      remedy: `broadcast login ${channel.name}`,
      credential: true,
    },
  ];
}

/** What is left of the rate limits, and when this version of the API ends: from the declaration and the server's headers. */
function versions({ adapter }: Channel, replies: readonly WireReply[], days: number, now: number): Bare[] {
  const headers = Object.assign({}, ...replies.map((reply) => reply.headers)) as Record<string, string>;
  const left =
    headers["x-ratelimit-remaining"] ?? headers["ratelimit-remaining"] ?? headers["x-rate-limit-remaining"];
  const most = headers["x-ratelimit-limit"] ?? headers["ratelimit-limit"] ?? headers["x-rate-limit-limit"];
  const quota: Bare[] =
    left !== undefined && /^\d+/.test(left)
      ? [{ state: "ok", message: `${left}${most ? ` of ${most}` : ""} requests left in this window` }]
      : [];
  const sunset = headers.sunset ?? adapter.api?.sunset;
  const end = Date.parse(sunset ?? "");
  if (Number.isNaN(end)) return quota;
  const version = adapter.api ? `version ${adapter.api.version} of the API` : "this version of the API";
  const date = new Date(end).toISOString().slice(0, 10);
  const soon = end - now < days * DAY;
  return [
    ...quota,
    {
      state: soon ? "warning" : "ok",
      message: `${version} ${end < now ? "ended" : "ends"} on ${date}`,
      remedy: soon ? "Update broadcast." : undefined,
    },
  ];
}
