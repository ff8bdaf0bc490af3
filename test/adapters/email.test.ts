import { mkdtempSync } from "node:fs";
import { type AddressInfo, createServer, type Server, type Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { safeParse } from "valibot";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { email } from "../../src/adapters/email/email.ts";
import { openRehearsal } from "../../src/app/sandbox.ts";
import { createWire } from "../../src/http/transport.ts";
import { email as half } from "../../src/sandbox/networks/email/email.ts";
import { type Sandbox, startSandbox } from "../../src/sandbox/server.ts";
import { contextOn, KEY, openStage, postOf, type Stage } from "../../src/testing.ts";
import { describeAdapter } from "./contract.ts";

describeAdapter(email, half);

const image = {
  file: "images/hero.png",
  sha256: "00",
  type: "image/png",
  bytes: 10,
  alt: 'A "small" phone',
  width: 900,
};
const post = (part: object = {}) =>
  postOf({
    options: {},
    title: "Acme 2.4 – it’s out",
    text: "<p>Hello</p>\n<p>.Dots</p>",
    plain: "Hello\n\n.Dots",
    ...part,
  });

describe("e-mail", () => {
  let stage: Stage;
  let sandbox: Sandbox;
  beforeEach(async () => {
    stage = await openStage(() => ({ status: 404 }));
    sandbox = await startSandbox({ networks: [half], folder: mkdtempSync(join(tmpdir(), "mail-")) });
  });
  afterEach(async () => {
    await stage.close();
    await sandbox.close();
  });
  const context = (channel: object = {}, part: object = {}) =>
    contextOn(email, stage, { channel: { ...sandbox.channel("email", "acme"), ...channel }, ...part });

  it("delivers text, HTML and pictures, and is announced before the message leaves", async () => {
    const unsubscribe = ["https://acme.example/u?t=1", "mailto:u@acme.example"];
    const receipt = await email.publish(
      post({ media: [image], lang: "en" }),
      context({ unsubscribe, list_id: "news.acme.example" }),
    );
    expect(receipt).toMatchObject({ id: `<${KEY}@acme.example>` });
    expect(stage.events).toEqual(["sending"]);
    const [mail] = await sandbox.posts();
    expect(mail).toMatchObject({
      id: receipt.id,
      title: "Acme 2.4 – it’s out",
      text: "Hello\n\n.Dots",
      account: "acme to announce-acme@lists.acme.example",
      media: [{ type: "image/png", alt: 'A "small" phone' }],
      notes: ["list-unsubscribe", "list-id"],
    });
    expect(mail!.html).toContain("<p>.Dots</p>");
  });

  it("is rehearsed by another process, which reaches the sandbox's doors and nothing else", async () => {
    const { override } = await openRehearsal({ url: sandbox.url, folder: "nowhere" });
    expect(override("email", "acme", {})?.server).toBe(sandbox.doors.email);
    expect(override.places).toEqual([sandbox.url, sandbox.doors.email]);
    const { dial } = createWire({ only: override.places });
    await expect(dial(new URL("tcp://127.0.0.1:1"), AbortSignal.timeout(1_000))).rejects.toThrow(
      "reaches only",
    );
    const line = await dial(new URL(sandbox.doors.email!), AbortSignal.timeout(1_000));
    line.close();
  });

  it("answers the mail that it hangs on", async () => {
    const parent = { id: "<1@acme.example>" };
    await email.publish(post(), context({}, { thread: { root: parent, parent } }));
    expect((await sandbox.posts())[0]).toMatchObject({ parent: parent.id });
  });

  it("logs in to say who it is, and announces nothing", async () => {
    expect(await email.account!(context())).toMatchObject({ id: "acme@acme.example" });
    expect(stage.events).toEqual([]);
    await expect(email.account!(context({ password: "wrong-password" }))).rejects.toMatchObject({
      code: "auth",
    });
  });

  it("goes to every recipient or to none, who do not see each other", async () => {
    const people = ["a@acme.example", "B <b@acme.example>"];
    await email.publish(post(), context({ to: people }));
    expect((await sandbox.posts())[0]!.account).toBe("acme to a@acme.example, b@acme.example");
    await expect(
      email.publish(post(), context({ to: [...people, "nobody@acme.example"] })),
    ).rejects.toMatchObject({
      code: "rejected",
    });
    expect(await sandbox.posts()).toHaveLength(1);
  });

  it.each([
    ["tcp://127.0.0.1:25", true],
    ["smtps://mail.acme.example:465", true],
    ["smtp://mail.acme.example", true],
    ["tcp://mail.acme.example:25", false],
    ["https://mail.acme.example", false],
  ])("takes %s for a mail server: %s", (server, fits) => {
    const settings = { server, from: "news@acme.example", to: "all@acme.example" };
    expect(safeParse(email.channel, settings).success).toBe(fits);
  });

  it("takes no address that could end a line", () => {
    for (const to of ["a@b.example\r\nBCC: c@d.example", "a b@c.example", "a@b", []]) {
      const settings = { server: "smtps://mail.acme.example", from: "news@acme.example", to };
      expect(safeParse(email.channel, settings).success, String(to)).toBe(to === "a@b");
    }
  });
});

/** A mail server that says just this: an answer to each line, the last one to the end of the message. */
describe("e-mail at a server that is not well", () => {
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

  async function publish(answers: Record<string, string | undefined>, deadline?: number) {
    server = createServer((socket) => {
      sockets.add(socket.on("error", () => {}));
      let inData = false;
      socket.write("220 hello\r\n");
      socket.on("data", (data) => {
        heard += data;
        const verb = inData ? "END" : String(data).split(/[ :\r]/)[0]!;
        if (inData && !/\r\n\.\r\n$/.test(heard)) return;
        const usual = { EHLO: "250 hello", DATA: "354 go on", END: "250 queued" }[verb] ?? "250 ok";
        const answer = verb in answers ? answers[verb] : usual;
        inData = verb === "DATA" && answer === usual;
        if (answer === undefined) socket.destroy();
        else if (answer !== "") socket.write(`${answer}\r\n`);
      });
    });
    await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
    const { port } = server.address() as AddressInfo;
    const channel = { server: `tcp://127.0.0.1:${port}`, from: "news@acme.example", to: "all@acme.example" };
    const context = contextOn(email, stage, { channel, ...(deadline && { deadline }) });
    return email.publish(post(), context);
  }

  it("sends the same bytes at every attempt", async () => {
    await publish({});
    const first = heard;
    server.close();
    heard = "";
    await publish({});
    // Whether the first one's goodbye came before or after.
    const withoutGoodbye = (text: string) => text.replaceAll("QUIT\r\n", "");
    expect(withoutGoodbye(heard)).toBe(withoutGoodbye(first));
    expect(first).toContain(`Message-ID: <${KEY}@acme.example>`);
    expect(first).toContain("Date: Mon, 23 Nov 2026 09:00:00 +0000");
    expect(first).toMatch(/\r\n\.\.Dots/);
  });

  it.each([
    ["no answer to the end of the message", { END: undefined }, "uncertain"],
    ["nonsense after the message", { END: "hello" }, "uncertain"],
    ["a refusal of the message", { END: "554 5.7.1 Spam" }, "rejected"],
    ["a full disk", { END: "452 4.3.1 Full" }, "unavailable"],
    ["a connection that ends before the message", { MAIL: undefined }, "unavailable"],
    ["a server that is busy", { MAIL: "451 4.7.1 Greylisted" }, "unavailable"],
    ["a sender that may not", { MAIL: "530 5.7.0 Authentication required" }, "auth"],
    ["a recipient that is not there", { RCPT: "550 5.1.1 No such user" }, "rejected"],
  ])("calls %s %s", async (_, answers, code) => {
    await expect(publish(answers)).rejects.toMatchObject({ code });
    expect(stage.events.includes("sending")).toBe("END" in answers);
  });
});
