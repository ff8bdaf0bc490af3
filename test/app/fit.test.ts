// biome-ignore-all lint/suspicious/noTemplateCurlyInString: ${NAME} is what broadcast.yml holds
/** Pictures that are made to fit: in the plan, in what is approved, on the network, and at every attempt the same. */
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import sharp from "sharp";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { dryRunOf } from "../../src/app/dry-run.ts";
import { ledgerDoor } from "../../src/app/ledger.ts";
import { planCampaign } from "../../src/app/plan.ts";
import { openProject, type Project } from "../../src/app/project.ts";
import { openRehearsal } from "../../src/app/sandbox.ts";
import { send } from "../../src/app/send.ts";
import { approvedOf } from "../../src/approval/approval.ts";
import { changesBetween } from "../../src/approval/changes.ts";
import { ALL_PARTS } from "../../src/ledger/ledger.ts";
import * as encoder from "../../src/media/encode.ts";
import { digest } from "../../src/plan/digest.ts";
import { planMarkdown } from "../../src/report/markdown.ts";
import { planCards } from "../../src/report/plan.ts";
import { createPaint } from "../../src/report/style.ts";
import { networks } from "../../src/sandbox/networks/index.ts";
import { type Sandbox, startSandbox } from "../../src/sandbox/server.ts";

// More bytes than Bluesky takes; none of the others minds.
const noise = { type: "gaussian" as const, mean: 128, sigma: 40 };
const picture = await sharp({ create: { width: 1400, height: 1000, channels: 3, background: "#888", noise } })
  .png()
  .toBuffer();
const frames = await Promise.all(
  ["#f00", "#0f0"].map((background) =>
    sharp({ create: { width: 30, height: 20, channels: 3, background } })
      .png()
      .toBuffer(),
  ),
);
const moving = await sharp(frames, { join: { animated: true } })
  .gif()
  .toBuffer();

let folder: string;
let sandbox: Sandbox;
let project: Project;
beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), "broadcast-fit-"));
  const config = `channels:
  sky: { network: bluesky, identifier: a.example, password: "\${T}" }
  chat: { network: telegram, token: "\${U}", chat: "@acme" }
  talk: { network: discord, webhook: "\${W}" }
`;
  writeFileSync(join(folder, "broadcast.yml"), config);
  writeFileSync(join(folder, "hero.png"), picture);
  writeFileSync(
    join(folder, "wide.png"),
    await sharp(picture).resize(900, 40, { fit: "fill" }).png().toBuffer(),
  );
  writeFileSync(join(folder, "moving.gif"), moving);
  sandbox = await startSandbox({ networks, folder: join(folder, "stage") });
  const rehearsal = await openRehearsal({ url: sandbox.url, folder: join(folder, ".broadcast/sandbox") });
  project = await openProject({ cwd: folder, env: {}, override: rehearsal.override });
});
afterEach(async () => {
  await sandbox.close();
  rmSync(folder, { recursive: true, force: true });
});

const media = "media: [{ file: hero.png, alt: Noise }]";
function campaign(more: string, channels = "sky"): string {
  const file = join(folder, "c.yml");
  writeFileSync(file, `kind: update\ntitle: Ours\nbody: It is here.\nchannels: [${channels}]\n${more}\n`);
  return file;
}
const planned = async (more: string, channels?: string) =>
  (await planCampaign(campaign(more, channels), project, { withoutCredentials: true })).plan;
const store = () => join(folder, ".broadcast/cache/media");
const files = () => readdirSync(store()).filter((name) => !name.includes("."));
const shown = async () =>
  (await sandbox.posts()).map(({ network, media }) => [network, media.map(({ type }) => type)]);

