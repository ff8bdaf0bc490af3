import assert from "node:assert/strict";
import zulip from "zulip-js";

export const network = "zulip";

export async function run({ server: realm, email: username, api_key: apiKey, channel: to, topic }) {
  const client = await zulip({ realm, username, apiKey });
  const me = await client.users.me.getProfile();
  assert.equal(me.email, username);
  const made = await client.messages.send({ to, type: "stream", topic, content: "From zulip-js" });
  assert.equal(made.result, "success");
  const narrow = [{ operator: "stream", operand: to }];
  const { messages } = await client.messages.retrieve({
    anchor: "newest",
    num_before: 5,
    num_after: 0,
    narrow,
  });
  const read = messages.find(({ id }) => id === made.id);
  assert.match(read.content, /From zulip-js/);
  assert.equal(read.sender_id, me.user_id);
  assert.equal((await client.messages.update({ message_id: made.id, content: "Edited" })).result, "success");
  // This client throws nothing: it gives what the server says.
  assert.equal((await client.messages.update({ message_id: 999_999_999, content: "x" })).code, "BAD_REQUEST");
  const stranger = await zulip({ realm, username, apiKey: "wrong" });
  assert.equal((await stranger.users.me.getProfile()).code, "INVALID_API_KEY");
}
