/**
 * A mail server for submission: RFC 5321 (SMTP), RFC 4954 (AUTH), RFC 1870 (SIZE), RFC 5322 for what a message must have. Read
 * 2026-11-27. On loopback, so without TLS.
 */
import { linesOf } from "../../doors.ts";
import { escapeHtml } from "../../html.ts";
import { channelOf } from "../../ids.ts";
import type { SandboxConnection, SandboxNetwork, SandboxPost, World } from "../../network.ts";
import { sanitise } from "../../sanitise.ts";
import { allIn, type Part, parse } from "./mime.ts";

const ID = "email";
const SIZE = 25_000_000;
const LONGEST_LINE = 998;

export const email: SandboxNetwork = {
  id: ID,
  name: "E-mail",
  look: { light: "#0f766e", dark: "#5eead4", mark: "@", layout: "article", alt: true },
  ways: [{ name: "smtp", socket: true, title: "Acme 2.4", media: { counts: [1, 2] }, threads: true }],
  channel: (name, _base, _folder, _settings, door = "tcp://127.0.0.1:1") => ({
    server: door,
    user: `${localOf(name)}@sandbox.example`,
    password: `sandbox-${name}`,
    from: `Acme <${localOf(name)}@acme.example>`,
    to: `announce-${localOf(name)}@lists.acme.example`,
  }),
  publishes: () => false,
  handle: () => undefined,
  async connect(connection, world) {
    const say = (line: string) => connection.send(`${line}\r\n`);
    await say("220 sandbox ESMTP");
    const lines = linesOf(connection);
    let greeted = false;
    let account: string | undefined;
    let from: string | undefined;
    let to: string[] = [];
    for await (const line of lines) {
      const [verb = ""] = line.toUpperCase().split(/[ :]/);
      if (verb === "QUIT") return say("221 2.0.0 Bye");
      if (verb === "NOOP") await say("250 2.0.0 OK");
      else if (verb === "RSET") {
        from = undefined;
        to = [];
        await say("250 2.0.0 OK");
      } else if (verb === "EHLO") {
        greeted = true;
        await say(
          `250-sandbox\r\n250-SIZE ${SIZE}\r\n250-8BITMIME\r\n250-ENHANCEDSTATUSCODES\r\n250 AUTH PLAIN LOGIN`,
        );
      } else if (!greeted) await say("503 5.5.1 EHLO first");
      else if (verb === "AUTH") {
        account = await authenticated(line, lines, say);
        await say(
          account === undefined ? "535 5.7.8 Authentication credentials invalid" : "235 2.7.0 Welcome",
        );
      } else if (account === undefined) await say("530 5.7.0 Authentication required");
      else if (verb === "MAIL") {
        const [, address, size] =
          /^MAIL FROM:<([^<>\s]+@[^<>\s]+)>(?: SIZE=(\d+))?(?: BODY=\w+)?$/i.exec(line) ?? [];
        if (address === undefined) await say("501 5.1.7 Bad sender address syntax");
        else if (Number(size ?? 0) > SIZE) await say("552 5.3.4 Message size exceeds fixed limit");
        else {
          from = address;
          await say("250 2.1.0 OK");
        }
      } else if (verb === "RCPT") {
        const [, address] = /^RCPT TO:<([^<>\s]+@[^<>\s]+)>$/i.exec(line) ?? [];
        if (from === undefined) await say("503 5.5.1 MAIL first");
        else if (address === undefined) await say("501 5.1.3 Bad recipient address syntax");
        else if (address.startsWith("nobody@")) await say("550 5.1.1 No such user here");
        else {
          to.push(address);
          await say("250 2.1.5 OK");
        }
      } else if (verb === "DATA") {
        if (to.length === 0) await say("503 5.5.1 RCPT first");
        else {
          await say("354 End data with <CR><LF>.<CR><LF>");
          const message = await dataOf(lines);
          // Broken off before its end: nothing was taken.
          if (message === undefined) return;
          const wrong = faultIn(message);
          if (!wrong) world.accept(shown(parse(message), { account, to, world }));
          await say(wrong ?? "250 2.0.0 OK: queued");
          from = undefined;
          to = [];
        }
      } else await say("502 5.5.2 Command not recognized");
    }
  },
};

