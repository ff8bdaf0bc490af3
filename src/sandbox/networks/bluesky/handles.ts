/** Names and whose they are: https://atproto.com/specs/handle. */
import type { SandboxReply } from "../../network.ts";
import { type Call, ok, refuse } from "./call.ts";
import { didOf, handleOf, OWN, type State } from "./state.ts";

const HANDLE = /^([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z]([a-z0-9-]{0,61}[a-z0-9])?$/;
export const NOBODY = "handle.invalid";

// https://atproto.com/specs/handle: nobody can have a name below these. `.example` is one of them, and every example's.
const NOBODYS = /\.(alt|arpa|internal|invalid|local|localhost|onion)$/;

export function handleFor(did: string, { tokens }: State): string {
  const name = [...tokens.values()].find((token) => didOf(handleOf(token.name)) === did)?.name;
  return name === undefined ? NOBODY : handleOf(name);
}

// Names of this server are those of the accounts that have come here; elsewhere every name that can be, is somebody.
export function resolveHandle({ query, state }: Call): SandboxReply {
  const handle = (query.get("handle") ?? "").toLowerCase();
  if (!HANDLE.test(handle))
    throw refuse(400, "InvalidRequest", "Error: Params/handle must be a valid handle");
  const isOurs = [...state.tokens.values()].some(({ name }) => handleOf(name) === handle);
  if (NOBODYS.test(handle) || (handle.endsWith(OWN) && !isOurs))
    throw refuse(400, "InvalidRequest", "Unable to resolve handle");
  return ok({ did: didOf(handle) });
}
