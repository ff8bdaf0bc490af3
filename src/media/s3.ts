/** Requests to S3-compatible storage, signed by AWS's Signature Version 4: https://docs.aws.amazon.com/AmazonS3/latest/API/sig-v4-header-based-auth.html. */
import { createHash, createHmac } from "node:crypto";

export interface Keys {
  region: string;
  accessKey: string;
  secretKey: string;
}

export interface Signable {
  method: string;
  /** Its path encoded as it is sent, without a query. */
  url: string;
  headers: Record<string, string>;
  /** Of the body, lower-case hex. */
  sha256: string;
}

/** The request's headers, with those that prove who sends it. */
export function signed(
  { method, url, headers, sha256 }: Signable,
  keys: Keys,
  at: Date,
): Record<string, string> {
  const { host, pathname } = new URL(url);
  const time = at.toISOString().replace(/[-:]|\.\d+/g, "");
  const scope = `${time.slice(0, 8)}/${keys.region}/s3/aws4_request`;
  const sent = { ...headers, host, "x-amz-content-sha256": sha256, "x-amz-date": time };
  const lines = Object.entries(sent)
    .map(([name, value]) => [name.toLowerCase(), value.trim()] as const)
    .sort(([one], [two]) => (one < two ? -1 : 1));
  const names = lines.map(([name]) => name).join(";");
  const canonical = [method, pathname, "", ...lines.map((line) => line.join(":")), "", names, sha256].join(
    "\n",
  );
  const said = ["AWS4-HMAC-SHA256", time, scope, createHash("sha256").update(canonical).digest("hex")].join(
    "\n",
  );
  const key = scope
    .split("/")
    .reduce<string | Buffer>((above, part) => hmac(above, part), `AWS4${keys.secretKey}`);
  const signature = hmac(key, said).toString("hex");
  const { host: _, ...named } = sent;
  return {
    ...named,
    authorization: `AWS4-HMAC-SHA256 Credential=${keys.accessKey}/${scope},SignedHeaders=${names},Signature=${signature}`,
  };
}

function hmac(key: string | Buffer, words: string): Buffer {
  return createHmac("sha256", key).update(words).digest();
}
