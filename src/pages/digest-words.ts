/** A digest in words and in a pattern. It helps people to compare, and never decides. */
import { digestWords } from "../plan/digest-words.ts";
import { type Html, html } from "./html.ts";

/** `d2541f63…c873`. */
export function digestShort(digest: string): string {
  return `${digest.slice(0, 8)}…${digest.slice(-4)}`;
}

/** Five by five squares, the same left and right, from the fifteen digits after the words'. */
export function digestPattern(digest: string): Html {
  const squares = [...digest.slice(8, 23)].flatMap((digit, index) => {
    if (Number.parseInt(digit, 16) % 2 === 1) return [];
    const [column, row] = [Math.floor(index / 5), index % 5];
    // From the middle outwards.
    const places = column === 0 ? [2] : [2 - column, 2 + column];
    return places.map((x) => `M${x} ${row}h1v1h-1z`);
  });
  return html`<svg class="pattern" viewBox="-.5 -.5 6 6" aria-hidden="true"><rect class="ground" x="-.5" y="-.5" width="6" height="6"/><path d="${squares.join("")}"/></svg>`;
}

export function digestBlock(digest: string): Html {
  const [one, two, three, four] = digestWords(digest);
  return html`${digestPattern(digest)}<span class="words">${one} ${two}<br>${three} ${four}</span><code class="soft">${digestShort(digest)}</code>`;
}

export { digestWords };
