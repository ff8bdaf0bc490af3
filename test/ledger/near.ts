/** Times that a ledger in PostgreSQL knows only as exactly as its answers are quick. */
import { expect } from "vitest";
import { ON_POSTGRES } from "./anew.ts";

/** The time itself, or with a ledger in PostgreSQL one that is at most 50 ms away. For `toEqual` and `toMatchObject`. */
export const near = (time: number): number => (ON_POSTGRES ? expect.closeTo(time, -2) : time);
