/**
 * Every way of using every network, from what the adapters declare and the sandbox halves say: nobody keeps this list. What a
 * lost answer leads to follows from it: a look-up or a key means exactly once, neither means at most once.
 */
import type { Adapter, Post } from "../../src/adapter.ts";
import type { SandboxNetwork, Way } from "../../src/sandbox/network.ts";
import { networks } from "../../src/sandbox/networks/index.ts";
import { countsOf, examplesOf } from "../../src/testing/half.ts";
import { adapters } from "../networks.ts";

export interface Row {
  name: string;
  adapter: Adapter;
  way: Way;
  /** What is said, a plain line where it does not matter. */
  text: string;
  post?: Partial<Post>;
  /** The network can be asked for what was lost. */
  asks: boolean;
  /** A look-up that finds what is out, and cannot prove that something is not. */
  provesNoAbsence: boolean;
  /** One of the ways itself, and not another thing to say in it. */
  plain: boolean;
}

const TEXT = "Acme 2.4 is out";
export function halfOf({ id }: Pick<Adapter, "id">): SandboxNetwork {
  const half = networks.find((one) => one.id === id);
  if (!half) throw new Error(`${id} has no sandbox half`);
  return half;
}

/** As tests call it: the network, and the way where it has several. */
export function labelOf({ id, ways }: SandboxNetwork, { name, besides }: Way): string {
  const own = ways.filter((way) => !way.besides);
  return own.length === 1 && !besides ? id : `${id} ${name}`;
}

/** Ways that ask a server by HTTP; the others write files, or speak another protocol. */
export const ROWS: readonly Row[] = adapters.flatMap((adapter) => {
  const half = halfOf(adapter);
  return half.ways
    .filter(({ files, socket }) => !files && !socket)
    .flatMap((way) => rowsOf(adapter, half, way));
});

export const FILES: readonly { adapter: Adapter; way: Way }[] = adapters.flatMap((adapter) =>
  halfOf(adapter)
    .ways.filter(({ files }) => files)
    .map((way) => ({ adapter, way })),
);

/** Whether the network itself refuses a repeat in this way. */
export function keepsKeys(adapter: Adapter, { settings }: Way): boolean {
  const here = settings && adapter.rulesFor?.(settings).idempotency;
  return (here ?? adapter.idempotency) !== "none";
}

function rowsOf(adapter: Adapter, half: SandboxNetwork, way: Way): Row[] {
  const name = labelOf(half, way);
  const asks = adapter.find !== undefined && way.lookUp !== "none";
  const text = way.words === "none" ? "" : TEXT;
  const provesNoAbsence = way.media?.needed === true && way.media.lookUp === "presence";
  const row: Row = { name, adapter, way, text, asks, provesNoAbsence, plain: true };
  const more = { ...row, plain: false };
  const blind = { ...adapter, find: undefined };
  const [pictures] = countsOf(way);
  const media = examplesOf(way, pictures ?? 0);
  return [
    row,
    ...(pictures === undefined || way.media?.needed
      ? []
      : [
          {
            ...more,
            name: `${name} with a picture`,
            post: { media },
            provesNoAbsence: way.media?.lookUp === "presence",
          },
        ]),
    ...(way.rewritten ? [{ ...more, name: `${name} with words that it rewrites`, text: way.rewritten }] : []),
    ...(asks && keepsKeys(adapter, way)
      ? [{ ...more, name: `${name} by its key alone`, adapter: blind, asks: false }]
      : []),
  ];
}
