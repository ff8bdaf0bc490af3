/** HTML for blogs and mail, with the plain form as the alternative. */
import { hypertext } from "./html-renderer.ts";

export const html = hypertext({
  markup: "html",
  lost: {
    task: "task as a box",
    footnote: "footnote as numbered line",
    mention: "mention as name",
  },
  image: (url, alt) => `<img src="${url}" alt="${alt}">`,
  align: true,
  tag: (value) => `#${value}`,
});
