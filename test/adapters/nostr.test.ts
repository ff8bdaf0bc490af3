import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import * as nip19 from "nostr-tools/nip19";
import { finalizeEvent, getPublicKey, verifyEvent } from "nostr-tools/pure";
import { safeParse } from "valibot";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { WebSocket } from "ws";
import type { Post, Receipt } from "../../src/adapter.ts";
import { isGenuine, neventOf, npubOf, personOf, signed } from "../../src/adapters/nostr/event.ts";
import { nostr } from "../../src/adapters/nostr/nostr.ts";
import { noteOf } from "../../src/adapters/nostr/note.ts";
import { nostr as half, keyOf } from "../../src/sandbox/networks/nostr/nostr.ts";
import { type Sandbox, startSandbox } from "../../src/sandbox/server.ts";
import { contextOn, openStage, postOf, publishOn, STARTED, type Stage } from "../../src/testing.ts";
import { describeAdapter } from "./contract.ts";

describeAdapter(nostr, half);

const bytes = (hex: string) => Uint8Array.from(Buffer.from(hex, "hex"));
const KEY = keyOf("acme");
const OWN = getPublicKey(bytes(KEY));
const GUEST = keyOf("a guest");
const image = { file: "images/hero.png", sha256: "00", type: "image/png", bytes: 64, alt: "A small\nphone" };
const picture = { ...image, width: 8, height: 6 };

describe("events", () => {
  it("have the ids and signatures that another library makes and accepts", () => {
    const draft = fc.record({
      kind: fc.integer({ min: 0, max: 40_000 }),
      created_at: fc.integer({ min: 0, max: 2_000_000_000 }),
      tags: fc.array(fc.array(fc.string({ unit: "binary" }), { minLength: 1, maxLength: 4 }), {
        maxLength: 4,
      }),
      content: fc.string({ unit: "binary" }),
    });
    fc.assert(
      fc.property(draft, fc.constantFrom(KEY, nip19.nsecEncode(bytes(KEY))), (one, key) => {
        const event = signed(one, key);
        expect(event.id).toBe(finalizeEvent({ ...one }, bytes(KEY)).id);
        expect(event.pubkey).toBe(OWN);
        expect(verifyEvent({ ...event })).toBe(true);
        expect(isGenuine(event)).toBe(true);
        expect(isGenuine({ ...event, content: `${one.content}!` })).toBe(false);
      }),
      { numRuns: 50 },
    );
  });

  it("read and write keys as people do", () => {
    expect(npubOf(OWN)).toBe(nip19.npubEncode(OWN));
    const id = "ab".repeat(32);
    expect(nip19.decode(neventOf({ id, pubkey: OWN }))).toMatchObject({ data: { id, author: OWN } });
    const profile = nip19.nprofileEncode({ pubkey: OWN, relays: ["wss://relay.example"] });
    for (const handle of [OWN, npubOf(OWN), `nostr:${npubOf(OWN)}`, profile])
      expect(personOf(handle)).toBe(OWN);
    for (const handle of ["acme", "npub1acme", `${npubOf(OWN)}x`, ""])
      expect(personOf(handle)).toBeUndefined();
  });
});

