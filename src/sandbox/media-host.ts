/** In a rehearsal the sandbox is the project's media host: files are put below `/media-host/`, and halves fetch them there. */

import { isUrl } from "../urls.ts";
import type { SandboxReply, SandboxRequest, World } from "./network.ts";

const ID = "media-host";

interface Hosted {
  type: string;
  bytes: Buffer;
}

const filesOf = (world: World) => world.state(ID, () => new Map<string, Hosted>());

/** Whether a path is the host's and no network's. */
export function isHosted(path: string): boolean {
  return path.startsWith(`/${ID}/`);
}

/** Answers one request; `path` with the host's prefix. */
export function serveHosted({ method, path, headers, body }: SandboxRequest, world: World): SandboxReply {
  const files = filesOf(world);
  if (method === "PUT") {
    files.set(path, { type: String(headers["content-type"] ?? "application/octet-stream"), bytes: body });
    return { status: 200 };
  }
  const file = method === "GET" ? files.get(path) : undefined;
  if (!file) return { status: 404, body: "There is no such file.\n" };
  return { status: 200, headers: { "content-type": file.type }, body: file.bytes };
}

/** What a network finds at an address: a file of the host's. Everything else is out of its reach here. */
export function fetched(address: unknown, world: World): Hosted | undefined {
  if (typeof address !== "string" || !isUrl(address)) return undefined;
  const { pathname, origin } = new URL(address);
  return new URL(world.base(ID)).origin === origin ? filesOf(world).get(pathname) : undefined;
}
