/** What a worker says: one line for what happens, for people or for programs. */
import type { DeliveryEvent } from "../delivery/types.ts";
import type { Layout } from "./style.ts";
import { oneLine } from "./terminal-safe.ts";

/** Absent: nothing worth a line. */
export function workerLine(event: DeliveryEvent, now: number, { paint }: Layout): string | undefined {
  const time = paint.dim(new Date(now).toISOString().slice(11, 19));
  const { delivery } = event;
  const id = paint.bold(oneLine(delivery.id));
  if (event.type === "part") {
    const part = event.parts > 1 ? ` ${event.part + 1}/${event.parts}` : "";
    const where = event.receipt.url ?? (event.receipt.id ? `id ${event.receipt.id}` : "");
    return `${time}  ${paint.green("✓")} ${id}${part}  ${oneLine(where)}`.trimEnd();
  }
  // A part that is out was told already.
  if (event.type !== "ended" || event.state === "published") return undefined;
  const until =
    event.state === "scheduled" && event.nextAt !== undefined && event.nextAt > now
      ? ` until ${new Date(event.nextAt).toISOString().slice(0, 19)}Z`
      : "";
  if (event.code === undefined && until === "") return undefined;
  const sign = event.state === "scheduled" ? paint.yellow("…") : paint.red("✗");
  const why = [event.code, event.message].filter(Boolean).join(": ");
  return `${time}  ${sign} ${id}  ${event.state}${until}${why ? `  ${oneLine(why)}` : ""}`;
}

/** One line of JSON. Times are ISO; what is absent is not known. */
export function workerRecord(event: DeliveryEvent, now: number): string | undefined {
  if (event.type !== "part" && event.type !== "ended") return undefined;
  const { delivery } = event;
  const about = {
    delivery: delivery.id,
    campaign: delivery.campaign,
    channel: delivery.channel,
    network: delivery.network,
  };
  const told =
    event.type === "part"
      ? {
          event: "published",
          part: event.part + 1,
          parts: event.parts,
          id: event.receipt.id,
          url: event.receipt.url,
        }
      : {
          event: "ended",
          state: event.state,
          code: event.code,
          message: event.message,
          ...(event.nextAt !== undefined && { next_at: new Date(event.nextAt).toISOString() }),
        };
  const level =
    event.type === "ended" && (event.state === "failed" || event.state === "held") ? "error" : "info";
  return JSON.stringify({ time: new Date(now).toISOString(), level, ...told, ...about });
}
