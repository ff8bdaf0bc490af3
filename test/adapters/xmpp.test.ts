import { mkdtempSync } from "node:fs";
import { type AddressInfo, createServer, type Server, type Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { safeParse } from "valibot";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { element, escaped, StanzaReader } from "../../src/adapters/xmpp/stanza.ts";
import { xmpp } from "../../src/adapters/xmpp/xmpp.ts";
import { xmpp as half } from "../../src/sandbox/networks/xmpp/xmpp.ts";
import { type Sandbox, startSandbox } from "../../src/sandbox/server.ts";
import { contextOn, KEY, openStage, postOf, type Stage } from "../../src/testing.ts";
import { describeAdapter } from "./contract.ts";

describeAdapter(xmpp, half);

const post = (text = "Acme 2.4 is out") => postOf({ options: {}, text });

describe("xmpp", () => {
  let stage: Stage;
  let sandbox: Sandbox;
  beforeEach(async () => {
    stage = await openStage(() => ({ status: 404 }));
    sandbox = await startSandbox({ networks: [half], folder: mkdtempSync(join(tmpdir(), "xmpp-")) });
  });
  afterEach(async () => {
    await stage.close();
    await sandbox.close();
  });
  const context = (channel: object = {}) =>
    contextOn(xmpp, stage, { channel: { ...sandbox.channel("xmpp", "acme"), ...channel } });
  const room = (local: string) => ({ room: `${local}@rooms.sandbox.example` });

  it("says it in the room, announced before, and takes the room's own id", async () => {
    const text = 'Acme 2.4 <b> & "more"\nSecond line 😀';
    const receipt = await xmpp.publish(post(text), context({ nick: "Acme <bot>" }));
    expect(stage.events).toEqual(["sending"]);
    const [message] = await sandbox.posts();
    expect(message).toMatchObject({ text, account: "Acme <bot> in acme@rooms.sandbox.example" });
    expect(receipt).toEqual({ id: message!.id, url: "xmpp:acme@rooms.sandbox.example?join" });
  });

  it("logs in to say who it is, enters nothing and announces nothing", async () => {
    expect(await xmpp.account!(context())).toEqual({
      id: "acme@sandbox.example",
      handle: "acme in acme@rooms.sandbox.example",
    });
    expect(stage.events).toEqual([]);
  });

  it.each([
    ["a wrong password", { password: "wrong-password" }, "auth"],
    ["a room that has banned it", room("banned"), "rejected"],
    ["a room for members", room("members"), "rejected"],
    ["a room that is full", room("full"), "unavailable"],
    ["a room with another password", { ...room("keyed"), room_password: "wrong-word" }, "rejected"],
    ["a room that is not there", room("absent"), "rejected"],
    ["a moderated room", room("moderated"), "rejected"],
  ])("calls %s by its name", async (_, channel, code) => {
    await expect(xmpp.publish(post(), context(channel))).rejects.toMatchObject({ code });
    expect(await sandbox.posts()).toEqual([]);
  });

  it("says two things at once, in two rooms, from one account", async () => {
    const words = ["One", "Two", "Three", "Four"];
    await Promise.all(words.map((text) => xmpp.publish(post(text), context(room(`${text}-room`)))));
    expect((await sandbox.posts()).map(({ text }) => text).sort()).toEqual([...words].sort());
  });

  it("waits until the server has let it go, so that the next visit finds the nick free", async () => {
    await xmpp.publish(post("One"), context());
    await xmpp.publish(post("Two"), context());
    expect((await sandbox.posts()).map(({ text }) => text)).toEqual(["One", "Two"]);
  });

  it("waits while somebody else has the nick", async () => {
    let release = () => {};
    const held = new Promise<void>((resolve) => {
      release = resolve;
    });
    const first = contextOn(xmpp, stage, { channel: sandbox.channel("xmpp", "acme") });
    const slow = xmpp.publish(post("First"), {
      ...first,
      connect: async (url, options) => {
        const connection = await first.connect(url, options);
        const { send } = connection;
        connection.send = async (data, part) => {
          if (String(data).startsWith("<message")) await held;
          return send(data, part);
        };
        return connection;
      },
    });
    await expect
      .poll(async () => {
        const outcome = await xmpp
          .publish(post("Second"), context())
          .catch((error: { code: string }) => error.code);
        return outcome;
      })
      .toBe("unavailable");
    release();
    await slow;
  });

  it.each([
    ["tcp://xmpp.acme.example:5222", true],
    ["tls://xmpp.acme.example:5223", true],
    ["https://xmpp.acme.example", false],
    ["tcp://xmpp.acme.example", false],
  ])("takes %s for a server: %s", (server, fits) => {
    const settings = { server, jid: "bot@acme.example", password: "p", room: "news@rooms.acme.example" };
    expect(safeParse(xmpp.channel, settings).success).toBe(fits);
  });

  it("reads what it writes, whatever is said and however it is cut", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary" }), fc.nat(40), (words, cut) => {
        const known = words.replace(/[^\t\n\u{20}-\u{D7FF}\u{E000}-\u{FFFD}\u{10000}-\u{10FFFF}]/gu, "");
        const reader = new StanzaReader();
        const said = `<stream:stream>${element("message", { id: known }, element("body", {}, escaped(words)))}`;
        reader.push(said.slice(0, cut));
        reader.push(said.slice(cut));
        const message = reader.next();
        expect(message?.children[0]?.text ?? "").toBe(known);
        expect(message?.attributes.id).toBe(known);
      }),
    );
  });
});

