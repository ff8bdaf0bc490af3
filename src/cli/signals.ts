/** Ctrl-C: the first finishes the requests under way, the second aborts them, the third ends the process. */

export interface Signals {
  /** Nothing new is begun. */
  stop: AbortSignal;
  /** Aborts requests under way; their outcome may be unknown. */
  abort: AbortSignal;
}

export interface SignalHandler extends Signals {
  /** From now on keys are signals; until then they end the program. */
  listen(): void;
  unlisten(): void;
}

/** `say` shows what the key did. */
export function signalHandler(say: (text: string) => void): SignalHandler {
  const stop = new AbortController();
  const abort = new AbortController();
  const press = () => {
    if (abort.signal.aborted) process.exit(130);
    if (stop.signal.aborted) {
      say("Aborting; interrupted requests are checked when you continue.");
      return abort.abort();
    }
    say("Stopping after the requests under way; Ctrl-C again aborts them.");
    stop.abort();
  };
  return {
    stop: stop.signal,
    abort: abort.signal,
    listen() {
      process.on("SIGINT", press);
      process.on("SIGTERM", press);
    },
    unlisten() {
      process.off("SIGINT", press);
      process.off("SIGTERM", press);
    },
  };
}

/** Runs `work` with the signals of the keyboard. */
export async function withSignals<T>(
  say: (text: string) => void,
  work: (signals: Signals) => Promise<T>,
): Promise<T> {
  const handler = signalHandler(say);
  handler.listen();
  try {
    return await work(handler);
  } finally {
    handler.unlisten();
  }
}
