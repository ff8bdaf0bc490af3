/** Every dialect, loaded. */
import { dialectOf, loadDialects, MARKUPS } from "../../../src/text/render.ts";

await loadDialects(MARKUPS);

export const dialects = Object.fromEntries(MARKUPS.map((markup) => [markup, dialectOf(markup)]));
