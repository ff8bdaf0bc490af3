// biome-ignore-all lint/suspicious/noTemplateCurlyInString: ${NAME} is what broadcast.yml holds
/** `ledger:` and `deliver:` of broadcast.yml: where the ledger is, without ever showing its password. */
import type { Problem } from "../errors.ts";
import { isPostgres, passwordsIn, postgresPlace } from "../postgres-address.ts";
import type { Source } from "../yaml/source.ts";
import type { Config } from "./config.ts";
import { type Environment, howToSet, interpolate } from "./environment.ts";

export function readLedger(
  source: Source,
  written: string | undefined,
  environment: Environment,
  sandbox: boolean,
): { ledger?: string; problems: Problem[] } {
  if (written === undefined) return { problems: [] };
  const { text, missing } = interpolate(written, environment);
  if (isPostgres(written) && passwordsIn(withoutReferences(written)).length > 0)
    return { problems: [writtenPassword(source)] };
  const isWhole = missing.length === 0;
  if (isAddress(written) || (isWhole && isAddress(text))) {
    if (isWhole && postgresPlace(text)) return { ledger: text, problems: [] };
    if (isWhole || !isPostgres(written)) return { problems: [noDatabase(source, text)] };
  }
  const remote = /^git:(.*)$/s.exec(text)?.[1];
  if (missing.length === 0 && remote !== undefined && !isRemote(remote))
    return { problems: [badRemote(source)] };
  // The rehearsal has a ledger of its own.
  if (sandbox || missing.length === 0)
    return { ledger: missing.length === 0 ? text : undefined, problems: [] };
  const problems = missing.map(
    (name): Problem => ({
      severity: "error",
      code: "missing-env",
      message: `the environment variable \`${name}\` is not set; the ledger needs it`,
      remedy: howToSet(name, environment),
      place: source.place(["ledger"]),
    }),
  );
  return { problems };
}

const withoutReferences = (written: string) => written.replace(/\$\{[^}]*\}/g, "");

// Workers find in the ledger what there is to do.
export function lonelyWorkers(
  source: Source,
  deliver: Config["deliver"],
  ledger: string | undefined,
  sandbox: boolean,
): Problem[] {
  if (deliver === undefined || sandbox || (ledger !== undefined && isPostgres(ledger))) return [];
  return [
    {
      severity: "error",
      code: "wrong-value",
      message: "`deliver: workers` needs a ledger that machines share, and this one is not in PostgreSQL",
      remedy: "Set `ledger: ${DATABASE_URL}`, or leave `deliver` out.",
      place: source.place(["deliver"]),
    },
  ];
}

// `git:REMOTE` and `C:\\ledger.db` are none. A database is also named by `host=… password=…`.
export function isAddress(ledger: unknown): boolean {
  if (typeof ledger !== "string" || /^git:/.test(ledger)) return false;
  return (
    /^[\s"'`<]*[a-z][a-z0-9+.-]+:/i.test(ledger) ||
    /(?:^|[\s;])(?:host|server|dbname|user|password)\s*=/i.test(ledger)
  );
}

// A remote's name, a path, or an address: nothing that git takes for an option or for a command (`ext::sh -c …`).
function isRemote(written: string): boolean {
  if (!/^[^\s\p{C}-][^\s\p{C}]*$/u.test(written) || written.includes("::")) return false;
  const [, protocol] = /^([a-z][a-z0-9+.-]*):\/\//i.exec(written) ?? [];
  // Over plain http, anyone between the two computers can change the ledger; on one computer there is no one between.
  const isOwn = /^http:\/\/(?:[^@/]*@)?(?:localhost|127(?:\.\d+){3}|\[::1\])(?:[:/]|$)/i.test(written);
  return protocol === undefined || isOwn || /^(?:https|ssh|git|file)$/i.test(protocol);
}

function badRemote(source: Source): Problem {
  return {
    severity: "error",
    code: "wrong-value",
    message: "the part after `git:` is neither the name of a remote nor an allowed address",
    remedy: "Write `git`, `git:REMOTE`, or an address with https, ssh, git or file.",
    place: source.place(["ledger"]),
  };
}

// An address may hold a password, so it is not repeated.
function noDatabase(source: Source, text: string): Problem {
  const postgres = isPostgres(text);
  return {
    severity: "error",
    code: postgres ? "wrong-value" : "ledger-unsupported",
    message: postgres
      ? "`ledger` is not an address of a PostgreSQL database"
      : "`ledger` is the address of a database that a ledger cannot be kept in",
    remedy: postgres
      ? "Write `postgres://USER:PASSWORD@HOST:PORT/DATABASE`; `?schema=NAME` takes small letters, digits and `_`."
      : "Name a file in the project, `git` for a ref of its own repository, or a PostgreSQL address in a variable: `ledger: $" +
        "{DATABASE_URL}`.",
    place: source.place(["ledger"]),
  };
}

function writtenPassword(source: Source): Problem {
  return {
    severity: "error",
    code: "literal-secret",
    message:
      "the password of the ledger's database stands in broadcast.yml, for everybody who reads the file",
    remedy: "Put the whole address into a variable, and write `ledger: $" + "{DATABASE_URL}`.",
    place: source.place(["ledger"]),
  };
}
