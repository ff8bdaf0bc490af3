import assert from "node:assert/strict";
import * as Misskey from "misskey-js";

export const network = "misskey";

export async function run({ server: origin, token: credential, thrown }) {
  const misskey = new Misskey.api.APIClient({ origin, credential });
  const me = await misskey.request("i", {});
  const { createdNote: made } = await misskey.request("notes/create", {
    text: "From misskey-js",
    visibility: "home",
  });
  assert.ok(me.id);
  assert.equal(made.userId, me.id);
  const read = await misskey.request("notes/show", { noteId: made.id });
  assert.equal(read.text, "From misskey-js");
  assert.equal(read.user.id, me.id);
  await misskey.request("notes/create", { text: "Below", replyId: made.id });
  const [answer] = await misskey.request("notes/children", { noteId: made.id });
  assert.equal(answer.text, "Below");
  await misskey.request("notes/delete", { noteId: made.id });
  assert.equal((await thrown(() => misskey.request("notes/show", { noteId: made.id }))).code, "NO_SUCH_NOTE");
  const stranger = new Misskey.api.APIClient({ origin, credential: "wrong" });
  assert.equal((await thrown(() => stranger.request("i", {}))).code, "AUTHENTICATION_FAILED");
}
