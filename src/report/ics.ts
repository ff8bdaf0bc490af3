/** Scheduled deliveries as a calendar (RFC 5545), which calendar programs can subscribe to. */
import type { Upcoming } from "./schedule.ts";

/** CRLF line ends, lines of at most 75 bytes. The same delivery is the same event in every export. */
export function calendar(list: readonly Upcoming[], now: number): string {
  const lines = [
    "BEGIN:VCALENDAR",
    "VERSION:2.0",
    "PRODID:-//broadcast//schedule//EN",
    "CALSCALE:GREGORIAN",
    "X-WR-CALNAME:broadcast",
    ...list.flatMap((one) => event(one, now)),
    "END:VCALENDAR",
  ];
  return lines.map((line) => `${folded(line)}\r\n`).join("");
}

function event({ id, campaign, channel, title, due, state }: Upcoming, now: number): string[] {
  const waiting = state === "entered" ? "In the ledger; goes out unchanged." : "Planned when it is due.";
  return [
    "BEGIN:VEVENT",
    `UID:${encodeURIComponent(id)}@broadcast`,
    `DTSTAMP:${stamp(now)}`,
    `DTSTART:${stamp(due)}`,
    "DURATION:PT5M",
    `SUMMARY:${escaped(`${title ?? campaign} → ${channel}`)}`,
    `DESCRIPTION:${escaped(`${campaign}\n${waiting}`)}`,
    "TRANSP:TRANSPARENT",
    "END:VEVENT",
  ];
}

function stamp(at: number): string {
  return new Date(at).toISOString().replace(/[-:]|\.\d{3}/g, "");
}

function escaped(text: string): string {
  return text
    .replace(/[\\;,]/g, (sign) => `\\${sign}`)
    .replace(/\r\n?|\n/g, "\\n")
    .replace(/[\0-\x08\x0b-\x1f\x7f]/g, "");
}

// A fold may not cut a character in two.
function folded(line: string): string {
  const pieces: string[] = [];
  let piece = "";
  let bytes = 0;
  for (const sign of line) {
    const size = Buffer.byteLength(sign);
    // A continued line begins with a space.
    if (bytes + size > 75) {
      pieces.push(piece);
      piece = "";
      bytes = 1;
    }
    piece += sign;
    bytes += size;
  }
  return [...pieces, piece].join("\r\n ");
}
