/** What the routes share: the call, its answers, and who may see what. */
import { refusal, type Call as SomeCall, unlessRefused } from "../../api.ts";
import { text } from "../../body.ts";
import type { SandboxReply, World } from "../../network.ts";
import { type Media, type State, type Status, statusEntity, type Waiting } from "./entities.ts";
import { type Software, softwareAt, softwareNamed } from "./software.ts";

export type Call = SomeCall<State, string>;
export const MINUTE = 60_000;

export function ok(body: unknown): SandboxReply {
  return { status: 200, body };
}

export function said(status: number, error: string): SandboxReply {
  return { status, body: { error } };
}

export function refuse(status: number, error: string): Error {
  return refusal(said(status, error));
}

export function notFound(): Error {
  return refuse(404, "Record not found");
}

// The reset is an ISO date with microseconds, not an epoch (rack_attack.rb, `iso8601(6)`).
export function rateHeaders({
  limit,
  remaining,
  resetAt,
}: {
  limit: number;
  remaining: number;
  resetAt: number;
}) {
  return {
    "x-ratelimit-limit": String(limit),
    "x-ratelimit-remaining": String(remaining),
    "x-ratelimit-reset": new Date(resetAt).toISOString().replace("Z", "000Z"),
  };
}

export function nameOf({ request }: Call): string {
  return softwareAt(request.path).name;
}

export function of(call: Call): Software {
  return softwareNamed(nameOf(call));
}

export function id({ params }: Call): string {
  return params.id ?? "";
}

export function entityOf(status: Status, { state, world }: Call) {
  return statusEntity(status, state, world);
}

export function viewer(call: Call): string | undefined {
  return unlessRefused(() => call.who());
}

export function seen(call: Call): Status {
  const status = call.state.statuses.get(id(call));
  if (!status || !maySee(status, viewer(call))) throw notFound();
  return status;
}

export function own(call: Call): Status {
  const status = call.state.statuses.get(id(call));
  if (status?.account !== call.who()) throw notFound();
  return status;
}

export function ownMedia(call: Call): Media {
  const media = call.state.media.get(id(call));
  if (media?.account !== call.who()) throw notFound();
  return media;
}

export function waiting(call: Call): Waiting {
  const later = call.state.scheduled.get(id(call));
  if (later?.account !== call.who()) throw notFound();
  return later;
}

export function maySee(status: Status, account: string | undefined): boolean {
  return status.account === account || status.visibility === "public" || status.visibility === "unlisted";
}

export function limitOf(query: URLSearchParams): number {
  return Math.min(Math.max(Number(query.get("limit") ?? 20) || 20, 1), 40);
}

export function timeOf(value: unknown): number | undefined {
  if (value === undefined || value === null) return undefined;
  const at = Date.parse(text(value) ?? "");
  if (Number.isNaN(at)) throw refuse(422, "Validation failed: Scheduled at is invalid");
  return at;
}

// Mastodon's snowflakes: milliseconds, then sixteen bits of sequence.
export function nextId(state: State, world: World, at = world.now()): string {
  state.sequence = (state.sequence + 1) % 65536;
  return ((BigInt(at) << 16n) + BigInt(state.sequence)).toString();
}
