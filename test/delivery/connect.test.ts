/** Networks that are not HTTP, over real sockets: on record before anything leaves, deadlines, secrets, and death on the way. */
import { afterEach, describe, expect, it } from "vitest";
import type { Adapter } from "../../src/adapter.ts";
import { memorySession } from "../../src/auth/session-store.ts";
import { askAccount } from "../../src/delivery/account.ts";
import { type DeliverOptions, deliver } from "../../src/delivery/deliver.ts";
import { createConnect, type Dial } from "../../src/http/connect.ts";
import { createDial } from "../../src/http/dial.ts";
import { linePair } from "../../src/http/line.ts";
import type { Ledger } from "../../src/ledger/ledger.ts";
import { newLedger } from "../ledger/anew.ts";
import { delivery, Killed, NOW } from "./network.ts";
import {
  CERTIFICATE,
  KINDS,
  type Kind,
  type Relay,
  relayAdapter,
  relayInMemory,
  startRelay,
  TOKEN,
} from "./relay.ts";

const ID = "campaigns/release/a";
const relays: Relay[] = [];
afterEach(async () => {
  await Promise.all(relays.splice(0).map((relay) => relay.close()));
});

async function world(kind: Kind, { find = false }: { find?: boolean } = {}) {
  const relay = await startRelay(kind);
  relays.push(relay);
  const ledger = await newLedger();
  await ledger.add([delivery()], NOW);
  const clock = {
    at: NOW,
    now: () => clock.at,
    async sleep(ms: number) {
      clock.at += Math.max(0, ms);
    },
  };
  const settings = { relay: relay.url, token: TOKEN };
  const adapter = relayAdapter({ find });
  const run = (over: Partial<DeliverOptions> = {}) =>
    deliver({
      channels: [{ name: "a", adapter: adapter as Adapter, settings, secrets: [TOKEN] }],
      ledger,
      clock,
      transport: () => Promise.reject(new Error("nothing here is HTTP")),
      dial: createDial({ ca: CERTIFICATE }),
      userAgent: "test",
      patience: 60_000,
      session: () => memorySession(),
      open: () => Promise.reject(new Error("no media")),
      signal: new AbortController().signal,
      stop: new AbortController().signal,
      random: () => 0.5,
      ...over,
    });
  const history = async () => (await ledger.history(ID))!;
  return { relay, ledger, clock, adapter, settings, run, history };
}

/** Nothing more is written once the process is gone. */
function dying(ledger: Ledger): Ledger {
  return new Proxy(ledger, {
    get(target, name) {
      const member: unknown = Reflect.get(target, name, target);
      if (typeof member !== "function") return member;
      if (["end", "finish", "release"].includes(String(name))) return () => Promise.reject(new Killed());
      return member.bind(target);
    },
  });
}

