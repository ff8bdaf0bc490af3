/**
 * A page in one file that asks the network for nothing. Its policy allows one sheet and one script, by their digests: so no
 * `style` attribute and no handler works in it.
 */
import { createHash } from "node:crypto";
import { type Html, html, raw, type Value } from "./html.ts";
import { icon, symbols } from "./icons.ts";
import { theme } from "./script/theme.ts";
import { base } from "./style/base.ts";

export interface Parts {
  title: string;
  /** What kind of page it is: `Preview`. */
  kind: string;
  /** At the right end of the top line. */
  where?: Value;
  /** In the middle of the top line. */
  nav?: Html;
  /** Sheets, after the one of all pages. */
  styles: readonly string[];
  /** What runs in the page, after what all pages run. */
  scripts?: readonly string[];
  body: Html;
  foot?: readonly Value[];
  /** Of the body. */
  look?: string;
  /** It talks to the server that it came from, and to nothing else. */
  served?: boolean;
  /** What comes into it later may use every sign. */
  allSigns?: boolean;
  /** Symbols that pictures are shown by. */
  pictures?: Html;
  /** What a screen reader may skip to. */
  skip?: string;
  /** By which a served page knows that there is a newer one. */
  version?: string;
  /** At the foot of each printed page. */
  printed?: string;
}

export function page(parts: Parts): string {
  const { title, kind, where, nav, body, foot = [], look = "", served = false, pictures, skip } = parts;
  const style = `${base}${parts.styles.join("")}${printedFoot(parts.printed)}`;
  const script = `${theme}${(parts.scripts ?? []).join("")}`;
  const content = html`<a class="skip" href="#main">${skip ?? "Skip to the content"}</a>
<header class="wrap top"><p class="word">${SIGN}broadcast</p><p class="where">${kind}</p>${nav}<div class="end"><span class="where">${where}</span><button class="btn quiet js-only" type="button" data-theme-button>${icon("theme")}<span>Theme: auto</span></button></div></header>
${body}
${foot.length > 0 && html`<footer class="wrap foot">${foot.map((one) => html`<span>${one}</span>`)}</footer>`}`;
  return html`<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${policy(style, script, served)}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="referrer" content="${served ? "same-origin" : "no-referrer"}">
<title>${title}</title>
<link rel="icon" href="data:,">
<style>${raw(style)}</style>
<script>${raw(script)}</script>
</head>
<body class="${look}"${parts.version !== undefined && html` data-version="${parts.version}"`}>
<svg class="defs" width="0" height="0" aria-hidden="true" focusable="false"><defs>${symbols(parts.allSigns ? undefined : content.toString())}${pictures}</defs></svg>
${content}
</body>
</html>
`.toString();
}

const SIGN = raw(
  '<svg viewBox="0 0 24 24" aria-hidden="true"><circle class="dot" cx="5" cy="12" r="3.6"/><path d="M11 12h9M10.5 9.5L18 4M10.5 14.5L18 20" stroke="currentColor" stroke-width="2" stroke-linecap="round" fill="none"/></svg>',
);

/** For its `meta`. */
function policy(style: string, script: string, served: boolean): string {
  const own = served ? "'self'" : "'none'";
  return [
    "default-src 'none'",
    `style-src ${hashed(style)}`,
    `script-src ${hashed(script)}`,
    served ? "img-src data: 'self'" : "img-src data:",
    ...(served ? ["media-src 'self'"] : []),
    `connect-src ${own}`,
    `form-action ${own}`,
    "base-uri 'none'",
  ].join("; ");
}

/** The policy of a page of ours, as a server's header: with what a page cannot say of itself. */
export function policyHeader(page: string): string {
  const [, written = "default-src 'none'"] =
    /<meta http-equiv="Content-Security-Policy" content="([^"]*)">/.exec(page) ?? [];
  return `${written.replaceAll("&#39;", "'")}; frame-ancestors 'none'`;
}

function hashed(text: string): string {
  return `'sha256-${createHash("sha256").update(text).digest("base64")}'`;
}

// Text in a style sheet: only letters, digits and a few signs, so that nothing in it can end the string.
function printedFoot(words: string | undefined): string {
  if (words === undefined) return "";
  const plain = words.replace(/[^\p{L}\p{N} .,:·…-]/gu, "").slice(0, 120);
  return `@media print{@page{@bottom-left{content:"${plain}";font:8pt system-ui,sans-serif;color:#585d64}}}`;
}
