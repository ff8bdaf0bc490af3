/** The networks that are known. An adapter is loaded only if a channel uses its network. */
import type { Adapter } from "../adapter.ts";

/** A `Map` of adapters will do where all are loaded. */
export interface Adapters {
  /** Of a network that a channel uses; of others only if it is loaded. */
  get(network: string): Adapter | undefined;
  /** Whether there is such a network. */
  has(network: string): boolean;
  /** All of them. */
  keys(): Iterable<string>;
}

export class LoadedAdapters implements Adapters {
  readonly #loaded: ReadonlyMap<string, Adapter>;
  readonly #names: readonly string[];

  constructor(loaded: Iterable<readonly [string, Adapter]>, names: readonly string[]) {
    this.#loaded = new Map(loaded);
    this.#names = names;
  }

  get(network: string): Adapter | undefined {
    return this.#loaded.get(network);
  }

  has(network: string): boolean {
    return this.#names.includes(network);
  }

  keys(): readonly string[] {
    return this.#names;
  }

  /** The loaded ones. */
  values(): Iterable<Adapter> {
    return this.#loaded.values();
  }

  /** These as well. */
  with(more: readonly Adapter[]): LoadedAdapters {
    const entries = more.map((adapter) => [adapter.id, adapter] as const);
    return new LoadedAdapters([...this.#loaded, ...entries], [...this.#names, ...more.map(({ id }) => id)]);
  }
}
