/** The feed as Atom (RFC 4287), for the readers that take no JSON. */

import type { Entry } from "./entry.ts";
import type { Site } from "./html.ts";
import { xml } from "./xml.ts";

export function atomOf(entries: Entry[], site: Site): string {
  const updated = entries.map(changedAt).sort().at(-1) ?? new Date(0).toISOString();
  const hub = site.hub ? `\n<link rel="hub" href="${xml(site.hub)}"/>` : "";
  return `<?xml version="1.0" encoding="utf-8"?>
<feed xmlns="http://www.w3.org/2005/Atom">
<id>${xml(`${site.url}/`)}</id>
<title>${xml(site.title)}</title>
<updated>${xml(updated)}</updated>
<author><name>${xml(site.title)}</name></author>
<link rel="self" type="application/atom+xml" href="${xml(`${site.url}/feed.xml`)}"/>
<link rel="alternate" type="text/html" href="${xml(`${site.url}/`)}"/>${hub}
${entries.map(entryXml).join("\n")}
</feed>
`;
}

function entryXml(entry: Entry): string {
  const language = entry.language ? ` xml:lang="${xml(entry.language)}"` : "";
  const enclosures = (entry.attachments ?? []).map(({ url, mime_type, size_in_bytes }) => {
    const length = size_in_bytes === undefined ? "" : ` length="${size_in_bytes}"`;
    return `<link rel="enclosure" type="${xml(mime_type)}"${length} href="${xml(url)}"/>`;
  });
  return [
    `<entry${language}>`,
    `<id>${xml(entry.id)}</id>`,
    `<title>${xml(entry.title)}</title>`,
    `<link rel="alternate" type="text/html" href="${xml(entry.url)}"/>`,
    ...enclosures,
    `<published>${xml(entry.date_published)}</published>`,
    `<updated>${xml(changedAt(entry))}</updated>`,
    ...(entry.tags ?? []).map((tag) => `<category term="${xml(tag)}"/>`),
    ...(entry.summary ? [`<summary>${xml(entry.summary)}</summary>`] : []),
    `<content type="html">${xml(entry.content_html)}</content>`,
    "</entry>",
  ].join("\n");
}

function changedAt({ date_published, date_modified }: Entry): string {
  return date_modified ?? date_published;
}
