/** `${NAME}` in broadcast.yml: values from the environment, and from `.env` beside it where the environment has none. */
import { readFile, stat } from "node:fs/promises";
import { join } from "node:path";
import type { Problem } from "../errors.ts";
import { suggest } from "../suggest.ts";
import { decode } from "../yaml/encoding.ts";
import { shownPath } from "../yaml/source.ts";

export interface Environment {
  /** `undefined` when it is not set, or empty. */
  get(name: string): string | undefined;
  /** A name in `.env` that looks much like this one. */
  near(name: string): string | undefined;
  /** All values in `.env`, used or not. */
  stored: readonly string[];
  /** In a job of GitHub Actions, where variables are handed to a step. */
  githubActions: boolean;
  problems: Problem[];
}

const REFERENCE = /\$\{([A-Za-z_]\w*)\}/g;

export async function readEnvironment(
  env: Readonly<Record<string, string | undefined>>,
  root: string,
  cwd?: string,
): Promise<Environment> {
  const file = join(root, ".env");
  const { values, problems } = await readDotenv(file, shownPath(file, cwd));
  return {
    // Even an empty variable of the environment is not overridden.
    get: (name) => (env[name] !== undefined ? env[name] : values[name]) || undefined,
    near: (name) => suggest(name, Object.keys(values)),
    stored: Object.values(values),
    githubActions: env.GITHUB_ACTIONS === "true",
    problems,
  };
}

async function readDotenv(
  file: string,
  shown: string,
): Promise<{ values: Record<string, string>; problems: Problem[] }> {
  const failed = (message: string, remedy?: string): Problem[] => [
    { severity: "error", code: "unreadable-env", message, remedy, place: { file: shown } },
  ];
  try {
    // A named pipe would be waited for without end.
    if (!(await stat(file)).isFile()) return { values: {}, problems: failed("this is not a file") };
    const text = decode(await readFile(file));
    if (typeof text === "string") {
      const { readVariables } = await import("./dotenv.ts");
      return { values: readVariables(text), problems: [] };
    }
    return { values: {}, problems: failed(text.message, text.remedy) };
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === "ENOENT") return { values: {}, problems: [] };
    return { values: {}, problems: failed(`the file cannot be read (${code ?? "unknown"})`) };
  }
}

/** Whether a text is one reference and nothing else, as secrets must be. */
export function isReference(text: unknown): boolean {
  return typeof text === "string" && /^\$\{[A-Za-z_]\w*\}$/.test(text);
}

/** Replaces `${NAME}` by values; a missing one is left as written and listed. */
export function interpolate(
  text: string,
  environment: Environment,
): { text: string; used: string[]; missing: string[] } {
  const used: string[] = [];
  const missing: string[] = [];
  const filled = text.replace(REFERENCE, (reference, name: string) => {
    const value = environment.get(name);
    (value === undefined ? missing : used).push(name);
    return value ?? reference;
  });
  return { text: filled, used, missing };
}

/** What to do about a variable that is missing. */
export function howToSet(name: string, environment: Environment): string {
  const near = environment.near(name);
  if (environment.githubActions)
    return `Give it to the step: \`env: { ${name}: "\${{ secrets.${name} }}" }\`, with a secret of that name in the repository's settings.`;
  const hint = near ? `.env has \`${near}\`: is that the one? ` : "";
  return `${hint}Set it, or write \`${name}=…\` into .env beside broadcast.yml.`;
}
