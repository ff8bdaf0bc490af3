/** A post is a container first, which nobody sees; then it is published. Threads fetches its files itself. */
import * as v from "valibot";
import { type Media, NetworkError, type Post, type Preparation } from "../../adapter.ts";
import { type Channel, Id, type Options } from "./api.ts";

// A container lives for a day.
const KEEPS = "20h";
const Status = v.object({
  status: v.picklist(["EXPIRED", "ERROR", "FINISHED", "IN_PROGRESS", "PUBLISHED"]),
  error_message: v.optional(v.string()),
});

/** `below`: the post that it answers. */
export function container(
  post: Post<Options>,
  below: string | undefined,
  context: Preparation<Channel>,
): Promise<string> {
  return context.step(nameOf(below), () => made(post, below, context), { keeps: KEEPS });
}

export function nameOf(below: string | undefined): string {
  return below === undefined ? "container" : `container-${below}`;
}

export async function statusOf(id: string, { ask }: Pick<Preparation<Channel>, "ask">) {
  const query = { fields: "status,error_message" };
  return ask({ path: `/${id}`, query }, Status, "a container's status");
}

async function made(
  post: Post<Options>,
  below: string | undefined,
  context: Preparation<Channel>,
): Promise<string> {
  const { media, options, poll, link } = post;
  const { reply_control, topic_tag, spoiler } = options;
  const [first, ...more] = media;
  const content =
    first === undefined
      ? {
          media_type: "TEXT",
          ...(poll ? { poll_attachment: pollOf(poll.choices) } : link && { link_attachment: link.url }),
        }
      : more.length === 0
        ? await fileOf(first, context)
        : { media_type: "CAROUSEL", children: (await items(post, context)).join(",") };
  const form = {
    ...content,
    ...(post.text !== "" && { text: post.text }),
    ...(below !== undefined && { reply_to_id: below }),
    reply_control,
    topic_tag,
    ...(spoiler && first && { is_spoiler_media: "true" }),
  };
  const { id } = await context.ask({ method: "POST", path: "/me/threads", form }, Id, "a container");
  await ready(id, context);
  return id;
}

function pollOf(choices: readonly string[]): string {
  return JSON.stringify(Object.fromEntries(choices.map((choice, n) => [`option_${"abcd"[n]}`, choice])));
}

async function fileOf(media: Media, context: Preparation<Channel>) {
  const url = await context.hosted(media);
  const isVideo = media.type.startsWith("video/");
  return {
    ...(isVideo ? { media_type: "VIDEO", video_url: url } : { media_type: "IMAGE", image_url: url }),
    ...(media.alt !== "" && { alt_text: media.alt }),
  };
}

function items(post: Post, context: Preparation<Channel>): Promise<string[]> {
  return context.uploads(
    post,
    async (media) => {
      const form = { ...(await fileOf(media, context)), is_carousel_item: "true" };
      const { id } = await context.ask({ method: "POST", path: "/me/threads", form }, Id, "a container");
      await ready(id, context);
      return id;
    },
    { keeps: KEEPS },
  );
}

async function ready(id: string, context: Preparation<Channel>): Promise<void> {
  await context.until(
    async () => {
      const { status, error_message } = await statusOf(id, context);
      if (status === "ERROR" || status === "EXPIRED")
        throw new NetworkError("rejected", `Threads could not make the post: ${error_message ?? status}`);
      return status === "IN_PROGRESS" ? undefined : true;
    },
    { within: "5m", words: "Threads still works on the files" },
  );
}
