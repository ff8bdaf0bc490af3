/**
 * How long a request may take. Requests that begin at about the same time share one signal and one timer: a pair for each
 * costs more than all else that is done for it here.
 */
export interface Patience {
  signal: AbortSignal;
  /** Whether it was the time that ended it, and not somebody. */
  isOver(): boolean;
  /** The request is over; the last one takes the timer with it. */
  end(): void;
}

interface Shared extends Patience {
  readonly deadline: number;
  readonly outer: AbortSignal | undefined;
  /** While it takes more: by `performance.now()`. */
  readonly openUntil: number;
  users: number;
}

// A request gets at least the time that was given, and at most a hundredth more.
const TOLERANCE = 0.01;

let latest: Shared | undefined;

/** `deadline`: milliseconds. `outer` ends it before that. */
export function startPatience(deadline: number, outer: AbortSignal | undefined): Patience {
  const now = performance.now();
  const fits =
    latest !== undefined &&
    latest.users > 0 &&
    latest.deadline === deadline &&
    latest.outer === outer &&
    now < latest.openUntil &&
    !latest.signal.aborted;
  if (!fits) latest = share(deadline, outer, now);
  const shared = latest!;
  shared.users++;
  return shared;
}

function share(deadline: number, outer: AbortSignal | undefined, now: number): Shared {
  const controller = new AbortController();
  const tolerance = deadline * TOLERANCE;
  let over = false;
  const stop = () => controller.abort(outer?.reason);
  const timer = setTimeout(() => {
    over = true;
    controller.abort(new DOMException("the deadline is over", "TimeoutError"));
  }, deadline + tolerance);
  outer?.addEventListener("abort", stop, { once: true });
  return {
    deadline,
    outer,
    openUntil: now + tolerance,
    users: 0,
    signal: controller.signal,
    isOver: () => over,
    end() {
      if (--this.users > 0) return;
      clearTimeout(timer);
      outer?.removeEventListener("abort", stop);
    },
  };
}
