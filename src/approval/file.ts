/** Approvals in a file, which travel with a pull request. Loads the YAML library: import this module dynamically. */
import { existsSync } from "node:fs";
import { readFile } from "node:fs/promises";
import * as v from "valibot";
import { stringify } from "yaml";
import { InputError, type Problem } from "../errors.ts";
import { writeAtomically } from "../files.ts";
import { readSource } from "../yaml/source.ts";
import type { Approval, ApprovedDelivery } from "./approval.ts";

const time = v.pipe(v.string(), v.isoTimestamp());
const hex = v.pipe(v.string(), v.regex(/^[0-9a-f]{64}$/));
const post = v.looseObject({ text: v.string() });
const delivery = v.looseObject({
  id: v.string(),
  channel: v.string(),
  network: v.string(),
  account: v.string(),
  due: v.optional(time),
  expires: v.optional(time),
  schedule: v.optional(v.string()),
  late: v.optional(v.string()),
  uncertain: v.optional(v.string()),
  digest: hex,
  posts: v.array(post),
});
const schema = v.strictObject({
  version: v.literal(1),
  campaign: v.string(),
  digest: hex,
  approvals: v.array(
    v.strictObject({
      by: v.pipe(v.string(), v.nonEmpty()),
      at: time,
      expires: v.optional(time),
      signature: v.optional(v.string()),
    }),
  ),
  approved: v.array(delivery),
});

/** Empty if there is no file. Throws InputError if it cannot be read. */
export async function readApprovals(file: string, shown: string): Promise<Approval[]> {
  if (!existsSync(file)) return [];
  const { value } = await readSource(file, shown);
  const parsed = v.safeParse(schema, value);
  if (!parsed.success) {
    const where = v.getDotPath(parsed.issues[0]);
    throw new InputError(
      broken(shown, `this is not a file of approvals${where ? `: \`${where}\` has a wrong value` : ""}`),
    );
  }
  const { campaign, digest, approvals, approved } = parsed.output;
  return approvals.map(({ by, at, expires, signature }) => ({
    campaign,
    by,
    digest,
    at: Date.parse(at),
    expiresAt: expires === undefined ? undefined : Date.parse(expires),
    signature,
    approved: approved as unknown as ApprovedDelivery[],
  }));
}

/** Adds an approval; who approved the same before stays, and what was approved of something else goes. */
export async function writeApproval(file: string, shown: string, approval: Approval): Promise<void> {
  const before = await readApprovals(file, shown);
  const others = before.filter(
    ({ by, digest, campaign }) =>
      by !== approval.by && digest === approval.digest && campaign === approval.campaign,
  );
  const { campaign, digest, approved } = approval;
  const approvals = [...others, approval].map(({ by, at, expiresAt, signature }) => ({
    by,
    at: new Date(at).toISOString(),
    ...(expiresAt !== undefined && { expires: new Date(expiresAt).toISOString() }),
    ...(signature !== undefined && { signature }),
  }));
  const content = stringify(
    { version: 1, campaign, digest, approvals, approved },
    { lineWidth: 0, aliasDuplicateObjects: false },
  );
  const text = `${HEAD}${content}`;
  if (existsSync(file) && (await readFile(file, "utf8")) === text) return;
  await writeAtomically(file, text);
}

const HEAD =
  "# Written by `broadcast approve --file`. It is valid for exactly this content; if the campaign changes, it ends.\n";

function broken(file: string, message: string): Problem {
  return {
    severity: "error",
    code: "bad-approval-file",
    message,
    remedy: "Delete this file and approve again.",
    place: { file },
  };
}