describe("a picture that a network would refuse", () => {
  it("is planned as what it becomes, for that network alone", async () => {
    const plan = await planned(media, "sky, chat");
    const [sky, chat] = plan.deliveries.map(({ posts }) => posts[0]!);
    expect(plan.problems).toEqual([]);
    expect(sky!.post.media[0]).toMatchObject({
      type: "image/png",
      bytes: picture.length,
      fit: { type: "image/jpeg", width: 1400, height: 1000 },
    });
    expect(chat!.post.media[0]).not.toHaveProperty("fit");
    const made = sky!.fitted!["hero.png"]!;
    expect(made.bytes).toBeLessThanOrEqual(sky!.post.media[0]!.fit!.bytes);
    const text = planCards({ plan, adapters: project.adapters, now: Date.now() }, {
      paint: createPaint(false),
      width: 80,
      wraps: true,
      screen: false,
    } as never);
    expect(text).toMatch(
      /image {2}hero\.png · 1400×1000 · png · [\d.]+ MB\n +→ 1400×1000 · jpeg · [\d.]+ [kM]B\n/,
    );
    const markdown = planMarkdown({ plan, adapters: project.adapters, needs: [], approve: "approve" });
    expect(markdown).toMatch(/`hero\.png`\S* · 1400×1000 · png · [\d.]+ MB → 1400×1000 · jpeg · /);
  });

  it("goes out as it was planned, and to the others as it is", async () => {
    await send(campaign(media, "sky, chat"), project);
    expect(await shown()).toEqual(
      expect.arrayContaining([
        ["bluesky", ["image/jpeg"]],
        ["telegram", ["image/png"]],
      ]),
    );
    const sent = (await sandbox.posts()).find(({ network }) => network === "bluesky")!.media[0]!.bytes;
    expect(Buffer.compare(Buffer.from(sent), readFileSync(join(store(), files()[0]!)))).toBe(0);
  });

  it("is an error where the campaign or the project forbids it", async () => {
    const codes = async (more: string) => (await planned(more)).problems.map(({ code }) => code);
    expect(await codes(`${media}\nfit_media: false`)).toEqual(["media-bytes"]);
    expect(await codes(`${media}\nonly: { sky: { fit_media: false } }`)).toEqual(["media-bytes"]);
    project = { ...project, config: { ...project.config, fitMedia: false } };
    expect(await codes(media)).toEqual(["media-bytes"]);
    expect(await codes(`${media}\nfit_media: true`)).toEqual([]);
  });

  it("is shown in a dry run as what would leave", async () => {
    const { channels } = await dryRunOf(campaign(media), project);
    const upload = channels[0]!.requests.find(({ url }) => url.includes("uploadBlob"))!;
    expect(upload.headers["content-type"]).toBe("image/jpeg");
    expect(channels[0]!.error).toBeUndefined();
  });

  it("moves no more where it is shown as a still picture, and that is said", async () => {
    const { problems } = await planned("media: [{ file: moving.gif, alt: Two colours }]");
    expect(problems.map(({ code }) => code)).toEqual(["media-still"]);
  });

  it("that cannot be decoded is one problem, at its line", async () => {
    const half = Buffer.concat([picture.subarray(0, 41), Buffer.alloc(2_000_000)]);
    writeFileSync(join(folder, "hero.png"), await spoilt(half));
    const { problems } = await planned(media);
    expect(problems.map(({ code, place }) => `${code} ${place?.line}`)).toEqual(["media-unreadable 5"]);
  });
});

it("is looked at before it goes anywhere, also where nobody would change it", async () => {
  const half = await spoilt(Buffer.concat([picture.subarray(0, 41), Buffer.alloc(2_000)]));
  writeFileSync(join(folder, "hero.png"), half);
  const { problems } = await planned(media, "chat, sky");
  expect(problems).toMatchObject([
    { code: "media-unreadable", message: "the pixels of `hero.png` cannot be decoded", place: { line: 5 } },
  ]);
  // Remembered by its digest: the library is not asked again.
  const ask = vi.spyOn(encoder, "isDecodable");
  await planned(media, "chat, sky");
  expect(ask).not.toHaveBeenCalled();
  ask.mockRestore();
});

describe("a shape that a network does not take", () => {
  const wide = (more: string) => `media: [{ file: wide.png, alt: A strip${more} }]`;

  it("is an error that says what can be done", async () => {
    const { problems } = await planned(wide(""), "chat");
    expect(problems).toMatchObject([
      { code: "media-size", remedy: expect.stringContaining("`focus: center`") },
    ]);
  });

  it("is cropped or gets bars where the author says so", async () => {
    const cropped = await planned(wide(", focus: left"), "chat");
    expect(cropped.problems).toEqual([]);
    expect(cropped.deliveries[0]!.posts[0]!.post.media[0]!.fit).toMatchObject({
      crop: { left: 0, top: 0, width: 800, height: 40 },
    });
    const barred = await planned(wide(", letterbox: white"), "chat");
    expect(barred.deliveries[0]!.posts[0]!.fitted!["wide.png"]).toMatchObject({ width: 900, height: 45 });
  });

  it("is refused for a place that is none", async () => {
    await expect(planned(wide(", focus: somewhere"))).rejects.toMatchObject({
      problems: [{ code: "wrong-value", message: expect.stringContaining("`50% 20%`") }],
    });
  });
});

describe("files that are too large together", () => {
  it("share what the post has, by what they may become; films that leave nothing are told as they are", async () => {
    const four = Array(4).fill("{ file: hero.png, alt: A }").join(", ");
    const plan = await planned(`media: [${four}]`, "talk");
    expect(plan.problems).toEqual([]);
    const { post } = plan.deliveries[0]!.posts[0]!;
    const rules = project.adapters.get("discord")!.media as { total: number };
    expect(post.media.reduce((sum, { fit, bytes }) => sum + (fit?.bytes ?? bytes), 0)).toBeLessThanOrEqual(
      rules.total,
    );
    const film = readFileSync(join(import.meta.dirname, "../media/videos/h264.mp4"));
    const free = Buffer.alloc(9_300_000);
    free.writeUInt32BE(free.length);
    free.write("free", 4, "latin1");
    for (const name of ["a", "b", "c"])
      writeFileSync(join(folder, `${name}.mp4`), Buffer.concat([film, free]));
    const films = ["a", "b", "c"].map((name) => `{ file: ${name}.mp4, alt: A }`).join(", ");
    const { problems } = await planned(`media: [${films}, { file: wide.png, alt: B }]`, "talk");
    expect(problems.map(({ code }) => code)).toEqual(["media-bytes"]);
    expect(problems[0]!.message).not.toMatch(/-\d/);
  });
});

