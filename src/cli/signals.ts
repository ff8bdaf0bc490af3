/** Ctrl-C: the first lets what is under way finish and be written down, the second breaks it off, the third ends. */

export interface Signals {
  /** Nothing new is begun. */
  stop: AbortSignal;
  /** What is under way breaks off; its outcome may be unknown. */
  abort: AbortSignal;
}

export interface SignalHandler extends Signals {
  /** From now on keys are signals; until then they end the program. */
  listen(): void;
  unlisten(): void;
}

/** `say` tells the person what their key does. */
export function signalHandler(say: (text: string) => void): SignalHandler {
  const stop = new AbortController();
  const abort = new AbortController();
  const press = () => {
    if (abort.signal.aborted) process.exit(130);
    if (stop.signal.aborted) {
      say("Breaking off; what was on its way is looked up when you go on.");
      return abort.abort();
    }
    say("Stopping after what is on its way; Ctrl-C again breaks it off.");
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
