/** Whether a plan has the approvals that the policy asks for. Pure. */
import type { Rule } from "../config/policy.ts";
import { listed } from "../suggest.ts";
import type { Approval, ApprovedDelivery } from "./approval.ts";
import { type Author, isAuthor } from "./author.ts";
import { isSamePerson } from "./person.ts";
import type { Checked } from "./signature.ts";
import { coversSource, type SourceSubject } from "./source.ts";

/** A plan, or deliveries that are in the ledger already. */
export interface Subject {
  campaign: string;
  /** Absent when it is not known: then every kind's rules apply. */
  kind?: string;
  /** Of the plan; absent when the deliveries speak for themselves. */
  digest?: string;
  /** Of a campaign that announces a feed: what an approval of all its entries is bound to. */
  source?: SourceSubject;
  deliveries: {
    id: string;
    channel: string;
    audience: "internal" | "external";
    account: string;
    digest: string;
    /** What the ledger holds besides the posts, where it is asked about that. */
    terms?: Terms;
  }[];
}

/** When it goes out, and what happens when it is late or not known to be out. Times are epoch milliseconds. */
export interface Terms {
  dueAt: number;
  expiresAt?: number;
  schedule?: string;
  late?: string;
  uncertain?: string;
}

/** An approval with what its signature is worth. */
export interface Examined extends Approval {
  /** Absent when it has none. */
  signed?: Checked;
}

export interface Refused {
  by: string;
  code: "stale" | "expired" | "not-named" | "author" | "unsigned" | "forged" | "same-key";
  /** Why it does not count, a clause: `it has expired`. */
  why: string;
}

/** A rule that applies, and how far it is met. */
export interface Need {
  rule: Rule;
  /** Channels that it is about. */
  channels: string[];
  /** Whose approvals count. */
  counted: string[];
  refused: Refused[];
  /** How many more it takes. */
  missing: number;
  /** What a person should know, though it decides nothing. */
  remark?: string;
}

export interface EvaluationContext {
  author: Author;
  /** Epoch milliseconds. */
  now: number;
}

/** One entry for each rule that applies; none when nothing is asked. */
export function evaluate(
  subject: Subject,
  policy: readonly Rule[],
  approvals: readonly Examined[],
  circumstances: EvaluationContext,
): Need[] {
  return rulesFor(subject, policy).map(({ rule, channels }) =>
    needOf(rule, channels, subject, approvals, circumstances),
  );
}

/** The rules that apply, with the channels they are about. */
export function rulesFor(
  { kind, deliveries }: Pick<Subject, "kind" | "deliveries">,
  policy: readonly Rule[],
): { rule: Rule; channels: string[] }[] {
  return policy.flatMap((rule) => {
    if (rule.approvals === 0) return [];
    const { audience, kinds, channels: named } = rule.when;
    if (kinds && kind !== undefined && !kinds.some((one) => one === kind)) return [];
    const channels = deliveries
      .filter((one) => audience === undefined || one.audience === audience)
      .filter((one) => named === undefined || named.includes(one.channel))
      .map(({ channel }) => channel);
    return channels.length > 0 ? [{ rule, channels }] : [];
  });
}

function needOf(
  rule: Rule,
  channels: string[],
  subject: Subject,
  approvals: readonly Examined[],
  circumstances: EvaluationContext,
): Need {
  const counted = new Map<string, string | undefined>();
  const refused: Refused[] = [];
  for (const approval of approvals) {
    // An approval of the whole source says nothing to a rule that asks for each entry.
    const isOfSource =
      approval.campaign !== subject.campaign && approval.campaign === subject.source?.campaign;
    if (isOfSource && !rule.approveSource) continue;
    if ([...counted.keys()].some((one) => isSamePerson(one, approval.by))) continue;
    const key = approval.signed?.state === "valid" ? approval.signed.key : undefined;
    const refusal = refusalOf(rule, subject, approval, circumstances) ?? sameKey(key, counted);
    if (refusal) refused.push({ by: approval.by, ...refusal });
    else counted.set(approval.by, key);
  }
  return {
    rule,
    channels,
    counted: [...counted.keys()],
    refused: refused.filter(({ by }) => ![...counted.keys()].some((one) => isSamePerson(one, by))),
    missing: Math.max(0, rule.approvals - counted.size),
    remark: remarkOn(rule, circumstances.author),
  };
}

