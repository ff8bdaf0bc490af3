import assert from "node:assert/strict";
import { createRestAPIClient } from "masto";

export const network = "mastodon";

export async function run({ named: url, token: accessToken, png, thrown }) {
  const { v1, v2 } = createRestAPIClient({ url, accessToken });
  const me = await v1.accounts.verifyCredentials();
  assert.ok((await v2.instance.fetch()).configuration.statuses.maxCharacters > 0);
  const file = await v2.media.create({
    file: new Blob([png], { type: "image/png" }),
    description: "A pixel",
  });
  const made = await v1.statuses.create({
    status: "From masto",
    mediaIds: [file.id],
    visibility: "unlisted",
  });
  assert.ok(me.id);
  assert.equal(made.account.id, me.id);
  const read = await v1.statuses.$select(made.id).fetch();
  assert.match(read.content, /From masto/);
  assert.equal(read.mediaAttachments[0].description, "A pixel");
  assert.equal(read.visibility, "unlisted");
  const answer = await v1.statuses.create({ status: "Below", inReplyToId: made.id });
  assert.equal((await v1.statuses.$select(made.id).context.fetch()).descendants[0].id, answer.id);
  const edited = await v1.statuses.$select(made.id).update({ status: "Edited", mediaIds: [file.id] });
  assert.match(edited.content, /Edited/);
  await v1.statuses.$select(answer.id).remove();
  assert.equal((await thrown(() => v1.statuses.$select(answer.id).fetch())).statusCode, 404);
  assert.equal((await thrown(() => v1.statuses.create({ status: "x".repeat(501) }))).statusCode, 422);
  const stranger = createRestAPIClient({ url, accessToken: "wrong" });
  assert.equal((await thrown(() => stranger.v1.accounts.verifyCredentials())).statusCode, 401);
}
