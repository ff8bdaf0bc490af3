/** Asks a network who we are there. Changes nothing, and is not an attempt. */
import type { Account, Adapter } from "../adapter.ts";
import { NetworkError } from "../errors.ts";
import { reachOf, type Surroundings } from "./context.ts";

const DEADLINE = 15_000;

export async function askAccount(
  around: Omit<Surroundings, "adapter"> & { adapter: Adapter },
): Promise<{ account?: Account; error?: NetworkError }> {
  try {
    return { account: await around.adapter.account?.(reachOf({ deadline: DEADLINE, ...around })) };
  } catch (error) {
    if (error instanceof NetworkError) return { error };
    throw error;
  }
}
