/** The signs and small drawings of the pages: each is in a page once, and only where it is used. */
import { type Html, html, join, raw } from "./html.ts";

const ICONS = {
  check: '<path d="M2.8 8.5l3.3 3.3 7.1-7.6"/>',
  clash:
    '<rect x="1.8" y="4.8" width="8" height="8" rx="1.6"/><rect x="6.2" y="2.2" width="8" height="8" rx="1.6"/>',
  clock: '<circle cx="8" cy="8" r="6.2"/><path d="M8 4.6V8l2.3 1.6"/>',
  coin: '<circle cx="8" cy="8" r="6.2"/><path d="M10 5.6C9.4 5 8.7 4.8 8 4.8c-1.1 0-2 .6-2 1.5 0 2.2 4.1 1.1 4.1 3.3 0 1-1 1.6-2.1 1.6-.9 0-1.7-.3-2.2-.9M8 3.6v8.8"/>',
  edit: '<path d="M2.5 13.5l.6-2.8 7.7-7.7 2.2 2.2-7.7 7.7z"/>',
  failed:
    '<path d="M5.4 1.8h5.2l3.6 3.6v5.2l-3.6 3.6H5.4l-3.6-3.6V5.4z" fill="currentColor"/><path class="cut" d="M5.7 5.7l4.6 4.6M10.3 5.7l-4.6 4.6"/>',
  gap: '<path d="M2.5 3v10M13.5 3v10M5.5 8h.1M8 8h.1M10.5 8h.1"/>',
  globe:
    '<circle cx="8" cy="8" r="6.2"/><path d="M1.8 8h12.4M8 1.8c2.3 2 2.3 10.4 0 12.4M8 1.8c-2.3 2-2.3 10.4 0 12.4"/>',
  half: '<circle cx="8" cy="8" r="5.6"/><path d="M8 2.4v11.2" /><path d="M8 2.4a5.6 5.6 0 0 1 0 11.2z" fill="currentColor"/>',
  held: '<rect x="2" y="2" width="12" height="12" rx="2.5"/><path d="M6 5.4v5.2M10 5.4v5.2" stroke-width="2"/>',
  info: '<circle cx="8" cy="8" r="6.2"/><path d="M8 7.3v3.7M8 5v.1"/>',
  lock: '<rect x="3" y="7" width="10" height="7" rx="1.6"/><path d="M5.2 7V5a2.8 2.8 0 0 1 5.6 0v2"/>',
  open: '<circle cx="8" cy="8" r="5.6"/>',
  out: '<circle cx="8" cy="8" r="6.4" fill="currentColor"/><path class="cut" d="M5 8.2l2.2 2.2 3.9-4.5"/>',
  pic: '<rect x="1.8" y="3" width="12.4" height="10" rx="1.6"/><path d="M4 11l3-3.5 2.2 2.2L11 8l3 3"/>',
  planned: '<circle cx="8" cy="8" r="6" stroke-dasharray="2.2 2.1"/>',
  plus: '<path d="M8 3v10M3 8h10"/>',
  reload: '<path d="M13.2 8a5.2 5.2 0 1 1-1.6-3.7M13.4 1.8v3h-3"/>',
  say: '<path d="M2.2 3.2h11.6v7.6H7.5L4.3 13.4v-2.6H2.2z"/>',
  sched: '<circle cx="8" cy="8" r="6"/><path d="M8 4.6V8l2.3 1.6"/>',
  stop: '<path d="M5.4 1.8h5.2l3.6 3.6v5.2l-3.6 3.6H5.4l-3.6-3.6V5.4z"/><path d="M8 4.8v4M8 11v.1"/>',
  swap: '<path d="M2.5 5.5h9M9 2.8l2.7 2.7L9 8.2M13.5 10.7h-9M7 8l-2.7 2.7L7 13.4"/>',
  tag: '<path d="M2.3 2.3h5l6.4 6.4-5 5-6.4-6.4zM5 5v.1"/>',
  theme: '<circle cx="8" cy="8" r="6.2"/><path d="M8 1.8a6.2 6.2 0 0 1 0 12.4z" fill="currentColor"/>',
  warn: '<path d="M8 2.3l6.2 11H1.8z"/><path d="M8 6.5v3M8 11.4v.1"/>',
} as const;

