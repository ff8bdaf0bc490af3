/** `media_store:` of broadcast.yml: where the files of posts lie that workers send. */
import { resolve } from "node:path";
import * as v from "valibot";
import type { Problem } from "../errors.ts";
import { words } from "../yaml/fields.ts";
import type { Source } from "../yaml/source.ts";
import { type Bucket, bucketEntries, isWhole, readBucket } from "./bucket.ts";
import type { Environment } from "./environment.ts";

export const mediaStoreSchema = v.pipe(
  v.union(
    [
      words("A folder that machines share."),
      v.pipe(
        v.strictObject(bucketEntries),
        v.check((input) => input.bucket !== undefined && isWhole(input), "needs all of them"),
      ),
    ],
    "must be a folder, or `bucket`, `endpoint`, `access_key` and `secret_key`",
  ),
  v.description(
    "Where `send` puts the files of posts, for workers whose own folder lacks them: a folder that machines share, or a private bucket of S3-compatible storage.",
  ),
);

export type MediaStoreSettings = { kind: "folder"; folder: string } | ({ kind: "bucket" } & Bucket);

export interface MediaStoreRead {
  /** Absent: there is none, or something is missing for it. */
  settings?: MediaStoreSettings;
  /** Why it cannot be used here; matters only to those who fill it. */
  problem?: Problem;
}

export function readMediaStore(
  source: Source,
  input: v.InferOutput<typeof mediaStoreSchema> | undefined,
  root: string,
  environment: Environment,
): { store: MediaStoreRead; problems: Problem[]; secrets: string[] } {
  if (input === undefined) return { store: {}, problems: [], secrets: [] };
  if (typeof input === "string")
    return {
      store: { settings: { kind: "folder", folder: resolve(root, input) } },
      problems: [],
      secrets: [],
    };
  const { bucket, problem, ...rest } = readBucket(source, "media_store", input, environment);
  return { store: bucket ? { settings: { kind: "bucket", ...bucket } } : { problem }, ...rest };
}
