/** The ledger on a git ref: what two clones of one bare repository know, and who of them may send. */
import { execFileSync } from "node:child_process";
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { InputError } from "../../src/errors.ts";
import { LedgerError } from "../../src/ledger/errors.ts";
import type { Ledger } from "../../src/ledger/ledger.ts";
import { findInGit, openInGit } from "../../src/ledger/open.ts";
import type { GitPlace, NewDelivery } from "../../src/ledger/types.ts";

const NOW = Date.parse("2026-12-01T08:00:00Z");
const REF = "refs/broadcast/ledger";

const delivery = (id: string): NewDelivery => ({
  id: `c/${id}`,
  campaign: "c",
  channel: id,
  network: "testnet",
  account: `acc-${id}`,
  digest: "d1",
  posts: [{ text: "ü one", entities: [], media: [], tags: [], options: {} }],
  dueAt: NOW,
});

let base: string;
let bare: string;
const open: Ledger[] = [];

const git = (folder: string, ...args: string[]) =>
  execFileSync("git", args, {
    cwd: folder,
    encoding: "utf8",
    stdio: ["ignore", "pipe", "pipe"],
    env: { ...process.env, GIT_CONFIG_GLOBAL: "/dev/null", GIT_CONFIG_SYSTEM: "/dev/null" },
  }).trim();

function clone(name: string, ...options: string[]): GitPlace {
  git(base, "clone", "--quiet", ...options, `file://${bare}`, name);
  return { folder: join(base, name), remote: "origin", ref: REF };
}

async function ledgerIn(place: GitPlace): Promise<Ledger> {
  const ledger = await openInGit(place);
  open.push(ledger);
  return ledger;
}

const claim = (ledger: Ledger, channel: string, over: Partial<Parameters<Ledger["claim"]>[0]> = {}) =>
  ledger.claim({ owner: "me", now: NOW, until: NOW + 60_000, channel, limit: 10, ...over });

beforeEach(() => {
  base = mkdtempSync(join(tmpdir(), "broadcast-git-"));
  bare = join(base, "bare.git");
  git(base, "init", "--quiet", "--bare", "-b", "main", bare);
  const seed = join(base, "seed");
  git(base, "clone", "--quiet", bare, seed);
  writeFileSync(join(seed, "a.txt"), "one\n");
  git(seed, "add", ".");
  const who = ["-c", "user.name=Ada", "-c", "user.email=ada@example.org"];
  git(seed, ...who, "commit", "--quiet", "-m", "one");
  git(seed, ...who, "commit", "--quiet", "--allow-empty", "-m", "two");
  git(seed, "push", "--quiet", "origin", "HEAD:main");
});
afterEach(async () => {
  for (const ledger of open.splice(0)) await ledger.close();
  rmSync(base, { recursive: true, force: true });
});

async function exists(place: GitPlace): Promise<boolean> {
  const found = await findInGit(place);
  await found.close();
  return found.exists;
}

