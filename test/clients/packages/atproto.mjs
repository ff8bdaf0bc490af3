import assert from "node:assert/strict";
import { AtpAgent, RichText } from "@atproto/api";

export const network = "bluesky";

export async function run({ named: service, identifier, password, png, thrown }) {
  const agent = new AtpAgent({ service });
  // Sessions lead to the account's own server; here it is the same one, by its name.
  await agent.login({ identifier, password });
  agent.sessionManager.pdsUrl = new URL(service);
  const did = agent.session.did;
  assert.equal((await agent.resolveHandle({ handle: identifier })).data.did, did);
  const text = new RichText({ text: `See https://acme.example and @${identifier}` });
  await text.detectFacets(agent);
  const { data } = await agent.uploadBlob(png, { encoding: "image/png" });
  const embed = { $type: "app.bsky.embed.images", images: [{ image: data.blob, alt: "A pixel" }] };
  const made = await agent.post({ text: text.text, facets: text.facets, embed });
  const [, , , , rkey] = made.uri.split("/");
  const read = await agent.getPost({ repo: did, rkey });
  assert.equal(read.cid, made.cid);
  assert.deepEqual(
    read.value.facets.map(({ features: [one] }) => one.$type.split("#")[1]),
    ["link", "mention"],
  );
  const below = { root: made, parent: made };
  await agent.post({ text: "Below", reply: below });
  const { thread } = (await agent.getPostThread({ uri: made.uri })).data;
  assert.equal(thread.replies[0].post.record.text, "Below");
  await agent.like(made.uri, made.cid);
  assert.equal((await agent.getPosts({ uris: [made.uri] })).data.posts[0].likeCount, 1);
  await agent.deletePost(made.uri);
  assert.equal((await thrown(() => agent.getPost({ repo: did, rkey }))).error, "RecordNotFound");
  assert.equal((await thrown(() => agent.post({ text: "x".repeat(301) }))).status, 400);
  const stranger = new AtpAgent({ service });
  assert.equal((await thrown(() => stranger.login({ identifier, password: "wrong" }))).status, 401);
}
