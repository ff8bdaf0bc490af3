/** Errors of a ledger in PostgreSQL: what is wrong, and what to do. The address, which may hold a password, is not repeated. */
import type { Problem, ProblemCode } from "../../errors.ts";
import { DamagedRow } from "../damaged-row.ts";
import { corrupt, LedgerError } from "../errors.ts";

// The classes of errors, https://www.postgresql.org/docs/current/errcodes-appendix.html
// 25P03 and 25P04 end a transaction that was left alone for too long, as by a computer that slept.
const CONNECTION = /^(08...|57P0[1-5]|25P0[34])$/;
// Tables or columns that are not there, and pages that cannot be read.
const DAMAGE = new Set(["XX001", "XX002", "42P01", "42703", "42804", "3F000"]);
const CONFLICTS = new Set(["40001", "40P01", "23505"]);

interface Raised extends Error {
  code?: string;
  severity?: string;
}

/** The connection is gone, or nothing comes over it: what was under way may have happened, or not. */
export function isLost(error: unknown): boolean {
  const { code = "", message, severity } = error as Raised;
  // What the server itself raised has a severity; all else came from the way to it.
  if (severity !== undefined) return CONNECTION.test(code);
  return (
    /^(E[A-Z]+|UND_ERR.*)$/.test(code) ||
    /connection (terminated|ended|error)|read timeout|timeout expired|timeout exceeded|not queryable/i.test(
      message,
    )
  );
}

/** Two transactions wanted the same; this one left nothing behind and may be run again. */
export function isConflict(error: unknown): boolean {
  return CONFLICTS.has((error as Raised).code ?? "");
}

/** Any error as a LedgerError where it is the database's; others are returned unchanged. */
export function postgresErrorOf(name: string, error: unknown): unknown {
  if (!(error instanceof Error) || error instanceof LedgerError) return error;
  if (error instanceof SyntaxError) {
    const which = error instanceof DamagedRow ? error.message : "a row cannot be read";
    return new LedgerError(corrupt(name, which), error);
  }
  if (isLost(error)) return new LedgerError(unreachable(name, wordsOf(error)), error);
  const { code, severity } = error as Raised;
  if (severity === undefined || code === undefined) {
    // The driver's own words for a login that it could not do.
    return /password|SASL|SSL|certificate/i.test(error.message)
      ? new LedgerError(denied(name, error.message), error)
      : error;
  }
  return new LedgerError(raised(name, code, error.message), error);
}

function raised(name: string, code: string, message: string): Problem {
  const kind = code.slice(0, 2);
  if (kind === "28" || code === "42501") return denied(name, message);
  if (code === "3D000")
    return problem(
      "ledger-unreadable",
      `the ledger's database does not exist: ${name}`,
      "Create it (`createdb`), or correct the address.",
    );
  if (kind === "53" && code !== "53300")
    return problem(
      "ledger-full",
      `the ledger's database has no room left: ${name} (${message})`,
      "Free some space there, and run this again.",
    );
  if (code === "53300" || code === "57P03") return unreachable(name, message);
  if (code === "55P03" || code === "57014")
    return problem(
      "ledger-locked",
      `another program holds the ledger's rows for too long: ${name}`,
      "Wait until it has finished, or end it, then run this again.",
    );
  if (code === "25006")
    return problem(
      "ledger-read-only",
      `the ledger's database takes no changes: ${name} is a standby, or read-only`,
      "Name the primary server in the address.",
    );
  // The statements are ours, so it is the tables that are not.
  if (DAMAGE.has(code)) return corrupt(name, message);
  return problem(
    "ledger-unreadable",
    `the ledger's database cannot do what is asked: ${name} (${code}: ${message})`,
    "Look at the server's log. What was not written down was not sent.",
  );
}

function denied(name: string, message: string): Problem {
  return problem(
    "ledger-denied",
    `the ledger's database refuses: ${name} (${message})`,
    "Look at the user, the password and `sslmode` in the address, and at what that user may do in the schema.",
  );
}

function unreachable(name: string, words: string): Problem {
  return problem(
    "ledger-unreachable",
    `the ledger's database cannot be reached: ${name} (${words})`,
    "Look whether it runs and whether the address is right. What was not written down was not sent.",
  );
}

function wordsOf(error: Error): string {
  const { code, message } = error as Raised;
  return code !== undefined && /^E[A-Z]+$/.test(code) ? code : message || "no answer";
}

function problem(code: ProblemCode, message: string, remedy: string): Problem {
  return { severity: "error", code, message, remedy };
}
