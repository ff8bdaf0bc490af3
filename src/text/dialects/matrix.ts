/** Matrix: its own list of HTML tags, no pictures from elsewhere, people as links; the plain form is the fallback. */
import { escapeHtml } from "../html-escape.ts";
import { hypertext } from "./html-renderer.ts";

export const matrix = hypertext({
  markup: "matrix",
  lost: {
    task: "task as a box",
    image: "image as link",
    footnote: "footnote as numbered line",
  },
  mention: ({ handle, id }, name) => {
    const user = id ?? `@${handle.replace(/^@/, "")}`;
    if (!/^@[^\s:]+:[^\s]+$/.test(user)) return undefined;
    return `<a href="https://matrix.to/#/${escapeHtml(encodeURI(user))}">${escapeHtml(name)}</a>`;
  },
  tag: (value) => `#${value}`,
});
