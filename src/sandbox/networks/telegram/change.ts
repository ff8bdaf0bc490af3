/** A message is edited or deleted. */
import {
  argumentsOf,
  bad,
  type Call,
  type Chat,
  chatOf,
  type Fields,
  ID,
  idIn,
  type Message,
} from "./call.ts";
import { captionOf, textOf } from "./draft.ts";
import { shown } from "./send.ts";

const DELETABLE_MS = 48 * 3600000;

export function edit(call: Call, what: "text" | "caption"): Fields {
  const { world } = call;
  const chat = chatOf(call);
  const fields = argumentsOf(call);
  const message = messageIn(call, chat, fields.message_id, "edit");
  if (message.words !== what) throw bad(`there is no ${what} in the message to edit`);
  const words = what === "text" ? textOf(fields).words : captionOf(fields);
  const post = world.posts.find((one) => one.network === ID && one.id === idIn(message));
  // An album's other messages have no words of their own on the page.
  const html = post?.html ?? "";
  if ((message.entity[what] ?? "") === words.plain && (!post || html === words.html))
    throw bad(
      "message is not modified: specified new message content and reply markup are exactly the same as a current content and reply markup of the message",
    );
  message.entity[what] = words.plain;
  message.entity[what === "text" ? "entities" : "caption_entities"] = words.entities;
  message.entity.edit_date = Math.floor(world.now() / 1_000);
  if (post) {
    const { card: _, ...kept } = post;
    world.update({ ...kept, ...shown(fields, words, post.media.length > 0) });
  }
  return message.entity;
}

export function messageIn(call: Call, chat: Chat, id: unknown, purpose: "edit" | "delete"): Message {
  const message = call.state.messages.get(`${chat.id} ${Number(id)}`);
  if (!message) throw bad(`message to ${purpose} not found`);
  return message;
}

export function isDeletable({ world }: Call, { at }: Message): boolean {
  return world.now() - at < DELETABLE_MS;
}

export function forget({ state, world }: Call, message: Message): void {
  state.messages.delete(idIn(message));
  world.remove(ID, idIn(message));
}
