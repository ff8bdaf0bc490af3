/**
 * Kills at every boundary of a delivery, lets it run again until it settles, and counts in the sandbox. What is being checked
 * is a sentence: exactly once where the network has a key or can be asked, at most once and held elsewhere, never a wrong
 * word about it, and nothing uploaded again that was uploaded.
 */
import { existsSync } from "node:fs";
import { join } from "node:path";
import { driver } from "../../src/ledger/driver.ts";
import { Ledger } from "../../src/ledger/ledger.ts";
import { openSqlite } from "../../src/ledger/sqlite.ts";
import type { History } from "../../src/ledger/types.ts";
import { createScene, isAfterwards, LATER_MS, type Scene, type Stage } from "./harness.ts";
import type { Ended } from "./process.ts";
import type { Subject } from "./subjects.ts";

const LEDGER = ".broadcast/sandbox/ledger.db";

export interface Verdict {
  subject: string;
  killAt: readonly string[];
  /** How many of these kills took place: a recovery may need fewer steps than the run before it. */
  kills: number;
  /** How many times each part is out in the end. */
  out: number[];
  exit: number | null;
  /** What is wrong, in words; absent when all is well. */
  wrong?: string;
}

/** Kills at these boundaries, one run after the other, then lets it settle and looks. */
export async function killAndSettle(
  subject: Subject,
  killAt: readonly string[],
  stage: Stage,
): Promise<Verdict> {
  const scene = createScene(subject, stage);
  const { later } = subject;
  try {
    await scene.prepare();
    let kills = 0;
    for (const [index, boundary] of killAt.entries()) {
      const ended = await scene.act({ killAt: boundary, ...(index > 0 && { later }) });
      if (ended.signal === "SIGKILL") kills++;
      else if (index === 0)
        return {
          subject: subject.name,
          killAt,
          kills: 0,
          out: [],
          exit: ended.code,
          wrong: `was not killed\n${ended.out}`,
        };
    }
    if (subject.edited) await forge(scene);
    // Somebody is there again before the request that was cut off has been taken: nobody may believe that it never will be.
    if (subject.weather === "slow") await scene.act({ later: TOO_SOON - LATER_MS });
    const last = await settle(scene);
    return { subject: subject.name, killAt, kills, ...(await judge(scene, last, stage)) };
  } finally {
    scene.remove();
  }
}

const TOO_SOON = 50_000;

/** Other words in place of the approved ones, and the digest left as it was. */
async function forge({ folder }: Scene): Promise<void> {
  // Killed before there was one, or before there were tables in it.
  if (!existsSync(join(folder, LEDGER))) return;
  const { DatabaseSync } = await driver();
  const db = new DatabaseSync(join(folder, LEDGER));
  const has = db.prepare("select 1 from sqlite_master where name = 'deliveries'").get();
  if (has) db.exec("update deliveries set posts = replace(posts, 'Part 1', 'Forged 1')");
  db.close();
}

/** Whoever comes next types the command again, or what it would tell them to. */
async function settle({ subject: { by, later }, act, send }: Scene): Promise<Ended> {
  // Taken back already: then there is nothing to take back, and `send` says how it stands.
  if (by === "retract") {
    await act({ later });
    return send({ later });
  }
  // What was settled or tried again, a second `resolve` or `retry` has nothing to do with; what is still failed, it has.
  if (by === "retry") await act({ later });
  const again = by === "run" || by === "edit" || by === "repost" ? act : send;
  let last = await again({ later });
  for (let n = 0; n < 3 && last.code !== 0 && last.code !== 4; n++) last = await again({ later });
  return last;
}

async function judge(
  scene: Scene,
  last: Ended,
  stage: Stage,
): Promise<Pick<Verdict, "out" | "exit" | "wrong">> {
  const { subject, mark } = scene;
  const posts = await stage.posts();
  const outWith = (word: string) =>
    Array.from({ length: subject.parts }, (_, n) =>
      posts.filter(({ text, title }) => `${title ?? ""} ${text}`.includes(`${word} ${n + 1} of ${mark}.`)),
    );
  const changed = isAfterwards(subject);
  const parts = outWith(changed && subject.by !== "retract" ? "Edited" : "Part");
  const out = parts.map(({ length }) => length);
  const history = await historyIn(scene);
  const wrong =
    (changed && outWith("Part").some(({ length }) => length > 0) ? "the old words are out" : undefined) ??
    fault(subject, out, last) ??
    (posts.some(({ text }) => text.includes(`Forged 1 of ${mark}`)) ? "forged words are out" : undefined) ??
    untrue(history, parts) ??
    (subject.uploads && misuploaded(scene, last, stage.pictures()));
  return { out, exit: last.code, ...(wrong && { wrong: `${wrong}\n${last.out}` }) };
}

function fault({ exact, by }: Subject, out: number[], { code, out: said }: Ended): string | undefined {
  if (out.some((count) => count > 1)) return `a part is out more than once: ${out}`;
  if (by === "retract") return code === 0 ? undefined : `it ended with ${code}`;
  if (code === 0 && out.includes(0)) return `it says all is out, but: ${out}`;
  if (code === 4 && exact) return `it asks a person although the network can tell: ${out}`;
  if (code === 4 && !/broadcast resolve/.test(said)) return "it does not say how to resolve it";
  return code === 0 || code === 4 ? undefined : `it ended with ${code}`;
}

async function historyIn({ folder }: Scene): Promise<History | undefined> {
  const ledger = await Ledger.open(await openSqlite(join(folder, LEDGER)));
  try {
    const [delivery] = await ledger.list({});
    return delivery && (await ledger.history(delivery.id));
  } finally {
    await ledger.close();
  }
}

/** What the ledger says is out must be out, under that id and address; and when it says that all is, every part has a receipt. */
function untrue(history: History | undefined, parts: { id: string; url: string }[][]): string | undefined {
  if (!history) return "the ledger does not know the delivery";
  const { state, receipts } = history;
  for (const { part, id, url } of receipts) {
    const post = parts[part]?.[0];
    if (!post) return `the ledger has a receipt for part ${part + 1}, which is not out`;
    // Where an id is one only within a room, the sandbox puts the room before it.
    if (id !== "" && id !== post.id && !post.id.endsWith(` ${id}`))
      return `the receipt of part ${part + 1} says ${id}, the network ${post.id}`;
    if (url !== undefined && url !== post.url && url.split("?")[0] !== post.url)
      return `the receipt of part ${part + 1} leads to ${url}, the post is at ${post.url}`;
  }
  if (parts.some(({ length }) => length === 0) && state === "retracted") return undefined;
  if (state === "published" && receipts.length !== parts.length)
    return `it is published with ${receipts.length} receipts for ${parts.length} parts`;
  return undefined;
}

/**
 * What was uploaded and written down is not uploaded again: each picture arrives once, and once more for each run that died
 * between the beginning of its upload and the next commit.
 */
function misuploaded(
  { mark, subject, traces }: Scene,
  last: Ended,
  arrived: readonly string[],
): string | undefined {
  const broken = traces().flatMap((lines) =>
    lines.slice(lines.lastIndexOf("commit") + 1).flatMap((line) => line.match(/image \d of \w+/g) ?? []),
  );
  for (let n = 1; n <= subject.pictures; n++) {
    const picture = `image ${n} of ${mark}`;
    const times = arrived.filter((one) => one === picture).length;
    const most = 1 + broken.filter((one) => one === picture).length;
    if (times === 0 && last.code === 0) return `${picture} was never uploaded`;
    if (times > most) return `${picture} was uploaded ${times} times, and needed ${most}`;
  }
  return undefined;
}
