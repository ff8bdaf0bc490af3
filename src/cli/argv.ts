/** What the words of the command line say before they are parsed: they may be wrong. */

/** Whether the person asked for JSON, also when the other options are wrong. */
export function wantsJson(argv: readonly string[]): boolean {
  const end = argv.indexOf("--");
  return (end < 0 ? argv : argv.slice(0, end)).includes("--json");
}

/** The command's name, as far as one was typed. */
export function commandIn(argv: readonly string[]): string {
  return argv.find((word) => !word.startsWith("-")) ?? "";
}
