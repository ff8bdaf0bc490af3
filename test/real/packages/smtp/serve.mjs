// A mail server that keeps what it takes: `node serve.mjs`. It says on stdout where it is; GET / at `web` lists the messages.

import { readFileSync } from "node:fs";
import { createServer } from "node:http";
import { simpleParser } from "mailparser";
import { SMTPServer } from "smtp-server";

const kept = [];
const smtp = new SMTPServer({
  name: "mail.acme.example",
  size: 20_000_000,
  disabledCommands: ["STARTTLS"],
  allowInsecureAuth: true,
  onAuth({ username, password }, _session, done) {
    if (username === "news" && password === process.env.PASSWORD) return done(null, { user: username });
    return done(new Error("Invalid username or password"));
  },
  onData(stream, { envelope }, done) {
    const pieces = [];
    stream.on("data", (piece) => pieces.push(piece));
    stream.on("end", async () => {
      if (stream.sizeExceeded)
        return done(Object.assign(new Error("Message too big"), { responseCode: 552 }));
      const { messageId, subject, text, html, inReplyTo, attachments } = await simpleParser(
        Buffer.concat(pieces),
      );
      const files = attachments.map(({ cid, content }) => ({ cid, base64: content.toString("base64") }));
      const to = envelope.rcptTo.map(({ address }) => address);
      kept.push({ messageId, subject, text, html, inReplyTo, files, to });
      done(null, "queued");
    });
  },
});
smtp.on("error", () => {});
const listening = (server) => new Promise((done) => server.listen(0, "127.0.0.1", done));
await listening(smtp);
const web = createServer((_request, response) => response.end(JSON.stringify(kept)));
await listening(web);
const { version } = JSON.parse(
  readFileSync(new URL("node_modules/smtp-server/package.json", import.meta.url)),
);
const said = { version, smtp: smtp.server.address().port, web: web.address().port };
console.log(JSON.stringify({ serving: said }));