describe.each(KINDS)("over %s", (kind) => {
  it("a post goes out once, and its attempt is on disk before it leaves", async () => {
    const { relay, ledger, run, history } = await world(kind);
    const order: string[] = [];
    const { begin } = ledger;
    ledger.begin = async (...told) => {
      order.push(`begin after ${relay.arrived.map((said) => said.split(" ")[0]).join(" ")}`);
      return begin.apply(ledger, told);
    };
    await run();
    expect(order).toEqual(["begin after HELLO"]);
    expect(relay.published.map(({ text }) => text)).toEqual(["one"]);
    expect(await history()).toMatchObject({
      state: "published",
      receipts: [{ id: "0" }],
      attempts: [{ number: 1 }],
    });
  });

  it("a relay that does not answer is given up, and what may be out is not sent again unasked", async () => {
    const { relay, run, history } = await world(kind);
    relay.script.push("hang");
    await run({ deadline: 150 });
    const { state, attempts } = await history();
    expect(state).toBe("held");
    expect(attempts.map(({ outcome }) => outcome)).toEqual(["uncertain"]);
    expect(attempts[0]?.message).toMatch(/did not answer within 150 ms$/);
    expect(relay.arrived.filter((said) => said.startsWith("POST"))).toHaveLength(1);
  });

  it.each(["drop", "commit-drop"] as const)("a lost answer is looked up: %s", async (fault) => {
    const { relay, run, history } = await world(kind, { find: true });
    relay.script.push(fault);
    await run();
    expect((await history()).state).toBe("published");
    expect(relay.published.map(({ text }) => text)).toEqual(["one"]);
  });

  it("a secret that the relay repeats is in no message", async () => {
    const { relay, run, history, ledger, adapter, settings } = await world(kind);
    relay.script.push("refuse");
    await run();
    const told = JSON.stringify(await history());
    expect(told).toContain("may not say that");
    expect(told.replace(JSON.stringify((await ledger.get(ID))?.posts), "")).not.toContain(TOKEN);
    const wrong = { ...settings, token: `${TOKEN}-2` };
    const around = {
      adapter: adapter as Adapter,
      settings: wrong,
      secrets: [wrong.token],
      transport: () => Promise.reject(new Error("nothing here is HTTP")),
      dial: createDial({ ca: CERTIFICATE }),
      userAgent: "test",
      session: memorySession(),
    };
    expect((await askAccount(around)).error).toMatchObject({ code: "rejected" });
  });

  it.each([
    ["before it has left", 0, 1],
    ["in the middle of it", 0.5, 1],
    ["after all of it has left", 1, 1],
  ])("a process that is killed %s has it out once in the end", async (_, share) => {
    const { relay, ledger, clock, run, history } = await world(kind, { find: true });
    const plain = createDial({ ca: CERTIFICATE });
    // As in SIGKILL: a part of the bytes is with the system, and nothing is written afterwards.
    const killer: Dial = async (url, signal) => {
      const line = await plain(url, signal);
      return {
        ...line,
        async send(data) {
          if (!String(data).startsWith("POST")) return line.send(data);
          const part = String(data).slice(0, Math.floor(String(data).length * share));
          // Half a message is none: a WebSocket's frame arrives whole or not at all.
          if (share === 1 || (share > 0 && !line.framed)) await line.send(part);
          throw new Killed();
        },
      };
    };
    await expect(run({ ledger: dying(ledger), dial: killer })).rejects.toThrow(Killed);
    expect((await history()).attempts).toMatchObject([{ number: 1, outcome: undefined }]);
    clock.at += 61_000;
    await run();
    expect((await history()).state).toBe("published");
    expect(relay.published.map(({ text }) => text)).toEqual(["one"]);
  });

  it("a relay that is not there was certainly not reached", async () => {
    const { relay, run, history } = await world(kind);
    await relay.close();
    await run({ patience: 0 });
    expect(await history()).toMatchObject({ state: "scheduled", code: "unavailable", attempts: [] });
  });
});

