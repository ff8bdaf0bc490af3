/**
 * The ledger on a ref of the project's own repository, for runners whose disks vanish. Every commit holds the whole ledger;
 * what counts is what the remote has. A piece of work runs on a copy in memory, and the result is pushed by
 * compare-and-swap: on a lost race the winner's ledger is fetched and the work is run again on it. Nothing that was asked
 * for is answered before its commit is on the remote, so an attempt is there before its request leaves.
 */
import { askGit, GitError, git } from "../git.ts";
import type { Database, Work, WorkOnMany } from "./database.ts";
import { dump, restore } from "./dump.ts";
import { gitLedgerError, gitRemoteError, isRefused, messageOf, setBack } from "./git-errors.ts";
import { openSqlite } from "./sqlite.ts";
import type { GitPlace } from "./types.ts";

const FILE = "ledger.jsonl";
// Another process may have written meanwhile: nothing older than this is read.
const FRESH_MS = 5_000;
const MOST_RACES = 200;
const MOST_RETRIES = 4;

interface Waiting {
  run: (memory: Database) => Promise<() => void>;
  reject: (reason: unknown) => void;
}

/** `exists`: there was a ledger when it was opened. Throws LedgerError when the repository or its remote cannot be used. */
export async function openGit(place: GitPlace): Promise<Database & { exists: boolean }> {
  const remote = createRemote(place);
  let memory = await openSqlite(":memory:");
  /** The commit that `memory` is as of; none while the ref does not exist. */
  let tip: string | undefined;
  let text = "";
  let checkedAt = 0;
  let stale = true;

  const load = async (found: string | undefined) => {
    const fresh = await openSqlite(":memory:");
    const next = found === undefined ? "" : await remote.read(found);
    try {
      if (next !== "") await restore(fresh, next);
    } catch (error) {
      await fresh.close();
      throw gitLedgerError(`what is at ${place.ref} is not a ledger (${messageOf(error)})`, error);
    }
    await memory.close();
    memory = fresh;
    text = next;
    tip = found;
    stale = false;
  };
  const refresh = async () => {
    const found = await remote.tip();
    checkedAt = Date.now();
    // Others add to the ledger. What does not hold our last commit has forgotten posts that are out.
    if (tip !== undefined && found !== tip && !(await remote.holds(found, tip))) throw setBack(place);
    if (stale || found !== tip) await load(found);
  };

  // What changed nothing was not compared by a push.
  const stillAt = async (commit: string | undefined) => {
    if (Date.now() - checkedAt <= FRESH_MS) return commit;
    const found = await remote.tip();
    checkedAt = Date.now();
    return found === commit ? commit : "lost";
  };

  // One at a time, in order: a reader never sees anything that is not on the remote yet.
  let queue: Promise<unknown> = Promise.resolve();
  const inTurn = <T>(work: () => Promise<T>): Promise<T> => {
    const turn = queue.then(work);
    queue = turn.catch(() => {});
    return turn;
  };

  let waiting: Waiting[] = [];
  const flush = async () => {
    const batch = waiting;
    waiting = [];
    if (batch.length === 0) return;
    try {
      for (let race = 0; race < MOST_RACES; race++) {
        // The push compares, so an outdated state is found there without asking first.
        if (stale) await refresh();
        stale = true;
        const answers: (() => void)[] = [];
        for (const { run } of batch) answers.push(await run(memory));
        const next = await dump(memory);
        const pushed = next === text ? await stillAt(tip) : await remote.push(next, tip);
        if (pushed !== "lost") {
          tip = pushed;
          if (next !== text) checkedAt = Date.now();
          text = next;
          stale = false;
          for (const answer of answers) answer();
          return;
        }
        // So that two who push at the same pace do not meet again and again.
        await new Promise((done) => setTimeout(done, Math.random() * 20 * Math.min(race + 1, 10)));
      }
      throw gitLedgerError("other runners write to it all the time");
    } catch (error) {
      stale = true;
      for (const { reject } of batch) reject(error);
    }
  };

  try {
    await refresh();
  } catch (error) {
    await memory.close();
    throw error;
  }
  const write = <T>(work: () => Work<T>) =>
    new Promise<T>((resolve, reject) => {
      waiting.push({
        reject,
        // Work that throws leaves nothing behind in memory; its neighbours go on.
        run: (db) =>
          db.write(work).then(
            (value) => () => resolve(value),
            (error) => () => reject(error),
          ),
      });
      if (waiting.length === 1) setImmediate(() => void inTurn(flush));
    });
  return {
    exists: tip !== undefined,
    write,
    writeEach: <I, T>(work: WorkOnMany<I, T>, item: I) =>
      write(function* () {
        const [result] = yield* work([item]);
        return result as T;
      }),
    read: (work) =>
      inTurn(async () => {
        if (stale || Date.now() - checkedAt > FRESH_MS) await refresh();
        return memory.read(work);
      }),
    close: async () => {
      if (waiting.length > 0) await inTurn(flush);
      await queue;
      await memory.close();
    },
  };
}