describe("nostr", () => {
  let stage: Stage;
  let sandbox: Sandbox;
  beforeEach(async () => {
    stage = await openStage(() => ({ status: 404 }));
    sandbox = await startSandbox({ networks: [half], folder: mkdtempSync(join(tmpdir(), "nostr-")) });
  });
  afterEach(async () => {
    await stage.close();
    await sandbox.close();
  });
  const relay = (name: string) => `${sandbox.url.replace("http", "ws")}/nostr/acme/${name}`;
  const context = (channel: object = {}, part: object = {}) =>
    contextOn(nostr, stage, { channel: { ...sandbox.channel("nostr", "acme"), ...channel }, ...part });
  const publish = (post: Post<object>, at = context()) => publishOn(nostr, post, at);
  const at = (receipt: Receipt) => ({ thread: { root: receipt, parent: receipt } });

  it("gives one note to all relays, announced once, and says how many took it", async () => {
    const receipt = await publish(postOf({ options: {} }));
    expect(receipt.ref).toEqual({ pubkey: OWN, relay: relay("1"), note: "at 3 of 3 relays" });
    expect(receipt.url).toBe(`${sandbox.url}/nostr/${neventOf({ id: receipt.id, pubkey: OWN })}`);
    expect(new Set(stage.events)).toEqual(new Set(["sending"]));
    expect(await sandbox.posts()).toMatchObject([{ id: receipt.id, at: STARTED.getTime() }]);
    // Again, it is the same one.
    expect(await publish(postOf({ options: {} }))).toEqual(receipt);
    expect(await sandbox.posts()).toHaveLength(1);
    const later = await publish(
      postOf({ options: {} }),
      context({}, { startedAt: new Date(STARTED.getTime() + 1_000) }),
    );
    expect(later.id).not.toBe(receipt.id);
  });

  it("is out when one relay takes it, logs in where that is asked, and says in how many it is", async () => {
    const relays = [relay("closed"), "ws://127.0.0.1:1", relay("login")];
    const receipt = await publish(postOf({ options: {} }), context({ relays }));
    expect(receipt.ref).toMatchObject({ relay: relay("login"), note: "at 1 of 3 relays" });
    await expect(
      publish(postOf({ options: {} }), context({ relays: relay("closed") })),
    ).rejects.toMatchObject({
      code: "rejected",
      message: expect.stringContaining("restricted: nobody writes here"),
    });
    await expect(
      publish(postOf({ options: {} }), context({ key: keyOf("other"), relays: relay("1") })),
    ).rejects.toMatchObject({ code: "rejected" });
  });

  it("announces nothing when no relay can be reached", async () => {
    const unreached = publish(
      postOf({ options: {} }),
      context({ relays: "ws://127.0.0.1:1, ws://127.0.0.1:2" }),
    );
    await expect(unreached).rejects.toMatchObject({ code: "unavailable" });
    expect(stage.events).toEqual([]);
  });

  it("says with tags what it holds: people, topics, pictures, language, a warning", async () => {
    const handle = npubOf(getPublicKey(bytes(GUEST)));
    const text = `nostr:${handle} #Acme 2.4`;
    const from = Buffer.byteLength(`nostr:${handle} `);
    const entities: Post["entities"] = [
      { kind: "mention", start: 0, end: from - 1, handle },
      { kind: "tag", start: from, end: from + 5, tag: "Acme" },
    ];
    const post = postOf({
      options: { content_warning: "phones" },
      text,
      entities,
      media: [picture],
      lang: "en-GB",
    });
    await publish(post);
    const note = await noteOf(post, context());
    const [, url = ""] = note.tags.find(([name]) => name === "imeta") ?? [];
    expect(note.content).toBe(`${text}\n${url.slice(4)}`);
    expect(note.tags).toEqual([
      ["p", getPublicKey(bytes(GUEST))],
      ["t", "acme"],
      [
        "imeta",
        url,
        "m image/png",
        expect.stringMatching(/^x [0-9a-f]{64}$/),
        "dim 8x6",
        "alt A small phone",
      ],
      ["content-warning", "phones"],
      ["L", "ISO-639-1"],
      ["l", "en", "ISO-639-1"],
    ]);
    expect(await sandbox.posts()).toMatchObject([
      { media: [{ alt: "A small phone" }], notes: expect.arrayContaining(["Content warning: phones"]) },
    ]);
  });

  it("does not upload again what is kept, so that the note stays the same", async () => {
    const kept = context({}, { memory: { steps: new Map(), session: undefined } });
    const post = postOf({ options: {}, media: [picture] });
    const { id } = await publish(post, kept);
    const uploads = sandbox.requests.filter(({ path }) => path === "/nostr/upload").length;
    expect((await publish(post, kept)).id).toBe(id);
    expect(sandbox.requests.filter(({ path }) => path === "/nostr/upload")).toHaveLength(uploads);
  });

  it("hangs in its place, and calls who is answered", async () => {
    const root = await publish(postOf({ options: {} }));
    const first = await publish(postOf({ options: {}, text: "More" }), context({}, at(root)));
    const theirs = {
      id: "cd".repeat(32),
      ref: { pubkey: getPublicKey(bytes(GUEST)), relay: "wss://r.example" },
    };
    const answer = await noteOf(
      postOf({ options: {}, text: "Thanks" }),
      context({}, { thread: { root, parent: theirs, answers: true } }),
    );
    expect((await sandbox.posts()).map(({ parent }) => parent)).toEqual([undefined, root.id]);
    expect(first.id).not.toBe(root.id);
    expect(answer.tags).toEqual([
      ["e", root.id, relay("1"), "root", OWN],
      ["e", theirs.id, "wss://r.example", "reply", theirs.ref.pubkey],
      ["p", theirs.ref.pubkey],
    ]);
  });

  it("finds a note by its id where one relay has it, and only there", async () => {
    const find = (channel: object = {}) => nostr.find!(postOf({ options: {} }), context(channel), STARTED);
    expect(await find()).toBe("absent");
    const { id } = await publish(postOf({ options: {} }), context({ relays: relay("2") }));
    expect(await find()).toMatchObject({ id, ref: { relay: relay("2"), note: "at 1 of 3 relays" } });
    expect(await find({ relays: `${relay("2")} ws://127.0.0.1:1` })).toMatchObject({ id });
    await expect(find({ relays: "ws://127.0.0.1:1" })).rejects.toMatchObject({ code: "unavailable" });
  });

  /** Somebody at the first relay. */
  async function say(kind: number, tags: string[][], content: string, key = GUEST, seconds = 60) {
    const created_at = Math.floor(STARTED.getTime() / 1000) + seconds;
    const event = finalizeEvent({ kind, created_at, tags, content }, bytes(key));
    const socket = new WebSocket(relay("1"));
    await new Promise((open) => socket.once("open", open));
    socket.send(JSON.stringify(["EVENT", event]));
    const told = await new Promise((done) =>
      socket.once("message", (data) => done(JSON.parse(String(data)))),
    );
    socket.terminate();
    expect(told).toEqual(["OK", event.id, true, ""]);
    return event;
  }

  it("reads, counts and hears what people answer, without our own words", async () => {
    const out = await publish(postOf({ options: {}, media: [picture] }));
    const handle = npubOf(getPublicKey(bytes(GUEST)));
    await say(0, [], JSON.stringify({ name: "maria" }));
    const answer = await say(1, [["e", out.id, "", "root"]], "Good!");
    const deeper = await say(
      1,
      [
        ["e", out.id, "", "root"],
        ["e", answer.id, "", "reply"],
      ],
      "Very",
      GUEST,
      90,
    );
    await say(1, [["e", out.id, "", "mention"]], "Look at that");
    await say(7, [["e", out.id]], "+");
    await say(7, [["e", out.id]], "-");
    await say(6, [["e", out.id]], "");
    await say(1, [["q", out.id]], "quoted");
    await publish(postOf({ options: {}, text: "Ours" }), context({}, at(out)));
    expect(await nostr.read!(out, context())).toEqual({ text: "Acme 2.4 is out", url: out.url });
    expect(await nostr.metrics!([out], context())).toEqual([{ likes: 1, shares: 1, quotes: 1, replies: 2 }]);
    const heard = await nostr.replies!(out, context(), STARTED);
    expect(heard).toMatchObject([
      { id: answer.id, parent: out.id, text: "Good!", author: { handle, name: "maria" } },
      { id: deeper.id, parent: answer.id, text: "Very" },
    ]);
    expect(await nostr.replies!(out, context(), new Date(STARTED.getTime() + 80_000))).toHaveLength(1);
  });

  it("asks every relay to delete it, and knows then that it is gone", async () => {
    const out = await publish(postOf({ options: {} }));
    await nostr.retract!(out, context());
    await nostr.retract!(out, context());
    expect(await sandbox.posts()).toEqual([]);
    expect(await nostr.read!(out, context())).toBe("gone");
    expect(await nostr.metrics!([out], context())).toEqual(["gone"]);
    const beside = { relays: `${relay("1")} ws://127.0.0.1:1` };
    await expect(nostr.retract!(out, context(beside))).rejects.toMatchObject({ code: "unavailable" });
    // Whether the one that is not there has another note, nobody knows.
    await expect(nostr.read!({ id: "ef".repeat(32) }, context(beside))).rejects.toMatchObject({
      code: "unavailable",
    });
  });

  it("says who it is, and what the strictest relay allows", async () => {
    await say(0, [], JSON.stringify({ display_name: "Acme" }), KEY);
    expect(await nostr.account!(context())).toEqual({
      id: OWN,
      handle: `Acme (${npubOf(OWN).slice(0, 12)}…)`,
      url: `${sandbox.url}/nostr/${npubOf(OWN)}`,
      limits: { text: { max: 8_196, bytes: 12_384 } },
    });
    expect(stage.events).toEqual([]);
  });

  it("refuses in the plan what has no place: files without a server, people without a key", () => {
    const channel = { key: KEY, relays: ["wss://relay.example"], web: "https://njump.me" };
    const mention = { kind: "mention" as const, start: 0, end: 5, handle: "maria" };
    const found = nostr.check!(postOf({ options: {}, media: [picture], entities: [mention] }), channel);
    expect(found).toMatchObject([{ about: "media" }, { message: "maria is not a public key" }]);
    expect(nostr.check!(postOf({ options: {} }), channel)).toEqual([]);
  });

  it.each([
    [{ key: KEY, relays: "wss://a.example wss://b.example" }, true],
    [{ key: nip19.nsecEncode(bytes(KEY)), relays: ["wss://a.example"] }, true],
    [{ key: npubOf(OWN), relays: "wss://a.example" }, false],
    [{ key: "0".repeat(64), relays: "wss://a.example" }, false],
    [{ key: KEY, relays: "https://a.example" }, false],
    [{ key: KEY, relays: "wss://a.example,wss://a.example" }, false],
    [{ key: KEY, relays: "" }, false],
  ])("takes %j for a channel: %s", (settings, fits) => {
    expect(safeParse(nostr.channel, settings).success).toBe(fits);
  });
});