// Each step is several processes of git.
describe("a ledger in git", { timeout: 60_000 }, () => {
  it("is made by its first entry, and another clone finds in it what this one wrote", async () => {
    const here = clone("here");
    expect(await exists(here)).toBe(false);
    const first = await ledgerIn(here);
    await first.add([delivery("a")], NOW);
    expect(await exists(here)).toBe(true);

    const second = await ledgerIn(clone("there"));
    expect(await second.list()).toEqual(await first.list());
    expect((await second.add([delivery("a")], NOW))[0]?.as).toBe("same");
  });

  it("takes no remote for an option or a command", async () => {
    const { folder } = clone("here");
    const mark = join(base, "ran");
    for (const remote of [`--upload-pack=touch ${mark}`, `ext::sh -c touch% ${mark}`])
      await expect(findInGit({ folder, remote, ref: REF })).rejects.toThrow(InputError);
    expect(existsSync(mark)).toBe(false);
  });

  it("has an attempt on the remote before `begin` answers, and its receipt after `end`", async () => {
    const ledger = await ledgerIn(clone("here"));
    await ledger.add([delivery("a")], NOW);
    const [claimed] = await claim(ledger, "a");
    const begun = await ledger.begin(claimed!, 0, NOW, NOW, []);
    const remote = () => git(bare, "show", `${REF}:ledger.jsonl`);
    expect(remote()).toMatch(/\["attempts",\{"delivery":"c\/a","part":0,"number":1,.*"outcome":null/);
    if (begun === "lost" || !("attempt" in begun)) throw new Error("not begun");
    await ledger.end(
      begun.attempt,
      "acc-a",
      { outcome: "published", receipt: { id: "42", url: "https://n.example/42" } },
      NOW,
    );
    expect(remote()).toContain('"url":"https://n.example/42"');
    expect(git(bare, "rev-list", "--count", REF)).toBe("5");
  });

  it("lets one of two runners take a delivery, whichever comes first", async () => {
    const one = await ledgerIn(clone("one"));
    const two = await ledgerIn(clone("two"));
    await one.add([delivery("a"), delivery("b")], NOW);
    const taken = await Promise.all([
      claim(one, "a", { owner: "one" }),
      claim(two, "a", { owner: "two" }),
      claim(two, "b", { owner: "two" }),
      claim(one, "b", { owner: "one" }),
    ]);
    expect(
      taken
        .flat()
        .map(({ id }) => id)
        .sort(),
    ).toEqual(["c/a", "c/b"]);
  });

  it("takes a lease that has passed to another runner away from the first", async () => {
    const one = await ledgerIn(clone("one"));
    await one.add([delivery("a")], NOW);
    const [held] = await claim(one, "a", { owner: "one" });
    const two = await ledgerIn(clone("two"));
    expect(await claim(two, "a", { owner: "two", now: NOW + 1_000 })).toEqual([]);
    const [over] = await claim(two, "a", { owner: "two", now: NOW + 61_000, until: NOW + 121_000 });
    expect(over?.owner).toBe("two");
    // It still believes to hold it; only the remote knows better.
    expect(await one.begin(held!, 0, NOW, NOW + 61_500, [])).toBe("lost");
    expect(await two.begin(over!, 0, NOW, NOW + 61_500, [])).toMatchObject({ attempt: { number: 1 } });
  });

  it("loses nothing when many write at once", async () => {
    const places = [clone("p0"), clone("p1"), clone("p2")];
    const ledgers = await Promise.all(places.map(ledgerIn));
    const ids = Array.from({ length: 24 }, (_, n) => `n${n}`);
    await Promise.all(ids.map((id, n) => ledgers[n % 3]!.add([delivery(id)], NOW)));
    const fresh = await ledgerIn(clone("fresh"));
    expect((await fresh.list()).map(({ channel }) => channel).sort()).toEqual([...ids].sort());
  });

  it.each([
    ["deleted", () => git(bare, "update-ref", "-d", REF)],
    ["set back", () => git(bare, "update-ref", REF, `${REF}~1`)],
  ])("notices that its ref was %s before the next request", async (_, act) => {
    const ledger = await ledgerIn(clone("here"));
    await ledger.add([delivery("a"), delivery("b")], NOW);
    const [claimed] = await claim(ledger, "a");
    act();
    const gone = { problem: { code: "ledger-gone", message: expect.stringMatching(/deleted or set back/) } };
    await expect(ledger.begin(claimed!, 0, NOW, NOW, [])).rejects.toMatchObject(gone);
    await expect(claim(ledger, "b")).rejects.toMatchObject(gone);
    await expect(ledger.add([delivery("c")], NOW)).rejects.toMatchObject(gone);
  });

  it("rolls one piece of work back and keeps its neighbours", async () => {
    const ledger = await ledgerIn(clone("here"));
    const broken = { ...delivery("b"), dueAt: Number.NaN };
    const [good, bad] = await Promise.allSettled([
      ledger.add([delivery("a")], NOW),
      ledger.add([broken], NOW),
    ]);
    expect([good.status, bad.status]).toEqual(["fulfilled", "rejected"]);
    expect((await (await ledgerIn(clone("there"))).list()).map(({ id }) => id)).toEqual(["c/a"]);
  });

  it("works in a shallow clone, with changes in the working tree, and leaves both as they are", async () => {
    const place = clone("shallow", "--depth", "1");
    writeFileSync(join(place.folder, "a.txt"), "changed\n");
    writeFileSync(join(place.folder, "new.txt"), "new\n");
    const before = git(place.folder, "status", "--porcelain=v2", "--branch");
    const refs = git(place.folder, "for-each-ref");
    const ledger = await ledgerIn(place);
    await ledger.add([delivery("a")], NOW);
    await (await ledgerIn(clone("other"))).add([delivery("b")], NOW);
    await ledger.add([delivery("d")], NOW);
    expect(git(place.folder, "status", "--porcelain=v2", "--branch")).toBe(before);
    expect(git(place.folder, "for-each-ref")).toBe(refs);
    expect(readFileSync(join(place.folder, ".git/shallow"), "utf8").trim().split("\n")).toHaveLength(1);
    expect(existsSync(join(place.folder, ".git/FETCH_HEAD"))).toBe(false);
  });

  it("runs no hook of the project", async () => {
    const place = clone("hooked");
    mkdirSync(join(place.folder, ".git/hooks"), { recursive: true });
    writeFileSync(join(place.folder, ".git/hooks/pre-push"), "#!/bin/sh\nexit 1\n");
    chmodSync(join(place.folder, ".git/hooks/pre-push"), 0o755);
    await (await ledgerIn(place)).add([delivery("a")], NOW);
    expect(await exists(place)).toBe(true);
  });

  it("may lie in the repository itself", async () => {
    const place = { ...clone("alone"), remote: "." };
    await (await ledgerIn(place)).add([delivery("a")], NOW);
    expect(git(place.folder, "cat-file", "-t", REF)).toBe("commit");
  });

  it.each([
    ["nowhere", "no remote `nowhere`", "git remote add"],
    ["https://ada:pa55word@127.0.0.1:9/x.git", "Failed to connect", "git ls-remote"],
    ["./gone.git", "'./gone.git' does not appear to be a git repository", "git ls-remote"],
  ])("at %s, which cannot be reached, is bad input before anything is sent", async (remote, says, remedy) => {
    const error = await openInGit({ ...clone("here"), remote }).catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(InputError);
    const [problem] = (error as InputError).problems;
    expect(problem).toMatchObject({ code: "ledger-git" });
    expect(problem?.message).toContain(says);
    expect(problem?.remedy).toContain(remedy);
    expect(JSON.stringify(problem)).not.toContain("pa55word");
  });

  it("that a rule protects says so at once, in the server's words", async () => {
    const ledger = await ledgerIn(clone("here"));
    writeFileSync(
      join(bare, "hooks/pre-receive"),
      '#!/bin/sh\necho x >> pushes\necho "error: GH013: Repository rule violations found." >&2\nexit 1\n',
    );
    chmodSync(join(bare, "hooks/pre-receive"), 0o755);
    const error = await ledger.add([delivery("a")], NOW).catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(LedgerError);
    const { message, remedy } = (error as LedgerError).problem;
    expect(message).toContain(
      `refuses ${REF} to this job (git push: GH013: Repository rule violations found.)`,
    );
    expect(remedy).toContain("contents: write");
    expect(readFileSync(join(bare, "pushes"), "utf8")).toBe("x\n");
  });

  it("that does not take a push begins no attempt", async () => {
    const ledger = await ledgerIn(clone("here"));
    await ledger.add([delivery("a")], NOW);
    const [claimed] = await claim(ledger, "a");
    writeFileSync(join(bare, "hooks/pre-receive"), "#!/bin/sh\necho no room >&2\nexit 1\n");
    chmodSync(join(bare, "hooks/pre-receive"), 0o755);
    await expect(ledger.begin(claimed!, 0, NOW, NOW, [])).rejects.toBeInstanceOf(LedgerError);
    rmSync(join(bare, "hooks/pre-receive"));
    // What was not pushed never was: the next attempt is the first.
    expect(await ledger.begin(claimed!, 0, NOW, NOW, [])).toMatchObject({ attempt: { number: 1 } });
  });

  it("believes the remote and not the error when an answer is cut off", async () => {
    const ledger = await ledgerIn(clone("here"));
    await ledger.add([delivery("a")], NOW);
    const [claimed] = await claim(ledger, "a");
    // The ref is written, and then the connection breaks.
    writeFileSync(join(bare, "hooks/post-receive"), "#!/bin/sh\nkill -9 $PPID\n");
    chmodSync(join(bare, "hooks/post-receive"), 0o755);
    expect(await ledger.begin(claimed!, 0, NOW, NOW, [])).toMatchObject({ attempt: { number: 1 } });
    const fresh = await ledgerIn(clone("there"));
    expect((await fresh.history("c/a"))?.attempts).toHaveLength(1);
  });

  it("counts its own push also when somebody has built on it before it was believed", async () => {
    const here = clone("here");
    const ledger = await ledgerIn(here);
    await ledger.add([delivery("a")], NOW);
    const [claimed] = await claim(ledger, "a");
    // After the push another runner commits on top of it, and the first one's connection breaks.
    const hook = `#!/bin/sh
[ -e once ] && exit 0
touch once
tip=$(git rev-parse ${REF})
export GIT_AUTHOR_NAME=x GIT_AUTHOR_EMAIL=x@x GIT_COMMITTER_NAME=x GIT_COMMITTER_EMAIL=x@x
git update-ref ${REF} $(git commit-tree $tip^{tree} -p $tip -m other)
kill -9 $PPID
`;
    writeFileSync(join(bare, "hooks/post-receive"), hook);
    chmodSync(join(bare, "hooks/post-receive"), 0o755);
    expect(await ledger.begin(claimed!, 0, NOW, NOW, [])).toMatchObject({ attempt: { number: 1 } });
    await ledger.add([delivery("b")], NOW);
    const fresh = await ledgerIn(clone("there"));
    expect((await fresh.history("c/a"))?.attempts).toHaveLength(1);
    expect(await fresh.list()).toHaveLength(2);
  });

  it("refuses what is not a ledger, and runs nothing that it brings along", async () => {
    const place = clone("here");
    const push = (text: string) => {
      const file = join(base, "ledger.jsonl");
      writeFileSync(file, text);
      const blob = git(place.folder, "hash-object", "-w", file);
      const tree = execFileSync("git", ["mktree"], {
        cwd: place.folder,
        input: `100644 blob ${blob}\tledger.jsonl\n`,
        encoding: "utf8",
      }).trim();
      const commit = git(
        place.folder,
        "-c",
        "user.name=x",
        "-c",
        "user.email=x@x",
        "commit-tree",
        tree,
        "-m",
        "x",
      );
      git(place.folder, "push", "--quiet", "--force", "origin", `${commit}:${REF}`);
    };
    push('{"broadcast":"ledger","tables":[{"name":"a","sql":["attach database \'/tmp/x\' as y"]}]}\n');
    await expect(openInGit(place)).rejects.toThrow(/makes no table/);
    push("not json\n");
    await expect(openInGit(place)).rejects.toThrow();
  });
});
