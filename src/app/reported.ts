/** What `run` has reported: a cron job that runs every minute should not mail about the same missing login each time. */
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { writeAtomically } from "../files.ts";
import type { History } from "../ledger/types.ts";
import { stateFolder } from "./ledger.ts";
import type { Project } from "./project.ts";

const DAY = 86_400_000;

/** Those that were not reported within a day; remembers that they are now. `now`: epoch milliseconds. */
export async function notYetReported(
  histories: readonly History[],
  project: Project,
  now: number,
): Promise<History[]> {
  const waiting = histories.filter(needsLogin);
  if (waiting.length === 0) return [...histories];
  const told = await read(project);
  const isTold = ({ id }: History) => Object.hasOwn(told, id) && now - told[id]! < DAY;
  const news = histories.filter((history) => !needsLogin(history) || !isTold(history));
  const kept = Object.entries(told).filter(([, at]) => now - at < DAY);
  const fresh = news.filter(needsLogin).map(({ id }) => [id, now] as const);
  if (fresh.length > 0)
    await writeAtomically(
      fileOf(project),
      `${JSON.stringify(Object.fromEntries([...kept, ...fresh]), null, 2)}\n`,
    );
  return news;
}

function needsLogin({ state, code }: History): boolean {
  return state === "scheduled" && code === "auth";
}

async function read(project: Project): Promise<Record<string, number>> {
  try {
    const told: unknown = JSON.parse(await readFile(fileOf(project), "utf8"));
    return typeof told === "object" && told !== null ? (told as Record<string, number>) : {};
  } catch {
    // Missing, or a write was interrupted: it is reported once more.
    return {};
  }
}

function fileOf(project: Project): string {
  return join(stateFolder(project), "reported.json");
}
