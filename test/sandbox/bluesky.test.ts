import { describe, expect, it } from "vitest";
import type { Sandbox } from "../../src/sandbox/server.ts";
import { call, png, stand } from "./stand.ts";

const RKEY = "3lbfxabcdef22";
const RECORD = { $type: "app.bsky.feed.post", text: "Hello", createdAt: "2026-11-23T08:00:00.000Z" };

async function client(sandbox: Sandbox, name = "acme") {
  const { server, identifier, password } = sandbox.channel("bluesky", name);
  const xrpc = (method: string, options = {}) => call(`${server}/xrpc/${method}`, options);
  const session = (await xrpc("com.atproto.server.createSession", { json: { identifier, password } })).body;
  const auth = { authorization: `Bearer ${session.accessJwt}` };
  const write = (verb: "create" | "put", input: Record<string, unknown>) =>
    xrpc(`com.atproto.repo.${verb}Record`, {
      json: { repo: session.did, collection: "app.bsky.feed.post", ...input },
      headers: auth,
    });
  return {
    xrpc,
    session,
    auth,
    write,
    put: (record: object, rkey = RKEY) => write("put", { rkey, record, swapRecord: null }),
  };
}

describe("the sandbox's Bluesky", () => {
  it("puts a record once, however often it is asked", async () => {
    const { sandbox } = await stand();
    const { put, xrpc, session } = await client(sandbox);
    const first = await put(RECORD);
    const again = await put({ ...RECORD });
    const edited = await put({ ...RECORD, text: "Hello again" });
    expect(first).toMatchObject({
      status: 200,
      body: { uri: `at://${session.did}/app.bsky.feed.post/${RKEY}` },
    });
    expect(first.body.commit).toBeDefined();
    expect(again.body).toEqual({ uri: first.body.uri, cid: first.body.cid, validationStatus: "valid" });
    expect(edited).toMatchObject({ status: 400, body: { error: "InvalidSwap" } });
    expect(await sandbox.posts()).toHaveLength(1);
    const query = `repo=${session.did}&collection=app.bsky.feed.post`;
    expect((await xrpc(`com.atproto.repo.getRecord?${query}&rkey=${RKEY}`)).body.value).toEqual(RECORD);
    expect((await xrpc(`com.atproto.repo.getRecord?${query}&rkey=3lbfxabcdef23`)).body.error).toBe(
      "RecordNotFound",
    );
    expect((await xrpc(`com.atproto.repo.listRecords?${query}`)).body.records).toHaveLength(1);
  });

  it("fails with a 500 when a created record's key is taken", async () => {
    const { sandbox } = await stand();
    const { write } = await client(sandbox);
    expect((await write("create", { rkey: RKEY, record: RECORD })).status).toBe(200);
    expect(await write("create", { rkey: RKEY, record: RECORD })).toMatchObject({
      status: 500,
      body: { error: "InternalServerError" },
    });
  });

  it.each([
    ["301 graphemes", { text: "x".repeat(301) }, "grapheme too big (maximum 300, got 301) at $.record.text"],
    [
      "more than 3000 bytes",
      { text: "👩‍👩‍👧‍👦".repeat(150) },
      "string too big (maximum 3000, got 3750) at $.record.text",
    ],
    ["no date", { createdAt: undefined }, `Missing required key "createdAt" at $.record`],
    ["a facet outside the text", { facets: [facet(0, 99)] }, "outside the text"],
    ["a facet that cuts a character", { text: "é!", facets: [facet(1, 3)] }, "cuts a character"],
    ["a tag of 65 graphemes", { tags: ["x".repeat(65)] }, "maximum 64, got 65"],
    ["a tag of 641 bytes", { tags: ["👩‍👩‍👧‍👦".repeat(26)] }, "maximum 640, got 650"],
    [
      "such a tag in the text",
      {
        facets: [
          {
            ...facet(0, 5),
            features: [{ $type: "app.bsky.richtext.facet#tag", tag: "👩‍👩‍👧‍👦".repeat(26) }],
          },
        ],
      },
      "maximum 640, got 650",
    ],
    ["nine tags", { tags: Array(9).fill("x") }, "array too big (maximum 8, got 9) at $.record.tags"],
    ["four languages", { langs: ["en", "de", "fr", "it"] }, "langs"],
    ["a reply to nothing", { reply: { root: ref(), parent: ref() } }, "does not exist"],
    [
      "a card without a title",
      { embed: { $type: "app.bsky.embed.external", external: { uri: "https://a.example" } } },
      `Missing required key "title" at $.record.embed.external`,
    ],
    ["a fraction", { size: 1.5 }, "(got 1.5) at $.record.size"],
    [
      "an unknown blob",
      { embed: images([{ alt: "", image: blobRef("bafkreiunknown", 3) }]) },
      "Could not find blob",
    ],
  ])("refuses %s", async (_, change, words) => {
    const { sandbox } = await stand();
    const { put } = await client(sandbox);
    const answer = await put({ ...RECORD, ...change });
    expect(answer.status).toBe(400);
    expect(answer.body.message).toContain(words);
    expect(await sandbox.posts()).toEqual([]);
  });

  it("refuses a key that is not a TID", async () => {
    const { sandbox } = await stand();
    expect((await (await client(sandbox)).put(RECORD, "self")).body.message).toBe(
      `Invalid record key for app.bsky.feed.post: Invalid TID string (got "self") at $`,
    );
  });

  it("shows links, mentions and tags from facets, and nothing without", async () => {
    const { sandbox } = await stand();
    const { put } = await client(sandbox);
    await put({
      ...RECORD,
      text: "é #tag https://plain.example",
      facets: [{ ...facet(3, 7), features: [{ $type: "app.bsky.richtext.facet#tag", tag: "tag" }] }],
    });
    expect((await sandbox.posts())[0]?.html).toBe('é <span class="tag">#tag</span> https://plain.example');
  });

  it("takes up to four images of two million bytes, with alternative text", async () => {
    const { sandbox } = await stand();
    const { xrpc, put, auth } = await client(sandbox);
    const upload = async (bytes: Buffer) =>
      (
        await xrpc("com.atproto.repo.uploadBlob", {
          bytes,
          headers: { ...auth, "content-type": "image/png" },
        })
      ).body.blob;
    const image = { alt: "a panel", image: await upload(png()) };
    expect((await put({ ...RECORD, embed: images([image, image, image, image, image]) })).status).toBe(400);
    const large = { alt: "", image: await upload(png(8, 8, 2_000_001)) };
    expect((await put({ ...RECORD, embed: images([large]) })).body.message).toContain(
      "blob too big (maximum 2000000, got 2000001)",
    );
    expect((await put({ ...RECORD, embed: images([image]) })).status).toBe(200);
    expect((await sandbox.posts())[0]?.media).toMatchObject([{ type: "image/png", alt: "a panel" }]);
  });

  it("hangs a reply below its parent", async () => {
    const { sandbox } = await stand();
    const { put } = await client(sandbox);
    const { uri, cid } = (await put(RECORD)).body;
    const reply = { root: { uri, cid }, parent: { uri, cid } };
    expect((await put({ ...RECORD, text: "more", reply }, "3lbfxabcdef23")).status).toBe(200);
    expect((await sandbox.posts())[1]?.parent).toBe(uri);
  });

  it("ends a session after two hours with a 400, and refreshes it", async () => {
    const { sandbox, clock } = await stand();
    const { put, xrpc, session } = await client(sandbox);
    clock.at += 2 * 3_600_000;
    expect(await put(RECORD)).toMatchObject({ status: 400, body: { error: "ExpiredToken" } });
    const refresh = (token: string) =>
      xrpc("com.atproto.server.refreshSession", {
        method: "POST",
        headers: { authorization: `Bearer ${token}` },
      });
    const fresh = await refresh(session.refreshJwt);
    expect(fresh).toMatchObject({ status: 200, body: { did: session.did } });
    expect(fresh.body.refreshJwt).not.toBe(session.refreshJwt);
    expect(await refresh(session.accessJwt)).toMatchObject({ status: 400, body: { error: "InvalidToken" } });
    clock.at += 3 * 3_600_000;
    expect(await refresh(session.refreshJwt)).toMatchObject({ status: 400, body: { error: "ExpiredToken" } });
  });

  it("lets nobody in with another password, and not too often", async () => {
    const { sandbox } = await stand();
    const { server, identifier } = sandbox.channel("bluesky", "acme");
    const login = () =>
      call(`${server}/xrpc/com.atproto.server.createSession`, { json: { identifier, password: "wrong" } });
    for (let n = 0; n < 30; n++) expect((await login()).body.error).toBe("AuthenticationRequired");
    const refused = await login();
    expect(refused).toMatchObject({ status: 429, body: { error: "RateLimitExceeded" } });
    expect(refused.headers).toMatchObject({
      "retry-after": "300",
      "ratelimit-policy": "30;w=300",
      "ratelimit-remaining": "0",
    });
  });

  it("counts what others do, and shows threads, to everybody", async () => {
    const { sandbox } = await stand();
    const acme = await client(sandbox);
    const stranger = await client(sandbox, "stranger");
    const root = (await acme.put(RECORD)).body;
    const subject = { uri: root.uri, cid: root.cid };
    const reply = { root: subject, parent: subject };
    const answer = (await stranger.put({ ...RECORD, text: "Nice", reply })).body;
    const createdAt = RECORD.createdAt;
    for (const collection of ["app.bsky.feed.like", "app.bsky.feed.repost"])
      await stranger.write("create", {
        collection,
        repo: stranger.session.did,
        record: { $type: collection, subject, createdAt },
      });
    const uris = [root.uri, "at://did:plc:x/app.bsky.feed.post/3lbfxabcdef22"];
    const query = uris.map((uri) => `uris=${encodeURIComponent(uri)}`).join("&");
    expect((await acme.xrpc(`app.bsky.feed.getPosts?${query}`)).body.posts).toMatchObject([
      { uri: root.uri, likeCount: 1, repostCount: 1, replyCount: 1, quoteCount: 0, record: RECORD },
    ]);
    const thread = (uri: string) => acme.xrpc(`app.bsky.feed.getPostThread?uri=${encodeURIComponent(uri)}`);
    expect((await thread(root.uri)).body.thread).toMatchObject({
      post: { uri: root.uri },
      replies: [
        { post: { uri: answer.uri, author: { handle: "stranger.sandbox.test" }, record: { text: "Nice" } } },
      ],
    });
    expect((await thread(answer.uri)).body.thread.parent.post.uri).toBe(root.uri);
    expect(await thread(uris[1] ?? "")).toMatchObject({ status: 400, body: { error: "NotFound" } });
    const many = Array(26).fill("uris=at%3A%2F%2Fx").join("&");
    expect((await acme.xrpc(`app.bsky.feed.getPosts?${many}`)).body.message).toContain("25 elements");
  });

  it("resolves a handle, and deletes a record", async () => {
    const { sandbox } = await stand();
    const { xrpc, put, auth, session } = await client(sandbox);
    expect((await xrpc("com.atproto.identity.resolveHandle?handle=maria.example.com")).body.did).toMatch(
      /^did:plc:[a-z2-7]{24}$/,
    );
    // Names of this server that nobody has, and names that nobody can have: as a real server answers.
    for (const name of ["nobody.sandbox.test", "nobody.invalid", "printer.local"])
      expect(await xrpc(`com.atproto.identity.resolveHandle?handle=${name}`)).toMatchObject({
        status: 400,
        body: { error: "InvalidRequest", message: "Unable to resolve handle" },
      });
    expect((await xrpc(`com.atproto.identity.resolveHandle?handle=${session.handle}`)).body.did).toBe(
      session.did,
    );
    await put(RECORD);
    const gone = { repo: session.did, collection: "app.bsky.feed.post", rkey: RKEY };
    for (let n = 0; n < 2; n++) {
      expect((await xrpc("com.atproto.repo.deleteRecord", { json: gone, headers: auth })).status).toBe(200);
    }
    expect(await sandbox.posts()).toEqual([]);
  });
});

function facet(byteStart: number, byteEnd: number) {
  return {
    index: { byteStart, byteEnd },
    features: [{ $type: "app.bsky.richtext.facet#link", uri: "https://a.example" }],
  };
}

function ref() {
  return { uri: "at://did:plc:x/app.bsky.feed.post/3lbfxabcdef22", cid: "bafyx" };
}

function images(list: object[]) {
  return { $type: "app.bsky.embed.images", images: list };
}

function blobRef(link: string, size: number) {
  return { $type: "blob", ref: { $link: link }, mimeType: "image/png", size };
}
