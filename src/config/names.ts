/** `groups:` and `people:` of broadcast.yml: names for several channels, and for people on each network. */
import type { Problem, ProblemCode } from "../errors.ts";
import { didYouMean } from "../suggest.ts";
import type { Source } from "../yaml/source.ts";
import type { Adapters } from "./adapters.ts";
import type { Config } from "./config.ts";
import type { ConfigInput } from "./schema.ts";

export function expandGroups(
  source: Source,
  written: Record<string, string[]>,
  channels: readonly string[],
  broken: ReadonlySet<string>,
): { groups: Map<string, string[]>; problems: Problem[] } {
  const problems: Problem[] = [];
  const complain = (code: ProblemCode, message: string, path: (string | number)[], remedy?: string) =>
    problems.push({ severity: "error", code, message, remedy, place: source.place(path, "key") });

  const members = (group: string, above: readonly string[]): string[] =>
    (written[group] ?? []).flatMap((name, index) => {
      const path = ["groups", group, index];
      if (channels.includes(name)) return [name];
      if (broken.has(name)) return [];
      if (above.includes(name)) {
        complain(
          "group-cycle",
          `the group \`${name}\` contains itself`,
          path,
          "Take it out of one of the groups.",
        );
        return [];
      }
      if (Object.hasOwn(written, name)) return members(name, [...above, name]);
      const known = [...channels, ...Object.keys(written)].filter((one) => one !== group);
      complain(
        "unknown-channel",
        `there is no channel or group \`${name}\``,
        path,
        didYouMean(name, known) || undefined,
      );
      return [];
    });

  const groups = new Map<string, string[]>();
  for (const name of Object.keys(written)) {
    if (channels.includes(name) || broken.has(name)) {
      complain("name-taken", `\`${name}\` is a channel and a group`, ["groups", name], "Rename one of them.");
      continue;
    }
    groups.set(name, [...new Set(members(name, [name]))]);
  }
  // A group inside another is visited twice; one report of its faults is enough.
  const seen = new Set<string>();
  const unique = problems.filter(({ place, message }) => {
    const key = `${place?.line}:${place?.column}:${message}`;
    return !seen.has(key) && seen.add(key);
  });
  return { groups, problems: unique };
}

export function readPeople(
  source: Source,
  written: NonNullable<ConfigInput["people"]>,
  adapters: Adapters,
): { people: Config["people"]; problems: Problem[] } {
  const problems: Problem[] = [];
  const people = Object.entries(written).map(([person, handles]) => {
    const name = person.replace(/^@/, "");
    const known = Object.entries(handles).map(([network, value]) => {
      if (!adapters.has(network)) {
        problems.push({
          severity: "error",
          code: "unknown-network",
          message: `there is no network \`${network}\``,
          remedy: didYouMean(network, adapters.keys()) || undefined,
          place: source.place(["people", person, network], "key"),
        });
      }
      const { handle = name, id } = typeof value === "string" ? { handle: value } : value;
      return [
        network,
        id === undefined ? { handle: handle.replace(/^@/, "") } : { handle: handle.replace(/^@/, ""), id },
      ];
    });
    return [name, Object.fromEntries(known)];
  });
  return { people: Object.fromEntries(people) as Config["people"], problems };
}
