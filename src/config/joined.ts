/** broadcast.yml together with what it includes: one source, in which everything keeps its place. */
import type { Problem } from "../errors.ts";
import { listed } from "../suggest.ts";
import { isMap } from "../yaml/is-map.ts";
import type { Path } from "../yaml/places.ts";
import type { Source } from "../yaml/source.ts";

/** Where something is written: in which file, and under which path there. */
export interface Origin {
  source: Source;
  path: Path;
}

/** A source with another value, whose places may lie in other files: `at` says where what stands under a path is written. */
export function routed(main: Source, value: Record<string, unknown>, at: (path: Path) => Origin): Source {
  return {
    ...main,
    value,
    place(path, what) {
      const origin = at(path);
      return origin.source.place(origin.path, what);
    },
    placeIn(path, spot) {
      const origin = at(path);
      return origin.source.placeIn(origin.path, spot);
    },
    written(path) {
      const origin = at(path);
      return origin.source.written(origin.path);
    },
    commentAfter(path) {
      const origin = at(path);
      return origin.source.commentAfter(origin.path);
    },
    hide(path) {
      const origin = at(path);
      origin.source.hide(origin.path);
    },
  };
}

export interface Joined {
  source: Source;
  /** The file in which a channel is written. */
  fileOf(channel: string): Source;
  problems: Problem[];
}

const SHARED = ["channels", "groups", "people"] as const;
/** What a file that is included may hold. */
const ALLOWED: readonly string[] = [...SHARED, "defaults"];

/** One source of all files; what stands twice, or where it would not count, is a problem. */
export function joined(main: Source, included: readonly Source[]): Joined {
  const problems = included.flatMap(misplaced);
  const owners = new Map<string, Source>();
  const value = { ...main.value };
  for (const section of SHARED) {
    // Of the wrong type: found where the whole is checked.
    if (main.value[section] !== undefined && !isMap(main.value[section])) continue;
    const all: Record<string, unknown> = {};
    for (const source of [main, ...included]) {
      const own = source.value[section];
      for (const [name, one] of isMap(own) ? Object.entries(own) : []) {
        const owner = owners.get(`${section} ${name}`);
        if (owner) problems.push(twice(section, name, source, owner));
        else {
          owners.set(`${section} ${name}`, source);
          all[name] = one;
        }
      }
    }
    if (main.value[section] !== undefined || Object.keys(all).length > 0) value[section] = all;
  }
  const ownerOf = (section: string, name: string) => owners.get(`${section} ${name}`) ?? main;
  return {
    source: routed(main, value, (path) => ({
      source: path.length < 2 ? main : ownerOf(String(path[0]), String(path[1])),
      path,
    })),
    fileOf: (channel) => ownerOf("channels", channel),
    problems,
  };
}

function misplaced(source: Source): Problem[] {
  return Object.entries(source.value).flatMap(([key, value]): Problem[] => {
    const place = source.place([key], "key");
    if (!ALLOWED.includes(key))
      return [
        {
          severity: "error",
          code: "unknown-key",
          message: `\`${key}\` does not count in a file that is included`,
          remedy: `Write it into broadcast.yml; what counts here is ${listed(ALLOWED)}.`,
          place,
        },
      ];
    if (isMap(value)) return [];
    const message = `\`${key}\` must hold keys and values`;
    return [{ severity: "error", code: "wrong-type", message, remedy: "Write `name: …` below it.", place }];
  });
}

function twice(section: string, name: string, source: Source, owner: Source): Problem {
  const { line } = owner.place([section, name], "key");
  return {
    severity: "error",
    code: "name-taken",
    message: `\`${name}\` stands twice under \`${section}\`: also in ${owner.shown}, line ${line}`,
    remedy: "Rename one of them.",
    place: source.place([section, name], "key"),
  };
}
