import { describe, expect, it } from "vitest";
import type { Author } from "../../src/approval/author.ts";
import { type Examined, evaluate, type Subject } from "../../src/approval/evaluate.ts";
import type { Rule } from "../../src/config/policy.ts";
import { approval, delivery, NOW, plan, rule, subject } from "./content.ts";

const NOBODY: Author = { names: [], source: "git does not say" };
const ADA: Author = { names: ["Ada Author", "ada@acme.example", "ada"], source: "as git says" };

function met(rules: Rule[], approvals: Examined[], author = NOBODY, of: Subject = subject()): boolean {
  return evaluate(of, rules, approvals, { author, now: NOW }).every(({ missing }) => missing === 0);
}

function why(one: Rule, approvals: Examined[], author = NOBODY): string[] {
  const [need] = evaluate(subject(), [one], approvals, { author, now: NOW });
  return need!.refused.map(({ by, code }) => `${by} ${code}`);
}

describe("which rules apply", () => {
  const asks = (when: Rule["when"], of: Subject = subject()) =>
    evaluate(of, [rule({ when })], [], { author: NOBODY, now: NOW }).map(({ channels }) => channels);

  it("all of them, when they say nothing about when", () => {
    expect(asks({})).toEqual([["wall", "room"]]);
  });

  it("by audience, kind and channel, and only if one delivery meets all of it", () => {
    expect(asks({ audience: "external" })).toEqual([["wall"]]);
    expect(asks({ audience: "internal" })).toEqual([["room"]]);
    expect(asks({ kinds: ["release", "decision"] })).toHaveLength(1);
    expect(asks({ kinds: ["decision"] })).toEqual([]);
    expect(asks({ channels: ["room"] })).toEqual([["room"]]);
    expect(asks({ audience: "external", channels: ["room"] })).toEqual([]);
  });

  it("whatever the kind, when the kind is not known", () => {
    expect(asks({ kinds: ["decision"] }, { ...subject(), kind: undefined })).toHaveLength(1);
  });
});

