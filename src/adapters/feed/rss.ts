/** The feed as RSS 2.0 (https://www.rssboard.org/rss-specification), for the readers that know nothing newer. */
import type { Entry } from "./entry.ts";
import type { Site } from "./html.ts";
import { xml } from "./xml.ts";

export function rssOf(entries: Entry[], site: Site): string {
  const hub = site.hub ? `\n<atom:link rel="hub" href="${xml(site.hub)}"/>` : "";
  const [newest] = entries;
  const language = newest?.language ? `\n<language>${xml(newest.language)}</language>` : "";
  const built = newest ? `\n<lastBuildDate>${dateOf(lastChange(entries))}</lastBuildDate>` : "";
  return `<?xml version="1.0" encoding="utf-8"?>
<rss version="2.0" xmlns:atom="http://www.w3.org/2005/Atom" xmlns:content="http://purl.org/rss/1.0/modules/content/">
<channel>
<title>${xml(site.title)}</title>
<link>${xml(`${site.url}/`)}</link>
<description>${xml(site.title)}</description>${language}${built}
<atom:link rel="self" type="application/rss+xml" href="${xml(`${site.url}/rss.xml`)}"/>${hub}
${entries.map(itemXml).join("\n")}
</channel>
</rss>
`;
}

function itemXml(entry: Entry): string {
  // RSS has room for one.
  const [file] = entry.attachments ?? [];
  return [
    "<item>",
    `<title>${xml(entry.title)}</title>`,
    `<link>${xml(entry.url)}</link>`,
    `<guid isPermaLink="false">${xml(entry.id)}</guid>`,
    `<pubDate>${dateOf(entry.date_published)}</pubDate>`,
    ...(entry.tags ?? []).map((tag) => `<category>${xml(tag)}</category>`),
    `<description>${xml(entry.summary ?? entry.content_html)}</description>`,
    `<content:encoded>${xml(entry.content_html)}</content:encoded>`,
    ...(file
      ? [
          `<enclosure url="${xml(file.url)}" type="${xml(file.mime_type)}" length="${file.size_in_bytes ?? 0}"/>`,
        ]
      : []),
    "</item>",
  ].join("\n");
}

function lastChange(entries: Entry[]): string {
  return entries
    .map(({ date_modified, date_published }) => date_modified ?? date_published)
    .sort()
    .at(-1)!;
}

/** RFC 822, with a year of four digits. */
function dateOf(iso: string): string {
  return new Date(iso).toUTCString();
}
