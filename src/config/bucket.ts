// biome-ignore-all lint/suspicious/noTemplateCurlyInString: ${NAME} is what broadcast.yml holds
/** A bucket of S3-compatible storage, as `media_host` and `media_store` of broadcast.yml name one. Its keys are never shown. */
import * as v from "valibot";
import type { Problem } from "../errors.ts";
import { url } from "../settings.ts";
import { words } from "../yaml/fields.ts";
import { isMap } from "../yaml/is-map.ts";
import type { Source } from "../yaml/source.ts";
import { type Environment, howToSet, interpolate, isReference } from "./environment.ts";

export const bucketEntries = {
  bucket: v.optional(words("A bucket of S3-compatible storage.")),
  endpoint: v.optional(url("The storage's API")),
  region: v.optional(words("Its region. Default: auto.")),
  access_key: v.optional(words("The access key's id: ${NAME} only.")),
  secret_key: v.optional(words("The access key's secret: ${NAME} only.")),
};

type BucketInput = v.InferOutput<v.StrictObjectSchema<typeof bucketEntries, undefined>>;

export const isWhole = ({ bucket, endpoint, access_key, secret_key }: BucketInput) =>
  bucket === undefined || [endpoint, access_key, secret_key].every((one) => one !== undefined);

export interface Bucket {
  bucket: string;
  endpoint: string;
  region: string;
  accessKey: string;
  secretKey: string;
}

export interface BucketRead {
  bucket?: Bucket;
  /** Why it cannot be used here; matters only to what needs it. */
  problem?: Problem;
  /** Faults of the file. */
  problems: Problem[];
  secrets: string[];
}

type Place = "media_host" | "media_store";

/** No value of its keys is ever shown. */
export function hideKeys(source: Source, place: Place): void {
  const written = source.value[place];
  if (!isMap(written)) return;
  for (const key of ["access_key", "secret_key"])
    if (key in written && !isReference(written[key])) source.hide([place, key]);
}

export function readBucket(
  source: Source,
  place: Place,
  { bucket = "", endpoint = "", region = "auto", access_key = "", secret_key = "" }: BucketInput,
  environment: Environment,
): BucketRead {
  const keys = { access_key, secret_key };
  const literal = Object.entries(keys).filter(([, value]) => !isReference(value));
  if (literal.length > 0)
    return {
      problems: literal.map(([key]) => literalSecret(source, place, key)),
      secrets: literal.map(([, value]) => value),
    };
  const [id, secret] = [interpolate(access_key, environment), interpolate(secret_key, environment)];
  const [missing] = [...id.missing, ...secret.missing];
  if (missing !== undefined)
    return {
      problem: {
        severity: "error",
        code: "missing-env",
        message: `the environment variable \`${missing}\` is not set; \`${place}\` needs it`,
        remedy: howToSet(missing, environment),
        place: source.place([place]),
      },
      problems: [],
      secrets: [],
    };
  return {
    bucket: { bucket, endpoint, region, accessKey: id.text, secretKey: secret.text },
    problems: [],
    secrets: [secret.text],
  };
}

function literalSecret(source: Source, place: Place, key: string): Problem {
  const variable = `${place}_${key}`.toUpperCase();
  return {
    severity: "error",
    code: "literal-secret",
    message: `\`${key}\` of \`${place}\` is a secret and does not belong in this file`,
    remedy: `Write \`${variable}=…\` into .env beside it (never into git), and here \`${key}: \${${variable}}\`.`,
    place: source.place([place, key]),
  };
}
