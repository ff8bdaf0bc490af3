/** Whether the campaign's own links lead somewhere. Asked before readers meet them; no answer is no reason to wait. */
import type { Post } from "../adapter.ts";
import type { Problem } from "../errors.ts";
import { fetchPublic } from "../http/public-fetch.ts";
import { isReserved } from "../http/reserved.ts";
import type { Plan } from "../plan/types.ts";
import { isUrl } from "../urls.ts";
import { USER_AGENT } from "../version.ts";
import type { Project } from "./project.ts";

/** Milliseconds for all of them together. */
const DEADLINE = 2_000;
const MOST = 50;
const GONE = new Set([404, 410]);

/** A warning for each link that its server says is not there. Anything else that goes wrong says nothing about the link. */
export async function deadLinks(
  { deliveries }: Pick<Plan, "deliveries">,
  { config }: Pick<Project, "config">,
): Promise<Problem[]> {
  const used = new Map<string, Set<string>>();
  for (const { channel, posts } of deliveries)
    for (const url of posts.flatMap(({ post }) => linksOf(post)))
      used.set(url, (used.get(url) ?? new Set()).add(channel));
  const asked = [...used.keys()].filter(isPublic).slice(0, MOST);
  const statuses = await Promise.all(
    asked.map((url) => statusOf(url, config.fetch?.private === true).catch(() => undefined)),
  );
  return asked.flatMap((url, index): Problem[] => {
    const status = statuses[index];
    if (status === undefined || !GONE.has(status)) return [];
    const channels = [...used.get(url)!];
    return [
      {
        severity: "warning",
        code: "dead-link",
        message: `readers will not find ${url}: its server answers ${status}`,
        remedy: "Is the address right, and is the page out yet?",
        ...(channels.length === 1 && { channel: channels[0] }),
      },
    ];
  });
}

// In HTML and in Markdown an address stands in the text, without an entity.
const WRITTEN = /https?:\/\/[^\s"'<>()[\]|`]*[^\s"'<>()[\]|`.,;:!?…]/gi;

function linksOf({ text, entities, link, canonical }: Post): string[] {
  const inText = entities.flatMap((entity) => (entity.kind === "link" ? [entity.url] : []));
  const written = Array.from(text.matchAll(WRITTEN), ([address]) => address.replaceAll("&amp;", "&"));
  const urls = [
    ...inText,
    ...(inText.length > 0 ? [] : written),
    ...(link ? [link.url] : []),
    ...(canonical ? [canonical] : []),
  ];
  // What stands behind `#` is not asked for.
  return urls.filter((url) => isUrl(url)).map((url) => new URL(url).href.replace(/#.*$/, ""));
}

function isPublic(url: string): boolean {
  return /^https?:$/.test(new URL(url).protocol) && !isReserved(url);
}

/** `undefined`: not known in time. Looking up a name cannot be ended, so it is not waited for. */
async function statusOf(url: string, allowPrivate: boolean): Promise<number | undefined> {
  const options = { most: 0, headOnly: true, deadline: DEADLINE, allowPrivate, userAgent: USER_AGENT };
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<undefined>((resolve) => {
    timer = setTimeout(() => resolve(undefined), DEADLINE);
  });
  try {
    return await Promise.race([fetchPublic(url, options).then(({ status }) => status), late]);
  } finally {
    clearTimeout(timer);
  }
}