interface Remote {
  tip(): Promise<string | undefined>;
  /** The ledger's text in a commit that the remote has. */
  read(commit: string): Promise<string>;
  /** Whether a commit has another one among its ancestors. */
  holds(commit: string | undefined, other: string): Promise<boolean>;
  /** Resolves with the new commit once the remote has it; `lost` when the ref is not at `parent` any more. */
  push(text: string, parent: string | undefined): Promise<string | "lost">;
}

function createRemote(place: GitPlace): Remote {
  const { folder, remote, ref } = place;
  const env = {
    GIT_AUTHOR_NAME: "broadcast",
    GIT_AUTHOR_EMAIL: "broadcast@localhost",
    GIT_COMMITTER_NAME: "broadcast",
    GIT_COMMITTER_EMAIL: "broadcast@localhost",
    // Others (`ext::`) run commands.
    GIT_ALLOW_PROTOCOL: "file:git:http:https:ssh",
    ...process.env,
  };
  const run = (args: string[], input?: string) => git(args, { folder, env, input });
  const tip = async () => {
    const listed = await run(["ls-remote", "--quiet", "--exit-code", "--", remote, ref]).catch((error) => {
      // 2: the remote answered, and there is no such ref.
      if (error instanceof GitError && error.code === 2) return "";
      throw gitRemoteError(error, place);
    });
    return listed.match(/^[0-9a-f]{40,64}/)?.[0];
  };
  const ask = (args: string[]) => askGit(args, { folder, env });
  const fetch = async (commit: string) => {
    if ((await ask(["cat-file", "-e", `${commit}^{commit}`])) !== undefined) return;
    await run([
      "fetch",
      "--quiet",
      "--no-tags",
      "--no-recurse-submodules",
      "--no-write-fetch-head",
      "--no-auto-maintenance",
      "--",
      remote,
      ref,
    ]);
  };
  // Another commit may be on top of ours before we asked whether it had arrived.
  const isWithin = async (commit: string, other: string | undefined) => {
    if (other === undefined) return false;
    try {
      await fetch(other);
    } catch (error) {
      throw gitRemoteError(error, place);
    }
    return (await ask(["merge-base", "--is-ancestor", commit, other])) !== undefined;
  };

  return {
    tip,
    holds: (commit, other) => isWithin(other, commit),
    async read(commit) {
      try {
        await fetch(commit);
        return await run(["cat-file", "blob", `${commit}:${FILE}`]);
      } catch (error) {
        throw gitRemoteError(error, place);
      }
    },
    async push(text, parent) {
      let commit: string;
      try {
        const blob = (await run(["hash-object", "-w", "--stdin"], text)).trim();
        const tree = (await run(["mktree"], `100644 blob ${blob}\t${FILE}\n`)).trim();
        const parents = parent === undefined ? [] : ["-p", parent];
        commit = (await run(["commit-tree", tree, ...parents, "-m", "broadcast"])).trim();
      } catch (error) {
        throw gitLedgerError(messageOf(error), error);
      }
      // The server compares the old value under its own lock; and the parent makes it a fast-forward.
      const push = [
        "push",
        "--quiet",
        "--no-verify",
        "--no-follow-tags",
        "--recurse-submodules=no",
        `--force-with-lease=${ref}:${parent ?? ""}`,
        "--",
        remote,
        `${commit}:${ref}`,
      ];
      for (let retry = 0; ; retry++) {
        try {
          await run(push);
          return commit;
        } catch (error) {
          // A push that was cut off may have arrived: the remote is asked, not the error.
          const now = await tip();
          if (now === commit) return commit;
          if (now !== parent) return (await isWithin(commit, now)) ? commit : "lost";
          if (retry >= MOST_RETRIES || isRefused(error)) throw gitRemoteError(error, place);
          await new Promise((done) => setTimeout(done, 50 * 2 ** retry * (0.5 + Math.random())));
        }
      }
    },
  };
}
