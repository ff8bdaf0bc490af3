/** What an author says of a picture whose shape a network does not take: `focus:` and `letterbox:`. */

const PLACES: Readonly<Record<string, { x: number; y: number }>> = {
  center: { x: 0.5, y: 0.5 },
  top: { x: 0.5, y: 0 },
  bottom: { x: 0.5, y: 1 },
  left: { x: 0, y: 0.5 },
  right: { x: 1, y: 0.5 },
};

/** `center`, `top`, …, or `50% 20%` from the left and the top, as fractions. `undefined` for anything else. */
export function parseFocus(typed: string): { x: number; y: number } | undefined {
  const place = PLACES[typed.trim().toLowerCase()];
  if (place) return place;
  const [, x, y] = /^(\d{1,3})%\s+(\d{1,3})%$/.exec(typed.trim()) ?? [];
  if (x === undefined || Number(x) > 100 || Number(y) > 100) return undefined;
  return { x: Number(x) / 100, y: Number(y) / 100 };
}

/** `white`, `black` or `#1B1F24` as `#rrggbb`. */
export function colorOf(typed: string): string {
  const name = typed.toLowerCase();
  return name === "white" ? "#ffffff" : name === "black" ? "#000000" : name;
}
