import assert from "node:assert/strict";
import client from "@mattermost/client";

const { Client4 } = client;

export const network = "mattermost";

export async function run({ server, token, channel_id, thrown }) {
  const mattermost = new Client4();
  mattermost.setUrl(server);
  mattermost.setToken(token);
  const me = await mattermost.getMe();
  assert.ok(me.id && me.username);
  const made = await mattermost.createPost({ channel_id, message: "From Client4" });
  assert.equal(made.user_id, me.id);
  assert.equal((await mattermost.getPost(made.id)).message, "From Client4");
  const answer = await mattermost.createPost({ channel_id, message: "Below", root_id: made.id });
  assert.equal((await mattermost.getPostThread(made.id)).posts[answer.id].root_id, made.id);
  assert.equal((await mattermost.patchPost({ id: made.id, message: "Edited" })).message, "Edited");
  await mattermost.deletePost(made.id);
  assert.equal((await thrown(() => mattermost.getPost(made.id))).status_code, 404);
  const stranger = new Client4();
  stranger.setUrl(server);
  stranger.setToken("wrong");
  assert.equal((await thrown(() => stranger.getMe())).status_code, 401);
}
