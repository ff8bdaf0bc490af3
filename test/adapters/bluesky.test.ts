import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { bluesky } from "../../src/adapters/bluesky/bluesky.ts";
import { tidOf } from "../../src/adapters/bluesky/tid.ts";
import { bluesky as half } from "../../src/sandbox/networks/bluesky/bluesky.ts";
import {
  contextOn,
  KEY,
  type Memory,
  newMemory,
  openStage,
  postOf,
  STARTED,
  type Stage,
  type StageReply,
  type StageRequest,
} from "../../src/testing.ts";
import { describeAdapter } from "./contract.ts";

const DID = "did:plc:acme";
const RKEY = tidOf(STARTED, KEY);
const URI = `at://${DID}/app.bsky.feed.post/${RKEY}`;
const BLOB = { $type: "blob", ref: { $link: "bafyimage" }, mimeType: "image/png", size: 10 };
const session = { did: DID, handle: "acme.test", accessJwt: "access-1", refreshJwt: "refresh-1" };
const image = {
  file: "hero.png",
  sha256: "00",
  type: "image/png",
  bytes: 10,
  alt: "Three devices",
  width: 4,
  height: 3,
};

const publishes = ({ path }: StageRequest) => path === "/xrpc/com.atproto.repo.putRecord";

function answer({ path }: StageRequest): StageReply {
  const name = /\/xrpc\/([\w.]+)/.exec(path)?.[1];
  switch (name) {
    case "com.atproto.server.createSession":
    case "com.atproto.server.refreshSession":
      return { status: 200, body: session };
    case "com.atproto.repo.uploadBlob":
      return { status: 200, body: { blob: BLOB } };
    case "com.atproto.identity.resolveHandle":
      return { status: 200, body: { did: "did:plc:bob" } };
    case "com.atproto.repo.putRecord":
    case "com.atproto.repo.getRecord":
      return { status: 200, body: { uri: URI, cid: "bafypost" } };
    default:
      return { status: 404, body: { error: "XRPCNotSupported", message: "no such method" } };
  }
}

describeAdapter(bluesky, half);

