/** Files: uploaded before, unseen until the one request that publishes them together with the text. */
import * as v from "valibot";
import {
  type Context,
  expectReply,
  NetworkError,
  nameOf,
  type Post,
  type Preparation,
  type Reach,
  type Receipt,
} from "../../adapter.ts";
import { answer, type Channel, inThread, type Options, Refused, receiptOf } from "./api.ts";

const Ticket = answer({ upload_url: v.string(), file_id: v.string() });
const Shares = v.optional(v.record(v.string(), v.array(v.object({ ts: v.string() }))), {});
const FileInfo = answer({
  file: v.object({ shares: v.optional(v.object({ public: Shares, private: Shares }), {}) }),
});

// How long the server may take to share a file that it has accepted; after that a person is asked.
const SHARING = 120_000;

/**
 * Text and files in one request, so that there is one moment before which nothing is out and after which all is. The
 * files wait unseen until then. This request takes no metadata; the files' own ids are what a look-up goes by.
 */
export async function publishWithFiles(post: Post<Options>, context: Context<Channel>): Promise<Receipt> {
  const ids = await upload(post, context);
  const json = {
    files: ids.map((id, index) => ({ id, title: nameOf(post.media[index]!) })),
    channel_id: context.channel.channel,
    ...(post.text && { initial_comment: post.text }),
    ...inThread(context),
  };
  await context.ask({ method: "POST", path: "/files.completeUploadExternal", json }, answer({}), "ok");
  // Sharing happens afterwards, and has been seen not to happen at all: only a message with a time is a post.
  const ts = await context.until(
    () =>
      sharedAt(ids[0]!, context).catch((cause: unknown) => {
        throw new NetworkError("uncertain", "took the files, but could not be asked where they are", {
          cause,
        });
      }),
    {
      within: "20s",
      words: "took the files, but does not show them in the channel yet",
      otherwise: "uncertain",
    },
  );
  return receiptOf(ts, context);
}

/**
 * By the files' own ids: from the file, then from the channel. Never `absent`: files that are not there yet may still
 * appear, and a file that cannot be asked about may be shared nevertheless.
 */
export async function findFiles(
  post: Post<Options>,
  context: Context<Channel>,
  since: Date,
  messages: AsyncIterable<{ ts: string; files: { id?: string }[] }>,
): Promise<Receipt> {
  // Remembered from the attempt, which uploads before it publishes.
  const ids = await upload(post, context);
  const shared = await sharedAt(ids[0]!, context);
  if (shared) return receiptOf(shared, context);
  for await (const { ts, files } of messages) {
    if (files.some(({ id }) => id !== undefined && ids.includes(id))) return receiptOf(ts, context);
  }
  const words = "the files are in no channel; they may appear still";
  throw new NetworkError(Date.now() < since.getTime() + SHARING ? "uncertain" : "rejected", words);
}

export function upload(post: Post<Options>, context: Preparation<Channel>): Promise<string[]> {
  return context.uploads(post, async (media) => {
    const bytes = await context.stream(media);
    // For anything but an image the server loses the file when there is an alt_txt.
    const alt_txt = media.type.startsWith("image/") && media.alt ? media.alt : undefined;
    const form = { filename: nameOf(media), length: String(bytes.size), alt_txt };
    const asked = { method: "POST", path: "/files.getUploadURLExternal", form } as const;
    const { upload_url, file_id } = await context.ask(asked, Ticket, "an upload URL");
    await context.http({ method: "POST", url: upload_url, bytes, type: media.type });
    return file_id;
  });
}

async function sharedAt(file: string, { channel, http }: Reach<Channel>): Promise<string | undefined> {
  const asked = { method: "POST", path: "/files.info", form: { file }, safe: true } as const;
  const reply = await http({ ...asked, ok: ["file_not_found"] });
  if (v.is(Refused, reply.body)) return undefined;
  const { shares } = expectReply(reply, FileInfo, "a file", true).file;
  const room = channel.channel ?? "";
  return (shares.public?.[room] ?? shares.private?.[room])?.[0]?.ts;
}
