/** A mail server: `smtp-server` from npm, whose messages are read with `mailparser`. */
import { join } from "node:path";
import { installed } from "../install.ts";
import { type RealServer, serving } from "../server.ts";

interface Message {
  messageId: string;
  subject: string;
  text: string;
  html: string;
  inReplyTo?: string;
  files: { cid: string; base64: string }[];
}

export const smtp: RealServer = {
  network: "email",
  name: "SMTP (smtp-server)",
  packages: "smtp",
  parts: 2,
  pictures: 1,
  // SMTP has neither a key nor anything to ask.
  exact: false,

  async start() {
    const packages = installed("smtp");
    const password = "correct horse battery";
    const { said, child, stop } = await serving<{ version: string; smtp: number; web: number }>(
      [join(packages, "serve.mjs")],
      packages,
      { PASSWORD: password },
    );
    return {
      version: said.version,
      settings: () => ({
        server: `tcp://127.0.0.1:${said.smtp}`,
        user: "news",
        password: "${SMTP_PASSWORD}",
        from: "Acme <news@acme.example>",
        to: "list@acme.example",
      }),
      env: { SMTP_PASSWORD: password },
      pids: [child.pid ?? 0],
      async posts(mark) {
        const all = (await (await fetch(`http://127.0.0.1:${said.web}/`)).json()) as Message[];
        return all
          .filter(({ text }) => text.includes(mark))
          .map(({ messageId, text, html, inReplyTo, files }) => ({
            id: messageId,
            text,
            parent: inReplyTo,
            pictures: files.map(({ base64 }) => ({
              alt: /<img [^>]*alt="([^"]*)"/.exec(html)?.[1] ?? "",
              bytes: Buffer.from(base64, "base64"),
            })),
          }));
      },
      stop,
    };
  },
};
