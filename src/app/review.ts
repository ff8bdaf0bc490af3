/** What people say beside posts before they are out: `release.review.yml` beside `release.yml`. It decides nothing. */
import { randomBytes } from "node:crypto";
import { existsSync } from "node:fs";
import { resolve } from "node:path";
import * as v from "valibot";
import { stringify } from "yaml";
import { InputError, usageError } from "../errors.ts";
import { writeAtomically } from "../files.ts";
import type { Comment } from "../pages/preview/view.ts";
import { readSource } from "../yaml/source.ts";
import { requireName } from "./approve.ts";
import { type Project, shown } from "./project.ts";

const time = v.pipe(v.string(), v.isoTimestamp());
// Counted as `requireName` counts.
const name = v.pipe(
  v.string(),
  v.nonEmpty(),
  v.check((words) => [...words].length <= 100, "is longer than 100 letters"),
);
const schema = v.strictObject({
  version: v.literal(1),
  comments: v.array(
    v.strictObject({
      id: v.pipe(v.string(), v.regex(/^[0-9a-f]{8}$/)),
      channel: v.optional(v.string()),
      by: name,
      at: time,
      text: v.string(),
      quote: v.optional(v.string()),
      digest: v.pipe(v.string(), v.regex(/^[0-9a-f]{64}$/)),
      settled: v.optional(v.strictObject({ by: name, at: time })),
    }),
  ),
});

const HEAD =
  "# Comments from `broadcast preview --serve`, beside the posts they are about. They hold nothing up.\n";
// A page of reasons; longer ones are a document.
const MOST_LETTERS = 4_000;
const MOST_COMMENTS = 500;
const MOST_QUOTED = 300;

export interface NewComment {
  /** Absent: about the campaign. */
  channel?: string;
  by: string;
  text: string;
  /** The words it is about. */
  quote?: string;
  /** Of the plan that was read. */
  digest: string;
  /** Epoch milliseconds. */
  now: number;
}

export function reviewFile(campaign: string): string {
  return `${campaign.replace(/\.(?:ya?ml|json)$/i, "")}.review.yml`;
}

type Where = Pick<Project, "cwd">;

/** Oldest first; none if there is no file. Throws InputError if it cannot be read. */
export async function readReview(campaign: string, { cwd }: Where): Promise<Comment[]> {
  const file = resolve(cwd, reviewFile(campaign));
  if (!existsSync(file)) return [];
  const label = shown(cwd, file);
  const { value } = await readSource(file, label);
  const parsed = v.safeParse(schema, value);
  if (parsed.success) return parsed.output.comments;
  throw new InputError({
    severity: "error",
    code: "bad-review-file",
    message: `this is not a file of comments: \`${v.getDotPath(parsed.issues[0]) ?? "it"}\` has a wrong value`,
    remedy: "Correct it, or delete it.",
    place: { file: label },
  });
}

/** Throws InputError when the text or the name is missing. */
export async function addComment(
  campaign: string,
  { channel, by, text, quote = "", digest, now }: NewComment,
  where: Where,
): Promise<Comment> {
  requireName(by);
  const words = text.replace(/\r\n?/g, "\n").trim();
  if (words === "") throw usageError("this comment says nothing", "Write it, then leave it.");
  if (words.length > MOST_LETTERS)
    throw usageError(
      `a comment has at most ${MOST_LETTERS} characters; this one has ${words.length}`,
      "Say it shorter.",
    );
  return inTurn(campaign, async () => {
    const quoted = quote.replace(/\s+/g, " ").trim().slice(0, MOST_QUOTED);
    const before = await readReview(campaign, where);
    if (before.length >= MOST_COMMENTS)
      throw usageError(
        `there are ${before.length} comments already`,
        `Take old ones out of ${reviewFile(campaign)}.`,
      );
    const comment: Comment = {
      id: randomBytes(4).toString("hex"),
      ...(channel !== undefined && { channel }),
      by,
      at: new Date(now).toISOString(),
      text: words,
      ...(quoted !== "" && { quote: quoted }),
      digest,
    };
    await write(campaign, [...before, comment], where);
    return comment;
  });
}

/** A second time changes nothing. */
export async function settleComment(
  campaign: string,
  { id, by, now }: { id: string; by: string; now: number },
  where: Where,
): Promise<void> {
  requireName(by);
  return inTurn(campaign, async () => {
    const before = await readReview(campaign, where);
    if (!before.some((one) => one.id === id))
      throw usageError("this comment is not there any more", "Look again.");
    const settled = { by, at: new Date(now).toISOString() };
    await write(
      campaign,
      before.map((one) => (one.id === id && !one.settled ? { ...one, settled } : one)),
      where,
    );
  });
}

const turns = new Map<string, Promise<unknown>>();

/** What is read, changed and written is one thing: two comments at once are both kept. */
function inTurn<T>(campaign: string, work: () => Promise<T>): Promise<T> {
  const turn = (turns.get(campaign) ?? Promise.resolve()).then(work);
  turns.set(
    campaign,
    turn.catch(() => {}),
  );
  return turn;
}

async function write(campaign: string, comments: readonly Comment[], { cwd }: Where): Promise<void> {
  await writeAtomically(
    resolve(cwd, reviewFile(campaign)),
    `${HEAD}${stringify({ version: 1, comments }, { lineWidth: 0, aliasDuplicateObjects: false })}`,
  );
}
