import { mkdtempSync } from "node:fs";
import { type AddressInfo, createServer, type Server, type Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { safeParse } from "valibot";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { mostText } from "../../src/adapters/irc/channel.ts";
import { irc } from "../../src/adapters/irc/irc.ts";
import { readLine } from "../../src/adapters/irc/line.ts";
import { irc as half } from "../../src/sandbox/networks/irc/irc.ts";
import { type Sandbox, startSandbox } from "../../src/sandbox/server.ts";
import { contextOn, KEY, openStage, postOf, type Stage } from "../../src/testing.ts";
import { describeAdapter } from "./contract.ts";

describeAdapter(irc, half);

const post = (text = "Acme 2.4 is out") => postOf({ options: {}, text });

describe("irc", () => {
  let stage: Stage;
  let sandbox: Sandbox;
  beforeEach(async () => {
    stage = await openStage(() => ({ status: 404 }));
    sandbox = await startSandbox({ networks: [half], folder: mkdtempSync(join(tmpdir(), "irc-")) });
  });
  afterEach(async () => {
    await stage.close();
    await sandbox.close();
  });
  const context = (channel: object = {}) =>
    contextOn(irc, stage, { channel: { ...sandbox.channel("irc", "acme"), ...channel } });

  it("says all lines at once, announced before, and keeps the id of the first", async () => {
    const receipt = await irc.publish(post("\x02Acme 2.4\x02 <out>\nhttps://acme.example"), context());
    expect(stage.events).toEqual(["sending"]);
    const posts = await sandbox.posts();
    expect(posts.map(({ text }) => text)).toEqual(["\x02Acme 2.4\x02 <out>", "https://acme.example"]);
    expect(posts[0]!.html).toBe("<b>Acme 2.4</b> &lt;out&gt;");
    expect(posts[0]!.account).toBe("b-acme in #acme");
    expect(posts.map(({ parent }) => parent)).toEqual([undefined, receipt.id]);
    expect(receipt).toEqual({ id: posts[0]!.id });
  });

  it("logs in to say who it is, joins nothing and announces nothing", async () => {
    expect(await irc.account!(context())).toEqual({ id: "b-acme", handle: "b-acme in #acme" });
    expect(stage.events).toEqual([]);
  });

  it("waits until the server has let it go, so that the next visit finds the nick free", async () => {
    await irc.account!(context());
    await irc.publish(post("One"), context());
    await irc.publish(post("Two"), context());
    expect((await sandbox.posts()).map(({ text }) => text)).toEqual(["One", "Two"]);
  });

  it.each([
    ["a wrong password", { password: "wrong-password" }, "auth"],
    ["another server's password", { server_password: "wrong-password" }, "auth"],
    ["a nick in use", { nick: "taken" }, "unavailable"],
    ["a channel that has banned it", { channel: "#banned" }, "rejected"],
    ["a channel for the invited", { channel: "#invited" }, "rejected"],
    ["a channel that is full", { channel: "#full" }, "unavailable"],
    ["a channel with another key", { channel: "#keyed", channel_key: "wrong-key" }, "rejected"],
    ["a channel for registered nicks", { channel: "#registered", password: undefined }, "auth"],
    ["the same in ngIRCd's words", { channel: "#accounts", password: undefined }, "auth"],
    ["no such kind of channel", { channel: "&acme" }, "rejected"],
    ["a moderated channel", { channel: "#moderated" }, "rejected"],
  ])("calls %s by its name", async (_, channel, code) => {
    await expect(irc.publish(post(), context(channel))).rejects.toMatchObject({ code });
    expect(await sandbox.posts()).toEqual([]);
  });

  it("takes a password of any length: a piece of 400 has a next one", async () => {
    for (const length of [280, 296, 298, 300, 400]) {
      const failed = irc.account!(context({ password: "x".repeat(length) }));
      await expect(failed, String(length)).rejects.toMatchObject({ code: "auth" });
    }
  });

  it("fills a line to its end, and nothing is cut", async () => {
    const settings = sandbox.channel("irc", "acme") as { nick: string; channel: string };
    const text = "é".repeat(Math.floor(mostText(settings) / 2));
    await irc.publish(post(text), context());
    expect((await sandbox.posts())[0]!.text).toBe(text);
    const tooLong = irc.publish(post("é".repeat(256)), context());
    await expect(tooLong).rejects.toMatchObject({ code: "rejected" });
    expect(stage.events).toEqual(["sending"]);
  });

  it("refuses a flood beforehand", () => {
    const channel = { server: "ircs://irc.acme.example", channel: "#acme", nick: "acme" };
    expect(irc.check?.(post("a\n".repeat(10)), channel)).toBeUndefined();
    expect(irc.check?.(post("a\n".repeat(11)), channel)).toMatchObject({ message: /11 lines/ });
  });

  it.each([
    ["ircs://irc.libera.chat:6697", true],
    ["ircs://irc.libera.chat", true],
    ["tcp://127.0.0.1:6667", true],
    ["irc://irc.libera.chat", false],
    ["tcp://irc.libera.chat:6667", false],
  ])("takes %s for a server: %s", (server, fits) => {
    expect(safeParse(irc.channel, { server, channel: "#acme", nick: "acme" }).success).toBe(fits);
  });

  it("takes no setting that could end a line or begin another word", () => {
    const good = { server: "ircs://a.example", channel: "#acme", nick: "acme" };
    for (const sign of [" ", "\r\n", "\0", ","])
      for (const name of ["channel", "nick", "server_password", "channel_key"])
        expect(safeParse(irc.channel, { ...good, [name]: `#a${sign}b` }).success, name + sign).toBe(false);
  });

  it("reads what a line is made of", () => {
    expect(readLine("@label=a\\s\\:b;msgid=7 :n!u@h PRIVMSG #a :hello :world")).toEqual({
      tags: { label: "a ;b", msgid: "7" },
      source: "n!u@h",
      command: "PRIVMSG",
      params: ["#a", "hello :world"],
      words: "hello :world",
    });
    expect(readLine("PING irc")).toMatchObject({ command: "PING", words: "irc" });
    fc.assert(fc.property(fc.string(), (line) => void readLine(line)));
  });
});

/** A server of the old kind: no capabilities, no echo; `says` is what it answers to a verb. */
describe("irc at a server that tells little", () => {
  let server: Server;
  let stage: Stage;
  let heard = "";
  const sockets = new Set<Socket>();
  beforeEach(async () => {
    heard = "";
    stage = await openStage(() => ({ status: 404 }));
  });
  afterEach(async () => {
    for (const socket of sockets) socket.destroy();
    await new Promise((done) => server.close(done));
    await stage.close();
  });

  const WELCOME = "PING :are-you-there\r\n:s 001 acme :Welcome";
  const USUAL: Record<string, string> = {
    CAP: ":s 421 * CAP :Unknown command",
    USER: WELCOME,
    JOIN: ":acme!~b@host.example JOIN :#acme\r\n:s 366 acme #acme :End",
    PING: `:s PONG s :${KEY}`,
  };
  async function publish(answers: Record<string, string | undefined>, text?: string) {
    server = createServer((socket) => {
      sockets.add(socket.on("error", () => {}));
      let rest = "";
      socket.on("data", (data) => {
        heard += data;
        const lines = `${rest}${data}`.split("\r\n");
        rest = lines.pop() ?? "";
        for (const line of lines) {
          const verb = line.replace(/^@\S+ /, "").split(" ")[0]!;
          if (verb in answers && answers[verb] === undefined) return socket.destroy();
          if (verb === "QUIT") return socket.end();
          const answer = answers[verb] ?? USUAL[verb];
          if (answer) socket.write(`${answer}\r\n`);
        }
      });
    });
    await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
    const { port } = server.address() as AddressInfo;
    const channel = { server: `tcp://127.0.0.1:${port}`, channel: "#Acme", nick: "acme" };
    return irc.publish(post(text), contextOn(irc, stage, { channel }));
  }

  it("takes the answered ping after the lines for the proof, and has no id", async () => {
    expect(await publish({}, "One\nTwo")).toEqual({ id: "" });
    expect(heard).toContain(`PRIVMSG #Acme :One\r\nPRIVMSG #Acme :Two\r\nPING ${KEY}\r\n`);
    expect(heard).toContain("PONG :are-you-there\r\n");
  });

  const CAPS = ":s CAP * LS :echo-message message-tags";
  const echoing = { CAP: `${CAPS}\r\n:s CAP * ACK :echo-message message-tags` };
  it.each([
    ["a refusal of the line", { PRIVMSG: ":s 404 acme #Acme :Cannot send" }, "rejected"],
    ["a flood", { PRIVMSG: "ERROR :Excess Flood" }, "uncertain"],
    ["a connection that is lost after the line", { PRIVMSG: undefined }, "uncertain"],
    ["a connection that is lost before the answered ping", { PING: undefined }, "uncertain"],
    ["an echo that does not come", echoing, "uncertain"],
    ["a connection that is lost at the door", { JOIN: undefined }, "unavailable"],
    ["another channel instead", { JOIN: ":s 470 acme #Acme ##acme :Forwarding" }, "rejected"],
    ["a ban", { USER: ":s 465 acme :You are banned" }, "rejected"],
    ["a server that throttles", { USER: "ERROR :Trying to reconnect too fast" }, "unavailable"],
  ])("calls %s %s", async (_, answers, code) => {
    await expect(publish(answers)).rejects.toMatchObject({ code });
    expect(stage.events.includes("sending")).toBe(heard.includes("PRIVMSG"));
  });

  it("calls two lines of which one was refused uncertain, in the server's words", async () => {
    const answers = { PRIVMSG: "", PING: `:s 404 acme #Acme :Spam\x02\r\n:s PONG s :${KEY}` };
    await expect(publish(answers, "One\nTwo")).rejects.toMatchObject({
      code: "uncertain",
      message: expect.stringContaining("1 of 2 lines; we may not speak"),
    });
  });
});
