/** A line for `crontab -e`. */

/** The command of `run`, callable from any folder. */
export interface Unit {
  /** Absolute. */
  root: string;
  /** Absolute: the Node that runs this, and the program's own file. */
  node: string;
  program: string;
  /** After the program's name: `run --due campaigns`. */
  argv: readonly string[];
}

export function crontab({ root, node, program, argv }: Unit): string {
  const command = [node, program, ...argv].map(shellWord).join(" ");
  // To cron a percent sign is a line break.
  const line = `cd ${shellWord(root)} && ${command}`.replaceAll("%", "\\%");
  return [
    "# Every five minutes; more often, or from several machines with one ledger, is safe. It is silent if there is",
    "# nothing to send, and cron mails the rest. Credentials come from .env in the project's folder.",
    `*/5 * * * * ${line}`,
    "",
  ].join("\n");
}

function shellWord(word: string): string {
  return /^[\w./:@+=,-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`;
}
