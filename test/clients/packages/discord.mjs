import assert from "node:assert/strict";
import { REST } from "@discordjs/rest";
import { Routes } from "discord-api-types/v10";

export const network = "discord";

export async function run({ server, token, channel_id: room, png, thrown }) {
  const options = { api: `${server}/api`, version: "10" };
  const rest = new REST(options).setToken(token);
  const me = await rest.get(Routes.user());
  assert.equal((await rest.get(Routes.channel(room))).id, room);
  const made = await rest.post(Routes.channelMessages(room), {
    body: { content: "From discord.js", attachments: [{ id: 0, description: "A pixel" }] },
    files: [{ name: "pixel.png", data: png, contentType: "image/png" }],
  });
  assert.ok(me.id);
  assert.equal(made.author.id, me.id);
  const read = await rest.get(Routes.channelMessage(room, made.id));
  assert.deepEqual(read.attachments, made.attachments);
  const [{ url, description }] = read.attachments;
  assert.equal(description, "A pixel");
  assert.deepEqual(Buffer.from(await (await fetch(url)).arrayBuffer()), png);
  const body = { content: "Below", message_reference: { message_id: made.id } };
  const answer = await rest.post(Routes.channelMessages(room), { body });
  assert.equal(answer.referenced_message.id, made.id);
  assert.equal(
    (await rest.patch(Routes.channelMessage(room, made.id), { body: { content: "Edited" } })).content,
    "Edited",
  );
  assert.equal((await rest.get(Routes.channelMessages(room)))[0].id, answer.id);
  await rest.delete(Routes.channelMessage(room, made.id));
  assert.equal((await thrown(() => rest.get(Routes.channelMessage(room, made.id)))).code, 10008);
  const long = { content: "x".repeat(2001) };
  assert.equal((await thrown(() => rest.post(Routes.channelMessages(room), { body: long }))).code, 50035);
  assert.equal((await thrown(() => new REST(options).setToken("wrong").get(Routes.user()))).status, 401);
}
