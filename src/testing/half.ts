/**
 * The fixture of a network that has a sandbox half: the half plays the network, and the same half is what rehearsals, faults
 * and kills run against. So a network is faked once.
 */
import type { Media, Post } from "../adapter.ts";
import { isHosted, serveHosted } from "../sandbox/media-host.ts";
import type { SandboxNetwork, SandboxRequest, Trouble, Way, World } from "../sandbox/network.ts";
import { createWorld } from "../sandbox/state.ts";
import type { Fixture, Shown } from "./fixture.ts";
import { STARTED, type StageReply, type StageRequest } from "./server.ts";

const CHANNEL = "acme-news";
const FOLDER = "sandbox-fixture";
// How long an upload takes when it takes long, and what a request takes meanwhile: it is asked about more than once.
const PROCESSING_MS = 1_000;
const REQUEST_MS = 400;
// Shorter words may be anybody's.
const LEAST_ISSUED = 6;

/** One network at one server: a check has its own. */
interface Place {
  world: World;
  clock: { at: number };
  /** What came before a post, in order, for a second world like this one. */
  requests: StageRequest[];
  issued: Set<string>;
  trouble?: Trouble;
  /** Worlds in which readers see just these posts. */
  worlds: Map<readonly Shown[], Promise<Place>>;
  /** The one that was asked last, when it was a look-up. */
  asked?: Place;
}

/** A fixture for every way of this half, and for every kind of post that it has: text, one picture, several. */
export function fixturesOf<Options>(half: SandboxNetwork): Record<string, Fixture<Options>> {
  const entries = half.ways
    .filter(({ files, socket }) => !files && !socket)
    .flatMap((way) =>
      [...(way.media?.needed ? [] : [0]), ...countsOf(way)].map(
        (count) => [nameOf(way, count), fixtureOf<Options>(half, way, count)] as const,
      ),
    );
  return Object.fromEntries(entries);
}

/** The numbers of pictures that an example of this way has, besides none. */
export function countsOf({ media }: Way): readonly number[] {
  return media ? (media.counts ?? [1]) : [];
}

export function nameOf({ name }: Way, pictures: number): string {
  if (pictures === 0) return name;
  return pictures === 1 ? `${name} with a picture` : `${name} with ${pictures} pictures`;
}

/** The contract suite's fixture for one way; `pictures`: how many the post has. */
export function fixtureOf<Options>(half: SandboxNetwork, way: Way, pictures = 0): Fixture<Options> {
  const places = new Map<string, Place>();
  const placeAt = (base: string): Place => {
    const there = places.get(base) ?? newPlace(base);
    places.set(base, there);
    return there;
  };
  const answer = (request: StageRequest, base: string, trouble?: Trouble) => {
    const place = placeAt(base);
    delete place.asked;
    return ask(half, place, request, trouble ?? place.trouble);
  };
  const { media } = way;
  const presence = pictures > 0 && media?.lookUp === "presence";

  return {
    channel: (base) => half.channel(CHANNEL, base, FOLDER, way.settings),
    post: {
      options: (way.options ?? {}) as Options,
      ...(way.title !== undefined && { title: way.title }),
      ...(pictures > 0 && { media: examplesOf(way, pictures) }),
    } as Partial<Post<Options>> & { options: Options },
    read: bytesOf,
    begin: (base) => void places.set(base, newPlace(base)),
    answer,
    publishes: (request) => doesPublish(half, request),
    issued: (base) => [...placeAt(base).issued],
    receipt(base) {
      const place = placeAt(base);
      const post = (place.asked ?? place).world.posts.at(-1);
      if (way.ids === "none") return { id: "" };
      // Where an id is one only within a room, the sandbox puts the room before it.
      return { id: post?.id.split(" ").at(-1) ?? "", ...(post && { url: post.url }) };
    },
    limited(retryAfter, request, base) {
      const said = retryAfter === undefined ? {} : { retryAfter };
      return answer(request, base, { kind: "limited", ...said });
    },
    ...(half.busy && { busy: half.busy }),
    expired: (request, base) => answer(request, base, { kind: "expired" }),
    ...(way.repeats === "known" && {
      repeated(request: StageRequest, base: string) {
        if (!half.recognises?.(asSandbox(request)))
          throw new Error(`${half.name}'s half says that it knows a repeat, and does not recognise this one`);
        return answer(request, base);
      },
    }),
    ...(way.lookUp !== "none" && {
      async lookUp(request: StageRequest, shown: readonly Shown[], base: string) {
        const place = placeAt(base);
        const world = place.worlds.get(shown) ?? worldOf(half, place, shown, base);
        place.worlds.set(shown, world);
        place.asked = await world;
        return ask(half, place.asked, request);
      },
    }),
    ...(presence && { provesNoAbsence: true as const }),
    ...(way.named && { named: true as const }),
    ...(pictures > 0 &&
      media?.processing && {
        slow(base: string) {
          placeAt(base).trouble = { kind: "processing", ms: PROCESSING_MS };
        },
      }),
  };
}

