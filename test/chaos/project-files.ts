/** A project with one campaign for one channel, its words and files marked so that they can be told apart. */
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import sharp from "sharp";
import type { Subject } from "./subjects.ts";

const PNG = readFileSync(resolve("campaigns/images/ticks.png"));
const JPEG = await sharp(PNG).resize(640, 480).jpeg().toBuffer();
const MP4 = readFileSync(resolve("test/media/videos/h264.mp4"));

/** A file of the subject's kind. What follows its end is nobody's business: here it says whose it is. */
function fileOf({ jpeg, video }: Subject, words: string): Buffer {
  if (!video) return Buffer.concat([jpeg ? JPEG : PNG, Buffer.from(words)]);
  const box = Buffer.from(`\0\0\0\0free${words}`);
  box.writeUInt32BE(box.length);
  return Buffer.concat([MP4, box]);
}

/** A program that a channel names is allowed as well. */
function allowedIn({ settings }: Subject): string[] {
  return settings.flatMap((line) => {
    const [, file] = /^program: (.+)$/.exec(line) ?? [];
    return file === undefined ? [] : [`programs: [${file}]`];
  });
}

export function writeFiles(folder: string, subject: Subject, mark: string): void {
  const parts = Array.from({ length: subject.parts }, (_, n) => `Part ${n + 1} of ${mark}.`);
  const end = subject.video ? "mp4" : subject.jpeg ? "jpg" : "png";
  const pictures = Array.from({ length: subject.pictures }, (_, n) => `${n + 1}`);
  const settings = subject.settings.map((line) => `    ${line}`);
  // Due a minute ago: `run` sends only what has a time.
  const due = subject.by === "run" ? [`at: ${new Date(Date.now() - 60_000).toISOString()}`] : [];
  writeFileSync(
    join(folder, "broadcast.yml"),
    [
      ...allowedIn(subject),
      "channels:",
      `  ${mark}:`,
      `    network: ${subject.network}`,
      ...settings,
      "",
    ].join("\n"),
  );
  writeFileSync(
    join(folder, "c.yml"),
    [
      "kind: update",
      "title: Title",
      ...due,
      ...(pictures.length > 0 ? ["media:"] : []),
      ...pictures.flatMap((n) => [`  - file: ${n}.${end}`, "    alt: A picture"]),
      `channels: [${mark}]`,
      ...optionsOf(subject),
      ...replyOf(subject, parts),
      "body: |",
      ...(subject.answers ? parts.slice(0, 1) : parts)
        .join("\n\n---\n\n")
        .split("\n")
        .map((line) => `  ${line}`),
      "",
    ].join("\n"),
  );
  mkdirSync(join(folder, "templates/update"), { recursive: true });
  for (const shape of ["default", "short", "chat", "article"])
    writeFileSync(join(folder, `templates/update/${shape}.md`), "{{ body }}\n");
  for (const n of pictures)
    writeFileSync(join(folder, `${n}.${end}`), fileOf(subject, `image ${n} of ${mark}`));
}

export function replyOf({ answers }: Subject, [, reply]: readonly string[]): string[] {
  return answers && reply !== undefined ? [`first_reply: ${JSON.stringify(reply)}`] : [];
}

/** JSON is YAML. */
export function optionsOf({ network, options }: Subject): string[] {
  return options ? [`options: ${JSON.stringify({ [network]: options })}`] : [];
}
