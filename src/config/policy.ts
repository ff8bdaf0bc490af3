/** `policy:` of broadcast.yml: who must approve what before it may be sent. */
import * as v from "valibot";
import type { Place, Problem, ProblemCode } from "../errors.ts";
import { didYouMean } from "../suggest.ts";
import type { Source } from "../yaml/source.ts";
import type { Audience } from "./kinds.ts";
import { KINDS, type Kind } from "./kinds.ts";

/** One demand. What its `when` leaves out does not matter to it. */
export interface Rule {
  when: {
    /** Of the channel: who reads it. */
    audience?: Audience;
    kinds?: Kind[];
    /** Names of channels; groups are expanded. */
    channels?: string[];
  };
  /** How many different people; 0 where the rule is only about taking back. */
  approvals: number;
  /** Who may; anyone when absent. */
  by?: string[];
  /** Whether the author's own approval counts. When absent it does not, where the author is known. */
  notAuthor?: boolean;
  /** Whether it takes a valid SSH signature. */
  signed: boolean;
  /** Whether an approval of a feed's campaign counts for each of its entries. */
  approveSource?: boolean;
  /** Of whom one must approve that something is taken back; nobody when absent. */
  retract?: string[];
  place: Place;
}

const name = v.pipe(v.string(), v.trim(), v.nonEmpty("is empty"));

const ruleSchema = v.strictObject({
  when: v.optional(
    v.pipe(
      v.strictObject({
        audience: v.optional(
          v.pipe(
            v.picklist(["internal", "external"]),
            v.description("Deliveries to internal or to external channels."),
          ),
        ),
        kind: v.optional(
          v.pipe(
            v.array(v.picklist(KINDS)),
            v.nonEmpty("names no kind"),
            v.description("Campaigns of these kinds."),
          ),
        ),
        channels: v.optional(
          v.pipe(v.array(name), v.nonEmpty("names no channel"), v.description("These channels or groups.")),
        ),
      }),
      v.description("What needs this approval. Default: everything."),
    ),
  ),
  approvals: v.optional(
    v.pipe(
      v.number(),
      v.integer("must be a whole number"),
      v.minValue(1, "must be at least 1"),
      v.description("How many different people. Default: 1."),
    ),
  ),
  by: v.optional(
    v.pipe(
      v.array(name),
      v.nonEmpty("is empty: name at least one person"),
      v.description("Who may approve. Default: anyone."),
    ),
  ),
  not_author: v.optional(
    v.pipe(
      v.boolean(),
      v.description("The author's own approval does not count. Default: true, if the author is known."),
    ),
  ),
  retract: v.optional(
    v.pipe(
      v.array(name),
      v.nonEmpty("is empty: name at least one person"),
      v.description(
        "Who must approve that posts are taken back: one of these. Default: nobody, since taking back must be quick. A rule with only `when` and `retract` asks for nothing before sending.",
      ),
    ),
  ),
  approve_source: v.optional(
    v.pipe(
      v.boolean(),
      v.description(
        "Of a campaign with `source:`, one approval (`approve --source`) counts for every entry of the feed, until the campaign, a template or a channel changes. Default: false: each entry needs its own.",
      ),
    ),
  ),
  signed: v.optional(
    v.pipe(v.boolean(), v.description("Each approval needs a valid SSH signature. Default: false.")),
  ),
});

export const policyEntries = {
  policy: v.optional(
    v.pipe(v.array(ruleSchema), v.description("Who must approve what before it may be sent.")),
  ),
  allowed_signers: v.optional(
    v.pipe(
      v.string(),
      v.nonEmpty("is empty"),
      v.description("File of the SSH keys whose signatures count, in OpenSSH's format, by name."),
    ),
  ),
};

type RuleInput = v.InferOutput<typeof ruleSchema>;

/** Checks the names and expands groups. A rule that cannot be met is an error. */
export function readPolicy(
  source: Source,
  input: { policy?: RuleInput[]; allowed_signers?: string },
  channels: ReadonlySet<string>,
  groups: ReadonlyMap<string, string[]>,
): { policy: Rule[]; problems: Problem[] } {
  const problems: Problem[] = [];
  const complain = (code: ProblemCode, message: string, path: (string | number)[], remedy?: string) =>
    problems.push({ severity: "error", code, message, remedy, place: source.place(path) });

  const policy = (input.policy ?? []).map((rule, index): Rule => {
    const { when = {}, signed = false } = rule;
    const isOnlyRetract = rule.retract !== undefined && rule.by === undefined;
    const approvals = rule.approvals ?? (isOnlyRetract ? 0 : 1);
    const by = rule.by && [...new Set(rule.by)];
    const reached = when.channels?.flatMap((name, at) => {
      if (channels.has(name)) return [name];
      const members = groups.get(name);
      if (members) return members;
      const known = [...channels, ...groups.keys()];
      const path = ["policy", index, "when", "channels", at];
      complain("unknown-channel", `there is no channel or group \`${name}\``, path, didYouMean(name, known));
      return [];
    });
    if (by && by.length < approvals) {
      complain(
        "impossible-policy",
        `this asks for ${approvals} approvals and names only ${by.length} who may give them`,
        ["policy", index, "approvals"],
        "Name more people under `by`, or ask for fewer approvals.",
      );
    }
    if (signed && input.allowed_signers === undefined) {
      complain(
        "no-allowed-signers",
        "this asks for signatures, and no keys are known to check them with",
        ["policy", index, "signed"],
        "Add `allowed_signers:` with a file in OpenSSH's format: one line `NAME ssh-ed25519 AAAA…` for each person.",
      );
    }
    return {
      when: { audience: when.audience, kinds: when.kind, channels: reached && [...new Set(reached)] },
      approvals,
      by,
      notAuthor: rule.not_author,
      ...(rule.approve_source && { approveSource: true }),
      signed,
      retract: rule.retract && [...new Set(rule.retract)],
      place: source.place(["policy", index]),
    };
  });
  return { policy, problems };
}