/** Thumbnails of the layouts, on 64 × 44. */
const MINIS = {
  art: '<rect x="5" y="4" width="54" height="0.8" rx="0.4" fill="currentColor" opacity="0.6"/><rect x="5" y="8" width="46" height="3.6" rx="1.5" fill="currentColor" opacity="0.8"/><rect x="5" y="13.5" width="30" height="3.6" rx="1.5" fill="currentColor" opacity="0.8"/><rect x="5" y="21" width="25" height="2" rx="1" fill="currentColor" opacity="0.45"/><rect x="5" y="25" width="25" height="2" rx="1" fill="currentColor" opacity="0.45"/><rect x="5" y="29" width="25" height="2" rx="1" fill="currentColor" opacity="0.45"/><rect x="5" y="33" width="25" height="2" rx="1" fill="currentColor" opacity="0.45"/><rect x="5" y="37" width="18" height="2" rx="1" fill="currentColor" opacity="0.45"/><rect x="34" y="21" width="25" height="2" rx="1" fill="currentColor" opacity="0.45"/><rect x="34" y="25" width="25" height="2" rx="1" fill="currentColor" opacity="0.45"/><rect x="34" y="29" width="20" height="2" rx="1" fill="currentColor" opacity="0.45"/><rect x="34" y="33" width="25" height="2" rx="1" fill="currentColor" opacity="0.45"/><rect x="34" y="37" width="22" height="2" rx="1" fill="currentColor" opacity="0.45"/>',
  bub: '<path d="M9 4h38a4 4 0 0 1 4 4v27a4 4 0 0 1-4 4H9.5c-2 0-3.5-.8-5.5.6 1-2 .9-3 .9-5V8a4 4 0 0 1 4.1-4z" fill="currentColor" opacity=".12"/><rect x="4.9" y="4" width="46.1" height="15" rx="3.5" fill="currentColor" opacity=".22"/><path d="M11.35 16.3l11.06 -6.3 7.38 3.3 5.53 -2.1 9.22 5.1z" fill="currentColor" opacity=".5"/><rect x="9" y="23" width="34" height="2.2" rx="1.1" fill="currentColor" opacity="0.7"/><rect x="9" y="27.5" width="37" height="2" rx="1" fill="currentColor" opacity="0.45"/><rect x="9" y="32" width="24" height="2" rx="1" fill="currentColor" opacity="0.45"/>',
  card: '<rect x="0" y="0" width="64" height="7" rx="1.5" fill="currentColor" opacity="0.14"/><rect x="5" y="2.5" width="16" height="2" rx="1" fill="currentColor" opacity="0.6"/><circle cx="8" cy="14" r="3" fill="currentColor" opacity=".75"/><rect x="15" y="11" width="43" height="29" rx="2" fill="none" stroke="currentColor" opacity=".5"/><rect x="19" y="15" width="28" height="2.8" rx="1.4" fill="currentColor" opacity="0.75"/><rect x="19" y="21" width="34" height="2" rx="1" fill="currentColor" opacity="0.45"/><rect x="19" y="25.5" width="30" height="2" rx="1" fill="currentColor" opacity="0.45"/><rect x="19" y="31.5" width="15" height="5.5" rx="1" fill="none" stroke="currentColor" opacity=".5"/>',
  forum:
    '<circle cx="7" cy="7" r="2.5" fill="currentColor" opacity=".75"/><rect x="12" y="6" width="16" height="2" rx="1" fill="currentColor" opacity="0.45"/><rect x="5" y="12" width="50" height="3.2" rx="1.5" fill="currentColor" opacity="0.8"/><rect x="5" y="17.5" width="34" height="3.2" rx="1.5" fill="currentColor" opacity="0.8"/><rect x="5" y="23.5" width="15" height="5" rx="2.5" fill="none" stroke="currentColor" opacity=".5"/><rect x="5" y="32" width="54" height="2" rx="1" fill="currentColor" opacity="0.45"/><rect x="5" y="36.5" width="46" height="2" rx="1" fill="currentColor" opacity="0.45"/>',
  mail: '<rect x="0" y="0" width="64" height="17" rx="1.5" fill="currentColor" opacity="0.1"/><path d="M6 5h14v9H6zM6 5l7 5 7-5" fill="none" stroke="currentColor" opacity=".75"/><rect x="25" y="5.5" width="20" height="2" rx="1" fill="currentColor" opacity="0.45"/><rect x="25" y="10.5" width="32" height="2.5" rx="1.25" fill="currentColor" opacity="0.75"/><rect x="12" y="21" width="32" height="3" rx="1.5" fill="currentColor" opacity="0.75"/><rect x="12" y="27" width="40" height="2" rx="1" fill="currentColor" opacity="0.45"/><rect x="12" y="31.5" width="36" height="2" rx="1" fill="currentColor" opacity="0.45"/><rect x="12" y="36.5" width="14" height="4" rx="1.5" fill="currentColor" opacity="0.75"/>',
  msg: '<rect x="0" y="0" width="64" height="7" rx="1.5" fill="currentColor" opacity="0.14"/><rect x="5" y="2.5" width="16" height="2" rx="1" fill="currentColor" opacity="0.6"/><circle cx="9" cy="15" r="4" fill="currentColor" opacity=".75"/><rect x="17" y="12" width="20" height="2.5" rx="1.25" fill="currentColor" opacity="0.75"/><rect x="17" y="18" width="40" height="2" rx="1" fill="currentColor" opacity="0.45"/><rect x="17" y="22.5" width="36" height="2" rx="1" fill="currentColor" opacity="0.45"/><rect x="17" y="27" width="26" height="13" rx="2" fill="currentColor" opacity=".22"/><path d="M20.64 37.66l6.24 -5.46 4.16 2.86 3.12 -1.82 5.2 4.42z" fill="currentColor" opacity=".5"/>',
  msgsq:
    '<rect x="0" y="0" width="64" height="7" rx="1.5" fill="currentColor" opacity="0.14"/><rect x="5" y="2.5" width="16" height="2" rx="1" fill="currentColor" opacity="0.6"/><rect x="5" y="11" width="8" height="8" rx="2.5" fill="currentColor" opacity=".75"/><rect x="17" y="12" width="20" height="2.5" rx="1.25" fill="currentColor" opacity="0.75"/><rect x="17" y="18" width="40" height="2" rx="1" fill="currentColor" opacity="0.45"/><rect x="17" y="22.5" width="36" height="2" rx="1" fill="currentColor" opacity="0.45"/><path d="M18 28v12" stroke="currentColor" stroke-width="2" opacity=".6"/><rect x="22" y="29" width="26" height="2" rx="1" fill="currentColor" opacity="0.45"/><rect x="22" y="33.5" width="32" height="2" rx="1" fill="currentColor" opacity="0.45"/><rect x="22" y="38" width="20" height="2" rx="1" fill="currentColor" opacity="0.45"/>',
  page: '<rect x="5" y="4" width="8" height="8" rx="1" fill="currentColor" opacity=".75"/><rect x="16" y="5" width="24" height="2.5" rx="1.25" fill="currentColor" opacity="0.75"/><rect x="16" y="9.5" width="16" height="2" rx="1" fill="currentColor" opacity="0.45"/><rect x="5" y="15" width="52" height="2" rx="1" fill="currentColor" opacity="0.45"/><rect x="0" y="20" width="64" height="16" rx="0" fill="currentColor" opacity=".22"/><path d="M8.96 33.12l15.36 -6.72 10.24 3.52 7.68 -2.24 12.8 5.44z" fill="currentColor" opacity=".5"/><rect x="5" y="39" width="30" height="2.2" rx="1.1" fill="currentColor" opacity="0.7"/>',
  pageround:
    '<circle cx="9" cy="8" r="4" fill="currentColor" opacity=".75"/><rect x="16" y="5" width="24" height="2.5" rx="1.25" fill="currentColor" opacity="0.75"/><rect x="16" y="9.5" width="16" height="2" rx="1" fill="currentColor" opacity="0.45"/><rect x="5" y="15" width="52" height="2" rx="1" fill="currentColor" opacity="0.45"/><rect x="0" y="20" width="64" height="16" rx="0" fill="currentColor" opacity=".22"/><path d="M8.96 33.12l15.36 -6.72 10.24 3.52 7.68 -2.24 12.8 5.44z" fill="currentColor" opacity=".5"/><rect x="5" y="39" width="30" height="2.2" rx="1.1" fill="currentColor" opacity="0.7"/>',
  picture:
    '<circle cx="7" cy="5.5" r="2.5" fill="currentColor" opacity=".75"/><rect x="12" y="4.5" width="18" height="2.2" rx="1.1" fill="currentColor" opacity="0.75"/><rect x="0" y="10" width="64" height="24" rx="0" fill="currentColor" opacity=".22"/><path d="M8.96 29.68l15.36 -10.08 10.24 5.28 7.68 -3.36 12.8 8.16z" fill="currentColor" opacity=".5"/><rect x="5" y="37.5" width="12" height="2.2" rx="1.1" fill="currentColor" opacity="0.75"/><rect x="19" y="37.5" width="36" height="2" rx="1" fill="currentColor" opacity="0.45"/>',
  poll: '<circle cx="9" cy="9" r="4" fill="currentColor" opacity=".75"/><rect x="17" y="6" width="22" height="2.5" rx="1.25" fill="currentColor" opacity="0.75"/><rect x="17" y="12" width="38" height="2" rx="1" fill="currentColor" opacity="0.45"/><rect x="17" y="19" width="41" height="5.5" rx="2.7" fill="none" stroke="currentColor" opacity=".5"/><rect x="17" y="27" width="41" height="5.5" rx="2.7" fill="none" stroke="currentColor" opacity=".5"/><rect x="17" y="35" width="41" height="5.5" rx="2.7" fill="none" stroke="currentColor" opacity=".5"/>',
  post: '<circle cx="9" cy="9" r="4" fill="currentColor" opacity=".75"/><rect x="17" y="6" width="22" height="2.5" rx="1.25" fill="currentColor" opacity="0.75"/><rect x="17" y="12" width="41" height="2" rx="1" fill="currentColor" opacity="0.45"/><rect x="17" y="16.5" width="34" height="2" rx="1" fill="currentColor" opacity="0.45"/><rect x="17" y="22" width="41" height="17" rx="2.5" fill="currentColor" opacity=".22"/><path d="M22.74 35.94l9.84 -7.14 6.56 3.74 4.92 -2.38 8.2 5.78z" fill="currentColor" opacity=".5"/>',
  posts:
    '<rect x="5" y="5" width="8" height="8" rx="2.5" fill="currentColor" opacity=".75"/><rect x="17" y="6" width="22" height="2.5" rx="1.25" fill="currentColor" opacity="0.75"/><rect x="17" y="12" width="41" height="2" rx="1" fill="currentColor" opacity="0.45"/><rect x="17" y="16.5" width="34" height="2" rx="1" fill="currentColor" opacity="0.45"/><rect x="17" y="22" width="41" height="17" rx="2.5" fill="currentColor" opacity=".22"/><path d="M22.74 35.94l9.84 -7.14 6.56 3.74 4.92 -2.38 8.2 5.78z" fill="currentColor" opacity=".5"/>',
  rel: '<rect x="5" y="4" width="18" height="6.5" rx="3.2" fill="none" stroke="currentColor" opacity=".5"/><rect x="26" y="6" width="14" height="2" rx="1" fill="currentColor" opacity="0.45"/><rect x="5" y="14" width="34" height="3.4" rx="1.5" fill="currentColor" opacity="0.8"/><rect x="5" y="20" width="54" height="0.7" rx="0.35" fill="currentColor" opacity="0.6"/><rect x="5" y="23.5" width="44" height="2" rx="1" fill="currentColor" opacity="0.45"/><rect x="5" y="28" width="36" height="2" rx="1" fill="currentColor" opacity="0.45"/><rect x="5" y="32.5" width="54" height="8" rx="1.5" fill="none" stroke="currentColor" opacity=".5"/><rect x="8" y="35.5" width="24" height="2" rx="1" fill="currentColor" opacity="0.45"/>',
  thread:
    '<circle cx="9" cy="8" r="3.5" fill="currentColor" opacity=".75"/><path d="M9 13v7" stroke="currentColor" opacity=".5"/><rect x="17" y="6" width="22" height="2.5" rx="1.25" fill="currentColor" opacity="0.75"/><rect x="17" y="11" width="38" height="2" rx="1" fill="currentColor" opacity="0.45"/><circle cx="9" cy="24" r="3.5" fill="currentColor" opacity=".75"/><path d="M9 29v6" stroke="currentColor" opacity=".5"/><rect x="17" y="22" width="40" height="2" rx="1" fill="currentColor" opacity="0.45"/><rect x="17" y="26.5" width="30" height="2" rx="1" fill="currentColor" opacity="0.45"/><circle cx="9" cy="38.5" r="3" fill="currentColor" opacity=".75"/><rect x="17" y="37.5" width="34" height="2" rx="1" fill="currentColor" opacity="0.45"/>',
} as const;

export type Icon = keyof typeof ICONS;
export type Mini = keyof typeof MINIS;

/** A sign; it says nothing by itself, so words stand beside it. */
export function icon(sign: Icon, look = ""): Html {
  return html`<svg class="${["i", look].filter(Boolean).join(" ")}" aria-hidden="true"><use href="#i-${sign}"/></svg>`;
}

export function mini(kind: Mini, look = ""): Html {
  return html`<svg class="${["mini", look].filter(Boolean).join(" ")}" viewBox="0 0 64 44" aria-hidden="true"><use href="#t-${kind}"/></svg>`;
}

/** What `used` refers to, for the beginning of the page; absent: all of them. */
export function symbols(used: string | undefined): Html {
  const of = (prefix: "i" | "t", box: string, all: Readonly<Record<string, string>>) =>
    Object.entries(all)
      .filter(([sign]) => used === undefined || used.includes(`href="#${prefix}-${sign}"`))
      .map(([sign, drawing]) => raw(`<symbol id="${prefix}-${sign}" viewBox="${box}">${drawing}</symbol>`));
  return join([...of("i", "0 0 16 16", ICONS), ...of("t", "0 0 64 44", MINIS)]);
}
