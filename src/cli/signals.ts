/** Ctrl-C: the first lets what is under way finish and be written down, the second breaks it off, the third ends. */

export interface Interrupt {
  /** Nothing new is begun. */
  stop: AbortSignal;
  /** What is under way breaks off; its outcome may be unknown. */
  abort: AbortSignal;
}

/** Runs `work` with the signals of the keyboard; `say` tells the person what their key does. */
export async function interruptible<T>(
  say: (text: string) => void,
  work: (interrupt: Interrupt) => Promise<T>,
): Promise<T> {
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
  process.on("SIGINT", press);
  process.on("SIGTERM", press);
  try {
    return await work({ stop: stop.signal, abort: abort.signal });
  } finally {
    process.off("SIGINT", press);
    process.off("SIGTERM", press);
  }
}
