/** An adapter that neither answers nor asks anything any more is given up: its promise would keep the channel for ever. */
import { describeDuration } from "../duration.ts";
import { NetworkError } from "../errors.ts";
import type { Dial } from "../http/connect.ts";
import type { Transport } from "../http/http.ts";

/** Milliseconds. Longer than any wait for an upload that an adapter is allowed. */
export const IDLE = 300_000;

export interface Watchdog {
  /** The same way out, watched; closed once the adapter was given up, so that nothing of it leaves afterwards. */
  transport: Transport;
  dial: Dial | undefined;
  /** Rejects with the code of `code()` when nothing has been under way for too long. */
  watch<T>(work: Promise<T>, code: () => "uncertain" | "unavailable"): Promise<T>;
  isOver(): boolean;
}

export function createWatchdog(transport: Transport, dial: Dial | undefined, idle = IDLE): Watchdog {
  let underWay = 0;
  let restart = () => {};
  let over = false;
  const busy = async <T>(work: () => Promise<T>): Promise<T> => {
    if (over) throw new NetworkError("unavailable", "the adapter was given up before");
    underWay++;
    restart();
    try {
      return await work();
    } finally {
      underWay--;
      restart();
    }
  };
  return {
    transport: (request, signal) => busy(() => transport(request, signal)),
    dial: dial && ((url, signal, certified) => busy(() => dial(url, signal, certified))),
    isOver: () => over,
    watch: (work, code) =>
      new Promise((resolve, reject) => {
        let timer: NodeJS.Timeout | undefined;
        restart = () => {
          clearTimeout(timer);
          // A request has a deadline of its own.
          if (underWay > 0) return;
          timer = setTimeout(() => {
            over = true;
            const words = `the adapter gave no sign of life for ${describeDuration(idle)}, and was given up`;
            reject(new NetworkError(code(), words));
          }, idle);
        };
        restart();
        const end = () => {
          restart = () => {};
          clearTimeout(timer);
        };
        work.then(resolve, reject).finally(end);
      }),
  };
}
