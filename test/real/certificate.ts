/** A certificate of our own for one name, which the program is told to trust: real servers want TLS. */
import { execFileSync } from "node:child_process";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { Missing } from "./install.ts";

export interface Certificate {
  certificate: string;
  key: string;
  /** What the program trusts with it. */
  env: { NODE_EXTRA_CA_CERTS: string };
}

/** `name`: `DNS:acme.example`, `IP:127.0.0.1`. The files are in `folder`. */
export function certify(name: string, folder: string): Certificate {
  const [certificate, key] = [join(folder, "certificate.pem"), join(folder, "key.pem")];
  if (!existsSync("/usr/bin/openssl")) throw new Missing("/usr/bin/openssl is not here");
  const curve = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1"];
  const made = ["-keyout", key, "-out", certificate, "-days", "2", "-nodes"];
  const names = ["-subj", "/CN=rehearsal", "-addext", `subjectAltName=${name}`];
  execFileSync("openssl", ["req", "-x509", ...curve, ...made, ...names], { stdio: "ignore" });
  return { certificate, key, env: { NODE_EXTRA_CA_CERTS: certificate } };
}
