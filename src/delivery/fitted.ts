/** Puts the files that were made to fit in the place of those that were planned. The same ones at every attempt. */
import { type Card, type Media, NetworkError, type Post } from "../adapter.ts";
import type { Clock } from "../clock.ts";
import { ALL_PARTS, type Ledger } from "../ledger/ledger.ts";
import type { Delivery } from "../ledger/types.ts";
import { digest } from "../plan/digest.ts";

/** A file made to fit. JSON. */
export type Fitted = Pick<Media, "sha256" | "type" | "bytes"> & { width: number; height: number };

/** `before`: what it was at an earlier attempt, and must be again. Throws NetworkError. */
export type FitMedia = (media: Media, before?: Fitted) => Promise<{ media: Media; fitted: Fitted }>;

export interface Fitting {
  ledger: Pick<Ledger, "step" | "putStep">;
  clock: Clock;
  /** Absent where nothing with a picture is sent. */
  fit?: FitMedia;
  /** Gets a card's picture that is not on this machine, where it can be had. */
  restore?(link: Card): Promise<void>;
}

/** `posts` as adapters get them. `delivery` is whose they are. Throws NetworkError. */
export async function fittedPosts(
  posts: readonly Post[],
  delivery: Delivery,
  tools: Fitting,
): Promise<Post[]> {
  return Promise.all(posts.map((post) => fittedPost(post, delivery, tools)));
}

async function fittedPost(post: Post, delivery: Delivery, tools: Fitting): Promise<Post> {
  const { media, link } = post;
  const image = link?.image;
  if (link && image) await tools.restore?.(link);
  if (!image?.fit && !media.some(({ fit }) => fit)) return post;
  const files: Media[] = [];
  for (const file of media) files.push(await fittedFile(file, delivery, tools));
  return {
    ...post,
    media: files,
    ...(link && image && { link: { ...link, image: await fittedFile(image, delivery, tools) } }),
  };
}

async function fittedFile(
  file: Media,
  delivery: Delivery,
  { ledger, clock, fit: makeFit }: Fitting,
): Promise<Media> {
  if (!file.fit) return file;
  if (!makeFit)
    throw new NetworkError("rejected", `${file.file} has to be made to fit, which is not possible here`);
  const name = `fit-${digest([file.sha256, file.fit]).slice(0, 24)}`;
  const kept = await ledger.step(delivery, ALL_PARTS, name);
  const { media, fitted } = await makeFit(file, kept?.result as Fitted | undefined);
  if (!kept) await ledger.putStep(delivery, ALL_PARTS, name, fitted, clock.now());
  return media;
}
