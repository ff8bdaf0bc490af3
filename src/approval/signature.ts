/** SSH signatures, made and checked by OpenSSH's own `ssh-keygen -Y`, in the namespace `broadcast`. */
import { spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { InputError, type Problem } from "../errors.ts";

export const NAMESPACE = "broadcast";

export type Checked =
  /** `key` is the key's fingerprint. */
  | { state: "valid"; key: string }
  | { state: "invalid"; reason: string }
  | { state: "unchecked"; reason: string };

/**
 * Signs with a private key, or with a public one whose private half an agent holds; ssh-keygen asks for a passphrase
 * itself. Throws InputError.
 */
export async function sign(text: string, key: string): Promise<string> {
  if (!existsSync(key)) throw new InputError(cannotSign(`there is no key ${key}`, "Check the path."));
  const ran = await sshKeygen(["-Y", "sign", "-f", key, "-n", NAMESPACE], text);
  if (ran === "absent") throw new InputError(cannotSign("ssh-keygen is not installed", INSTALL));
  if (ran.code === 0 && ran.out.startsWith("-----BEGIN SSH SIGNATURE-----")) return ran.out;
  const why = ran.err.trim().split("\n").at(-1) || "no reason was given";
  throw new InputError(
    cannotSign(`ssh-keygen did not sign: ${why}`, "Try it: ssh-keygen -Y sign -n broadcast -f KEY FILE"),
  );
}

const INSTALL = "Install OpenSSH 8.2 or newer.";

/** Whether `by` signed this text with a key that counts as theirs, today. */
export async function verify(
  text: string,
  signature: string,
  by: string,
  allowedSigners: string | undefined,
): Promise<Checked> {
  if (allowedSigners === undefined)
    return { state: "unchecked", reason: "broadcast.yml has no `allowed_signers`" };
  if (!existsSync(allowedSigners))
    return { state: "unchecked", reason: "the file of `allowed_signers` does not exist" };
  const folder = await mkdtemp(join(tmpdir(), "broadcast-signature-"));
  try {
    const file = join(folder, "signature");
    await writeFile(file, signature, { mode: 0o600 });
    const argv = ["-Y", "verify", "-f", allowedSigners, "-I", by, "-n", NAMESPACE, "-s", file];
    const ran = await sshKeygen(argv, text);
    if (ran === "absent") return { state: "unchecked", reason: "ssh-keygen is not installed" };
    const key = /SHA256:[A-Za-z0-9+/]+/.exec(ran.out)?.[0];
    if (ran.code === 0 && key) return { state: "valid", key };
    return { state: "invalid", reason: reasonOf(ran.err, by) };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

function reasonOf(err: string, by: string): string {
  if (/namespace/i.test(err)) return "the signature was made for another purpose";
  if (/incorrect signature/i.test(err)) return "the signature is not over this approval";
  if (/expired|not yet valid/i.test(err)) return `the key of ${by} is not valid today`;
  if (/parse|invalid format|unsupported|sshsig/i.test(err)) return "it is not an SSH signature";
  return `the key is not one of ${by}'s in allowed_signers`;
}

interface Ran {
  code: number | null;
  out: string;
  err: string;
}

function sshKeygen(argv: readonly string[], input: string): Promise<Ran | "absent"> {
  return new Promise((resolve, reject) => {
    const child = spawn("ssh-keygen", argv, { stdio: ["pipe", "pipe", "pipe"] });
    const ran: Ran = { code: null, out: "", err: "" };
    child.stdout.setEncoding("utf8").on("data", (chunk) => {
      ran.out += chunk;
    });
    child.stderr.setEncoding("utf8").on("data", (chunk) => {
      ran.err += chunk;
    });
    child.on("error", (error: NodeJS.ErrnoException) => {
      if (error.code === "ENOENT") resolve("absent");
      else reject(error);
    });
    child.on("close", (code) => resolve({ ...ran, code }));
    // It may end before it has read everything; its exit code says so.
    child.stdin.on("error", () => {});
    child.stdin.end(input);
  });
}

function cannotSign(message: string, remedy: string): Problem {
  return { severity: "error", code: "cannot-sign", message, remedy };
}
