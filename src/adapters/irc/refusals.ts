/** What a server's refusals mean. Numbers from https://modern.ircdocs.horse/#numerics; some servers add their own. */
import { NetworkError } from "../../adapter.ts";
import type { ErrorCode } from "../../errors.ts";
import type { Line } from "./line.ts";

const REFUSALS: Record<string, [ErrorCode, string]> = {
  // Before one is in.
  "263": ["unavailable", "the server is busy"],
  "432": ["rejected", "the server does not take the nick"],
  "433": ["unavailable", "somebody has the nick at the moment"],
  "436": ["unavailable", "somebody has the nick at the moment"],
  "437": ["unavailable", "the nick or the channel cannot be had at the moment"],
  "464": ["auth", "the server does not accept its password"],
  "465": ["rejected", "the server has banned us"],
  "902": ["auth", "the account is locked"],
  "904": ["auth", "the account's password is not accepted"],
  "905": ["rejected", "the account's password is longer than the server takes"],
  "908": ["rejected", "the server offers no SASL PLAIN"],
  // At the channel's door.
  "403": ["rejected", "there is no such channel"],
  "405": ["rejected", "we are in too many channels"],
  "470": ["rejected", "the channel sends us on to another one"],
  "471": ["unavailable", "the channel is full"],
  "473": ["rejected", "the channel is for those who are invited"],
  "474": ["rejected", "the channel has banned us"],
  "475": ["rejected", "the channel wants another key (`channel_key`)"],
  "476": ["rejected", "the channel's name is not valid here"],
  "477": ["auth", "the channel is for registered nicks"],
  "489": ["rejected", "the channel is for encrypted connections"],
  // What is said.
  "401": ["rejected", "there is no such channel"],
  "404": ["rejected", "we may not speak in the channel (it is moderated, or we are quieted)"],
  "407": ["rejected", "the server does not know whom we mean"],
  "411": ["rejected", "the server does not know whom we mean"],
  "412": ["rejected", "there is no text"],
  "417": ["rejected", "the line is too long"],
  "442": ["rejected", "we are not in the channel"],
  FAIL: ["rejected", "the server refuses it"],
};

/** What this line refuses, in the server's words as well; `undefined` for every other line. */
export function refusalIn({ command, words }: Pick<Line, "command" | "words">): NetworkError | undefined {
  // ngIRCd has one number for a channel that is full and one for registered nicks; the words tell.
  const isForAccounts = command === "471" && /registered|\+R\b/.test(words);
  const [code, meaning] = REFUSALS[isForAccounts ? "477" : command] ?? [];
  if (code === undefined) return undefined;
  return new NetworkError(code, `${meaning}: ${printable(words)} (${command})`);
}

/** Without colours and the like. */
export function printable(words: string): string {
  return words.replace(/[\0-\x1f\x7f]/g, "").slice(0, 200);
}
