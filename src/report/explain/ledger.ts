/** The ledger remembers what is out. Without it nothing is sent, since it might be sent twice. */
import type { ProblemCode } from "../../errors.ts";
import type { Explanation } from "./explanation.ts";

export const LEDGER = {
  "ledger-corrupt": {
    means: "The ledger's file is damaged. Nothing is sent while it is.",
    why: "The disk has a fault, the file was copied while it was written, or another program wrote into it.",
    remedy: "Put a backup in its place. What was sent since then is not in it: look at the channels first.",
    example: "broadcast ledger check",
  },
  "ledger-denied": {
    means: "You may not write the ledger.",
    why: "The file or its folder belongs to somebody else: often it was made by root, or in a container.",
    remedy: "Run this as its owner, or give yourself the right to write the file and its folder.",
    example: "broadcast doctor",
  },
  "ledger-full": {
    means: "There is no room left on the disk for the ledger. What could not be written down was not sent.",
    why: "The disk, or your share of it, is full.",
    remedy: "Make room, and run the same command again.",
    example: "broadcast send campaigns/release.yml",
  },
  "ledger-git": {
    means: "The ledger is kept in a git repository, and that cannot be reached or written.",
    why: "The remote does not answer, or this job may not write to it.",
    remedy: "Try `git ls-remote`; on GitHub give the job `contents: write`.",
    example: "broadcast status",
  },
  "ledger-impossible": {
    means: "The ledger holds times that cannot be: a wait of thousands of years, a date that is none.",
    why: "An older version of broadcast took them from a server as they were.",
    remedy: "Have them put right. What waits is tried at the next send or run.",
    example: "broadcast ledger check --repair",
  },
  "ledger-gone": {
    means: "The ledger was deleted or replaced while it was in use.",
    why: "A clean-up, a checkout or a sync program moved it away.",
    remedy: "Put it back before you send again: without it nobody knows what is out.",
    example: "broadcast ledger check",
  },
  "ledger-locked": {
    means: "Another program keeps the ledger locked.",
    why: "A backup, a database browser, or another broadcast that hangs.",
    remedy: "Wait until it is done, or end it; then run this again.",
    example: "broadcast status",
  },
  "ledger-newer": {
    means: "The ledger was written by a newer broadcast, which this one does not understand.",
    why: "A colleague, or the CI job, has a newer version.",
    remedy: "Update broadcast here.",
    example: "npm install --global broadcast-cli",
  },
  "ledger-read-only": {
    means: "The ledger is where nothing can be written.",
    why: "The disk or the container's volume is mounted read-only, or the file is marked so.",
    remedy: "Make the file and its folder writable, or name another place in broadcast.yml.",
    example: "ledger: ../state/ledger.db",
  },
  "ledger-remote": {
    means: "The ledger is on a network's disk, where it is safe only while one computer uses it.",
    why: "File systems such as NFS and SMB do not lock as a database needs it.",
    remedy: "Keep the ledger on this computer's own disk; for several computers keep it in git.",
    example: "ledger: /var/lib/broadcast/ledger.db",
  },
  "ledger-orphans": {
    means: "The ledger has attempts or receipts that belong to no delivery.",
    why: "Somebody changed it by hand.",
    remedy: "Put a backup in its place.",
    example: "broadcast ledger check",
  },
  "ledger-truncated": {
    means: "The ledger's last entries are missing. What they recorded may be out.",
    why: "Its -wal file was cut or is an older copy: the three files were not copied together.",
    remedy:
      "Put the file and its -wal back from a backup, or look at the channels before you go on without them.",
    example: "broadcast ledger check",
  },
  "ledger-unreadable": {
    means: "The ledger cannot be opened.",
    why: "There is a folder of its name, a part of its path is a file, or the disk has a fault.",
    remedy: "Look at the file and its folder, and at `ledger:` in broadcast.yml.",
    example: "broadcast doctor",
  },
  "ledger-unsupported": {
    means: "`ledger:` in broadcast.yml is the address of a database. A ledger is kept in a file, or in git.",
    why: "A ledger in a database server does not exist yet; such an address would become the name of a file.",
    remedy: "Leave `ledger:` out, name a file in the project, or write `ledger: git`.",
    example: "ledger: git",
  },
  "ledger-vanishes": {
    means: "The ledger is a file on a CI runner that is thrown away when the job ends.",
    why: "Without `ledger:` it is kept in .broadcast/, and every job begins without it.",
    remedy: "Keep it on a ref of the repository: `ledger: git` in broadcast.yml.",
    example: "broadcast send campaigns/release.yml --from tag --yes",
  },
} satisfies Partial<Record<ProblemCode, Explanation>>;
