/** The sandbox's own key pair, of no account anywhere: an app signs with it as with a real one, and the half checks. */
import { createPrivateKey, createPublicKey } from "node:crypto";

const PKCS8 = [
  "MIICdQIBADANBgkqhkiG9w0BAQEFAASCAl8wggJbAgEAAoGBANT674xBp49V5NvOiW/tmbsg8zOpV4EAREmj50TyEpQROg9Ly9v2",
  "QsBRB9w1cMjMM5AmA7ZQstXMxYy2IJoNHWiCkhUTHyWETo4K2qFbqhwu13JmpZdKCi6cqv4r+PP9r5s4bma3XJWyzK2l5vYJhwdt",
  "g2ygKwmn8O3v6NSPGt3VAgMBAAECgYABf4Zh2TBhjLwgY7KJzAUR0OiFC4LnEGZqkjGVRZKl4f0jkGftsyzDB47jmKijcPRH5kyO",
  "YsDvShJ1q+5MxxzW1RD+waGaNq0zZ9byPiy9QLdGSEf2FzR/JCJG3Woo9kFyvuwXW7L8U2carnRhSLf3bo88K/+CK3z1Frj6tJUw",
  "PQJBAPuMaxktY2K39gfjh+IvYrgHKSDmpCri6CSi1mVEEjcjW92X97uZh6XEUXK/WvA/Qurl86cdo7mb5k33H5O15MsCQQDYv8ry",
  "hqs1WXarld+nlJY5/dKukKbzg0PlwIU9h7E7fc75v4KJLRspq5Nrwz0yIV4KS/2QRoCWhZO/5LJy2JPfAkAPN/6exlU1+sVC0uw8",
  "rfs+AQjm+a1C/vlmhgeMluK3PUdoj7IoQnCngcoftB4PXPRye7kTCkMGjr0PSH07lYyjAkASNAlXVPgMAvd0caHW8SOsuyR2hK+A",
  "xAVvxjtqb3rzBB3d27eaza76UO6QnlUFYMgFFVy2QTWLbqx58TsLaiUBAkBJBbodb/rKV+28Rp63incs/XBJ4OkD5xU95JxdtArA",
  "LVGiBPMMY12C+43kjRBEeQs5ozNvFz4kL4/BJYaBkUss",
].join("");

export function privateKey(): string {
  return createPrivateKey({ key: Buffer.from(PKCS8, "base64"), format: "der", type: "pkcs8" })
    .export({ format: "pem", type: "pkcs8" })
    .toString();
}

export function publicKey() {
  return createPublicKey(privateKey());
}
