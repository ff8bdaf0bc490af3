/**
 * Every way of using every network, from what the adapters declare and the sandbox halves say: nobody keeps this list. What a
 * lost answer leads to follows from it: a look-up or a key means exactly once, neither means at most once.
 */
import type { Adapter, Post } from "../../src/adapter.ts";
import type { SandboxNetwork, Way } from "../../src/sandbox/network.ts";
import { networks } from "../../src/sandbox/networks/index.ts";
import { countsOf } from "../../src/testing/half.ts";
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
const IMAGE = {
  file: "images/hero.png",
  sha256: "00",
  type: "image/png",
  bytes: 64,
  width: 8,
  height: 8,
  alt: "Three devices",
};

export function halfOf({ id }: Pick<Adapter, "id">): SandboxNetwork {
  const half = networks.find((one) => one.id === id);
  if (!half) throw new Error(`${id} has no sandbox half`);
  return half;
}

/** As tests call it: the network, and the way where it has several. */
export function labelOf({ id, ways }: SandboxNetwork, { name }: Way): string {
  return ways.length === 1 ? id : `${id} ${name}`;
}

/** Ways that ask a server; the others write files. */
export const ROWS: readonly Row[] = adapters.flatMap((adapter) => {
  const half = halfOf(adapter);
  return half.ways.filter(({ files }) => !files).flatMap((way) => rowsOf(adapter, half, way));
});

export const FILES: readonly { adapter: Adapter; way: Way }[] = adapters.flatMap((adapter) =>
  halfOf(adapter)
    .ways.filter(({ files }) => files)
    .map((way) => ({ adapter, way })),
);

function rowsOf(adapter: Adapter, half: SandboxNetwork, way: Way): Row[] {
  const name = labelOf(half, way);
  const asks = adapter.find !== undefined && way.lookUp !== "none";
  const row: Row = { name, adapter, way, text: TEXT, asks, provesNoAbsence: false, plain: true };
  const more = { ...row, plain: false };
  const blind = { ...adapter, find: undefined };
  const [pictures] = countsOf(way);
  const media = Array.from({ length: pictures ?? 0 }, () => IMAGE);
  return [
    row,
    ...(pictures === undefined
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
    ...(asks && adapter.idempotency !== "none"
      ? [{ ...more, name: `${name} by its key alone`, adapter: blind, asks: false }]
      : []),
  ];
}
