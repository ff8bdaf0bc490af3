/** A post is a container first, which nobody sees; then it is published. Instagram fetches its files itself. */
import * as v from "valibot";
import { type Media, NetworkError, type Post, type Preparation } from "../../adapter.ts";
import { type Channel, Id, type Options } from "./api.ts";

// A container lives for a day.
const KEEPS = "20h";
const Status = v.object({
  status_code: v.picklist(["EXPIRED", "ERROR", "FINISHED", "IN_PROGRESS", "PUBLISHED"]),
  status: v.optional(v.string()),
});

export function nameOf(index: number): string {
  return index === 0 ? "container" : `container-${index}`;
}

/** `index`: of the post in its delivery. */
export function container(
  post: Post<Options>,
  index: number,
  context: Preparation<Channel>,
): Promise<string> {
  return context.step(nameOf(index), () => made(post, context), { keeps: KEEPS });
}

export function statusOf(id: string, { ask }: Pick<Preparation<Channel>, "ask">) {
  return ask({ path: `/${id}`, query: { fields: "status_code,status" } }, Status, "a container's status");
}

async function made(post: Post<Options>, context: Preparation<Channel>): Promise<string> {
  const { media, options, text } = post;
  const [first, ...more] = media;
  if (!first) throw new NetworkError("rejected", "a post on Instagram needs a picture or a video");
  if (options.story) {
    const file = isVideo(first) ? "video_url" : "image_url";
    return upload({ media_type: "STORIES", [file]: await context.hosted(first) }, context);
  }
  const content =
    more.length > 0
      ? { media_type: "CAROUSEL", children: (await items(post, context)).join(",") }
      : isVideo(first)
        ? { media_type: "REELS", video_url: await context.hosted(first), ...feedOf(options) }
        : await imageOf(first, context);
  const { collaborators = [] } = options;
  return upload(
    {
      ...content,
      ...(text !== "" && { caption: text }),
      ...(collaborators.length > 0 && { collaborators: JSON.stringify(collaborators) }),
    },
    context,
  );
}

const isVideo = ({ type }: Media) => type.startsWith("video/");

function feedOf({ share_to_feed }: Options) {
  return share_to_feed === undefined ? {} : { share_to_feed: String(share_to_feed) };
}

async function imageOf(media: Media, { hosted }: Preparation<Channel>) {
  return { image_url: await hosted(media), ...(media.alt !== "" && { alt_text: media.alt }) };
}

function items(post: Post, context: Preparation<Channel>): Promise<string[]> {
  return context.uploads(
    post,
    async (media) => {
      const content = isVideo(media)
        ? { media_type: "VIDEO", video_url: await context.hosted(media) }
        : await imageOf(media, context);
      return upload({ ...content, is_carousel_item: "true" }, context);
    },
    { keeps: KEEPS },
  );
}

async function upload(
  form: Record<string, string | undefined>,
  context: Preparation<Channel>,
): Promise<string> {
  const path = `/${context.channel.user}/media`;
  const { id } = await context.ask({ method: "POST", path, form }, Id, "a container");
  await context.until(
    async () => {
      const { status_code, status } = await statusOf(id, context);
      if (status_code === "ERROR" || status_code === "EXPIRED")
        throw new NetworkError("rejected", `Instagram could not make the post: ${status ?? status_code}`);
      return status_code === "IN_PROGRESS" ? undefined : true;
    },
    { within: "5m", words: "Instagram still works on the files" },
  );
  return id;
}
