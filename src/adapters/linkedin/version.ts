/**
 * Versions of the API end a year after their month: https://learn.microsoft.com/linkedin/marketing/versioning. When the
 * channel's has ended, a newer one is gone over to, once, and the person is told; nothing was taken by then.
 */
import * as v from "valibot";
import { type HttpRequest, NetworkError, type Reach } from "../../adapter.ts";
import type { Channel } from "./api.ts";

const MONTH = 30 * 86_400_000;
const Kept = v.object({ instead: v.string(), version: v.string() });

/** The same reach, whose requests name the version that is spoken now. */
export async function current<R extends Reach<Channel>>(reach: R): Promise<R> {
  const { channel, session } = reach;
  const kept = v.safeParse(Kept, await session.get());
  const newer = kept.success && kept.output.instead === channel.version ? kept.output.version : undefined;
  const versioned = (request: HttpRequest): HttpRequest =>
    newer === undefined || request.path === undefined
      ? request
      : { ...request, headers: { ...request.headers, "LinkedIn-Version": newer } };
  const orForward = async <T>(run: () => Promise<T>): Promise<T> => {
    try {
      return await run();
    } catch (error) {
      if (!(error instanceof NetworkError && error.status === 426) || newer !== undefined) throw error;
      const version = monthBefore(Date.now());
      if (version <= channel.version) throw error;
      await session.set({ instead: channel.version, version });
      throw new NetworkError(
        "unavailable",
        `LinkedIn has ended version ${channel.version} of its API; from now on ${version} is tried: set \`version\` of the channel to it`,
        { status: 426, cause: error },
      );
    }
  };
  const own: Pick<Reach<Channel>, "http" | "ask"> = {
    http: (request) => orForward(() => reach.http(versioned(request))),
    ask: (request, schema, what) => orForward(() => reach.ask(versioned(request), schema, what)),
  };
  // What a context has besides may be told late.
  return Object.assign(Object.create(reach) as R, own);
}

/** A month before today's: the newest is not always there. */
export function monthBefore(now: number): string {
  const month = new Date(now - MONTH);
  return `${month.getUTCFullYear()}${String(month.getUTCMonth() + 1).padStart(2, "0")}`;
}
