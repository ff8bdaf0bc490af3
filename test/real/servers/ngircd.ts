/** ngIRCd as Debian packages it, with TLS and a password, and somebody in the channel who writes down what is said. */
import { execFileSync, spawn } from "node:child_process";
import { chmodSync, existsSync, writeFileSync } from "node:fs";
import { connect, type Socket } from "node:net";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { certify } from "../certificate.ts";
import { Missing } from "../install.ts";
import { freePort, type RealServer, stopper, until } from "../server.ts";

const PROGRAM = "/usr/sbin/ngircd";
const CHANNEL = "#acme";
const PASSWORD = "correct-horse-battery";

export const ngircd: RealServer = {
  network: "irc",
  name: "ngIRCd",
  parts: 2,
  pictures: 0,
  // IRC has neither a key nor anything to ask.
  exact: false,

  async start(folder) {
    if (!existsSync(PROGRAM)) throw new Missing(`${PROGRAM} is not here (Debian: apt-get install ngircd)`);
    const { certificate, key, env } = certify("IP:127.0.0.1", folder);
    const [plain, encrypted] = [await freePort(), await freePort()];
    const file = join(folder, "ngircd.conf");
    writeFileSync(file, configOf({ plain, encrypted, certificate, key, folder }));
    // It gives up being root.
    chmodSync(folder, 0o755);
    chmodSync(key, 0o644);
    const child = spawn(PROGRAM, ["--nodaemon", "--config", file], { stdio: "ignore" });
    const stop = stopper(child);
    const heard = await until(() => listen(plain));
    const version = /ngircd ([\w.]+)/i.exec(execFileSync(PROGRAM, ["--version"], { encoding: "utf8" }))?.[1];

    return {
      version: version ?? "?",
      settings: (mark) => ({
        server: `ircs://127.0.0.1:${encrypted}`,
        channel: CHANNEL,
        // Two may be in the channel at once.
        nick: `b${mark.slice(0, 29)}`,
        server_password: "${IRC_PASSWORD}",
      }),
      env: { ...env, IRC_PASSWORD: PASSWORD },
      pids: [child.pid ?? 0],
      async posts(mark) {
        await heard.upToNow();
        return heard.said
          .filter((text) => text.includes(mark))
          .map((text, index) => ({ id: String(index), text, pictures: [] }));
      },
      async stop() {
        heard.close();
        await stop();
      },
    };
  },
};

function configOf(
  of: Record<"certificate" | "key" | "folder", string> & Record<"plain" | "encrypted", number>,
) {
  const parts: Record<string, string[]> = {
    Global: [
      "Name = irc.acme.example",
      "Info = Rehearsal",
      "AdminEMail = irc@acme.example",
      "Listen = 127.0.0.1",
      `Ports = ${of.plain}`,
      `Password = ${PASSWORD}`,
      `PidFile = ${join(of.folder, "pid")}`,
    ],
    Limits: ["MaxConnectionsIP = 0", "MaxNickLength = 30"],
    Options: ["Ident = no", "PAM = no", "DNS = no"],
    SSL: [`CertFile = ${of.certificate}`, `KeyFile = ${of.key}`, `Ports = ${of.encrypted}`],
  };
  return Object.entries(parts)
    .map(([name, lines]) => [`[${name}]`, ...lines, ""].join("\n"))
    .join("\n");
}

interface Listener {
  /** The words of each message, in order. */
  said: string[];
  /** Resolves once everything is heard that was said before. */
  upToNow(): Promise<void>;
  close(): void;
}

/** A reader in the channel. */
function listen(port: number): Promise<Listener> {
  return new Promise((joined, failed) => {
    const socket: Socket = connect({ host: "127.0.0.1", port });
    const said: string[] = [];
    const waiting = new Map<string, () => void>();
    const tell = (line: string) => socket.write(`${line}\r\n`);
    const upToNow = () =>
      new Promise<void>((done) => {
        const word = `now${waiting.size}x${said.length}`;
        waiting.set(word, done);
        tell(`PING ${word}`);
      });
    socket.once("error", failed);
    socket.once("connect", () => {
      for (const line of [`PASS ${PASSWORD}`, "NICK reader", "USER reader 0 * :Reader"]) tell(line);
      createInterface(socket).on("line", hear);
    });
    const hear = (line: string) => {
      const [, command = "", to = "", words = ""] = /^(?::\S+ )?(\S+) ?(\S*) ?(?::?(.*))$/.exec(line) ?? [];
      if (command === "001") tell(`JOIN ${CHANNEL}`);
      if (command === "PING") tell(`PONG ${to}`);
      if (command === "366") joined({ said, upToNow, close: () => socket.destroy() });
      if (command === "PRIVMSG" && to === CHANNEL) said.push(words);
      if (command === "PONG") waiting.get(words)?.();
    };
  });
}
