import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { statement } from "../../src/approval/approval.ts";
import { readApprovals, writeApproval } from "../../src/approval/file.ts";
import { approvalFile, isApprovalFile } from "../../src/approval/file-name.ts";
import { InputError } from "../../src/errors.ts";
import { openAt } from "../../src/ledger/open.ts";
import { approval, delivery, NOW, plan, post } from "./content.ts";

let folder: string;
let file: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "broadcast-approvals-"));
  file = join(folder, "release.approval.yml");
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

// Whatever stands in a text must come back as it was, or its signature would not hold.
const awkward = plan([
  delivery("wall", [
    post({ text: "- 'a': \"b\" # c\n\n\ttab \u202e back\u2028 end  \r\n…🎉\n", title: "yes", lang: "no" }),
  ]),
]);
const marta = approval("marta", awkward, {
  expiresAt: NOW + 1,
  signature: "-----BEGIN SSH SIGNATURE-----\nAAAA\n-----END SSH SIGNATURE-----\n",
});
const chinwe = approval("chinwe", awkward, { expiresAt: undefined });

describe("the file of approvals", () => {
  it("stands beside the campaign, and is not a campaign", () => {
    expect(approvalFile("campaigns/release.yml")).toBe("campaigns/release.approval.yml");
    expect(approvalFile("campaigns/release.yaml")).toBe("campaigns/release.approval.yml");
    expect(approvalFile("plan.json")).toBe("plan.approval.yml");
    expect(isApprovalFile("campaigns/release.approval.yml")).toBe(true);
    expect(isApprovalFile("campaigns/release.yml")).toBe(false);
  });

  it("gives back what was written, byte for byte", async () => {
    await writeApproval(file, "release.approval.yml", marta);
    const [read] = await readApprovals(file, "release.approval.yml");
    expect(read).toEqual(marta);
    expect(statement(read!)).toBe(statement(marta));
  });

  it("holds several people's, each once", async () => {
    for (const one of [marta, chinwe, marta]) await writeApproval(file, file, one);
    expect((await readApprovals(file, file)).map(({ by }) => by)).toEqual(["chinwe", "marta"]);
  });

  it("forgets what was approved of another content", async () => {
    await writeApproval(file, file, marta);
    await writeApproval(file, file, approval("chinwe"));
    expect((await readApprovals(file, file)).map(({ by }) => by)).toEqual(["chinwe"]);
  });

  it("is empty when it is not there", async () => {
    expect(await readApprovals(file, file)).toEqual([]);
  });

  it.each([
    "approvals: [",
    "version: 2\n",
    "version: 1\ncampaign: a\ndigest: x\napprovals: []\napproved: []\n",
  ])("is refused when it is broken", async (content) => {
    writeFileSync(file, content);
    await expect(readApprovals(file, "release.approval.yml")).rejects.toThrow(InputError);
  });

  it("says where it comes from", async () => {
    await writeApproval(file, file, marta);
    expect(readFileSync(file, "utf8")).toMatch(/^# Written by `broadcast approve --file`/);
  });
});

describe("the ledger", () => {
  it("keeps approvals, and renews one that is given again", async () => {
    const ledger = await openAt(join(folder, "ledger.db"));
    try {
      await ledger.approve(marta);
      await ledger.approve(chinwe);
      await ledger.approve({ ...marta, at: NOW + 5, signature: undefined });
      await ledger.approve(approval("marta"));
      const kept = await ledger.approvals("release.yml");
      expect(kept.map(({ by, at, digest }) => [by, at, digest === awkward.digest])).toEqual([
        ["chinwe", NOW, true],
        ["marta", NOW, false],
        ["marta", NOW + 5, true],
      ]);
      expect(kept[0]).toEqual(chinwe);
      expect(await ledger.approvals("another.yml")).toEqual([]);
    } finally {
      await ledger.close();
    }
  });
});
