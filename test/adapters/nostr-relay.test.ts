import type { AddressInfo } from "node:net";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { WebSocketServer } from "ws";
import type { Context } from "../../src/adapter.ts";
import type { Event } from "../../src/adapters/nostr/event.ts";
import { nostr } from "../../src/adapters/nostr/nostr.ts";
import { keyOf } from "../../src/sandbox/networks/nostr/nostr.ts";
import { contextOn, openStage, postOf, type Stage } from "../../src/testing.ts";

const KEY = keyOf("acme");

/** A relay that says just this to an event. */
describe("a relay that is not well", () => {
  let server: WebSocketServer;
  let stage: Stage;
  let given: Event[];
  beforeEach(async () => {
    given = [];
    stage = await openStage(() => ({ status: 404 }));
    server = new WebSocketServer({ port: 0, host: "127.0.0.1" });
    await new Promise((listening) => server.once("listening", listening));
  });
  afterEach(async () => {
    for (const client of server.clients) client.terminate();
    await new Promise((done) => server.close(done));
    await stage.close();
  });

  function attempt(answer: (event: Event) => unknown[][] | undefined, deadline?: number) {
    server.on("connection", (socket) =>
      socket.on("message", (data) => {
        const [verb, event] = JSON.parse(String(data));
        if (verb !== "EVENT") return;
        given.push(event);
        const told = answer(event);
        if (!told) socket.terminate();
        for (const message of told ?? []) socket.send(JSON.stringify(message));
      }),
    );
    const { port } = server.address() as AddressInfo;
    const channel = { key: KEY, relays: `ws://127.0.0.1:${port}` };
    const context = contextOn(nostr, stage, { channel, ...(deadline && { deadline }) });
    return nostr.publish(postOf({ options: {} }), context as Context<typeof context.channel>);
  }

  it.each([
    ["rate-limited: slow down there chief", "limited"],
    ["error: could not connect to the database", "unavailable"],
    ["blocked: you are banned from posting here", "rejected"],
    ["pow: difficulty 26 is less than 30", "rejected"],
    ["restricted: not allowed to write.", "rejected"],
    ["auth-required: who are you", "auth"],
    ["", "rejected"],
  ])("calls %j %s", async (words, code) => {
    await expect(attempt(({ id }) => [["OK", id, false, words]])).rejects.toMatchObject({ code });
    expect(new Set(stage.events)).toEqual(new Set(["sending"]));
  });

  it("is uncertain after a lost answer, and gives the same note again", async () => {
    await expect(attempt(() => undefined)).rejects.toMatchObject({ code: "uncertain" });
    server.removeAllListeners("connection");
    await attempt(({ id }) => [
      ["NOTICE", "hello"],
      ["OK", "other", true, ""],
      ["OK", id, false, "duplicate: had it"],
    ]);
    expect(given[1]?.id).toBe(given[0]?.id);
  });

  it("is uncertain after silence, with what the relay said besides", async () => {
    const silent = attempt(() => [["NOTICE", "the message is too large"]], 300);
    await expect(silent).rejects.toMatchObject({
      code: "uncertain",
      message: expect.stringContaining("the message is too large"),
    });
  });
});
