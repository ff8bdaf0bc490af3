/** Who comes, in which version of the API, and what that lets them do. */
import { text } from "../../body.ts";
import { numberOf } from "../../ids.ts";
import { type Call, refuse, type Share, type Who } from "./state.ts";

const OLDEST = 202_512;

export function whoOf(name: string, member = name): Who {
  const id = member === name ? name : `${name}-${member}`;
  return {
    person: `urn:li:person:${id.replace(/[^\w-]/g, "_")}`,
    organization: `urn:li:organization:${numberOf(name).slice(0, 8)}`,
  };
}

/** Every call below /rest names its version; an ended one is refused. */
export function checkVersion({ request, path }: Call): void {
  if (!path.startsWith("/rest/")) return;
  const version = text(request.headers["linkedin-version"]);
  if (version === undefined || !/^\d{6}$/.test(version))
    throw refuse(
      400,
      "VERSION_MISSING",
      "A version must be present. Please specify a version by adding the LinkedIn-Version header.",
    );
  if (Number(version) < OLDEST)
    throw refuse(426, "NONEXISTENT_VERSION", `Requested version ${version} is not active`);
  if (request.headers["x-restli-protocol-version"] !== "2.0.0")
    throw refuse(400, "PROTOCOL_VERSION", "X-Restli-Protocol-Version must be 2.0.0");
}

export function mayWriteAs(author: unknown, { who }: Call): string {
  const { person, organization } = who();
  if (author === person || author === organization) return author;
  throw refuse(403, "ACCESS_DENIED", "Not enough permissions to access: posts.CREATE");
}

/** Members' posts are closed to apps. */
export function mayRead(share: Share, { who }: Call): Share {
  if (share.author === who().organization) return share;
  throw refuse(403, "ACCESS_DENIED", "Not enough permissions to access: posts.GET");
}
