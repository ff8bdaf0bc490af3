/** Nobody posts by hand in a rehearsal: a delivery waits for a person there as it would outside, and no request arrives. */
import type { SandboxNetwork } from "../network.ts";

export const byHand: SandboxNetwork = {
  id: "by-hand",
  name: "By hand",
  look: { light: "#5f5b53", dark: "#b9b3a7", mark: "✎", layout: "post", alt: false },
  ways: [],
  channel: (_name, _base, _folder, { place } = {}): Record<string, string> =>
    typeof place === "string" ? {} : { place: "hackernews" },
  publishes: () => false,
  handle: () => undefined,
};