describe("a connection", () => {
  const connect = (dial: Dial, announced = { now: false }, deadline = 1_000) =>
    createConnect({
      dial,
      secrets: ["relay.example"],
      sending: async () => {
        announced.now = true;
      },
      isAnnounced: () => announced.now,
      isSafe: () => false,
      deadline,
    });
  const tcp = createDial({ ca: CERTIFICATE });

  it("is encrypted in the middle where the protocol says so, with a certificate that is checked", async () => {
    const relay = await startRelay("tcp");
    relays.push(relay);
    const connection = await connect(tcp)(relay.url);
    await connection.send("STARTTLS\r\n", { safe: true });
    expect(await connection.receive()).toBe("READY");
    await connection.secure();
    await connection.send(`HELLO ${TOKEN}\r\n`, { safe: true });
    expect(await connection.receive()).toBe("WELCOME");
    connection.close();

    const distrustful = await connect(createDial())(relay.url);
    await distrustful.send("STARTTLS\r\n", { safe: true });
    await distrustful.receive();
    await expect(distrustful.secure()).rejects.toMatchObject({ code: "unavailable" });
  });

  it.each(["tls", "tcp"] as const)(
    "compares the certificate with the name that the protocol says, over %s",
    async (kind) => {
      const relay = await startRelay(kind);
      relays.push(relay);
      const secured = async (address: string, certified?: string) => {
        const connection = await connect(tcp)(address, { ...(certified && { certified }) });
        if (kind === "tcp") {
          await connection.send("STARTTLS\r\n", { safe: true });
          await connection.receive();
          await connection.secure();
        }
        await connection.send(`HELLO ${TOKEN}\r\n`, { safe: true });
        const answer = await connection.receive();
        connection.close();
        return answer;
      };
      const atAddress = relay.url.replace("localhost", "127.0.0.1");
      expect(await secured(atAddress)).toBe("WELCOME");
      expect(await secured(atAddress, "localhost")).toBe("WELCOME");
      await expect(secured(relay.url, "acme.example")).rejects.toMatchObject({ code: "unavailable" });
    },
  );

  it("trusts nothing that came unencrypted and was not read before", async () => {
    const [line, peer] = linePair(false);
    const connection = await connect(async () => ({ ...line, secure: async () => line }))(
      "smtp://relay.example:25",
    );
    peer.send("220 ready\r\n250 injected\r\n");
    expect(await connection.receive()).toBe("220 ready");
    await expect(connection.secure()).rejects.toThrow("not to be trusted");
  });

  it("gives its socket to a library only after the attempt is on disk, or when nothing on it publishes", async () => {
    const relay = await startRelay("tcp");
    relays.push(relay);
    const announced = { now: false };
    const open = connect(tcp, announced);
    const connection = await open(relay.url);
    expect(() => connection.socket).toThrow("call sending()");
    expect((await open(relay.url, { safe: true })).socket).toBeDefined();
    announced.now = true;
    connection.socket.write(`HELLO ${TOKEN}\r\n`);
    const [piece] = (await new Promise((done) =>
      connection.socket.once("data", (...told) => done(told)),
    )) as [Buffer];
    expect(piece.toString()).toBe("WELCOME\r\n");
    connection.close();
  });

  it("knows what a silence means: nothing before the first unsafe word, everything after", async () => {
    const [line] = linePair(true);
    const asked = await connect(async () => line, { now: false }, 50)("wss://relay.example");
    await asked.send("HELLO", { safe: true });
    const silent = asked.receive();
    await expect(silent).rejects.toMatchObject({
      code: "unavailable",
      message: expect.not.stringContaining("relay.example"),
    });
    await asked.send("POST");
    await expect(asked.receive()).rejects.toMatchObject({ code: "uncertain" });
  });

  it("cuts what comes into lines, wherever the pieces end, and gives bytes where they are asked for", async () => {
    const [line, peer] = linePair(false);
    const connection = await connect(async () => line)("tcp://relay.example:1");
    for (const piece of ["one\r", "\ntw", "o\nthree", " bytes"]) peer.send(piece);
    expect([await connection.receive(), await connection.receive()]).toEqual(["one", "two"]);
    expect(Buffer.from(await connection.receiveBytes()).toString()).toContain("three");
  });

  it.each(["ftp://relay.example", "wss:", "relay.example", "https://relay.example"])(
    "does not open %s",
    async (url) => {
      const never: Dial = () => Promise.reject(new Error("opened"));
      await expect(connect(never)(url)).rejects.toMatchObject({ code: "rejected" });
    },
  );

  it("needs no socket in a dry run", async () => {
    const book = { published: [], arrived: [] as string[], script: [] };
    for (const framed of [true, false]) {
      const connection = await connect(async () => relayInMemory(framed, book))("tcp://relay.example:1");
      await connection.send(`HELLO ${TOKEN}\r\n`, { safe: true });
      expect((await connection.receive()).trim()).toBe("WELCOME");
      connection.close();
    }
  });
});
