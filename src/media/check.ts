/** Whether a post's media are what the network takes. Pure: the files have been described already. */
import type { FileRules, Media, MediaRules } from "../adapter.ts";
import type { Problem, ProblemCode } from "../errors.ts";
import { lengthOf } from "../text/measure.ts";
import { expected } from "./fit.ts";

export type Kind = "image" | "video" | "audio" | "document";

/** A problem of one file, or of all together when `index` is absent. */
export type MediaProblem = Problem & { index?: number };

/** What the plan knows of a file beyond what it sends. */
type Known = Media & { animated?: boolean; seconds?: number; codec?: string };

/** `network` is the name people know. What is declared and cannot be known (a size that no library reads) is not checked. */
export function checkMedia(
  media: readonly Known[],
  rules: MediaRules | "none",
  network: string,
): MediaProblem[] {
  if (media.length === 0) return rules === "none" ? [] : tooFew(rules, network);
  if (rules === "none") {
    return [
      {
        severity: "warning",
        code: "media-left-out",
        message: `${network} takes no media: the post goes out without`,
        remedy: "Say so with `media: []` under `only:` to silence this.",
      },
    ];
  }
  return [
    ...together(media.map(expected), rules, network),
    ...media.flatMap((item, index) => one(item, index, rules, network)),
  ];
}

function tooFew({ least = 0 }: MediaRules, network: string): MediaProblem[] {
  if (least === 0) return [];
  const remedy = "Add one under `media`, or leave the channel out with `skip: true` under `only:`.";
  return [error("media-count", `${network} takes no post without a file here`, remedy)];
}

function together(media: readonly Media[], rules: MediaRules, network: string): MediaProblem[] {
  const problems: MediaProblem[] = [];
  if (media.length > rules.count) {
    problems.push(
      error(
        "media-count",
        `${network} takes ${rules.count} ${rules.count === 1 ? "file" : "files"} in a post, not ${media.length}`,
        "Choose the best under `only:`.",
      ),
    );
  }
  problems.push(...tooManyOfAKind(media, rules, network));
  const bytes = media.reduce((sum, item) => sum + item.bytes, 0);
  if (rules.total !== undefined && bytes > rules.total) {
    problems.push(
      error(
        "media-bytes",
        `the ${media.length} files have ${size(bytes)} together; ${network} takes ${size(rules.total)} in a post`,
        "Save them smaller, or choose some of them under `only:`.",
      ),
    );
  }
  const kinds = new Set(media.map(kindOf));
  if (kinds.size > 1 && !rules.mixed) {
    problems.push(
      error(
        "media-mixed",
        `${network} does not take ${[...kinds].map((kind) => `${kind}s`).join(" and ")} in one post`,
        "Choose one kind under `only:`.",
      ),
    );
  }
  return problems;
}

// Where kinds may not be mixed, and where they may.
function tooManyOfAKind(media: readonly Media[], rules: MediaRules, network: string): MediaProblem[] {
  return KINDS.flatMap((kind) => {
    const most = rules[kind]?.count;
    const count = media.filter((item) => kindOf(item) === kind).length;
    if (most === undefined || count <= most || count > rules.count) return [];
    return error(
      "media-count",
      `${network} takes ${most} ${kind}${most === 1 ? "" : "s"} in a post, not ${count}`,
      "Choose the best under `only:`.",
    );
  });
}

