/** The files of posts that workers send, where machines share them: under their digests, so that none takes another's place. */
import { type Media, NetworkError, type Source } from "../adapter.ts";
import { InputError } from "../errors.ts";
import { whyUnwritable } from "../files.ts";
import type { Delivery } from "../ledger/types.ts";
import type { PlannedDelivery } from "../plan/types.ts";
import type { Project } from "./project.ts";

type Posts = readonly { media: readonly Media[]; link?: { image?: Media } }[];

function filesOf(posts: Posts): Media[] {
  return posts.flatMap(({ media, link }) => [...media, ...(link?.image ? [link.image] : [])]);
}

/**
 * Puts them there before the deliveries are entered; without `media_store`, and in a rehearsal, nothing. Throws InputError when
 * they cannot be put there.
 */
export async function fillStore(
  deliveries: readonly PlannedDelivery[],
  { config, rehearsal }: Pick<Project, "config" | "rehearsal">,
): Promise<void> {
  const { settings, problem } = config.mediaStore;
  if (problem && !rehearsal && config.deliver === "workers") throw new InputError(problem);
  if (!settings || rehearsal) return;
  const files = new Map(
    deliveries
      .flatMap(({ posts }) => filesOf(posts.map(({ post }) => post)))
      .map((file) => [file.sha256, file]),
  );
  const [{ openMedia }, { mediaStore }] = await Promise.all([
    import("../media/source.ts"),
    import("../media/store.ts"),
  ]);
  const store = mediaStore(settings, config.root);
  try {
    for (const { fit: _, ...file } of files.values())
      if (!(await store.has(file))) await store.put(file, await openMedia(config.root, file));
  } catch (error) {
    const why = error instanceof NetworkError ? error.message : whyUnwritable(error);
    if (why === undefined) throw error;
    throw new InputError({
      severity: "error",
      code: "no-store",
      message: `the files of the posts cannot be put where workers find them: ${why}`,
      remedy: "Look at `media_store` in broadcast.yml, and at who may write there.",
      place: config.source.place(["media_store"]),
    });
  }
}

/** Why a file of this delivery cannot be read here, if one cannot. */
export async function lackedFile(
  { posts }: Pick<Delivery, "posts">,
  open: (media: Media) => Promise<Source>,
): Promise<string | undefined> {
  for (const { fit: _, ...file } of filesOf(posts)) {
    try {
      await open(file);
    } catch (error) {
      if (!(error instanceof NetworkError)) throw error;
      return error.message;
    }
  }
  return undefined;
}
