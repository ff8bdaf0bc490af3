/** How a command's options are declared: as data, from which their types follow. */
import { InvalidArgumentError } from "commander";

/** `T` is what the command's file gets. */
export interface OptionSpec<T> {
  /** As Commander reads it: `-y, --yes`, `--out <file>`. */
  flags: string;
  description: string;
  /** From what is typed, and what was typed before it. */
  parse?(typed: string, before: T | undefined): T;
  default?: T;
  /** Never set: carries the type. */
  type?: T;
}

export type OptionSpecs = Readonly<Record<string, OptionSpec<unknown>>>;

/** What a command with these options gets. */
export type OptionsOf<C extends { options: object }> = {
  [K in keyof C["options"]]: C["options"][K] extends OptionSpec<infer T> ? T : never;
};

/** The arguments of `send [campaign]` and the like. */
export type ArgumentsOf<U extends string> = U extends `${string} ${infer Rest}` ? Each<Rest> : [];

type Each<Rest extends string> = Rest extends `${infer A} ${infer More}`
  ? [ArgumentOf<A>, ...Each<More>]
  : [ArgumentOf<Rest>];

type ArgumentOf<A extends string> = A extends `[${string}...]`
  ? string[]
  : A extends `<${string}>`
    ? string
    : string | undefined;

export function flag(flags: string, description: string): OptionSpec<boolean | undefined> {
  return { flags, description };
}

/** `--no-check`: true unless it is typed. */
export function negated(flags: string, description: string): OptionSpec<boolean> {
  return { flags, description };
}

export function value(flags: string, description: string): OptionSpec<string | undefined> {
  return { flags, description };
}

/** With a value, or without one. */
export function optionalValue(flags: string, description: string): OptionSpec<string | boolean | undefined> {
  return { flags, description };
}

/** May be typed several times. */
export function several(flags: string, description: string): OptionSpec<string[] | undefined> {
  return { flags, description, parse: (typed, before = []) => [...before, typed] };
}

/** `--network a,b` and `--network a --network b` are the same. */
export function list(flags: string, description: string): OptionSpec<string[] | undefined> {
  return {
    flags,
    description,
    parse: (typed, before = []) => {
      const names = typed.split(",").map((name) => name.trim());
      return [...before, ...names.filter((name) => name !== "")];
    },
  };
}

export function number(flags: string, description: string, usual: number): OptionSpec<number> {
  return { flags, description, parse: whole, default: usual };
}

export function port(flags: string, description: string): OptionSpec<number | undefined>;
export function port(flags: string, description: string, usual: number): OptionSpec<number>;
export function port(flags: string, description: string, usual?: number): OptionSpec<number | undefined> {
  const parse = (typed: string) => {
    const number = whole(typed);
    if (number <= 65_535) return number;
    throw new InvalidArgumentError("It is at most 65535.");
  };
  return { flags, description, parse, default: usual };
}

function whole(typed: string): number {
  if (/^\d{1,9}$/.test(typed)) return Number(typed);
  throw new InvalidArgumentError("It is a whole number.");
}

/** A value that has a usual one. */
export function usualValue(flags: string, description: string, usual: string): OptionSpec<string> {
  return { flags, description, default: usual };
}
