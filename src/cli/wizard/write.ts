/** What `init` changes on disk: worked out first as texts, written at the end, each file whole. */
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { shown } from "../../app/project.ts";
import type { Kind } from "../../config/kinds.ts";
import { usageError } from "../../errors.ts";
import { writeAtomically } from "../../files.ts";
import { shipped } from "../../package-files.ts";
import type { ChannelDraft } from "./channel.ts";
import { projectFile, withChannels } from "./config-file.ts";
import { withIgnored, withVariables } from "./dotenv.ts";

export interface Change {
  /** Absolute. */
  file: string;
  content: string;
  /** For secrets. */
  mode?: number;
}

/** broadcast.yml, .env and .gitignore with the new channels in them. */
export function projectChanges(
  root: string,
  before: string | undefined,
  drafted: readonly ChannelDraft[],
): Change[] {
  const read = (name: string) => (existsSync(join(root, name)) ? readFileSync(join(root, name), "utf8") : "");
  const channels = drafted.map(({ channel }) => channel);
  const project = before === undefined ? projectFile(channels) : withChannels(before, channels);
  if (project === undefined)
    throw usageError(
      "broadcast.yml cannot be extended",
      "Add the channels by hand; `broadcast help init` has an example.",
    );

  const written = read(".env");
  const variables = new Map(
    drafted.flatMap(({ variables }) =>
      // A placeholder does not replace a value.
      [...variables].filter(
        ([name, value]) => value !== "" || !new RegExp(`^\\s*(export\\s+)?${name}\\s*=`, "m").test(written),
      ),
    ),
  );
  return [
    ...(channels.length > 0 || before === undefined
      ? [{ file: join(root, "broadcast.yml"), content: project }]
      : []),
    ...(variables.size > 0
      ? [{ file: join(root, ".env"), content: dotenv(written, variables), mode: 0o600 }]
      : []),
    { file: join(root, ".gitignore"), content: withIgnored(read(".gitignore"), [".env", ".broadcast/"]) },
  ];
}

function dotenv(before: string, variables: ReadonlyMap<string, string>): string {
  try {
    return withVariables(before, variables);
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    throw usageError(`${error.message} of .env`, "Leave it out here, and keep it with `broadcast login`.");
  }
}

/** Copies of the shipped templates of a kind; those that the project has already stay. */
export function ownTemplates(root: string, kind: Kind): Change[] {
  const folder = shipped(`templates/${kind}`);
  if (folder === undefined) return [];
  return readdirSync(folder)
    .map((name) => ({ name, file: join(root, "templates", kind, name) }))
    .filter(({ file }) => !existsSync(file))
    .map(({ name, file }) => ({ file, content: readFileSync(join(folder, name), "utf8") }));
}

export interface Written {
  /** As the person would write it. */
  path: string;
  as: "written" | "changed";
}

/** Files that stay the same are not touched. */
export async function writeAll(changes: readonly Change[], cwd: string): Promise<Written[]> {
  const written: Written[] = [];
  for (const { file, content, mode } of changes) {
    const there = existsSync(file);
    if (there && readFileSync(file, "utf8") === content) continue;
    await writeAtomically(file, content, mode);
    written.push({ path: shown(cwd, file), as: there ? "changed" : "written" });
  }
  return written;
}
