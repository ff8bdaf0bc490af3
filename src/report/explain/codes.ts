/** Every code that the program prints, with its explanation. A code without one does not compile. */
import type { ProblemCode } from "../../errors.ts";
import { APPROVAL } from "./approval.ts";
import { CAMPAIGN } from "./campaign.ts";
import { COMMAND } from "./command.ts";
import { ANSWERS, ENTERED, OUTCOMES, STATES, WAITING } from "./delivery.ts";
import { ENDS, EXITS } from "./exit-codes.ts";
import type { Cause, Explanation } from "./explanation.ts";
import { FILES } from "./files.ts";
import { LEDGER } from "./ledger.ts";
import { MEDIA } from "./media.ts";
import { PROJECT } from "./project.ts";
import { TIMES } from "./times.ts";

/** In the order in which they are listed. */
export const CHAPTERS: readonly { title: string; codes: Readonly<Record<string, Cause | Explanation>> }[] = [
  { title: "Exit codes", codes: EXITS },
  { title: "States of a delivery", codes: { ...STATES, ...WAITING } },
  { title: "Why a delivery is not out", codes: ANSWERS },
  { title: "How a request ended (ledger export)", codes: OUTCOMES },
  { title: "How a delivery was entered (send --json)", codes: ENTERED },
  { title: "Errors of a command (--json)", codes: ENDS },
  { title: "The command", codes: COMMAND },
  { title: "Files", codes: FILES },
  { title: "broadcast.yml", codes: PROJECT },
  { title: "A campaign", codes: CAMPAIGN },
  { title: "Images and videos", codes: MEDIA },
  { title: "Times", codes: TIMES },
  { title: "Plans and approvals", codes: APPROVAL },
  { title: "The ledger", codes: LEDGER },
];

/** All that can be among a document's `problems`. */
export const PROBLEMS: Readonly<Record<ProblemCode, Cause>> = {
  ...ANSWERS,
  ...COMMAND,
  ...FILES,
  ...PROJECT,
  ...CAMPAIGN,
  ...MEDIA,
  ...TIMES,
  ...APPROVAL,
  ...LEDGER,
  expired: STATES.expired,
};

export function codes(): string[] {
  return CHAPTERS.flatMap(({ codes }) => Object.keys(codes));
}

export function explanationOf(code: string): Cause | Explanation | undefined {
  const chapter = CHAPTERS.find(({ codes }) => Object.hasOwn(codes, code));
  return chapter?.codes[code];
}
