// biome-ignore-all lint/suspicious/noTemplateCurlyInString: ${NAME} is what broadcast.yml holds
/** The ledger remembers what is out. Without it nothing is sent, since it might be sent twice. */
import type { ProblemCode } from "../../errors.ts";
import type { Cause } from "./explanation.ts";

export const LEDGER = {
  "ledger-corrupt": {
    why: "The disk has a fault, the file was copied while it was being written, or another program wrote to it.",
    example: "broadcast ledger check",
  },
  "ledger-denied": {
    why: "The file or its folder belongs to another user, often because it was created by root or in a container.",
    example: "broadcast doctor",
  },
  "ledger-full": {
    why: "The disk, or your quota on it, is full. What cannot be recorded is not sent.",
    example: "broadcast send campaigns/release.yml",
  },
  "ledger-git": {
    why: "The remote does not answer, or this job may not write to it.",
    example: "broadcast status",
  },
  "ledger-impossible": {
    why: "An older version of broadcast took them from a server as they were.",
    example: "broadcast ledger check --repair",
  },
  "ledger-gone": {
    why: "A clean-up, a checkout or a sync program deleted or moved the file while it was in use.",
    example: "broadcast ledger check",
  },
  "ledger-locked": {
    why: "A backup, a database browser, or another broadcast that hangs keeps the file locked.",
    example: "broadcast status",
  },
  "ledger-newer": {
    why: "A colleague, or the CI job, has a newer version of broadcast.",
    example: "npm install --global broadcast-cli",
  },
  "ledger-read-only": {
    why: "The disk or the container's volume is mounted read-only, or the file is marked read-only.",
    example: "ledger: ../state/ledger.db",
  },
  "ledger-remote": {
    why: "Network file systems such as NFS and SMB do not lock files as a database needs it.",
    example: "ledger: /var/lib/broadcast/ledger.db",
  },
  "ledger-orphans": {
    why: "The ledger was changed by hand: it has attempts or receipts without a delivery.",
    example: "broadcast ledger check",
  },
  "ledger-truncated": {
    why: "The -wal file was cut or is an older copy: the ledger's three files were not copied together.",
    example: "broadcast ledger check",
  },
  "ledger-unreadable": {
    why: "A folder has the ledger's name, a part of its path is a file, or the disk has a fault.",
    example: "broadcast doctor",
  },
  "ledger-unreachable": {
    why: "The server of the ledger's database is not running, or something on the way to it is cut.",
    example: "broadcast ledger check",
  },
  "ledger-unsupported": {
    why: "A ledger is kept in a file, in git, or in PostgreSQL; this is the address of something else.",
    example: "ledger: ${DATABASE_URL}",
  },
  "ledger-vanishes": {
    why: "Without `ledger:` it is kept in .broadcast/, and a CI runner starts every job without it.",
    example: "broadcast send campaigns/release.yml --from tag --yes",
  },
} satisfies Partial<Record<ProblemCode, Cause>>;
