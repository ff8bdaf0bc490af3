/** The pages that people read: one for the feed, one for each post. No script, no request to anywhere else. */
import type { Post } from "../../adapter.ts";
import { escapeHtml } from "../../text/html-escape.ts";
import { bodyOf, type Copy, type Entry } from "./entry.ts";
import { STYLE } from "./style.ts";

export interface Site {
  title: string;
  /** Without a trailing slash. */
  url: string;
  /** A WebSub hub. */
  hub?: string;
}

export function postPage(post: Post, entry: Entry, copies: Copy[], site: Site): string {
  const tags = post.tags.map((tag) => `<li>${escapeHtml(tag)}</li>`).join("");
  return page({
    title: `${entry.title} · ${site.title}`,
    lang: entry.language,
    root: "../",
    head: openGraph(entry, site),
    body: `<p class="home"><a href="../">${escapeHtml(site.title)}</a></p>
<article>
<h1>${escapeHtml(entry.title)}</h1>
<p class="when">${time(entry)}</p>
${bodyOf(post, copies, "../media")}
${tags ? `<ul class="tags" aria-label="Tags">${tags}</ul>` : ""}
</article>`,
  });
}

export function indexPage(entries: Entry[], site: Site): string {
  const items = entries.map(
    (entry) => `<li>
<h2><a href="${escapeHtml(entry.url.slice(site.url.length + 1))}">${escapeHtml(entry.title)}</a></h2>
<p class="when">${time(entry)}</p>
${entry.summary ? `<p>${escapeHtml(entry.summary)}</p>` : ""}
</li>`,
  );
  return page({
    title: site.title,
    lang: entries[0]?.language,
    root: "",
    head: `<meta property="og:type" content="website">
<meta property="og:title" content="${escapeHtml(site.title)}">
<meta property="og:url" content="${escapeHtml(`${site.url}/`)}">`,
    body: `<h1>${escapeHtml(site.title)}</h1>
${items.length > 0 ? `<ol class="posts" reversed>\n${items.join("\n")}\n</ol>` : "<p>Nothing has been published yet.</p>"}`,
  });
}

function openGraph(entry: Entry, site: Site): string {
  const facts: [string, string | undefined][] = [
    ["og:type", "article"],
    ["og:site_name", site.title],
    ["og:title", entry.title],
    ["og:description", entry.summary],
    ["og:url", entry.url],
    ["og:image", entry.image],
    ["article:published_time", entry.date_published],
  ];
  const tags = facts.flatMap(([name, value]) =>
    value ? [`<meta property="${name}" content="${escapeHtml(value)}">`] : [],
  );
  const summary = entry.summary ? [`<meta name="description" content="${escapeHtml(entry.summary)}">`] : [];
  return [...summary, ...tags, `<link rel="canonical" href="${escapeHtml(entry.url)}">`].join("\n");
}

function time({ date_published, language }: Entry): string {
  const date = new Date(date_published);
  return `<time datetime="${escapeHtml(date_published)}">${escapeHtml(dateIn(language ?? "en-GB", date))}</time>`;
}

function dateIn(language: string, date: Date): string {
  const form = { dateStyle: "long", timeZone: "UTC" } as const;
  try {
    return new Intl.DateTimeFormat(language, form).format(date);
  } catch {
    // Not a language that the computer knows; the date matters more.
    return new Intl.DateTimeFormat("en-GB", form).format(date);
  }
}

// The policy is for the case that something hostile got as far as the page: it would not run.
const POLICY =
  "default-src 'none'; img-src 'self' https:; media-src 'self'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'";

function page(parts: { title: string; lang?: string; root: string; head: string; body: string }): string {
  return `<!doctype html>
<html lang="${escapeHtml(parts.lang ?? "en")}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="${POLICY}">
<title>${escapeHtml(parts.title)}</title>
${parts.head}
<link rel="alternate" type="application/atom+xml" title="Atom" href="${parts.root}feed.xml">
<link rel="alternate" type="application/feed+json" title="JSON Feed" href="${parts.root}feed.json">
<link rel="alternate" type="application/rss+xml" title="RSS" href="${parts.root}rss.xml">
<style>${STYLE}</style>
</head>
<body>
<main>
${parts.body}
</main>
<footer><a href="${parts.root}feed.xml">Atom</a> · <a href="${parts.root}feed.json">JSON Feed</a> · <a href="${parts.root}rss.xml">RSS</a></footer>
</body>
</html>
`;
}