function refusalOf(
  rule: Rule,
  subject: Subject,
  approval: Examined,
  { author, now }: EvaluationContext,
): Omit<Refused, "by"> | undefined {
  const { by, expiresAt, signed } = approval;
  const whole = rule.approveSource === true && coversSource(approval, subject.source);
  if (!whole && !covers(approval, subject, now)) return { code: "stale", why: "it is for other content" };
  if (expiresAt !== undefined && expiresAt <= now) return { code: "expired", why: "it has expired" };
  if (rule.by && !rule.by.some((one) => isSamePerson(one, by)))
    return { code: "not-named", why: `this is for ${listed(rule.by)} to approve` };
  if (rule.notAuthor !== false && isAuthor(by, author))
    return { code: "author", why: `${by} is the author, ${author.source}` };
  // A campaign may name any author; a signature proves that it was not the one who committed it.
  const signs = signed?.state === "valid";
  if (rule.notAuthor !== false && !signs && isAuthor(by, { names: author.committers ?? [] }))
    return { code: "author", why: `${by} committed the campaign, as git says, and did not sign` };
  if (rule.notAuthor === true && author.names.length === 0)
    return { code: "author", why: `the author is unknown: ${author.source}` };
  if (signed?.state === "invalid") return { code: "forged", why: signed.reason };
  if (rule.signed && signed?.state !== "valid") {
    const why = signed ? `its signature cannot be checked: ${signed.reason}` : "it is not signed";
    return { code: "unsigned", why };
  }
  return undefined;
}

// One key in two names is one person.
function sameKey(
  key: string | undefined,
  counted: ReadonlyMap<string, string | undefined>,
): Omit<Refused, "by"> | undefined {
  const other = [...counted].find(([, known]) => key !== undefined && known === key)?.[0];
  return other === undefined ? undefined : { code: "same-key", why: `its key is ${other}'s as well` };
}

/** Whether an approval is for exactly this. `now`: epoch milliseconds. */
export function covers(approval: Approval, { campaign, digest, deliveries }: Subject, now: number): boolean {
  if (approval.campaign !== campaign) return false;
  if (digest !== undefined) return approval.digest === digest;
  return deliveries.every(({ id, account, digest, terms }) =>
    approval.approved.some(
      (one) =>
        one.id === id &&
        one.account === account &&
        one.digest === digest &&
        (terms === undefined || isOnTerms(one, terms, now)),
    ),
  );
}

function isOnTerms(approved: ApprovedDelivery, terms: Terms, now: number): boolean {
  const { due, expires, schedule, late, uncertain } = approved;
  // Later does no harm: what is sent again has a new time, and anyone who can write the ledger can make it wait anyway.
  if (due !== undefined && terms.dueAt < Date.parse(due)) return false;
  if (
    schedule !== terms.schedule &&
    (terms.schedule !== undefined || (due !== undefined && now < Date.parse(due)))
  )
    return false;
  if (late !== terms.late || uncertain !== terms.uncertain) return false;
  if (expires === undefined) return true;
  // Once its end is past, somebody may have said that it still goes out: that takes the end away.
  return terms.expiresAt === undefined ? Date.parse(expires) <= now : terms.expiresAt === Date.parse(expires);
}

// By default the rule holds where it can; a person should know when it could not.
function remarkOn(rule: Rule, author: Author): string | undefined {
  if (rule.notAuthor !== undefined || author.names.length > 0) return undefined;
  return `it could not be checked whether the author is among those who approved: ${author.source}`;
}
