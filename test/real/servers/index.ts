import type { RealServer } from "../server.ts";
import { mediawiki, mediawikiSections } from "./mediawiki.ts";
import { ngircd } from "./ngircd.ts";
import { nostrRelay } from "./nostr-relay.ts";
import { pds } from "./pds.ts";
import { prosody } from "./prosody.ts";
import { smtp } from "./smtp.ts";
import { wordpress } from "./wordpress.ts";

export const servers: readonly RealServer[] = [
  // The slow ones first.
  wordpress,
  mediawiki,
  mediawikiSections,
  pds,
  ngircd,
  smtp,
  nostrRelay,
  prosody,
];
