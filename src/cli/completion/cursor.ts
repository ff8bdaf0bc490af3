/** What can be typed at the cursor, read from the commands themselves. */
import type { Argument, Command, Option } from "commander";

export interface Candidate {
  value: string;
  /** A few words, where the shell can show them. */
  about?: string;
}

/** A value that is asked for. */
export interface Asked {
  command: string;
  /** `campaign` for an argument, `--plan` for an option's value. */
  name: string;
  /** What was typed before it: a campaign, other channels. */
  given: readonly string[];
}

export interface Place {
  /** Commands and options that may be typed here. */
  fixed: Candidate[];
  asked?: Asked;
  /** What comes before the value in the same word: `--plan=`, `mastodon,`. */
  before: string;
  /** What has been typed of the value. */
  typed: string;
}

/** `words`: all that follows the program's name, up to the cursor; the last one may be empty. */
export function placeOf(program: Command, words: readonly string[]): Place {
  const typed = words.at(-1) ?? "";
  const walked = walk(program, words.slice(0, -1));
  const nowhere: Place = { fixed: [], before: "", typed };
  if (walked === undefined) return nowhere;
  const { command, pending, used, args, bare } = walked;

  if (pending?.required) return optionValue(command, pending, "", typed, args);
  const [, name, value] = (!bare && /^(--[^=]+)=(.*)$/s.exec(typed)) || [];
  if (name !== undefined) {
    const option = optionsOf(command).find(({ long }) => long === name);
    return option ? optionValue(command, option, `${name}=`, value ?? "", args) : nowhere;
  }
  const options = bare ? [] : optionsOf(command).filter((option) => !used.has(option) || option.parseArg);
  if (!bare && typed.startsWith("-")) return { ...nowhere, fixed: options.map(described) };
  // The next word is its value, unless it is an option.
  if (pending) {
    const place = optionValue(command, pending, "", typed, args);
    return { ...place, fixed: typed === "" ? options.map(described) : [] };
  }
  if (command === program || command.name() === "help") return { ...nowhere, fixed: commandsOf(program) };
  const argument = argumentAt(command, args.length);
  if (argument)
    return {
      ...nowhere,
      ...openPart(typed, argument.name()),
      asked: askedOf(command, argument.name(), args),
    };
  return { ...nowhere, fixed: typed === "" ? options.map(described) : [] };
}

interface Walked {
  command: Command;
  /** An option that waits for its value. */
  pending?: Option;
  used: Set<Option>;
  args: string[];
  /** Behind `--` there are no options. */
  bare: boolean;
}

function walk(program: Command, words: readonly string[]): Walked | undefined {
  const walked: Walked = { command: program, used: new Set(), args: [], bare: false };
  for (const word of words) {
    const { command, pending, bare } = walked;
    walked.pending = undefined;
    if (pending && (pending.required || !word.startsWith("-"))) continue;
    if (!bare && word === "--") walked.bare = true;
    else if (!bare && word.startsWith("-") && word !== "-") {
      const [name = "", value] = word.split("=", 2);
      const option = optionsOf(command).find(({ long, short }) => long === name || short === name);
      if (!option) continue;
      walked.used.add(option);
      if (value === undefined && (option.required || option.optional)) walked.pending = option;
    } else if (command === program) {
      const chosen = program
        .createHelp()
        .visibleCommands(program)
        .find((one) => one.name() === word);
      if (!chosen) return undefined;
      walked.command = chosen;
    } else walked.args.push(word);
  }
  return walked;
}

function optionsOf(command: Command): Option[] {
  return command.createHelp().visibleOptions(command);
}

function commandsOf(program: Command): Candidate[] {
  return program
    .createHelp()
    .visibleCommands(program)
    .map((command) => ({ value: command.name(), about: command.description() }));
}

function described({ long, short, description }: Option): Candidate {
  return { value: long ?? short ?? "", about: description };
}

function argumentAt(command: Command, index: number): Argument | undefined {
  const { registeredArguments: all } = command;
  const last = all.at(-1);
  return all[index] ?? (last?.variadic ? last : undefined);
}

function optionValue(
  command: Command,
  option: Option,
  before: string,
  typed: string,
  args: readonly string[],
): Place {
  const place = openPart(typed, /[<[]([^>\]]+)/.exec(option.flags)?.[1] ?? "");
  return {
    fixed: [],
    ...place,
    before: before + place.before,
    asked: askedOf(command, option.long ?? option.flags, args),
  };
}

function askedOf(command: Command, name: string, given: readonly string[]): Asked {
  return { command: command.name(), name, given };
}

// `<names>` are parted by commas, and `<name=network>` by its sign: only what follows is still open.
function openPart(typed: string, name: string): { before: string; typed: string } {
  const sign = name === "names" ? "," : /^\w+=\w+$/.test(name) ? "=" : undefined;
  const at = sign === undefined ? -1 : typed.lastIndexOf(sign);
  return { before: typed.slice(0, at + 1), typed: typed.slice(at + 1) };
}