/** A server that says just this, in answer to what it hears. */
describe("xmpp at a server that is not well", () => {
  let server: Server;
  let stage: Stage;
  const sockets = new Set<Socket>();
  beforeEach(async () => {
    stage = await openStage(() => ({ status: 404 }));
  });
  afterEach(async () => {
    for (const socket of sockets) socket.destroy();
    await new Promise((done) => server.close(done));
    await stage.close();
  });

  const ROOM = "news@rooms.acme.example";
  const FEATURES = "<stream:features><mechanisms><mechanism>PLAIN</mechanism></mechanisms></stream:features>";
  const USUAL: [RegExp, string][] = [
    [/^<\?xml/, `<stream:stream>${FEATURES}`],
    [/^<auth/, "<success/>"],
    [/^<iq/, '<iq type="result" id="bind"/>'],
    [
      /^<presence/,
      `<presence from="${ROOM}/bot"><x xmlns="http://jabber.org/protocol/muc#user"><status code="110"/></x></presence>`,
    ],
    [/^<message/, `<message type="groupchat" id="${KEY}" from="${ROOM}/bot"><body>x</body></message>`],
  ];
  async function publish(verb: RegExp | undefined, answer: string | undefined) {
    server = createServer((socket) => {
      sockets.add(socket.on("error", () => {}));
      socket.on("data", (data) => {
        const heard = String(data);
        const [asked, usual] = USUAL.find(([one]) => one.test(heard)) ?? [];
        if (verb && asked && asked.source === verb.source) {
          if (answer === undefined) socket.destroy();
          else socket.write(answer);
        } else if (usual) socket.write(usual);
      });
    });
    await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
    const { port } = server.address() as AddressInfo;
    const channel = {
      server: `tcp://127.0.0.1:${port}`,
      jid: "bot@acme.example",
      password: "p-word",
      room: ROOM,
    };
    return xmpp.publish(post(), contextOn(xmpp, stage, { channel, deadline: 500 }));
  }

  it("takes its own id where the room gives none", async () => {
    expect(await publish(undefined, "")).toEqual({ id: KEY, url: `xmpp:${ROOM}?join` });
  });

  const refusal = (condition: string) =>
    `<message type="error" id="${KEY}" from="${ROOM}"><error><${condition}/><text>No.</text></error></message>`;
  it.each([
    ["a connection that is lost after the message", /^<message/, undefined, "uncertain"],
    ["a message that is not shown", /^<message/, "", "uncertain"],
    [
      "a stream that ends after the message",
      /^<message/,
      "<stream:error><system-shutdown/></stream:error>",
      "uncertain",
    ],
    [
      "somebody else's message with our id",
      /^<message/,
      `<message id="${KEY}" from="${ROOM}/eve"><body/></message>`,
      "uncertain",
    ],
    ["a refusal of the message", /^<message/, refusal("forbidden"), "rejected"],
    ["a room that is tired of us", /^<message/, refusal("resource-constraint"), "limited"],
    ["a connection that is lost at the door", /^<presence/, undefined, "unavailable"],
    [
      "a server without PLAIN",
      /^<\?xml/,
      "<stream:stream><stream:features><mechanisms/></stream:features>",
      "rejected",
    ],
    [
      "a login that is not taken now",
      /^<auth/,
      "<failure><temporary-auth-failure/></failure>",
      "unavailable",
    ],
  ])("calls %s by its name", async (_, verb, answer, code) => {
    await expect(publish(verb, answer)).rejects.toMatchObject({ code });
    expect(stage.events.includes("sending")).toBe(verb.source.includes("message"));
  });
});
