/** Signatures by the machine's own OpenSSH. */
import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Approval, statement } from "../../src/approval/approval.ts";
import { sign, verify } from "../../src/approval/signature.ts";
import { InputError } from "../../src/errors.ts";
import { approval, NOW } from "./content.ts";

let folder: string;
let allowed: string;
const key = (name: string) => join(folder, name);

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "broadcast-keys-"));
  for (const name of ["marta", "chinwe", "late"])
    execFileSync("ssh-keygen", ["-q", "-t", "ed25519", "-N", "", "-C", name, "-f", key(name)]);
  allowed = join(folder, "allowed_signers");
  const line = (name: string, options = "") =>
    `${name} ${options}${readFileSync(key(`${name}.pub`), "utf8").trim()}\n`;
  writeFileSync(allowed, line("marta") + line("chinwe") + line("late", 'valid-before="20200101" '));
});

afterAll(() => rmSync(folder, { recursive: true, force: true }));

const made: Approval = approval("marta");
const text = statement(made);

describe("a signature", () => {
  it("holds for who made it and what it was made over", async () => {
    const signature = await sign(text, key("marta"));
    expect(await verify(text, signature, "marta", allowed)).toEqual({
      state: "valid",
      key: expect.stringMatching(/^SHA256:/),
    });
  });

  it.each<[string, Partial<Approval>]>([
    ["who", { by: "chinwe" }],
    ["which campaign", { campaign: "another.yml" }],
    ["what", { digest: "b".repeat(64) }],
    ["when", { at: NOW + 1 }],
    ["until when", { expiresAt: NOW + 1 }],
    ["which posts", { approved: made.approved.map((one) => ({ ...one, digest: "b".repeat(64) })) }],
    ["which accounts", { approved: made.approved.map((one) => ({ ...one, account: "elsewhere" })) }],
  ])("does not hold for another %s", async (_, over) => {
    const signature = await sign(text, key("marta"));
    const forged = statement({ ...made, ...over });
    expect(await verify(forged, signature, "marta", allowed)).toEqual({
      state: "invalid",
      reason: "the signature is not over this approval",
    });
  });

  it("does not hold in another name", async () => {
    const signature = await sign(text, key("chinwe"));
    expect(await verify(text, signature, "marta", allowed)).toEqual({
      state: "invalid",
      reason: "the key is not one of marta's in allowed_signers",
    });
  });

  it("does not hold when it was made for another purpose", async () => {
    const signature = execFileSync("ssh-keygen", ["-Y", "sign", "-q", "-f", key("marta"), "-n", "git"], {
      input: text,
      encoding: "utf8",
    });
    expect(await verify(text, signature, "marta", allowed)).toEqual({
      state: "invalid",
      reason: "the signature was made for another purpose",
    });
  });

  it("does not hold with a key that is out of date", async () => {
    const late = statement({ ...made, by: "late" });
    expect(await verify(late, await sign(late, key("late")), "late", allowed)).toMatchObject({
      state: "invalid",
    });
  });

  it.each(["", "-----BEGIN SSH SIGNATURE-----\nAAAA\n-----END SSH SIGNATURE-----\n", "\0\n; rm -rf"])(
    "is not taken from rubbish",
    async (rubbish) => {
      expect(await verify(text, rubbish, "marta", allowed)).toMatchObject({ state: "invalid" });
    },
  );

  it("is not believed without keys to check it with", async () => {
    const signature = await sign(text, key("marta"));
    expect(await verify(text, signature, "marta", undefined)).toMatchObject({ state: "unchecked" });
    expect(await verify(text, signature, "marta", join(folder, "absent"))).toMatchObject({
      state: "unchecked",
    });
  });

  it("is not made with a key that is not there, and the error says so", async () => {
    await expect(sign(text, key("absent"))).rejects.toThrow(InputError);
    await expect(sign(text, key("absent"))).rejects.toThrow(/there is no key/);
    await expect(sign(text, allowed)).rejects.toThrow(/ssh-keygen did not sign/);
  });
});

describe("what is signed", () => {
  it("is short, and the same for the same approval", () => {
    expect(statement(approval("marta"))).toBe(text);
    expect(text).toMatch(/^broadcast approval 1\n\{.*\}\n$/);
    expect(text).toContain(`"digest":"${made.digest}"`);
    expect(text).not.toContain("Acme");
  });
});
