/** Whether a post's media are what the network takes. Pure: the files have been described already. */
import type { FileRules, Media, MediaRules } from "../adapter.ts";
import type { Problem, ProblemCode } from "../errors.ts";
import { lengthOf } from "../text/measure.ts";

export type Kind = "image" | "video" | "audio" | "document";

/** A problem of one file, or of all together when `index` is absent. */
export type MediaProblem = Problem & { index?: number };

/** What the plan knows of a file beyond what it sends. */
type Known = Media & { animated?: boolean };

/** `network` is the name people know. What is declared and cannot be known (a size that no library reads) is not checked. */
export function checkMedia(
  media: readonly Known[],
  rules: MediaRules | "none",
  network: string,
): MediaProblem[] {
  if (media.length === 0) return [];
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
    ...together(media, rules, network),
    ...media.flatMap((item, index) => one(item, index, rules, network)),
  ];
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

function one(media: Known, index: number, rules: MediaRules, network: string): MediaProblem[] {
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
  if (media.animated && file.still?.includes(media.type)) {
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
        "Save it smaller.",
      ),
    );
  }
  problems.push(
    ...dimensions(media, file, network).map((what) => say("media-size", what, "Scale or crop it.")),
  );

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

function dimensions(media: Media, rules: FileRules, network: string): string[] {
  const { width, height } = media;
  if (!width || !height) return [];
  const is = `\`${media.file}\` is ${width} × ${height}`;
  const [short, long] = width < height ? [width, height] : [height, width];
  const found: string[] = [];
  if (rules.pixels && width * height > rules.pixels) {
    found.push(`${is}, ${width * height} pixels; ${network} takes ${rules.pixels}`);
  }
  if (rules.side && long > rules.side) found.push(`${is}; ${network} takes sides of ${rules.side}`);
  if (rules.sum && width + height > rules.sum) {
    found.push(`${is}; ${network} takes a width and height of ${rules.sum} together`);
  }
  if (rules.ratio && long > short * rules.ratio) {
    found.push(`${is}; ${network} takes a side that is at most ${rules.ratio} times the other`);
  }
  return found;
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
