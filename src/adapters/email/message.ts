/** The message itself, the same bytes at every attempt: text and HTML, with pictures in it. */
import type { Context, Post } from "../../adapter.ts";
import { nameOf } from "../../adapter.ts";
import { textOfHtml } from "../../text/from-html.ts";
import { escapeHtml } from "../../text/html-escape.ts";
import { pictureHtml } from "../../text/picture.ts";
import type { Channel } from "./channel.ts";
import { addressIn } from "./smtp.ts";

/** Some receivers and list servers drop a second message with the same id. */
export function messageIdOf({ key }: Pick<Context, "key">, { from }: Channel): string {
  return `<${key}@${addressIn(from).split("@")[1]}>`;
}

export function recipientsOf({ to }: Channel): string[] {
  return typeof to === "string" ? [to] : to;
}

export async function messageOf(post: Post, context: Context<Channel>): Promise<Buffer> {
  const { channel, key, startedAt, thread } = context;
  const { from, reply_to, unsubscribe, list_id } = channel;
  const { default: MailComposer } = await import("nodemailer/lib/mail-composer");
  const to = recipientsOf(channel);
  const attachments = await Promise.all(
    post.media.map(async (media, index) => ({
      filename: nameOf(media),
      cid: cidOf(index, key),
      contentType: media.type,
      contentDisposition: "inline" as const,
      content: Buffer.from(await context.bytes(media)),
    })),
  );
  const mail = new MailComposer({
    from,
    // One address is the list's own; several people do not see each other.
    ...(to.length === 1 ? { to: to[0] } : {}),
    ...(reply_to && { replyTo: reply_to }),
    subject: post.title ?? "",
    text: post.plain ?? textOfHtml(post.text),
    html: pageOf(post, key),
    ...(attachments.length > 0 && { attachments }),
    messageId: messageIdOf(context, channel),
    date: startedAt,
    ...(thread && {
      inReplyTo: thread.parent.id,
      references: [...new Set([thread.root.id, thread.parent.id])],
    }),
    baseBoundary: key.slice(0, 16),
    disableFileAccess: true,
    disableUrlAccess: true,
    headers: {
      ...(to.length > 1 && { To: "undisclosed-recipients:;" }),
      "Auto-Submitted": "auto-generated",
      ...(list_id && { "List-Id": `<${list_id}>` }),
      ...(unsubscribe && { "List-Unsubscribe": unsubscribe.map((one) => `<${one}>`).join(", ") }),
      ...(unsubscribe?.some((one) => one.startsWith("https:")) && {
        "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
      }),
      ...(post.lang && { "Content-Language": post.lang }),
    },
  });
  return mail.compile().build();
}

function cidOf(index: number, key: string): string {
  return `picture-${index + 1}.${key.slice(0, 16)}@broadcast`;
}

function pageOf({ title, text, lang, media }: Post, key: string): string {
  const pictures = media.map((one, index) => `<p>${pictureHtml(`cid:${cidOf(index, key)}`, one)}</p>`);
  const head = `<meta charset="utf-8"><title>${escapeHtml(title ?? "")}</title>`;
  const body = [...pictures, text].join("\n");
  return `<!doctype html>\n<html${lang ? ` lang="${escapeHtml(lang)}"` : ""}>\n<head>${head}</head>\n<body>\n${body}\n</body>\n</html>\n`;
}