// A channel's name in an address.
const localOf = (name: string) => name.replace(/[^\w.-]/g, "-");

async function authenticated(
  line: string,
  lines: AsyncGenerator<string>,
  say: SandboxConnection["send"],
): Promise<string | undefined> {
  const [, way = "", first] = line.split(" ");
  const next = async (prompt: string) => {
    await say(`334 ${prompt}`);
    return String((await lines.next()).value ?? "");
  };
  const text = (base64: string) => Buffer.from(base64, "base64").toString("utf8");
  if (way.toUpperCase() === "PLAIN") {
    const [, user, password] = text(first ?? (await next(""))).split("\0");
    return accountOf(user, password);
  }
  if (way.toUpperCase() !== "LOGIN") return undefined;
  const user = text(await next("VXNlcm5hbWU6"));
  return accountOf(user, text(await next("UGFzc3dvcmQ6")));
}

function accountOf(user: string | undefined, password: string | undefined): string | undefined {
  const name = channelOf(password);
  return name !== undefined && user === `${localOf(name)}@sandbox.example` ? name : undefined;
}

/** Until the dot that stands alone. */
async function dataOf(lines: AsyncGenerator<string>): Promise<string | undefined> {
  const message: string[] = [];
  for (;;) {
    const { done, value } = await lines.next();
    if (done) return undefined;
    if (value === ".") return `${message.join("\r\n")}\r\n`;
    message.push(value.replace(/^\.\./, "."));
  }
}

function faultIn(message: string): string | undefined {
  if (message.length > SIZE) return "552 5.3.4 Message size exceeds fixed limit";
  if (message.split("\r\n").some((line) => line.length > LONGEST_LINE)) return "500 5.5.6 Line too long";
  if (/[^\r]\n/.test(message)) return "550 5.6.11 Bare LF";
  const { headers } = parse(message);
  for (const name of ["from", "date", "message-id"])
    if (!headers.get(name)) return `550 5.6.0 The message has no ${name}`;
  return undefined;
}

function shown(
  mail: Part,
  { account, to, world }: { account: string; to: string[]; world: World },
): SandboxPost {
  const parts = allIn(mail);
  const words = (type: string) => parts.find((part) => part.type === type)?.bytes.toString("utf8") ?? "";
  const page = words("text/html");
  const body = /<body[^>]*>([\s\S]*)<\/body>/i.exec(page)?.[1] ?? page;
  const media = [...body.matchAll(/<img\b[^>]*>/g)].flatMap(([tag]) => {
    const cid = /src="cid:([^"]+)"/.exec(tag)?.[1];
    const picture = parts.find(({ headers }) => headers.get("content-id") === `<${cid}>`);
    return picture
      ? [{ type: picture.type, alt: plain(/alt="([^"]*)"/.exec(tag)?.[1] ?? ""), bytes: picture.bytes }]
      : [];
  });
  const parent = mail.headers.get("in-reply-to");
  const id = mail.headers.get("message-id") ?? "";
  const text = words("text/plain").replace(/\r\n/g, "\n").trim();
  const notes = ["list-unsubscribe", "list-id"].filter((name) => mail.headers.has(name));
  return {
    network: ID,
    account: `${account} to ${to.join(", ")}`,
    id,
    ...(parent !== undefined && { parent }),
    url: `${world.base(ID)}/${encodeURIComponent(id)}`,
    at: world.now(),
    title: mail.headers.get("subject") ?? "",
    text,
    html: body
      ? sanitise(body.replace(/<p><img\b[^>]*><\/p>/g, "").trim())
      : `<pre>${escapeHtml(text)}</pre>`,
    media,
    length: text.length,
    max: 0,
    notes,
  };
}

function plain(value: string): string {
  return value
    .replace(/&quot;/g, '"')
    .replace(/&#39;/g, "'")
    .replace(/&lt;/g, "<")
    .replace(/&gt;/g, ">")
    .replace(/&amp;/g, "&");
}
