/** A picture in a mail: as wide as it is, at most as a mail is, and never wider than the window. */
import { escapeHtml } from "./html-escape.ts";

const WIDEST = 640;

export function pictureHtml(src: string, { alt, width }: { alt: string; width?: number }): string {
  const size = width ? ` width="${Math.min(width, WIDEST)}"` : "";
  return `<img src="${escapeHtml(src)}" alt="${escapeHtml(alt)}"${size} style="max-width:100%;height:auto">`;
}
