/** Whether something is a plan at all, wherever it comes from. */
import * as v from "valibot";
import { InputError } from "../errors.ts";
import type { Plan } from "../plan/types.ts";

// The fields that are read here; the digests cover the rest.
const media = v.looseObject({ file: v.string(), sha256: v.string() });
const post = v.looseObject({
  text: v.string(),
  entities: v.array(v.looseObject({})),
  media: v.array(media),
  link: v.optional(v.looseObject({ url: v.string(), image: v.optional(media) })),
  tags: v.array(v.string()),
});
const time = v.pipe(v.string(), v.isoTimestamp());
const audience = v.picklist(["internal", "external"]);
const measured = v.looseObject({ length: v.number(), max: v.number(), unit: v.string(), fits: v.boolean() });
const delivery = v.looseObject({
  id: v.string(),
  channel: v.string(),
  network: v.string(),
  audience,
  account: v.string(),
  occurrence: v.optional(v.string()),
  due: v.optional(time),
  expires: v.optional(time),
  schedule: v.optional(v.literal("network")),
  posts: v.pipe(v.array(v.looseObject({ post, measured })), v.minLength(1)),
  lost: v.array(v.string()),
  differs: v.optional(v.array(v.string())),
  digest: v.string(),
});
const planSchema = v.looseObject({
  version: v.literal(2),
  campaign: v.looseObject({ id: v.string(), kind: v.string(), audience }),
  deliveries: v.pipe(v.array(delivery), v.minLength(1)),
  problems: v.array(
    v.looseObject({ severity: v.picklist(["error", "warning"]), code: v.string(), message: v.string() }),
  ),
  digest: v.string(),
});

/** Throws InputError if it is not a plan of this version. `file`: where it was read. */
export function readAsPlan(value: unknown, file?: string): Plan {
  const parsed = v.safeParse(planSchema, value);
  if (parsed.success) return parsed.output as unknown as Plan;
  const where = v.getDotPath(parsed.issues[0]);
  throw planRefusal(
    file,
    `this is not a plan${where ? `: \`${where}\` has a wrong value` : ""}`,
    "Write one with `broadcast plan CAMPAIGN --out plan.json`.",
  );
}

export function planRefusal(file: string | undefined, message: string, remedy: string): InputError {
  const place = file === undefined ? undefined : { file };
  return new InputError({ severity: "error", code: "bad-plan", message, remedy, place });
}