function one(planned: Known, index: number, rules: MediaRules, network: string): MediaProblem[] {
  const media = expected(planned);
  const kind = kindOf(media);
  const file = rules[kind];
  const say = (code: ProblemCode, what: string, remedy: string) => ({ ...error(code, what, remedy), index });
  if (!file) {
    return [
      say(
        "media-type",
        `${network} takes no ${kind === "audio" ? "audio files" : `${kind}s`}: \`${media.file}\``,
        "Leave it out under `only:`.",
      ),
    ];
  }
  const problems: MediaProblem[] = [];
  if (!file.types.includes(media.type)) {
    const types = file.types.map((type) => type.replace(/^\w+\//, "")).join(", ");
    problems.push(
      say("media-type", `${network} does not take ${media.type}: \`${media.file}\``, `Save it as ${types}.`),
    );
  }
  const stands = planned.fit ? !planned.fit.moving : file.still?.includes(media.type);
  if (planned.animated && stands) {
    problems.push({
      ...say(
        "media-still",
        `\`${media.file}\` moves, and ${network} shows it as a still picture`,
        "Save it as a video (MP4), or choose another picture under `only:`.",
      ),
      severity: "warning",
    });
  }
  if (media.bytes > file.bytes) {
    problems.push(
      say(
        "media-bytes",
        `\`${media.file}\` has ${size(media.bytes)}; ${network} takes ${size(file.bytes)}`,
        kind === "video" ? "Export it with fewer pixels, or a lower bit rate." : "Save it smaller.",
      ),
    );
  }
  // A shape that stays is the file's own, which the author knows.
  const shaped = planned.fit?.crop || planned.fit?.bars ? media : planned;
  const found = [...sizes(media, file, network), ...shapes(shaped, file, network)];
  const fewer = kind === "video" ? "Export it with fewer pixels." : undefined;
  problems.push(...found.map(([what, remedy]) => say("media-size", what, fewer ?? remedy)));

  problems.push(...ofTime(planned, rules, network).map(([code, what, remedy]) => say(code, what, remedy)));

  const alt = lengthOf(media.alt, rules.altUnit ?? "grapheme");
  // Networks without a field for it lose the words, and that is not the author's fault.
  if (rules.alt > 0 && alt > rules.alt) {
    problems.push(
      say(
        "alt-too-long",
        `the alt text of \`${media.file}\` has ${alt} characters; ${network} takes ${rules.alt}`,
        "Say it shorter under `only:`.",
      ),
    );
  }
  return problems;
}

const SHAPE =
  "Say beside the file what to do: `focus: center` cuts its ends off, `letterbox: white` adds bars.";

/** What of a video or a sound is too long, or in a code that is not played. */
function ofTime(
  { seconds, codec, ...media }: Known,
  rules: MediaRules,
  network: string,
): [ProblemCode, string, string][] {
  const kind = kindOf(media);
  const { file } = media;
  const own = kind === "video" || kind === "audio" ? rules[kind] : undefined;
  const found: [ProblemCode, string, string][] = [];
  if (own?.seconds !== undefined && seconds !== undefined && seconds > own.seconds)
    found.push([
      "media-length",
      `\`${file}\` lasts ${lasting(seconds)}; ${network} takes ${lasting(own.seconds)}`,
      "Export a shorter one.",
    ]);
  const codecs = kind === "video" ? rules.video?.codecs : undefined;
  if (codecs && codec !== undefined && !codecs.includes(codec))
    found.push([
      "media-codec",
      `\`${file}\` is in ${codec}; ${network} plays ${codecs.join(", ")}`,
      `Export it with ${codecs[0]}${codecs[0] === "H.264" ? " and AAC sound, as MP4" : ""}.`,
    ]);
  return found;
}

/** `2 min 20 s`. */
function lasting(seconds: number): string {
  const whole = Math.ceil(seconds);
  const [minutes, rest] = [Math.floor(whole / 60), whole % 60];
  return minutes === 0 ? `${rest} s` : rest === 0 ? `${minutes} min` : `${minutes} min ${rest} s`;
}

type Found = [what: string, remedy: string];

function sizes({ file, width, height }: Media, rules: FileRules, network: string): Found[] {
  if (!width || !height) return [];
  const found: Found[] = [];
  const say = (what: string) => found.push([`\`${file}\` is ${width} × ${height}${what}`, "Scale it."]);
  if (rules.pixels && width * height > rules.pixels)
    say(`, ${width * height} pixels; ${network} takes ${rules.pixels}`);
  if (rules.side && Math.max(width, height) > rules.side) say(`; ${network} takes sides of ${rules.side}`);
  if (rules.sum && width + height > rules.sum)
    say(`; ${network} takes a width and height of ${rules.sum} together`);
  return found;
}

function shapes({ file, width, height }: Media, { ratio, shape }: FileRules, network: string): Found[] {
  if (!width || !height) return [];
  const found: Found[] = [];
  const say = (what: string) =>
    found.push([`\`${file}\` is ${width} × ${height}; ${network} takes ${what}`, SHAPE]);
  if (ratio && Math.max(width, height) > Math.min(width, height) * ratio)
    say(`a side that is at most ${ratio} times the other`);
  // A pixel more or less is rounding.
  if (shape && ((width + 1) / height < shape[0] || (width - 1) / height > shape[1]))
    say(`shapes from ${proportion(shape[0])} to ${proportion(shape[1])}`);
  return found;
}

/** `4:5`, or `1.91:1` where no small whole numbers say it. */
function proportion(shape: number): string {
  for (let high = 1; high <= 16; high++) {
    const wide = Math.round(shape * high);
    if (wide > 0 && wide <= 16 && Math.abs(wide / high - shape) < 0.001) return `${wide}:${high}`;
  }
  return `${Number(shape.toFixed(2))}:1`;
}

const KINDS: readonly Kind[] = ["image", "video", "audio", "document"];

function kindOf({ type }: Media): Kind {
  return KINDS.find((kind) => type.startsWith(`${kind}/`)) ?? "document";
}

function size(bytes: number): string {
  if (bytes >= 1_000_000) return `${Number((bytes / 1_000_000).toFixed(1))} MB`;
  return bytes >= 1000 ? `${Number((bytes / 1000).toFixed(1))} kB` : `${bytes} bytes`;
}

function error(code: ProblemCode, message: string, remedy: string): MediaProblem {
  return { severity: "error", code, message, remedy };
}
