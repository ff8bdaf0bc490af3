/** The built-in networks, all of them. */
import type { Adapter } from "../src/adapter.ts";
import { LOADERS } from "../src/adapters/index.ts";

export const adapters: readonly Adapter[] = await Promise.all(Object.values(LOADERS).map((load) => load()));