describe("bluesky", () => {
  let stage: Stage;
  beforeEach(async () => {
    stage = await openStage(answer);
  });
  afterEach(() => stage.close());
  const context = (part: { memory?: Memory; thread?: Parameters<typeof contextOn>[2]["thread"] } = {}) => {
    const channel = {
      identifier: "@acme.test",
      password: "bluesky-app-password",
      server: stage.url,
      web: "https://web.example",
    };
    return contextOn(bluesky, stage, { channel, ...part });
  };
  const calls = () => stage.requests.map(({ path }) => path.split("?")[0]?.split(".").at(-1));
  const sent = () => JSON.parse(stage.requests.find(publishes)!.body.toString());

  it("gives the record a key of its own making and refuses to replace another", async () => {
    await bluesky.publish(postOf({ options: {}, lang: "en" }), context());
    expect(sent()).toEqual({
      repo: DID,
      collection: "app.bsky.feed.post",
      rkey: RKEY,
      swapRecord: null,
      record: {
        $type: "app.bsky.feed.post",
        text: "Acme 2.4 is out",
        createdAt: "2026-11-23T09:00:00.000Z",
        langs: ["en"],
      },
    });
  });

  it("marks links, mentions and tags, and looks a mention up only once", async () => {
    const text = "é @bob.test #new acme.example";
    const entities = [
      { kind: "mention" as const, start: 3, end: 12, handle: "bob.test" },
      { kind: "tag" as const, start: 13, end: 17, tag: "new" },
      { kind: "link" as const, start: 18, end: 30, url: "https://acme.example/2-4" },
    ];
    const memory = newMemory();
    await bluesky.publish(postOf({ options: {}, text, entities }), context({ memory }));
    await bluesky.publish(postOf({ options: {}, text, entities }), context({ memory }));
    expect(sent().record.facets).toEqual([
      {
        index: { byteStart: 3, byteEnd: 12 },
        features: [{ $type: "app.bsky.richtext.facet#mention", did: "did:plc:bob" }],
      },
      {
        index: { byteStart: 13, byteEnd: 17 },
        features: [{ $type: "app.bsky.richtext.facet#tag", tag: "new" }],
      },
      {
        index: { byteStart: 18, byteEnd: 30 },
        features: [{ $type: "app.bsky.richtext.facet#link", uri: "https://acme.example/2-4" }],
      },
    ]);
    expect(calls().filter((call) => call === "resolveHandle")).toHaveLength(1);
  });

  it("refuses, before anything is out, to mention a name that nobody has", async () => {
    const nobody = await openStage((request) =>
      request.path.includes("resolveHandle")
        ? { status: 400, body: { error: "InvalidRequest", message: "Unable to resolve handle" } }
        : answer(request),
    );
    try {
      const channel = { identifier: "acme.test", password: "secret", server: nobody.url };
      const entities = [{ kind: "mention" as const, start: 0, end: 9, handle: "bob.test" }];
      const post = postOf({ options: {}, text: "@bob.test", entities });
      await expect(bluesky.prepare?.([post], contextOn(bluesky, nobody, { channel }))).rejects.toMatchObject({
        code: "rejected",
        message: "nobody is called @bob.test there",
      });
    } finally {
      await nobody.close();
    }
  });

  it("reads a post from the account's own server, and says so where nobody counts", async () => {
    const alone = await openStage((request) =>
      request.path.includes("/xrpc/app.bsky.")
        ? {
            status: 400,
            body: {
              error: "InvalidRequest",
              message: "No service configured for app.bsky.feed.getPosts",
            },
          }
        : request.path.includes("getRecord")
          ? { status: 200, body: { uri: URI, cid: "bafypost", value: { text: "As it stands" } } }
          : answer(request),
    );
    try {
      const channel = { identifier: "acme.test", password: "secret", server: alone.url };
      const reach = contextOn(bluesky, alone, { channel });
      const receipt = { id: URI, url: "https://bsky.app/profile/acme.test/post/x", ref: { cid: "bafypost" } };
      expect(await bluesky.read?.(receipt, reach)).toMatchObject({ text: "As it stands", url: receipt.url });
      expect(alone.requests.at(-1)?.path).toContain(`repo=${encodeURIComponent(DID)}`);
      await expect(bluesky.metrics?.([receipt], reach)).rejects.toMatchObject({
        code: "rejected",
        message: expect.stringContaining("has no app view"),
      });
    } finally {
      await alone.close();
    }
  });

  it.each([
    ["0.4.217", 1_000_000],
    ["0.5.35", undefined],
  ])("knows what a server of version %s takes", async (version, bytes) => {
    const own = await openStage((request) =>
      request.path.endsWith("/_health")
        ? { status: 200, body: { version } }
        : request.path.endsWith("getSession")
          ? { status: 200, body: session }
          : answer(request),
    );
    try {
      const channel = { identifier: "acme.test", password: "secret", server: own.url };
      const account = await bluesky.account?.(contextOn(bluesky, own, { channel }));
      expect(account?.limits?.media?.image?.bytes).toBe(bytes);
    } finally {
      await own.close();
    }
  });

  it("draws a card for the link when there is no image, and hangs a reply on root and parent", async () => {
    const thread = {
      root: { id: "at://r", ref: { cid: "cr" } },
      parent: { id: "at://p", ref: { cid: "cp" } },
    };
    await bluesky.publish(
      postOf({ options: {}, link: { url: "https://acme.example/2-4", title: "2.4", description: "Faster" } }),
      context({ thread }),
    );
    expect(sent().record).toMatchObject({
      embed: {
        $type: "app.bsky.embed.external",
        external: { uri: "https://acme.example/2-4", title: "2.4", description: "Faster" },
      },
      reply: { root: { uri: "at://r", cid: "cr" }, parent: { uri: "at://p", cid: "cp" } },
    });
  });

  it("shows images with alt text and shape", async () => {
    const receipt = await bluesky.publish(postOf({ options: {}, media: [image] }), context());
    expect(sent().record.embed).toEqual({
      $type: "app.bsky.embed.images",
      images: [{ alt: "Three devices", image: BLOB, aspectRatio: { width: 4, height: 3 } }],
    });
    expect(receipt.url).toBe(`https://web.example/profile/acme.test/post/${RKEY}`);
  });

  describe("its login", () => {
    it("is made once and used again", async () => {
      const memory = newMemory();
      await bluesky.publish(postOf({ options: {} }), context({ memory }));
      await bluesky.publish(postOf({ options: {} }), context({ memory }));
      expect(calls()).toEqual(["createSession", "putRecord", "putRecord"]);
      expect(JSON.parse(stage.requests[0]!.body.toString())).toEqual({
        identifier: "acme.test",
        password: "bluesky-app-password",
      });
    });

    it("is renewed when it has expired, which comes as a 400", async () => {
      const memory = newMemory();
      await bluesky.publish(postOf({ options: {} }), context({ memory }));
      const plain = stage.answer;
      stage.answer = (request) => {
        if (request.path.endsWith("refreshSession"))
          return { status: 200, body: { ...session, accessJwt: "access-2" } };
        if (publishes(request) && request.headers.authorization === "Bearer access-1") {
          return { status: 400, body: { error: "ExpiredToken", message: "Token has expired" } };
        }
        return plain(request);
      };
      await bluesky.publish(postOf({ options: {} }), context({ memory }));
      expect(calls()).toEqual(["createSession", "putRecord", "putRecord", "refreshSession", "putRecord"]);
      expect(memory.session).toMatchObject({ accessJwt: "access-2", pds: stage.url });
    });

    it("is made anew when it cannot be renewed, or was another account's", async () => {
      const memory = newMemory();
      await bluesky.publish(postOf({ options: {} }), context({ memory }));
      stage.answer = (request) => {
        const fresh = stage.requests.filter(({ path }) => path.endsWith("createSession")).length > 1;
        if (fresh || request.path.endsWith("createSession")) return answer(request);
        return { status: 400, body: { error: "ExpiredToken", message: "Token has expired" } };
      };
      await bluesky.publish(postOf({ options: {} }), context({ memory }));
      expect(calls().slice(2)).toEqual(["putRecord", "refreshSession", "createSession", "putRecord"]);

      memory.session = { ...(memory.session as object), account: "someone.else https://bsky.social" };
      stage.answer = answer;
      await bluesky.publish(postOf({ options: {} }), context({ memory }));
      expect(calls().slice(6)).toEqual(["createSession", "putRecord"]);
    });

    it("stays on a server that was named, whatever the account's document says", async () => {
      const didDoc = {
        service: [{ id: "#atproto_pds", type: "x", serviceEndpoint: "https://elsewhere.example" }],
      };
      stage.answer = (request) =>
        request.path.endsWith("createSession")
          ? { status: 200, body: { ...session, didDoc } }
          : answer(request);
      await bluesky.publish(postOf({ options: {} }), context());
      expect(calls()).toEqual(["createSession", "putRecord"]);
    });
  });

  it("uploads an image again when the server has thrown it away meanwhile", async () => {
    const memory = newMemory();
    let refused = false;
    stage.answer = (request) => {
      if (!publishes(request) || refused) return answer(request);
      refused = true;
      return { status: 400, body: { error: "BlobNotFound", message: "Could not find blob: bafyimage" } };
    };
    await bluesky.publish(postOf({ options: {}, media: [image] }), context({ memory }));
    expect(calls()).toEqual(["createSession", "uploadBlob", "putRecord", "uploadBlob", "putRecord"]);
  });

  it("finds the record under its key, or says that it is not there", async () => {
    const post = postOf({ options: {} });
    expect(await bluesky.find?.(post, context(), STARTED)).toMatchObject({
      id: URI,
      ref: { cid: "bafypost" },
    });
    stage.answer = (request) =>
      request.path.includes("getRecord")
        ? { status: 400, body: { error: "RecordNotFound", message: "Could not locate record: at://…" } }
        : answer(request);
    expect(await bluesky.find?.(post, context(), STARTED)).toBe("absent");
    stage.answer = (request) =>
      request.path.includes("getRecord")
        ? { status: 400, body: { error: "InvalidRequest", message: "no" } }
        : answer(request);
    await expect(bluesky.find?.(post, context(), STARTED)).rejects.toMatchObject({ code: "rejected" });
  });

  it("makes keys that are valid, sorted by time, and different for different posts", () => {
    const keys = ["0".repeat(32), "f".repeat(32), KEY];
    for (const key of keys) expect(tidOf(STARTED, key)).toMatch(/^[2-7a-j][2-7a-z]{12}$/);
    expect(new Set(keys.map((key) => tidOf(STARTED, key))).size).toBe(3);
    expect(tidOf(new Date(STARTED.getTime() + 1), "0".repeat(32)) > tidOf(STARTED, "f".repeat(32))).toBe(
      true,
    );
    expect(tidOf(new Date(0), "0".repeat(32))).toBe("2222222222222");
  });
});
