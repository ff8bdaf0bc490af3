/** Takes back what a network has ahead of its time, with the channel's credential of today. */
import { join } from "node:path";
import { fileSession } from "../auth/session-store.ts";
import { contextOf } from "../delivery/context.ts";
import { type TakenBack, takeBack } from "../delivery/native-schedule.ts";
import { keyOf } from "../delivery/publish.ts";
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
  const wire = createWire({ only: project.sandbox });
  try {
    await renewLogins(project.logins, [channel], {
      transport: wire.transport,
      clock: { now: () => now, sleep: () => Promise.resolve() },
    });
    const { adapter, settings, secrets } = channel;
    const around = {
      adapter,
      settings,
      secrets,
      transport: wire.transport,
      dial: wire.dial,
      userAgent: USER_AGENT,
      session: fileSession(join(stateFolder(project), "sessions"), channel.accountFingerprint),
      deadline: DEADLINE,
    };
    // Taken back twice is taken back: no attempt is recorded.
    const record = { sending: () => Promise.resolve(), isAnnounced: () => true };
    const nothing = {
      steps: { get: async () => undefined, put: async () => {} },
      open: () => Promise.reject(new TypeError("taking back reads no media")),
      partOf: () => 0,
    };
    const context = contextOf(around, nothing, record, {
      key: keyOf(history, 0),
      startedAt: new Date(history.attempts[0]?.startedAt ?? history.createdAt),
      index: 0,
      due: new Date(history.dueAt),
      taken: async (id) => others.has(id),
    });
    return await takeBack(history, adapter, context);
  } finally {
    await wire.close();
  }
}
