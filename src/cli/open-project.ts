/** A project with the networks it talks to: the real ones, or the sandbox in their place. */
import { rm } from "node:fs/promises";
import { dirname, join, resolve } from "node:path";
import { ledgerFile } from "../app/ledger.ts";
import { openProject, type Project } from "../app/project.ts";
import { findConfig } from "../config/load.ts";
import { usageError } from "../errors.ts";
import type { Terminal } from "./terminal.ts";

export interface OpenOptions {
  /** A campaign or a folder. */
  near?: string;
  /** `--sandbox`, alone or with an address. */
  sandbox?: boolean | string;
  fresh?: boolean;
  /** `--from`. */
  from?: readonly string[];
}

export interface OpenedProject {
  project: Project;
  /** The sandbox's page, if it replaces the networks. */
  page?: string;
  /** Whether that sandbox ends with this process. */
  own: boolean;
  close(): Promise<void>;
}

/** Close it when the command ends. Throws InputError. */
export async function openProjectFor(
  { near, sandbox, fresh, from }: OpenOptions,
  { cwd, env }: Pick<Terminal, "cwd" | "env">,
): Promise<OpenedProject> {
  if (fresh && !sandbox)
    throw usageError(
      "`--fresh` forgets rehearsals, so it needs `--sandbox`",
      "The record of real posts is never deleted.",
    );
  const settings = { near, cwd, env, from };
  const config = findConfig(resolve(cwd, near ?? "."));
  // Without a project there is nothing to rehearse: opening it says so.
  if (!sandbox || config === undefined)
    return { project: await openProject(settings), own: false, close: async () => {} };

  const { openRehearsal } = await import("../app/sandbox.ts");
  const { inspectPlace } = await import("../ledger/filesystem-check.ts");
  const folder = join(dirname(config), ".broadcast", "sandbox");
  inspectPlace(join(folder, "ledger.db"));
  const url = typeof sandbox === "string" ? sandbox.replace(/\/+$/, "") : undefined;
  const rehearsal = await openRehearsal({ url, folder, fresh });
  try {
    const project = await openProject({ ...settings, override: rehearsal.override });
    // One that runs on its own keeps its posts; what this project believes to have sent there is forgotten.
    if (fresh && !rehearsal.own) await forgetLedger(project);
    return { project, page: rehearsal.url, own: rehearsal.own, close: () => rehearsal.close() };
  } catch (error) {
    await rehearsal.close();
    throw error;
  }
}

async function forgetLedger(project: Project): Promise<void> {
  const file = ledgerFile(project);
  await Promise.all(["", "-wal", "-shm"].map((end) => rm(file + end, { force: true })));
}
