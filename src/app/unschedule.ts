/** Takes back what a network has ahead of its time, with the channel's credential of today. */
import { join } from "node:path";
import { fileSession } from "../auth/session-store.ts";
import { type TakenBack, takeBack } from "../delivery/native-schedule.ts";
import { keyOf } from "../delivery/publish.ts";
import { createHttp } from "../http/http.ts";
import { createWire } from "../http/transport.ts";
import type { History } from "../ledger/types.ts";
import { USER_AGENT } from "../version.ts";
import { renewLogins } from "./credentials.ts";
import { stateFolder } from "./ledger.ts";
import type { Project } from "./project.ts";

const DEADLINE = 30_000;

/** `others`: ids of this account's other posts. Throws NetworkError when it is not certain; asking again does no harm. */
export async function takeBackAt(
  project: Project,
  history: History,
  others: ReadonlySet<string>,
  now: number,
): Promise<TakenBack> {
  const channel = project.config.channels.get(history.channel);
  if (!channel) throw new TypeError(`no channel ${history.channel}: the caller makes sure of it`);
  const wire = createWire();
  try {
    await renewLogins(project.logins, [channel], {
      transport: wire.transport,
      clock: { now: () => now, sleep: () => Promise.resolve() },
    });
    const { adapter, settings, secrets } = channel;
    const http = createHttp({
      transport: wire.transport,
      userAgent: USER_AGENT,
      secrets,
      classify: adapter.classify,
    });
    return await takeBack(history, adapter, {
      channel: settings,
      // Taken back twice is taken back: no attempt is recorded.
      http: (request) => http({ ...request, safe: true, deadline: request.deadline ?? DEADLINE }),
      key: keyOf(history, 0),
      startedAt: new Date(history.attempts[0]?.startedAt ?? history.createdAt),
      index: 0,
      due: new Date(history.dueAt),
      signal: new AbortController().signal,
      read: () => Promise.reject(new TypeError("taking back reads no media")),
      step: (_name, run) => run(),
      taken: async (id) => others.has(id),
      sending: () => Promise.reject(new TypeError("taking back sends nothing")),
      session: fileSession(join(stateFolder(project), "sessions"), channel.accountFingerprint),
    });
  } finally {
    await wire.close();
  }
}