describe("an alt text where a network has no field for it", () => {
  it("is said to have no place, or ends the text where the author wants that", async () => {
    const silent = await planned(
      "media: [{ file: wide.png, alt: 'A *strip* of #noise', letterbox: white }]",
      "chat, sky",
    );
    const lost = (plan: typeof silent) =>
      plan.deliveries.map(({ lost }) => lost.some((one) => one.includes("alt texts")));
    expect(lost(silent)).toEqual([true, false]);
    const said = await planned(
      "alt_in_text: true\nmedia: [{ file: wide.png, alt: 'A *strip* of #noise', letterbox: white }]",
      "chat, sky",
    );
    expect(lost(said)).toEqual([false, false]);
    const [chat, sky] = said.deliveries.map(({ posts }) => posts[0]!.post.text);
    expect(chat).toMatch(/It is here\.\n\nALT: A \*strip\* of #.?noise$/u);
    expect(sky).not.toContain("ALT");
  });
});

describe("what a picture carries along that nobody sees", () => {
  it("is told once, and not for the networks that get another file", async () => {
    const place = { IFD3: { GPSLatitudeRef: "N", GPSLatitude: "52/1 30/1 0/1" } };
    const located = await sharp(picture).resize(300).withExif(place).jpeg().toBuffer();
    writeFileSync(join(folder, "hero.png"), Buffer.concat([located, Buffer.from("PK and more")]));
    const codes = (plan: Awaited<ReturnType<typeof planned>>) => plan.problems.map(({ code }) => code);
    expect(codes(await planned(media, "sky, chat"))).toEqual(["media-location", "media-rest"]);
    writeFileSync(join(folder, "hero.png"), await sharp(picture).withExif(place).png().toBuffer());
    expect(codes(await planned(media, "sky"))).toEqual([]);
    expect(codes(await planned(media, "sky, chat"))).toEqual(["media-location"]);
  });
});

describe("an approval", () => {
  it("holds on a machine whose library makes other bytes", async () => {
    const here = await planned(media);
    const { encodeAll } = encoder;
    const other = vi.spyOn(encoder, "encodeAll").mockImplementation(async (source, fits) => {
      const made = await encodeAll(source, fits);
      return made.map((one) => ({ ...one, bytes: Buffer.concat([one.bytes, Buffer.from([0])]) }));
    });
    rmSync(store(), { recursive: true });
    const there = await planned(media);
    expect(there.deliveries[0]!.posts[0]!.fitted).not.toEqual(here.deliveries[0]!.posts[0]!.fitted);
    expect(there.digest).toBe(here.digest);
    expect(there.deliveries[0]!.digest).toBe(here.deliveries[0]!.digest);
    // The plan that was approved here is sent there.
    expect((await send(here, project)).code).toBe(0);
    other.mockRestore();
  });

  it("says what has changed if a picture would be made to fit otherwise", async () => {
    const before = approvedOf(await planned(media));
    const after = approvedOf(await planned(`${media}\nfit_media: false`));
    expect(changesBetween(before, after)[0]!.what).toEqual(["how hero.png is made to fit"]);
  });
});

it("is remembered with the first attempt, so that every further one sends the same file", async () => {
  const plan = await planned(media);
  const [name] = files();
  await send(plan, project);
  const door = ledgerDoor(project);
  const ledger = await door.open();
  const [row] = await ledger.outlines({ states: ["published"] });
  const history = await ledger.history(row!.id);
  const { sha256, fit } = history!.posts[0]!.media[0]!;
  const step = await ledger.step(history!, ALL_PARTS, `fit-${digest([sha256, fit]).slice(0, 24)}`);
  expect((step!.result as { sha256: string }).sha256).toBe(name);
  await door.close();
});

/** With a checksum that holds again. */
async function spoilt(bytes: Buffer): Promise<Buffer> {
  const { crc32 } = await import("node:zlib");
  const body = Buffer.concat([Buffer.from("IDAT"), bytes.subarray(41)]);
  const [length, sum] = [Buffer.alloc(4), Buffer.alloc(4)];
  length.writeUInt32BE(body.length - 4);
  sum.writeUInt32BE(crc32(body));
  const end = Buffer.from("0000000049454e44ae426082", "hex");
  return Buffer.concat([picture.subarray(0, 33), length, body, sum, end]);
}
