import assert from "node:assert/strict";
import { LemmyHttp } from "lemmy-js-client";

export const network = "lemmy";

export async function run({ server, username, password, community, thrown }) {
  const lemmy = new LemmyHttp(server);
  const { jwt } = await lemmy.login({ username_or_email: username, password });
  lemmy.setHeaders({ authorization: `Bearer ${jwt}` });
  const { my_user: mine } = await lemmy.getSite();
  const { community_view: room } = await lemmy.getCommunity({ name: community });
  const { post_view: made } = await lemmy.createPost({
    name: "From lemmy-js-client",
    body: "Words",
    community_id: room.community.id,
  });
  assert.equal(made.post.creator_id, mine.local_user_view.person.id);
  assert.equal(made.community.id, room.community.id);
  const { post_view: read } = await lemmy.getPost({ id: made.post.id });
  assert.equal(read.post.body, "Words");
  const { post_view: edited } = await lemmy.editPost({ post_id: made.post.id, body: "Edited" });
  assert.equal(edited.post.body, "Edited");
  const { post_view: gone } = await lemmy.deletePost({ post_id: made.post.id, deleted: true });
  assert.equal(gone.post.deleted, true);
  assert.match((await thrown(() => lemmy.getPost({ id: 999_999_999 }))).message, /couldnt_find_post/);
  const stranger = new LemmyHttp(server);
  assert.match(
    (await thrown(() => stranger.login({ username_or_email: username, password: "wrong" }))).message,
    /incorrect_login/,
  );
}
