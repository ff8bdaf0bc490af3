// A Nostr relay, `@nostr-relay/core`, with a WebSocket server before it: `node serve.mjs`. What it takes is kept in memory.
import { readFileSync } from "node:fs";
import { createServer } from "node:http";
import { createOutgoingNoticeMessage, EventRepository, EventUtils, LogLevel } from "@nostr-relay/common";
import { NostrRelay } from "@nostr-relay/core";
import { Validator } from "@nostr-relay/validator";
import { matchFilter } from "nostr-tools";
import { WebSocketServer } from "ws";

class Memory extends EventRepository {
  #events = new Map();

  isSearchSupported() {
    return false;
  }

  upsert(event) {
    const isDuplicate = this.#events.has(event.id);
    if (!isDuplicate) this.#events.set(event.id, event);
    return { isDuplicate };
  }

  find(filter) {
    const fits = [...this.#events.values()].filter((event) => matchFilter(filter, event));
    return fits.sort((a, b) => b.created_at - a.created_at).slice(0, filter.limit ?? 500);
  }

  async deleteByDeletionRequest(request) {
    const ids = request.tags.filter(([name]) => name === "e").map(([, id]) => id);
    for (const id of ids) {
      const event = this.#events.get(id);
      if (event && EventUtils.getAuthor(event) === EventUtils.getAuthor(request)) this.#events.delete(id);
    }
  }

  async destroy() {}
}

const { version } = JSON.parse(
  readFileSync(new URL("node_modules/@nostr-relay/core/package.json", import.meta.url)),
);
const limitation = { max_message_length: 131_072, max_content_length: 8_196 };
const http = createServer((_request, response) => {
  response.setHeader("content-type", "application/nostr+json");
  response.end(JSON.stringify({ name: "Rehearsal", supported_nips: [1, 9, 11, 42], version, limitation }));
});
// With a name it gives each client something to sign (NIP-42).
const relay = new NostrRelay(new Memory(), { hostname: "127.0.0.1", logLevel: LogLevel.ERROR });
const validator = new Validator();
new WebSocketServer({ server: http, maxPayload: limitation.max_message_length }).on(
  "connection",
  (client) => {
    relay.handleConnection(client);
    client.on("error", () => {});
    client.on("close", () => relay.handleDisconnect(client));
    client.on("message", async (data) => {
      try {
        await relay.handleMessage(client, await validator.validateIncomingMessage(data));
      } catch (error) {
        client.send(JSON.stringify(createOutgoingNoticeMessage(String(error.message))));
      }
    });
  },
);
http.listen(0, "127.0.0.1", () => {
  console.log(JSON.stringify({ serving: { version, port: http.address().port } }));
});
