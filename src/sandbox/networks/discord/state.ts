/** What Discord's half remembers, and who is where. */
import type { Call as SomeCall } from "../../api.ts";
import type { Message } from "./message.ts";
import { refuse } from "./refusals.ts";

export const ID = "discord";
export const GUILD = "110000000000000001";

export interface State {
  messages: Map<string, Message>;
  /** `author nonce` → message. */
  nonces: Map<string, { id: string; until: number }>;
  /** The last message of each channel. */
  last: Map<string, string>;
  sequence: number;
}

export interface Caller {
  /** The sandbox's channel name. */
  name: string;
  channel: string;
  author: Message["author"];
  webhook?: string;
}

export type Call = SomeCall<State, Caller>;

/** A bot is in one channel and its threads, and knows no other. */
export function inRoom({ params, who, state }: Call): Caller {
  const caller = who();
  const { channel } = params;
  if (channel === undefined || channel === caller.channel) return caller;
  const above = state.messages.get(channel);
  if (above?.thread === undefined || above.channel !== caller.channel)
    throw refuse(404, 10003, "Unknown Channel");
  return { ...caller, channel };
}

export function bucketOf({ webhook, channel }: Caller): string {
  return webhook ?? channel;
}
