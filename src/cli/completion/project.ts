/** The names in broadcast.yml, as far as it can be read. Loads the YAML parser: import this module dynamically. */
import { readFileSync } from "node:fs";
import { parse } from "yaml";
import type { Candidate } from "./cursor.ts";

export interface ProjectNames {
  channels: Candidate[];
  groups: Candidate[];
  people: Candidate[];
  /** Where its ledger is, when it says so. */
  ledger?: string;
}

export function projectNames(file: string | undefined): ProjectNames {
  const { channels, groups, people, ledger } = file === undefined ? {} : read(file);
  return {
    channels: Object.entries(mapOf(channels)).map(([value, said]) => ({
      value,
      about: textOf(mapOf(said).network),
    })),
    groups: Object.entries(mapOf(groups)).map(([value, members]) => ({
      value,
      about: Array.isArray(members) ? members.filter((one) => typeof one === "string").join(", ") : undefined,
    })),
    people: Object.keys(mapOf(people)).map((name) => ({ value: name.replace(/^@/, "") })),
    ledger: textOf(ledger),
  };
}

function read(file: string): Record<string, unknown> {
  try {
    return mapOf(parse(readFileSync(file, "utf8"), { logLevel: "silent" }));
  } catch {
    // In the middle of an edit, or broken: the command itself will say where.
    return {};
  }
}

function mapOf(value: unknown): Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value)
    ? (value as Record<string, unknown>)
    : {};
}

function textOf(value: unknown): string | undefined {
  return typeof value === "string" ? value : undefined;
}