describe("who counts", () => {
  it("nobody yet", () => {
    expect(met([rule()], [])).toBe(false);
  });

  it("anyone, when the rule names nobody", () => {
    expect(met([rule()], [approval("bob")])).toBe(true);
  });

  it("only those who are named", () => {
    const named = rule({ by: ["marta", "Chinwe <chinwe@acme.example>"] });
    expect(met([named], [approval("marta")])).toBe(true);
    expect(met([named], [approval("Marta")])).toBe(true);
    expect(met([named], [approval("chinwe@acme.example")])).toBe(true);
    expect(why(named, [approval("martha"), approval("bob")])).toEqual(["martha not-named", "bob not-named"]);
  });

  it.each([
    ["marta", "Marta"],
    ["Ada <a@acme.example>", "ada"],
    ["Ada <a@acme.example>", "A@acme.example"],
    ["Ada Author <a@acme.example>", "A. Author <A@ACME.example>"],
    ["Zo\u00eb", "Zoe\u0308"],
    ["Strauß", "STRAUSS"],
  ])("%s and %s are one person", (one, other) => {
    expect(met([rule({ approvals: 2 })], [approval(one), approval(other)])).toBe(false);
    expect(met([rule({ approvals: 2 })], [approval(one), approval("bob")])).toBe(true);
    expect(why(rule(), [approval(other)], { names: [one], source: "as it says" })).toEqual([
      `${other} author`,
    ]);
  });

  it("not who committed it, whatever `author` says, without a signature", () => {
    const said: Author = { names: ["somebody"], source: "as it says", committers: ["Ada Author", "ada"] };
    expect(why(rule(), [approval("ada")], said)).toEqual(["ada author"]);
    expect(met([rule()], [approval("ada", plan(), { signed: { state: "valid", key: "K" } })], said)).toBe(
      true,
    );
    expect(met([rule({ notAuthor: false })], [approval("ada")], said)).toBe(true);
  });

  it("the same person once, however often", () => {
    const two = rule({ approvals: 2 });
    expect(met([two], [approval("marta"), approval("marta", plan(), { at: NOW + 1 })])).toBe(false);
    expect(met([two], [approval("marta"), approval("chinwe")])).toBe(true);
  });

  it("one key once, under however many names", () => {
    const two = rule({ approvals: 2, signed: true });
    const signed = (by: string, key: string) => approval(by, plan(), { signed: { state: "valid", key } });
    expect(met([two], [signed("a@acme.example", "K1"), signed("b@acme.example", "K1")])).toBe(false);
    expect(met([two], [signed("a@acme.example", "K1"), signed("b@acme.example", "K2")])).toBe(true);
  });

  it("never the author, by whichever name, unless the rule allows it", () => {
    expect(why(rule(), [approval("ada")], ADA)).toEqual(["ada author"]);
    expect(why(rule(), [approval("ADA author")], ADA)).toEqual(["ADA author author"]);
    expect(met([rule({ notAuthor: false })], [approval("ada")], ADA)).toBe(true);
    expect(met([rule()], [approval("marta")], ADA)).toBe(true);
  });

  it("nobody, when the author must not and is not known; by default that is remarked on", () => {
    expect(met([rule({ notAuthor: true })], [approval("marta")], NOBODY)).toBe(false);
    const [need] = evaluate(subject(), [rule()], [approval("marta")], { author: NOBODY, now: NOW });
    expect(need).toMatchObject({ missing: 0, remark: expect.stringContaining("git does not say") });
  });

  it("until it expires", () => {
    expect(met([rule()], [approval("marta", plan(), { expiresAt: NOW + 1 })])).toBe(true);
    expect(why(rule(), [approval("marta", plan(), { expiresAt: NOW })])).toEqual(["marta expired"]);
  });

  it("with a valid signature, where one is asked for", () => {
    const signed = rule({ signed: true });
    expect(met([signed], [approval("marta", plan(), { signed: { state: "valid", key: "K" } })])).toBe(true);
    expect(why(signed, [approval("marta")])).toEqual(["marta unsigned"]);
    expect(
      why(signed, [approval("marta", plan(), { signed: { state: "unchecked", reason: "no keys" } })]),
    ).toEqual(["marta unsigned"]);
  });

  it("with a forged signature never, even where none is asked for", () => {
    expect(
      why(rule(), [approval("marta", plan(), { signed: { state: "invalid", reason: "not hers" } })]),
    ).toEqual(["marta forged"]);
  });

  it("for this content only, and for this campaign only", () => {
    const other = plan([delivery("wall")]);
    expect(why(rule(), [approval("marta", other)])).toEqual(["marta stale"]);
    expect(why(rule(), [approval("marta", plan(), { campaign: "another.yml" })])).toEqual(["marta stale"]);
  });

  it("for every rule that applies", () => {
    const rules = [rule({ by: ["marta"] }), rule({ by: ["legal"], when: { audience: "external" } })];
    expect(met(rules, [approval("marta")])).toBe(false);
    expect(met(rules, [approval("marta"), approval("legal")])).toBe(true);
  });
});

describe("deliveries that the ledger holds", () => {
  const held = (digest: string): Subject => ({
    campaign: "release.yml",
    deliveries: plan()
      .deliveries.slice(0, 1)
      .map(({ id, channel, account, audience }) => ({ id, channel, account, audience, digest })),
  });

  it("count as approved when these very posts were, for this account", () => {
    const { digest } = plan().deliveries[0]!;
    expect(met([rule()], [approval("marta")], NOBODY, held(digest))).toBe(true);
    expect(met([rule()], [approval("marta")], NOBODY, held("b".repeat(64)))).toBe(false);
    const moved = held(digest);
    moved.deliveries[0]!.account = "elsewhere";
    expect(met([rule()], [approval("marta")], NOBODY, moved)).toBe(false);
  });
});
