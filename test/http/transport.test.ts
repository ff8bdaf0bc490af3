import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { brotliCompressSync, gzipSync } from "node:zlib";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createHttp } from "../../src/http/http.ts";
import { createWire, type Wire } from "../../src/http/transport.ts";

describe("the wire", () => {
  let wire: Wire;
  let port: number;
  const elsewhere: string[] = [];
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
