/** A Nostr relay: `@nostr-relay/core` from npm, with a WebSocket server before it. Events are read, checked and signed with `nostr-tools`. */
import { randomBytes } from "node:crypto";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { WebSocket } from "ws";
import { installed } from "../install.ts";
import { type RealServer, serving } from "../server.ts";

interface Event {
  id: string;
  kind: number;
  created_at: number;
  content: string;
  tags: string[][];
}

interface Tools {
  finalizeEvent(draft: Omit<Event, "id">, key: Uint8Array): Event;
  verifyEvent(event: Event): boolean;
}

const NOTE = 1;

export const nostrRelay: RealServer = {
  network: "nostr",
  name: "Nostr relay (@nostr-relay/core)",
  packages: "nostr",
  parts: 2,
  pictures: 0,
  exact: true,

  async start() {
    const packages = installed("nostr");
    const { said, child, stop } = await serving<{ version: string; port: number }>(
      [join(packages, "serve.mjs")],
      packages,
    );
    const { finalizeEvent, verifyEvent } = (await import(
      pathToFileURL(join(packages, "node_modules/nostr-tools/lib/esm/index.js")).href
    )) as Tools;
    const url = `ws://127.0.0.1:${said.port}`;
    let asked = 0;
    return {
      version: said.version,
      settings: () => ({ key: "${NOSTR_KEY}", relays: [url] }),
      env: { NOSTR_KEY: randomBytes(32).toString("hex") },
      pids: [child.pid ?? 0],
      async posts(mark) {
        // It keeps the answer to the same question for a second.
        const filter = { kinds: [NOTE], since: ++asked };
        const notes = (await conversation(url, ["REQ", "all", filter], "EOSE"))
          .flatMap(([verb, , event]) => (verb === "EVENT" ? [event as Event] : []))
          .filter(({ content }) => content.includes(mark));
        const forged = notes.find((note) => !verifyEvent(note));
        if (forged) throw new Error(`its id or signature is wrong: ${JSON.stringify(forged)}`);
        return notes
          .map(({ id, content, tags }) => ({ id, text: content, parent: parentIn(tags), pictures: [] }))
          .sort((a, b) => Number(a.parent === b.id) - Number(b.parent === a.id));
      },
      async answer({ id }, words) {
        const tags = [["e", id, url, "root"]];
        const draft = { kind: NOTE, created_at: Math.floor(Date.now() / 1_000), tags, content: words };
        const [answer] = (
          await conversation(url, ["EVENT", finalizeEvent(draft, randomBytes(32))], "OK")
        ).slice(-1);
        if (answer?.[2] !== true) throw new Error(`the answer was refused: ${answer}`);
      },
      stop,
    };
  },
};

/** All that the relay says until it says `last`. */
function conversation(url: string, message: unknown, last: string): Promise<unknown[][]> {
  return new Promise((done, failed) => {
    const socket = new WebSocket(url);
    const heard: unknown[][] = [];
    socket.once("error", failed);
    socket.once("open", () => socket.send(JSON.stringify(message)));
    socket.on("message", (data) => {
      const said = JSON.parse(String(data)) as unknown[];
      heard.push(said);
      if (said[0] !== last) return;
      socket.close();
      done(heard);
    });
  });
}

/** NIP-10. */
function parentIn(tags: readonly string[][]): string | undefined {
  const marked = (mark: string) => tags.find(([name, , , it]) => name === "e" && it === mark)?.[1];
  return marked("reply") ?? marked("root");
}
