import assert from "node:assert/strict";
import { Bot, InputFile } from "grammy";

export const network = "telegram";

export async function run({ server: apiRoot, token, chat, png, thrown }) {
  const { api } = new Bot(token, { client: { apiRoot } });
  const me = await api.getMe();
  assert.equal(me.is_bot, true);
  const room = await api.getChat(chat);
  const made = await api.sendMessage(chat, "<b>From</b> grammy", { parse_mode: "HTML" });
  assert.equal(made.text, "From grammy");
  assert.equal(made.chat.id, room.id);
  assert.deepEqual(made.entities, [{ type: "bold", offset: 0, length: 4 }]);
  const photo = await api.sendPhoto(chat, new InputFile(png, "pixel.png"), { caption: "A pixel" });
  assert.equal(photo.caption, "A pixel");
  assert.ok(photo.photo.length > 0);
  const album = await api.sendMediaGroup(chat, [
    { type: "photo", media: new InputFile(png, "1.png"), caption: "Two" },
    { type: "photo", media: new InputFile(png, "2.png") },
  ]);
  assert.equal(album.length, 2);
  assert.equal(album[0].media_group_id, album[1].media_group_id);
  const answer = await api.sendMessage(chat, "Below", { reply_parameters: { message_id: made.message_id } });
  assert.equal(answer.reply_to_message.message_id, made.message_id);
  assert.equal((await api.editMessageText(chat, made.message_id, "Edited")).text, "Edited");
  assert.equal(await api.deleteMessage(chat, made.message_id), true);
  assert.equal((await thrown(() => api.deleteMessage(chat, made.message_id))).error_code, 400);
  assert.match((await thrown(() => api.sendMessage(chat, "x".repeat(4097)))).description, /too long/);
  assert.equal((await thrown(() => new Bot("1:wrong", { client: { apiRoot } }).api.getMe())).error_code, 401);
}
