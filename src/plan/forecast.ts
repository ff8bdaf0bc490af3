/** When posts go out that the rate windows of their account make wait. */
import type { Rate } from "../adapter.ts";
import { milliseconds } from "../duration.ts";

/** Posts that are to go out by one account. Times are epoch milliseconds. */
export interface Coming {
  id: string;
  posts: number;
  dueAt: number;
}

/** For each, when its posts go out, one after the other. `used`: when the account's last requests left. */
export function forecast(
  coming: readonly Coming[],
  { used, rates, now }: { used: readonly number[]; rates: readonly Rate[]; now: number },
): Map<string, number[]> {
  const windows = rates.map(({ posts, per }) => ({ posts, length: milliseconds(per) }));
  const gone = [...used].sort((a, b) => a - b);
  const times = new Map<string, number[]>();
  for (const { id, posts, dueAt } of [...coming].sort((a, b) => a.dueAt - b.dueAt)) {
    const own: number[] = [];
    for (let part = 0; part < posts; part++) {
      const free = windows.map((window) => (gone[gone.length - window.posts] ?? -Infinity) + window.length);
      const at = Math.max(now, dueAt, gone.at(-1) ?? 0, ...free);
      own.push(at);
      gone.push(at);
    }
    times.set(id, own);
  }
  return times;
}
