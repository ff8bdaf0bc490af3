/** Halves whose protocol is not HTTP. */

import { once } from "node:events";
import { connect, type Socket } from "node:net";
import { describe, expect, it } from "vitest";
import { WebSocket } from "ws";
import { linesOf } from "../../src/sandbox/doors.ts";
import { channelOf } from "../../src/sandbox/ids.ts";
import type { SandboxNetwork } from "../../src/sandbox/network.ts";
import { call, stand } from "./stand.ts";

/** A protocol of lines: `LOGIN token`, `SAY words`, `BREAK`. */
const chatter: SandboxNetwork = {
  id: "chatter",
  name: "Chatter",
  look: { light: "#000000", dark: "#ffffff", mark: "C", layout: "message", alt: false },
  ways: [{ name: "login" }],
  channel: (name, _base, _folder, _settings, door = "") => ({ server: door, token: `sandbox-${name}` }),
  publishes: () => false,
  handle: () => undefined,
  async connect(connection, world) {
    let account: string | undefined;
    for await (const line of linesOf(connection)) {
      const [command, words = ""] = line.split(/ (.*)/s);
      if (command === "BREAK") throw new Error("a fault of the half");
      if (command === "LOGIN") account = channelOf(words);
      if (account === undefined) return connection.send("who?\r\n");
      if (command !== "SAY") continue;
      const id = String(world.posts.length + 1);
      const at = world.now();
      const url = `${world.base("chatter")}/${id}`;
      const shown = { network: "chatter", account, id, url, at, text: words, html: words, media: [] };
      world.accept({ ...shown, length: words.length, max: 80 });
      await connection.send(`said ${id}\r\n`);
    }
  },
};

async function open() {
  const { sandbox } = await stand({ networks: [chatter] });
  const { server = "", token } = sandbox.channel("chatter", "acme");
  const { hostname, port } = new URL(server);
  const dial = async () => {
    const socket = connect(Number(port), hostname);
    await once(socket, "connect");
    return socket.on("error", () => {});
  };
  return { sandbox, token, dial };
}

async function heard(socket: Socket): Promise<string> {
  const [bytes] = await once(socket, "data");
  return String(bytes);
}

describe("a half that is connected to by WebSocket", () => {
  const framed: SandboxNetwork = {
    ...chatter,
    webSocket: true,
    channel: (name, base) => ({ server: `${base.replace("http", "ws")}/${name}` }),
    async connect(connection) {
      for (let said = await connection.receive(); said; said = await connection.receive()) {
        if (String(said) === "BYE") return;
        if (String(said) === "BREAK") throw new Error("a fault of the half");
        await connection.send(`${connection.path}: ${said}`);
      }
    },
  };
  const dial = async (url: string) => {
    const socket = new WebSocket(url);
    socket.on("error", () => {});
    await once(socket, "open");
    return socket;
  };

  it("hears whole messages on the sandbox's own port, and knows the path", async () => {
    const { sandbox } = await stand({ networks: [framed] });
    const { server = "" } = sandbox.channel("chatter", "acme");
    expect(new URL(server).port).toBe(String(sandbox.port));
    const socket = await dial(server);
    socket.send("one");
    expect(String((await once(socket, "message"))[0])).toBe("/acme: one");
    expect(sandbox.requests).toMatchObject([{ method: "CONNECT", path: "/chatter" }]);
    expect(sandbox.doors).toEqual({});
    socket.send("BYE");
    await once(socket, "close");
  });

  it("breaks off with a warning when it is at fault, and lets nobody in elsewhere", async () => {
    const { sandbox } = await stand({ networks: [framed] });
    const { server = "" } = sandbox.channel("chatter", "acme");
    const warned = once(process, "warning");
    const socket = await dial(server);
    const closed = once(socket, "close");
    socket.send("BREAK");
    expect(String((await warned)[0])).toContain("a fault of the half");
    await closed;
    const stranger = new WebSocket(server.replace("chatter", "nobody"));
    expect(String((await once(stranger, "error"))[0])).toContain("404");
  });
});

describe("a half that is connected to", () => {
  it("is told of where other processes ask for the sandbox", async () => {
    const { sandbox } = await stand({ networks: [chatter] });
    const { body } = await call(`${sandbox.url}/api/sandbox`);
    expect(body.doors).toEqual({ chatter: sandbox.channel("chatter", "acme").server });
  });

  it("takes what comes in any pieces, and answers", async () => {
    const { sandbox, token, dial } = await open();
    const socket = await dial();
    socket.write(`LOGIN ${token}\r\nSAY one`);
    await new Promise((later) => setTimeout(later, 20));
    socket.write(" and two\r\n");
    expect(await heard(socket)).toBe("said 1\r\n");
    expect(await sandbox.posts()).toMatchObject([{ account: "acme", text: "one and two" }]);
    expect(sandbox.requests).toMatchObject([{ method: "CONNECT", path: "/chatter" }]);
    socket.end("SAY goodbye");
    expect(await heard(socket)).toBe("said 2\r\n");
  });

  it("keeps connections apart, and hangs up on strangers", async () => {
    const { sandbox, token, dial } = await open();
    const [ours, theirs] = [await dial(), await dial()];
    ours.write(`LOGIN ${token}\n`);
    theirs.write("LOGIN real\n");
    expect(await heard(theirs)).toBe("who?\r\n");
    await once(theirs, "close");
    ours.write("SAY still here\n");
    expect(await heard(ours)).toBe("said 1\r\n");
    expect(await sandbox.posts()).toHaveLength(1);
  });

  it("breaks off with a warning when the half is at fault, and goes on for others", async () => {
    const { token, dial } = await open();
    const warned = once(process, "warning");
    const broken = await dial();
    broken.write("BREAK\n");
    expect(String((await warned)[0])).toContain("a fault of the half");
    const socket = await dial();
    socket.write(`LOGIN ${token}\nSAY hello\n`);
    expect(await heard(socket)).toBe("said 1\r\n");
  });

  it("is shut with the sandbox, open connections included", async () => {
    const { sandbox, dial } = await open();
    const socket = await dial();
    const closed = once(socket, "close");
    await sandbox.close();
    await closed;
    await expect(dial()).rejects.toMatchObject({ code: "ECONNREFUSED" });
  });
});
