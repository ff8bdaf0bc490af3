/** Prosody as Debian packages it, with STARTTLS and a room, and somebody in the room who writes down what is said. */
import { execFileSync, spawn } from "node:child_process";
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { connect } from "node:net";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { connect as connectTls } from "node:tls";
import { certify } from "../certificate.ts";
import { Missing } from "../install.ts";
import { freePort, type RealServer, stopper, until } from "../server.ts";

const PROGRAM = "/usr/bin/prosody";
const DOMAIN = "acme.example";
const ROOM = `news@rooms.${DOMAIN}`;
const PASSWORD = "correct horse battery";

export const prosody: RealServer = {
  network: "xmpp",
  name: "Prosody",
  parts: 2,
  pictures: 0,
  // XMPP has neither a key nor anything to ask.
  exact: false,

  async start(folder) {
    if (!existsSync(PROGRAM)) throw new Missing(`${PROGRAM} is not here (Debian: apt-get install prosody)`);
    const { certificate, key, env } = certify(`DNS:${DOMAIN}`, folder);
    const port = await freePort();
    const file = join(folder, "prosody.cfg.lua");
    mkdirSync(join(folder, "data"));
    writeFileSync(file, configOf({ folder, port, certificate, key }));
    const control = (...argv: string[]) =>
      execFileSync("prosodyctl", ["--config", file, ...argv], {
        encoding: "utf8",
        stdio: ["ignore", "pipe", "ignore"],
      });
    for (const user of ["bot", "reader"]) control("register", user, DOMAIN, PASSWORD);
    const child = spawn(PROGRAM, ["-F", "--config", file], { stdio: "ignore" });
    const stop = stopper(child);
    const heard = await until(() => listen(port, readFileSync(certificate, "utf8")));

    return {
      version: /Prosody ([\d.]+)/.exec(control("about"))?.[1] ?? "?",
      settings: () => ({
        server: `tcp://127.0.0.1:${port}`,
        jid: `bot@${DOMAIN}`,
        password: "${XMPP_PASSWORD}",
        room: ROOM,
      }),
      env: { ...env, XMPP_PASSWORD: PASSWORD },
      pids: [child.pid ?? 0],
      async posts(mark) {
        await heard.upToNow();
        return heard.said().filter(({ text }) => text.includes(mark));
      },
      async stop() {
        heard.close();
        await stop();
      },
    };
  },
};

function configOf({
  folder,
  port,
  certificate,
  key,
}: {
  folder: string;
  port: number;
  certificate: string;
  key: string;
}) {
  return `
run_as_root = true
pidfile = "${folder}/pid"
data_path = "${folder}/data"
interfaces = { "127.0.0.1" }
c2s_ports = { ${port} }
s2s_ports = {}
modules_enabled = { "saslauth", "tls", "disco" }
modules_disabled = { "s2s" }
authentication = "internal_hashed"
c2s_require_encryption = true
log = { error = "${folder}/errors" }
VirtualHost "${DOMAIN}"
  ssl = { certificate = "${certificate}", key = "${key}" }
Component "rooms.${DOMAIN}" "muc"
`;
}

interface Listener {
  said(): { id: string; text: string; pictures: [] }[];
  /** Resolves once everything is heard that was said before. */
  upToNow(): Promise<void>;
  close(): void;
}

/** A reader in the room, which is made by this. */
async function listen(port: number, ca: string): Promise<Listener> {
  const plain = connect({ host: "127.0.0.1", port });
  let heard = "";
  const heardMore = (bytes: Buffer) => {
    heard += bytes;
  };
  const comes = async (what: RegExp) => {
    for (let n = 0; !what.test(heard); n++) {
      if (n === 500) throw new Error(`Prosody does not say ${what}: ${heard.slice(-500)}`);
      await sleep(10);
    }
  };
  const opening = `<stream:stream to='${DOMAIN}' xmlns='jabber:client' xmlns:stream='http://etherx.jabber.org/streams' version='1.0'>`;
  await new Promise((done, failed) => plain.once("connect", done).once("error", failed));
  plain.on("data", heardMore);
  plain.write(opening);
  await comes(/<\/stream:features>/);
  plain.write("<starttls xmlns='urn:ietf:params:xml:ns:xmpp-tls'/>");
  await comes(/<proceed/);
  plain.off("data", heardMore);
  const socket = connectTls({ socket: plain, servername: DOMAIN, ca });
  // It goes away with the server.
  socket.on("data", heardMore).on("error", () => {});
  const says = async (words: string, answer: RegExp) => {
    heard = "";
    socket.write(words);
    await comes(answer);
  };
  await says(opening, /<\/stream:features>/);
  const login = Buffer.from(`\0reader\0${PASSWORD}`).toString("base64");
  await says(`<auth xmlns='urn:ietf:params:xml:ns:xmpp-sasl' mechanism='PLAIN'>${login}</auth>`, /<success/);
  await says(opening, /<\/stream:features>/);
  await says("<iq type='set' id='bind'><bind xmlns='urn:ietf:params:xml:ns:xmpp-bind'/></iq>", /id='bind'/);
  await says(
    `<presence to='${ROOM}/reader'><x xmlns='http://jabber.org/protocol/muc'/></presence>`,
    /code='110'/,
  );
  // A room that was made just now is open to others once its maker takes it as it is.
  const form =
    "<query xmlns='http://jabber.org/protocol/muc#owner'><x xmlns='jabber:x:data' type='submit'/></query>";
  await says(`<iq type='set' id='open' to='${ROOM}'>${form}</iq>`, /id='open'/);
  let asked = 0;
  return {
    said: () =>
      [...heard.matchAll(/<message[^>]* type='groupchat'[^>]*>.*?<\/message>/gs)].map(([message]) => ({
        id: /<stanza-id[^>]* id='([^']*)'/.exec(message)?.[1] ?? "",
        text: (/<body>(.*?)<\/body>/s.exec(message)?.[1] ?? "").replace(/&apos;/g, "'"),
        pictures: [],
      })),
    async upToNow() {
      const id = `now${++asked}`;
      socket.write(
        `<iq type='get' id='${id}' to='${ROOM}'><query xmlns='http://jabber.org/protocol/disco#info'/></iq>`,
      );
      await comes(new RegExp(`id='${id}'`));
    },
    close: () => socket.destroy(),
  };
}
