/** Where workers find the files of posts: in a folder, or in a bucket that signs and checks. */
import { createHash } from "node:crypto";
import { existsSync, mkdtempSync, readFileSync } from "node:fs";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { sourceOf } from "../../src/http/http.ts";
import { signed } from "../../src/media/s3.ts";
import { mediaStore } from "../../src/media/store.ts";

const KEYS = { region: "auto", accessKey: "ID", secretKey: "a-secret-key" };
const bytes = Buffer.from("a picture".repeat(30_000));
const media = { sha256: createHash("sha256").update(bytes).digest("hex") };
const folder = () => mkdtempSync(join(tmpdir(), "broadcast-store-"));

it("is a folder with files under their digests", async () => {
  const shared = folder();
  const store = mediaStore({ kind: "folder", folder: shared }, "/nowhere");
  expect([await store.has(media), await store.fetch(media)]).toEqual([false, undefined]);
  await store.put(media, sourceOf(bytes));
  expect([await store.has(media), await store.fetch(media)]).toEqual([true, shared]);
  expect(readFileSync(join(shared, media.sha256)).equals(bytes)).toBe(true);
});

describe("a bucket", () => {
  const objects = new Map<string, Buffer>();
  let server: Server;
  let endpoint: string;
  let asked: string[];
  let broken: number | undefined;

  // As storage does it: what was signed is computed again, and the body must have the digest that was signed.
  beforeEach(async () => {
    objects.clear();
    asked = [];
    broken = undefined;
    server = createServer((request, response) => {
      const pieces: Buffer[] = [];
      request.on("data", (piece: Buffer) => pieces.push(piece));
      request.on("end", () => {
        const body = Buffer.concat(pieces);
        const { method = "", url = "", headers } = request;
        asked.push(`${method} ${url.slice(0, 12)}`);
        const said = String(headers["x-amz-content-sha256"]);
        const time = String(headers["x-amz-date"]).replace(
          /^(....)(..)(..)T(..)(..)(..)Z$/,
          "$1-$2-$3T$4:$5:$6Z",
        );
        const wanted = signed(
          { method, url: `${endpoint}${url}`, headers: {}, sha256: said },
          KEYS,
          new Date(time),
        );
        const isRight =
          wanted.authorization === headers.authorization &&
          createHash("sha256").update(body).digest("hex") === said;
        if (broken !== undefined || !isRight) return response.writeHead(broken ?? 403).end();
        if (method === "PUT") {
          objects.set(url, body);
          return response.writeHead(200).end();
        }
        const found = objects.get(url);
        return response.writeHead(found ? 200 : 404).end(method === "HEAD" ? undefined : found);
      });
    });
    await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
    endpoint = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  });
  afterEach(async () => {
    server.closeAllConnections();
    await new Promise((done) => server.close(done));
  });
  const store = (kept = folder(), keys = KEYS) =>
    mediaStore({ kind: "bucket", bucket: "acme", endpoint, ...keys }, kept);

  it("gives back what was put there, and fetches it once", async () => {
    const kept = folder();
    const [here, there] = [store(), store(kept)];
    expect([await here.has(media), await there.fetch(media)]).toEqual([false, undefined]);
    await here.put(media, sourceOf(bytes));
    expect(await here.has(media)).toBe(true);
    expect([await there.fetch(media), await there.fetch(media)]).toEqual([kept, kept]);
    expect(readFileSync(join(kept, media.sha256)).equals(bytes)).toBe(true);
    expect(asked.filter((one) => one.startsWith("GET"))).toHaveLength(2);
  });

  it("says what is wrong, and never its keys", async () => {
    await expect(store(folder(), { ...KEYS, secretKey: "wrong-key" }).has(media)).rejects.toMatchObject({
      code: "auth",
      message: "the storage of `media_store` answers 403",
    });
    broken = 503;
    const kept = folder();
    await expect(store(kept).fetch(media)).rejects.toMatchObject({ code: "unavailable", status: 503 });
    await expect(store().put(media, sourceOf(bytes))).rejects.toMatchObject({ status: 503 });
    expect(existsSync(join(kept, media.sha256))).toBe(false);
    server.closeAllConnections();
    await new Promise((done) => server.close(done));
    await expect(store().has(media)).rejects.toMatchObject({ code: "unavailable" });
  });
});
