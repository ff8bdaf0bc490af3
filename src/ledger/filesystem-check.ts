/** Where a ledger lies: whether it can be written there, and whether that place keeps what it promises. */
import { existsSync, statfsSync } from "node:fs";
import { basename, dirname } from "node:path";
import { InputError, type Problem } from "../errors.ts";
import { noPlace } from "./errors.ts";

// Linux's numbers for file systems whose files are on another computer (statfs(2), linux/magic.h). FUSE may be one.
const REMOTE = new Map([
  [0x6969, "NFS"],
  [0x517b, "SMB"],
  [0xff534d42, "CIFS"],
  [0xfe534d42, "SMB"],
  [0x5346414f, "AFS"],
  [0x00c36400, "Ceph"],
  [0x01021997, "9P"],
  [0x65735546, "FUSE"],
]);

type Statfs = (path: string) => { type: number };

/** Throws InputError when no ledger can be kept there; gives warnings. Writes nothing. */
export function inspectPlace(file: string): Problem[] {
  const problem = noPlace(file);
  if (problem) throw new InputError(problem);
  return remoteWarning(file);
}

/** SQLite's locks and its shared memory hold on one computer only: over a network file system two could send at once. */
export function remoteWarning(
  file: string,
  statfs: Statfs = statfsSync,
  platform: string = process.platform,
): Problem[] {
  if (platform !== "linux") return [];
  let folder = dirname(file);
  while (!existsSync(folder) && dirname(folder) !== folder) folder = dirname(folder);
  const system = REMOTE.get(statfs(folder).type >>> 0);
  if (system === undefined) return [];
  return [
    {
      severity: "warning",
      code: "ledger-remote",
      message: `the ledger ${basename(file)} is on a ${system === "FUSE" ? "FUSE file system, which may be another computer's" : `network file system (${system})`}: it is safe there only while one computer uses it`,
      remedy: "Set `ledger:` in broadcast.yml to a file on this computer's own disk.",
    },
  ];
}

/** A runner that is thrown away takes the ledger with it: the job that is started again would send everything again. */
export function vanishingWarning(env: Readonly<Record<string, string | undefined>>): Problem[] {
  const thrownAway = env.RUNNER_ENVIRONMENT === "github-hosted" || env.CI_DISPOSABLE_ENVIRONMENT === "true";
  if (!thrownAway) return [];
  return [
    {
      severity: "warning",
      code: "ledger-vanishes",
      message:
        "the ledger is a file on a runner whose disk is deleted: the next job will not know what this one has sent",
      remedy:
        "Write `ledger: git` in broadcast.yml, and let the job write to the repository (`contents: write`).",
    },
  ];
}
