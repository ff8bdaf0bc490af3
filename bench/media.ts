/**
 * What files cost: `node scripts/run.mjs bench/media.ts`. A photograph of 24 megapixels for ten networks, against one decoding
 * and one encoding by the same library in the same run; and the memory that a film of 300 MB takes, on disk to server.
 */
import { fork } from "node:child_process";
import { randomBytes } from "node:crypto";
import { closeSync, mkdtempSync, openSync, rmSync, statSync, writeSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { FileRules, Media } from "../src/adapter.ts";
import { createHttp } from "../src/http/http.ts";
import { createWire } from "../src/http/transport.ts";
import { describeMedia } from "../src/media/file.ts";
import { fitOf } from "../src/media/fit.ts";
import { createFitStore } from "../src/media/fit-store.ts";
import { openMedia } from "../src/media/source.ts";

// Bounds as networks have them: bytes, and sides or pixels.
const RULES: readonly Omit<FileRules, "types">[] = [
  { bytes: 1_000_000 },
  { bytes: 2_000_000 },
  { bytes: 5_000_000 },
  { bytes: 16_000_000, pixels: 8_294_400 },
  { bytes: 10_000_000, sum: 10_000 },
  { bytes: 8_000_000, side: 1440 },
  { bytes: 5_000_000, side: 2048 },
  { bytes: 4_000_000 },
  { bytes: 5_000_000, side: 4096 },
  { bytes: 3_000_000, side: 1920 },
];
const FILM = 300_000_000;

const folder = process.env.BENCH_FOLDER;
if (folder === undefined) await main();
else if (process.env.BENCH_PART === "film") await film(folder);
else await photo(folder);

async function main(): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), "broadcast-media-"));
  try {
    await makePhoto(join(folder, "photo.jpg"));
    makeFilm(join(folder, "film.mp4"));
    await part("photo", folder);
    await withServer((server) => part("film", folder, server));
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Not in the process that is measured. */
async function withServer(run: (url: string) => Promise<void>): Promise<void> {
  const server = createServer((request, reply) => {
    let received = 0;
    request.on("data", (piece: Buffer) => {
      received += piece.length;
    });
    request.on("end", () => {
      reply.setHeader("content-type", "application/json");
      reply.end(JSON.stringify({ received }));
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  try {
    await run(`http://127.0.0.1:${(server.address() as AddressInfo).port}`);
  } finally {
    server.close();
  }
}

function part(name: string, folder: string, server = ""): Promise<void> {
  return new Promise((resolve, reject) => {
    const env = { ...process.env, BENCH_FOLDER: folder, BENCH_PART: name, BENCH_SERVER: server };
    fork(process.argv[1]!, { env }).once("exit", (code) =>
      code === 0 ? resolve() : reject(new Error(name)),
    );
  });
}

async function makePhoto(file: string): Promise<void> {
  const { default: sharp } = await import("sharp");
  const [width, height] = [6000, 4000];
  const grain = (sigma: number) => ({ type: "gaussian" as const, mean: 128, sigma });
  const base = { channels: 3 as const, background: "#888" };
  const hills = sharp({ create: { ...base, width: 1500, height: 1000, noise: grain(60) } });
  const fine = await sharp({ create: { ...base, width, height, noise: grain(12) } })
    .png()
    .toBuffer();
  const land = await hills.blur(6).resize(width, height).png().toBuffer();
  await sharp(land)
    .composite([{ input: fine, blend: "soft-light" }])
    .jpeg({ quality: 92 })
    .toFile(file);
}

/** A container with its index in front, and noise. */
function makeFilm(file: string): void {
  const box = (name: string, content: Buffer) => {
    const head = Buffer.alloc(8);
    head.writeUInt32BE(content.length + 8);
    head.write(name, 4, "latin1");
    return Buffer.concat([head, content]);
  };
  const head = Buffer.concat([
    box("ftyp", Buffer.from("isom\0\0\0\0isom", "latin1")),
    box("moov", box("mvhd", Buffer.alloc(100))),
  ]);
  const piece = randomBytes(1_000_000);
  const media = Buffer.alloc(8);
  media.writeUInt32BE(FILM + 8);
  media.write("mdat", 4, "latin1");
  const to = openSync(file, "w");
  writeSync(to, head);
  writeSync(to, media);
  for (let at = 0; at < FILM; at += piece.length) writeSync(to, piece);
  closeSync(to);
}

async function photo(folder: string): Promise<void> {
  const { default: sharp } = await import("sharp");
  const described = await describeMedia(folder, "photo.jpg");
  if ("severity" in described) throw new Error(described.message);
  const media = RULES.map((rules): Media => {
    const fit = fitOf(described, { types: ["image/jpeg", "image/png"], ...rules });
    return { ...described, alt: "", ...(fit && { fit }) };
  });
  await sharp(join(folder, "photo.jpg")).resize(64).toBuffer();
  const began = performance.now();
  await sharp(join(folder, "photo.jpg")).jpeg({ quality: 90, optimiseCoding: false }).toBuffer();
  const once = performance.now() - began;
  const start = performance.now();
  await createFitStore(folder, join(folder, "cache")).make(media);
  const all = performance.now() - start;
  say(
    "24 MP for ten networks",
    all <= 2000,
    `${Math.round(all)} ms (2000)`,
    `${(all / once).toFixed(1)} x one`,
  );
}

async function film(folder: string): Promise<void> {
  // Not the system's own highest: a new process begins with its parent's.
  let most = 0;
  const look = () => {
    most = Math.max(most, process.memoryUsage.rss());
  };
  const watch = setInterval(look, 10);
  const described = await describeMedia(folder, "film.mp4");
  if ("severity" in described) throw new Error(described.message);
  const source = await openMedia(folder, { ...described, alt: "" });
  const wire = createWire();
  const http = createHttp({
    transport: wire.transport,
    userAgent: "broadcast-bench",
    secrets: [],
    endpoint: { base: process.env.BENCH_SERVER! },
    signal: new AbortController().signal,
    now: Date.now,
  });
  const { body } = await http({ method: "POST", path: "/", bytes: source, type: "video/mp4", safe: true });
  await wire.close();
  const { received } = body as { received: number };
  if (received !== statSync(join(folder, "film.mp4")).size) throw new Error(`${received} bytes arrived`);
  look();
  clearInterval(watch);
  const resident = Math.round(most / 1e6);
  say("300 MB film, read and sent", resident < 150, `${resident} MB resident (150)`);
}

function say(what: string, isGood: boolean, ...facts: string[]): void {
  console.log(`${isGood ? "pass" : "FAIL"}  ${what}: ${facts.join(", ")}`);
  if (!isGood) process.exitCode = 1;
}