function newPlace(base: string): Place {
  const clock = { at: STARTED.getTime() + 1_000 };
  const world = createWorld({
    origin: () => base,
    folder: FOLDER,
    now: () => clock.at,
    rates: false,
    changed: () => {},
  });
  // The whole server is this network's.
  return {
    world: { ...world, base: () => base },
    clock,
    requests: [],
    issued: new Set(),
    worlds: new Map(),
  };
}

async function ask(
  half: SandboxNetwork,
  place: Place,
  request: StageRequest,
  trouble?: Trouble,
): Promise<StageReply> {
  place.clock.at += trouble?.kind === "processing" ? REQUEST_MS : 1;
  if (isHosted(request.path)) {
    place.requests.push(request);
    return serveHosted(asSandbox(request), place.world);
  }
  const reply = await half.handle({ ...asSandbox(request), ...(trouble && { trouble }) }, place.world);
  if (!doesPublish(half, request)) {
    place.requests.push(request);
    for (const made of issuedIn(reply?.body, request)) place.issued.add(made);
  }
  return reply ?? { status: 404, body: "The sandbox does not know this path.\n" };
}

/** A second world: everything that came before a post is there again, and of the posts just these, each at its time. */
async function worldOf(
  half: SandboxNetwork,
  { requests }: Place,
  shown: readonly Shown[],
  base: string,
): Promise<Place> {
  const place = newPlace(base);
  for (const request of requests) await ask(half, place, request);
  const now = place.clock.at;
  for (const { request, at } of shown) {
    place.clock.at = at.getTime();
    const reply = await ask(half, place, request);
    if (typeof reply === "object" && reply.status >= 300)
      throw new Error(`${half.name}'s half refused to show the post again: ${JSON.stringify(reply.body)}`);
  }
  place.clock.at = Math.max(now, place.clock.at) + 1_000;
  return place;
}

function asSandbox({ method, path, headers, body }: StageRequest): SandboxRequest {
  const query = new URL(path, "http://sandbox.invalid").searchParams;
  return { method, path: pathOf(path), query, headers, body };
}

function doesPublish(half: SandboxNetwork, { method, path, body }: StageRequest): boolean {
  return half.publishes(method, pathOf(path)) && (half.publishing?.(body) ?? true);
}

function pathOf(path: string): string {
  return new URL(path, "http://sandbox.invalid").pathname;
}

/** Strings and numbers in an answer that its request did not hold: made up by the network. */
function issuedIn(answer: unknown, request: StageRequest): string[] {
  const said = `${request.path} ${request.body.toString("utf8")}`;
  return leaves(answer).filter((text) => text.length >= LEAST_ISSUED && !said.includes(text));
}

function leaves(value: unknown): string[] {
  if (typeof value === "string" || typeof value === "number") return [String(value)];
  if (typeof value !== "object" || value === null || value instanceof Uint8Array) return [];
  return Object.values(value).flatMap(leaves);
}

/** The files of an example post. */
export function examplesOf({ media }: Way, count: number): Media[] {
  const type = media?.type ?? "image/png";
  const end = type.split("/")[1];
  return Array.from({ length: count }, (_, n) => ({
    file: `images/picture-${n + 1}.${end}`,
    sha256: "00",
    type,
    bytes: 64,
    width: 8,
    height: 8,
    alt: `Picture ${n + 1}`,
  }));
}

const HEADS: Readonly<Record<string, string>> = {
  "image/png": "\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\0\x08\0\0\0\x08",
  "image/jpeg": "\xff\xd8\xff\xe0\0\x10JFIF\0",
  "video/mp4": "\0\0\0\x20ftypisom",
};

/** The head of such a file, and its name, so that no two are alike. */
export function bytesOf({ file, type }: Media): Uint8Array {
  const bytes = Buffer.alloc(64);
  bytes.write(HEADS[type] ?? "", "latin1");
  bytes.write(file, 33, "latin1");
  return bytes;
}
