/** A rehearsal reaches the sandbox and nothing else: whatever a setting, a plug-in or a redirect says. */
import { NetworkError } from "../errors.ts";
import type { Dial } from "./connect.ts";
import type { Transport } from "./http.ts";

/** Base URLs; the port counts, the scheme does not, since a sandbox speaks several. */
export type Only = string | readonly string[];

interface Ways {
  transport: Transport;
  dial: Dial;
}

/** The same ways, which refuse every other place. Without `only` they are as they were. */
export function guarded({ transport, dial }: Ways, only: Only | undefined): Ways {
  if (only === undefined) return { transport, dial };
  const places = new Set([only].flat().map((base) => placeOf(new URL(base))));
  const demand = (url: URL): void => {
    if (places.has(placeOf(url))) return;
    throw new NetworkError(
      "rejected",
      `a rehearsal reaches only the sandbox, not ${url.host}; nothing was sent`,
    );
  };
  return {
    transport: async (request, signal) => {
      demand(new URL(request.url));
      return transport(request, signal);
    },
    dial: async (url, signal, certified) => {
      demand(url);
      return dial(url, signal, certified);
    },
  };
}

const PORTS: Record<string, string> = { "http:": "80", "ws:": "80", "https:": "443", "wss:": "443" };

function placeOf({ protocol, hostname, port }: URL): string {
  return `${hostname}:${port || PORTS[protocol] || ""}`;
}
