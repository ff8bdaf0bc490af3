import { mkdtempSync, readdirSync, readFileSync, utimesSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { ntfy } from "../../src/adapters/ntfy.ts";
import { sourceOf } from "../../src/http/http.ts";
import { bucketHost, folderHost } from "../../src/media/host.ts";
import { signed } from "../../src/media/s3.ts";
import { contextOn } from "../../src/testing/server.ts";
import { newMemory, openStage } from "../../src/testing.ts";

const KEYS = {
  region: "us-east-1",
  accessKey: "AKIAIOSFODNN7EXAMPLE",
  secretKey: "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY",
};
const media = { sha256: "ab".repeat(32), type: "image/png" };

describe("a signature for storage", () => {
  const at = new Date("2013-05-24T00:00:00Z");
  const signatureOf = (headers: Record<string, string>) =>
    /Signature=(\w+)$/.exec(headers.authorization!)?.[1];

  // The examples of Amazon's own page.
  it("is the one of the documents", () => {
    const put = {
      method: "PUT",
      url: "https://examplebucket.s3.amazonaws.com/test%24file.text",
      headers: { date: "Fri, 24 May 2013 00:00:00 GMT", "x-amz-storage-class": "REDUCED_REDUNDANCY" },
      sha256: "44ce7dd67c959e0d3524ffac1771dfbba87d2b6b4b4e99e42034a8b803f8b072",
    };
    expect(signatureOf(signed(put, KEYS, at))).toBe(
      "98ad721746da40c64f1a55b78f14c238d841ea1380cd77a1b5971af0ece108bd",
    );
    const get = {
      method: "GET",
      url: "https://examplebucket.s3.amazonaws.com/test.txt",
      headers: { range: "bytes=0-9" },
      sha256: "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
    };
    expect(signatureOf(signed(get, KEYS, at))).toBe(
      "f0e8bdb87c964420e857bd35b5d6ed310bd44f0170aba48dd91039c6036bdb41",
    );
  });
});

describe("a media host", () => {
  it("calls the same file by a name that nobody can guess", () => {
    const host = folderHost({ folder: "/nowhere", url: "https://m.example", keep: "7d" });
    const [one, two] = [host.name(media), host.name(media)];
    expect(one).toMatch(/^abababababababab-[0-9a-f]{16}\.png$/);
    expect(one).not.toBe(two);
    expect(host.address(one)).toBe(`https://m.example/${one}`);
  });

  it("writes into its folder, and takes away what has been there too long", async () => {
    const folder = mkdtempSync(join(tmpdir(), "media-host-"));
    const host = folderHost({ folder, url: "https://m.example", keep: "1d" });
    const [old, fresh] = [host.name(media), host.name(media)];
    const http = () => Promise.reject(new Error("not asked"));
    await host.put(old, media.type, sourceOf(Buffer.from("old")), http);
    utimesSync(join(folder, old), 1, 1);
    await host.put(fresh, media.type, sourceOf(Buffer.from("new")), http);
    expect(readdirSync(folder)).toEqual([fresh]);
    expect(readFileSync(join(folder, fresh), "utf8")).toBe("new");
  });

  it("signs what it puts into a bucket", async () => {
    const stage = await openStage(() => ({ status: 200 }));
    const context = contextOn(ntfy, stage, { channel: { server: stage.url, topic: "t", token: "tk_1" } });
    const host = bucketHost({ bucket: "acme", endpoint: stage.url, url: "https://m.example", ...KEYS });
    await host.put("a.png", "image/png", sourceOf(Buffer.from("bytes")), context.http);
    const [put] = stage.requests;
    expect([put!.method, put!.path, put!.headers["content-type"]]).toEqual([
      "PUT",
      "/acme/a.png",
      "image/png",
    ]);
    expect(put!.headers.authorization).toMatch(/^AWS4-HMAC-SHA256 Credential=AKIA/);
    expect(JSON.stringify(put!.headers)).not.toContain("EXAMPLEKEY");
    expect(stage.events).not.toContain("sending");
    await context.close();
    await stage.close();
  });
});

describe("a hosted file", () => {
  const file = { file: "a.png", bytes: 3, alt: "A", ...media };
  const setting = (url: string, memory = newMemory()) => ({
    channel: { server: url, topic: "t", token: "tk_1" },
    memory,
    read: () => Buffer.from("abc"),
  });

  it("is put once, and used only when everybody can fetch it", async () => {
    let asked = 0;
    const stage = await openStage(({ method }) =>
      method === "PUT" || ++asked > 2 ? { status: 200, body: "abc" } : { status: 404 },
    );
    const memory = newMemory();
    const context = contextOn(ntfy, stage, setting(stage.url, memory));
    const address = `${stage.url}/media-host/a.png`;
    expect(await context.hosted(file)).toBe(address);
    expect(stage.events.map((event) => event.split(" ")[0])).toEqual(["PUT", "GET", "GET", "GET"]);
    expect(await contextOn(ntfy, stage, setting(stage.url, memory)).hosted(file)).toBe(address);
    expect(stage.requests).toHaveLength(4);
    await context.close();
    await stage.close();
  });

  it("goes to the same place again when nobody knows whether it arrived", async () => {
    const stage = await openStage(({ method }) =>
      method === "PUT" ? "reset" : { status: 200, body: "abc" },
    );
    const memory = newMemory();
    const context = contextOn(ntfy, stage, setting(stage.url, memory));
    await expect(context.hosted(file)).rejects.toMatchObject({ code: "unavailable" });
    stage.answer = () => ({ status: 200, body: "abc" });
    await context.hosted(file);
    const puts = stage.requests.filter(({ method }) => method === "PUT").map(({ path }) => path);
    expect(new Set(puts).size).toBe(1);
    await context.close();
    await stage.close();
  });
});
