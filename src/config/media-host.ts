/** `media_host:` of broadcast.yml: where files get a public address, for the networks that fetch them. */
import { resolve } from "node:path";
import * as v from "valibot";
import { type Duration, parseDuration } from "../duration.ts";
import type { Problem } from "../errors.ts";
import { url } from "../settings.ts";
import { words } from "../yaml/fields.ts";
import type { Source } from "../yaml/source.ts";
import { type Bucket, bucketEntries, isWhole, readBucket } from "./bucket.ts";
import type { Environment } from "./environment.ts";

export type MediaHostSettings =
  /** In a rehearsal; `instead`: broadcast.yml has one. */
  | { kind: "sandbox"; url: string; instead: boolean }
  | { kind: "folder"; folder: string; url: string; keep: Duration }
  | ({ kind: "bucket"; url: string } & Bucket);

export interface MediaHostRead {
  /** Absent: there is none, or something is missing for it. */
  settings?: MediaHostSettings;
  /** Why it cannot be used here; matters only to campaigns that need it. */
  problem?: Problem;
}

const LEAST = 86_400_000;
const KEEP = "7d";

const keep = v.optional(
  v.pipe(
    v.string(),
    v.check((typed) => (parseDuration(typed) ?? 0) >= LEAST, "is not a length of time of a day or more: 7d"),
    v.description("How long a file stays in the folder. Default: 7d."),
  ),
);

export const mediaHostSchema = v.pipe(
  v.strictObject({
    folder: v.optional(words("A folder that is served at `url`.")),
    ...bucketEntries,
    url: url("Where everybody finds the files"),
    keep,
  }),
  v.check(
    ({ folder, bucket }) => (folder === undefined) !== (bucket === undefined),
    "must have either `folder` or `bucket`",
  ),
  v.check((input) => isWhole(input), "with a `bucket` needs `endpoint`, `access_key` and `secret_key`"),
  v.description("Where files get a public address, for networks that fetch them from the web."),
);

export function readMediaHost(
  source: Source,
  input: v.InferOutput<typeof mediaHostSchema> | undefined,
  root: string,
  environment: Environment,
): { host: MediaHostRead; problems: Problem[]; secrets: string[] } {
  if (!input) return { host: {}, problems: [], secrets: [] };
  const { folder, url, keep = KEEP } = input;
  if (folder !== undefined)
    return {
      host: { settings: { kind: "folder", folder: resolve(root, folder), url, keep: keep as Duration } },
      problems: [],
      secrets: [],
    };
  const { bucket, problem, ...rest } = readBucket(source, "media_host", input, environment);
  return { host: bucket ? { settings: { kind: "bucket", ...bucket, url } } : { problem }, ...rest };
}
