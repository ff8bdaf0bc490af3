/** A text that only a passphrase opens: scrypt and AES-256-GCM. */
import { createCipheriv, createDecipheriv, randomBytes, scrypt } from "node:crypto";

export interface Sealed {
  cipher: "scrypt-aes-256-gcm";
  /** scrypt's N; r is 8 and p is 1. */
  cost: number;
  /** Base64, as are the others. */
  salt: string;
  iv: string;
  tag: string;
  data: string;
}

const COST = 32_768;

export async function seal(text: string, passphrase: string): Promise<Sealed> {
  const salt = randomBytes(16);
  const iv = randomBytes(12);
  const cipher = createCipheriv("aes-256-gcm", await keyOf(passphrase, salt, COST), iv);
  const data = Buffer.concat([cipher.update(text, "utf8"), cipher.final()]);
  return {
    cipher: "scrypt-aes-256-gcm",
    cost: COST,
    salt: salt.toString("base64"),
    iv: iv.toString("base64"),
    tag: cipher.getAuthTag().toString("base64"),
    data: data.toString("base64"),
  };
}

/** `undefined` when the passphrase is another one, or a byte was changed. */
export async function unseal(sealed: Sealed, passphrase: string): Promise<string | undefined> {
  const part = (name: "salt" | "iv" | "tag" | "data") => Buffer.from(sealed[name], "base64");
  try {
    const key = await keyOf(passphrase, part("salt"), sealed.cost);
    const cipher = createDecipheriv("aes-256-gcm", key, part("iv"), { authTagLength: 16 });
    cipher.setAuthTag(part("tag"));
    return Buffer.concat([cipher.update(part("data")), cipher.final()]).toString("utf8");
  } catch {
    return undefined;
  }
}

function keyOf(passphrase: string, salt: Buffer, cost: number): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    // 128 × N × r bytes, and some air.
    scrypt(
      passphrase.normalize("NFC"),
      salt,
      32,
      { N: cost, r: 8, p: 1, maxmem: 160 * cost * 8 },
      (error, key) => (error ? reject(error) : resolve(key)),
    );
  });
}
