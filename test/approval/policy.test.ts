import { describe, expect, it } from "vitest";
import { brief, CONFIG, config, project } from "../campaign/project.ts";

async function policy(text: string) {
  const folder = project({ "broadcast.yml": CONFIG + text });
  const { config: read, problems } = await config(folder);
  return { rules: read!.policy, signers: read!.allowedSigners, problems: problems.map(brief), folder };
}

describe("a policy", () => {
  it("asks for one approval by anyone, when it says no more", async () => {
    const { rules, problems } = await policy("policy:\n  - {}\n");
    expect(problems).toEqual([]);
    expect(rules).toMatchObject([
      { when: {}, approvals: 1, by: undefined, notAuthor: undefined, signed: false },
    ]);
  });

  it("is absent when none is written", async () => {
    expect((await policy("")).rules).toEqual([]);
  });

  it("expands groups and knows its file of keys", async () => {
    const { rules, signers, folder, problems } = await policy(
      "allowed_signers: keys/allowed\npolicy:\n  - when: { channels: [all, bird], kind: [release] }\n    by: [marta, chinwe, marta]\n    approvals: 2\n    signed: true\n    not_author: false\n",
    );
    expect(problems).toEqual([]);
    expect(rules).toMatchObject([
      {
        when: { channels: ["bird", "staff"], kinds: ["release"] },
        by: ["marta", "chinwe"],
        approvals: 2,
        signed: true,
        notAuthor: false,
      },
    ]);
    expect(signers).toBe(`${folder}/keys/allowed`);
  });

  it.each([
    ["  - when: { channels: [brid] }\n", "broadcast.yml:13:24 unknown-channel"],
    ["  - when: { kind: [relase] }\n", "broadcast.yml:13:20 unknown-value"],
    ["  - when: { audience: everyone }\n", "broadcast.yml:13:23 unknown-value"],
    ["  - by: [marta]\n    approvals: 2\n", "broadcast.yml:14:16 impossible-policy"],
    ["  - signed: true\n", "broadcast.yml:13:13 no-allowed-signers"],
    ["  - approvals: 0\n", "broadcast.yml:13:16 wrong-value"],
    ["  - by: []\n", "broadcast.yml:13:9 wrong-value"],
    ["  - when: { kind: [] }\n", "broadcast.yml:13:19 wrong-value"],
    ["  - aprovals: 2\n", "broadcast.yml:13:5 unknown-key"],
  ])("is refused when it cannot mean what it says: %j", async (text, problem) => {
    expect((await policy(`policy:\n${text}`)).problems).toEqual([problem]);
  });
});
