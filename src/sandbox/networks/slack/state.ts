/** What Slack's half remembers, who is there, and how the Web API speaks. */
import { refusal, type Call as SomeCall } from "../../api.ts";
import { text } from "../../body.ts";
import { numberOf } from "../../ids.ts";
import type { SandboxReply, World } from "../../network.ts";
import type { Message } from "./message.ts";

export const ID = "slack";

export interface State {
  /** `channel ts` → message. */
  messages: Map<string, Message>;
  files: Map<string, Upload>;
  /** The last timestamp given out, in microseconds. */
  last: number;
}

export interface Upload {
  id: string;
  name: string;
  alt: string;
  bytes?: Uint8Array;
  shares: Message[];
}

/** A bot, or a person with a token of their own. */
export interface Caller {
  /** The sandbox's channel name. */
  room: string;
  /** The one channel that they are in. */
  channel: string;
  name: string;
  isBot: boolean;
}

export type Call = SomeCall<State, Caller>;

export function argumentsOf(call: Call): Record<string, unknown> {
  const { malformed, type } = call.body();
  if (malformed) throw fail(type === "json" ? "invalid_json" : "invalid_form_data");
  if (type === "other") throw fail("invalid_post_type");
  return call.fields();
}

export function inChannel(call: Call, said = text(argumentsOf(call).channel)): Caller {
  const caller = call.who();
  if (said !== caller.channel && said !== caller.room && said !== `#${caller.room}`)
    throw fail("channel_not_found");
  return caller;
}

export function ok(body: Record<string, unknown>): SandboxReply {
  return { status: 200, body: { ok: true, ...body } };
}

export function failed(error: string): SandboxReply {
  return { status: 200, body: { ok: false, error } };
}

export function fail(error: string): Error {
  return refusal(failed(error));
}

export function permalink({ channel, ts, thread }: Message, world: World): string {
  const page = `${world.base(ID)}/archives/${channel}/p${ts.replace(".", "")}`;
  return thread === undefined ? page : `${page}?thread_ts=${thread}&cid=${channel}`;
}

export function idOf(name: string): string {
  return `C${numberOf(`channel ${name}`).slice(0, 10)}`;
}
