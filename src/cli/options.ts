/** What may stand behind an option, and how it is read. */
import { InvalidArgumentError } from "commander";

// `--network a,b` and `--network a --network b` are the same.
export function list(value: string, before: readonly string[] = []): string[] {
  const names = value.split(",").map((name) => name.trim());
  return [...before, ...names.filter((name) => name !== "")];
}

export function several(value: string, before: string[] = []): string[] {
  return [...before, value];
}

export function whole(value: string): number {
  if (/^\d{1,9}$/.test(value)) return Number(value);
  throw new InvalidArgumentError("It is a whole number.");
}

export function port(value: string): number {
  const number = whole(value);
  if (number <= 65_535) return number;
  throw new InvalidArgumentError("It is at most 65535.");
}
