/** How far the database's clock is ahead of ours, from what it says whenever it is asked. */

// The best look counts until it is so old that the clocks may have gone apart.
const FRESH = 30_000;

export interface Distance {
  /** Milliseconds. */
  ahead(): number;
  /** How far off that may be at most: half of the time for which the answer was on its way. */
  blur(): number;
  /** It said `theirs` between `before` and `after` of ours. */
  said(theirs: number, before: number, after: number): void;
}

/** Of many looks the shortest is the best, unless a clock was set meanwhile. */
export function distance(): Distance {
  let best: { ahead: number; blur: number; at: number } | undefined;
  return {
    ahead: () => Math.round(best?.ahead ?? 0),
    blur: () => best?.blur ?? 0,
    said(theirs, before, after) {
      const look = { ahead: theirs - (before + after) / 2, blur: (after - before) / 2, at: after };
      const isOld = best === undefined || after - best.at > FRESH || after < best.at;
      const isOther = best !== undefined && Math.abs(best.ahead - look.ahead) > best.blur + look.blur + 1;
      if (isOld || isOther || look.blur <= best!.blur) best = look;
    },
  };
}
