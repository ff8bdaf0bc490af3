import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { brotliCompressSync, gzipSync } from "node:zlib";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { NetworkError } from "../../src/errors.ts";
import { createHttp, type Source } from "../../src/http/http.ts";
import { createWire, type Wire } from "../../src/http/transport.ts";

describe("the wire", () => {
  let wire: Wire;
  let port: number;
  const elsewhere: string[] = [];
  const uploads: string[] = [];
  const server = createServer((request, response) => {
    const json = Buffer.from('{"id":"7"}');
    response.setHeader("content-type", "application/json");
    if (request.url === "/gzip") return response.setHeader("content-encoding", "gzip").end(gzipSync(json));
    if (request.url === "/br")
      return response.setHeader("content-encoding", "br").end(brotliCompressSync(json));
    if (request.url === "/huge") return response.end(Buffer.alloc(9_000_000, 32));
    if (request.url === "/away") return response.writeHead(307, { location: "/elsewhere" }).end();
    if (request.url === "/elsewhere") elsewhere.push(String(request.headers.authorization));
    if (request.url === "/never") return;
    if (request.url === "/reset") return request.socket.destroy();
    if (request.url === "/upload") {
      let bytes = 0;
      request.on("data", (piece) => {
        bytes += piece.length;
      });
      request.on("end", () => {
        uploads.push(`${request.headers["content-length"]} ${bytes}`);
        response.end(json);
      });
      request.on("error", () => uploads.push("cut off"));
      return;
    }
    response.end(json);
  });
  const http = () => createHttp({ transport: wire.transport, userAgent: "test/1", secrets: [] });
  const at = (path: string) => `http://127.0.0.1:${port}${path}`;

  beforeAll(async () => {
    wire = createWire();
    await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
    port = (server.address() as AddressInfo).port;
  });
  afterAll(async () => {
    await wire.close();
    server.close();
  });

  it.each(["/gzip", "/br", "/plain"])("reads %s", async (path) => {
    expect((await http()({ url: at(path) })).body).toEqual({ id: "7" });
  });

  it("breaks off all requests of a signal, and none that is done", async () => {
    const controller = new AbortController();
    const ask = (path: string) =>
      wire.transport({ method: "GET", url: at(path), headers: {} }, controller.signal);
    expect((await ask("/plain")).status).toBe(200);
    const asked = Promise.allSettled([ask("/never"), ask("/never"), ask("/never")]);
    setTimeout(() => controller.abort(new Error("enough")), 20);
    const reasons = (await asked).map((each) => each.status === "rejected" && each.reason.message);
    expect(reasons).toEqual(["enough", "enough", "enough"]);
    await expect(ask("/plain")).rejects.toThrow("enough");
  });

  it("follows no redirect, so that no credential goes along", async () => {
    const asked = http()({
      method: "POST",
      url: at("/away"),
      json: {},
      headers: { authorization: "Bearer x" },
    });
    await expect(asked).rejects.toMatchObject({ code: "rejected" });
    expect(elsewhere).toEqual([]);
  });

  it("streams a file with its length, and a file that breaks off never arrives whole", async () => {
    const size = 3_000_000;
    const source = (breaks: boolean): Source => ({
      size,
      sha256: "",
      async *open() {
        for (let at = 0; at < 30; at++) {
          if (breaks && at === 29) throw new NetworkError("rejected", "it was changed meanwhile");
          yield Buffer.alloc(100_000, 7);
        }
      },
    });
    await http()({ method: "POST", url: at("/upload"), bytes: source(false) });
    expect(uploads).toEqual([`${size} ${size}`]);
    const broken = http()({ method: "POST", url: at("/upload"), bytes: source(true) });
    await expect(broken).rejects.toMatchObject({ code: "rejected", message: "it was changed meanwhile" });
    await vi.waitFor(() => expect(uploads).toHaveLength(2));
    expect(uploads[1]).toBe("cut off");
  });

  describe("of a rehearsal", () => {
    const rehearsed = async (url: string) => {
      const guarded = createWire({ only: `http://127.0.0.1:${port}/mastodon` });
      try {
        return await createHttp({ transport: guarded.transport, userAgent: "test/1", secrets: [] })({ url });
      } finally {
        await guarded.close();
      }
    };

    it("reaches the sandbox", async () => {
      expect((await rehearsed(at("/plain"))).body).toEqual({ id: "7" });
    });

    it("opens no socket to any other place: another host, another port, the real network", async () => {
      let connections = 0;
      const other = createServer((_request, response) => response.end("{}"));
      other.on("connection", () => connections++);
      await new Promise<void>((done) => other.listen(0, "127.0.0.1", done));
      const { port: next } = other.address() as AddressInfo;
      const places = [
        `http://127.0.0.1:${next}/`,
        `http://localhost:${port}/plain`,
        "https://mastodon.social/api",
      ];
      for (const url of places)
        await expect(rehearsed(url)).rejects.toMatchObject({ code: "rejected", message: /only the sandbox/ });
      const { dial } = createWire({ only: at("") });
      const never = new AbortController().signal;
      await expect(dial(new URL(`tcp://127.0.0.1:${next}`), never)).rejects.toMatchObject({
        code: "rejected",
      });
      await expect(dial(new URL("wss://relay.example"), never)).rejects.toMatchObject({ code: "rejected" });
      expect(connections).toBe(0);
      other.close();
    });

    it("follows no redirect out of the sandbox", async () => {
      const before = elsewhere.length;
      await expect(rehearsed(at("/away"))).rejects.toMatchObject({ code: "rejected" });
      expect(elsewhere).toHaveLength(before);
    });
  });

  it("stops reading an answer that does not end, and does not know then", async () => {
    await expect(http()({ method: "POST", url: at("/huge"), json: {} })).rejects.toMatchObject({
      code: "uncertain",
    });
  });

  it("knows a closed port from a closed connection", async () => {
    await expect(http()({ method: "POST", url: at("/reset"), json: {} })).rejects.toMatchObject({
      code: "uncertain",
    });
    const closed = http()({ method: "POST", url: "http://127.0.0.1:1/", json: {} });
    await expect(closed).rejects.toMatchObject({ code: "unavailable" });
  });
});
