/** Progress of a delivery, event by event: plain lines here, a live list in progress-list.ts. */
import type { DeliveryEvent } from "../delivery/deliver.ts";
import { formatBytes } from "./bytes.ts";
import { nameOfState, sign } from "./outcome.ts";
import type { Paint } from "./style.ts";
import { oneLine } from "./terminal-safe.ts";
import { relative } from "./time.ts";
import { padEnd } from "./width.ts";

export interface Progress {
  event(event: DeliveryEvent): void;
  /** Something the person should know now. */
  note(text: string): void;
  /** Nothing more comes. Resolves when the screen is free again. */
  end(): Promise<void>;
}

/** One line per event. `channels` only lines the names up. */
export function plainProgress(
  channels: readonly string[],
  write: (text: string) => void,
  paint: Paint,
  now = Date.now,
): Progress {
  const width = Math.max(0, ...channels.map((channel) => oneLine(channel).length));
  let waiting = "";
  // A line for every quarter of a file.
  const quarters = new Map<string, number>();
  const isOld = (event: Extract<DeliveryEvent, { type: "uploading" }>) => {
    const key = `${event.delivery.id} ${event.file}`;
    const quarter = Math.floor((4 * event.sent) / event.size);
    if (quarter === quarters.get(key)) return true;
    quarters.set(key, quarter);
    return false;
  };
  return {
    event(event) {
      const words = eventText(event, paint, now());
      const line = `${padEnd(oneLine(event.delivery.channel), width)}  ${words}\n`;
      if (event.type === "uploading" && isOld(event)) return;
      // While it is paced, the same wait is announced more than once.
      if (event.type === "waiting" && line === waiting) return;
      if (event.type === "waiting") waiting = line;
      write(line);
    },
    note: (text) => write(`${text}\n`),
    end: async () => {},
  };
}

/** What happened, without the channel's name. */
export function eventText(event: DeliveryEvent, paint: Paint, now: number): string {
  switch (event.type) {
    case "sending":
      return `sending${numbered(event.part, event.parts)}`;
    case "uploading":
      return `uploading ${oneLine(event.file)}  ${Math.floor((100 * event.sent) / event.size)} % of ${formatBytes(event.size)}`;
    case "part":
      return `${partOf(event)}${numbered(event.part, event.parts)}${url(event.receipt.url)}`;
    case "waiting":
      return `waiting for its turn, ${relative(event.until, now)}`;
    case "ended": {
      const { state, code, message, nextAt } = event;
      const name = nameOfState({ state, code: code as "auth" | undefined });
      const why = message === undefined ? "" : `: ${oneLine(message)}`;
      const next =
        state === "scheduled" && code !== "auth" && code !== "by-hand" && nextAt !== undefined && nextAt > now
          ? ` (again ${relative(nextAt, now)})`
          : "";
      return `${sign({ state, code: code as "auth" | undefined }, paint)} ${name}${why}${next}`;
    }
  }
}

function partOf({ found, receipt }: Extract<DeliveryEvent, { type: "part" }>): string {
  if (receipt.due !== undefined) return found ? "was handed over before" : "handed over";
  return found ? "was out already" : "sent";
}

function numbered(part: number, parts: number): string {
  return parts === 1 ? "" : ` ${part + 1}/${parts}`;
}

function url(address: string | undefined): string {
  return address === undefined ? "" : `  ${oneLine(address)}`;
}
