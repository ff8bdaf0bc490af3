/** What the sandbox cannot know by itself: which campaign a post belongs to, how networks look in a project. */
import type { Look } from "../../pages/shown.ts";
import { isUrl } from "../../urls.ts";
import type { SandboxPost } from "../network.ts";

export type SandboxFile = SandboxPost["media"][number];

export interface PostOrigin {
  campaign: string;
  channel: string;
  title?: string;
}

export interface KnownChannel {
  name: string;
  /** Colleagues read it, and nobody else. */
  internal: boolean;
}

/** Asked anew for each look at the page. */
export interface Knowledge {
  /** The project's name. */
  project?: string;
  /** The channels in their order. */
  channels?(): Promise<readonly KnownChannel[]>;
  looks?(): Promise<ReadonlyMap<string, Look>>;
  /** By network and the network's own id of the post. */
  origins?(): Promise<readonly (PostOrigin & { network: string; post: string; url?: string })[]>;
}

export interface About {
  project?: string;
  look(network: string): Look | undefined;
  origin(post: Pick<SandboxPost, "network" | "id" | "url">): PostOrigin | undefined;
  /** A channel's place among the others. */
  order(channel: string): number;
  isInternal(channel: string): boolean;
}

export async function aboutNow(knowledge: Knowledge = {}): Promise<About> {
  const { project } = knowledge;
  const [channels = [], looks, origins = []] = await Promise.all([
    knowledge.channels?.(),
    knowledge.looks?.(),
    knowledge.origins?.(),
  ]);
  // What an adapter calls a post, its half may write otherwise; its address is the same, below the network's own.
  const known = new Map(
    origins.flatMap((one) => [
      [`${one.network} ${one.post}`, one] as const,
      ...(one.url === undefined ? [] : [[`${one.network} ${pathOf(one.url, one.network)}`, one] as const]),
    ]),
  );
  return {
    ...(project !== undefined && { project }),
    look: (network) => looks?.get(network),
    origin: ({ network, id, url }) =>
      known.get(`${network} ${id}`) ?? known.get(`${network} ${pathOf(url, network)}`),
    order: (channel) => {
      const index = channels.findIndex(({ name }) => name === channel);
      return index < 0 ? channels.length : index;
    },
    isInternal: (channel) => channels.some(({ name, internal }) => internal && name === channel),
  };
}

function pathOf(url: string, network: string): string {
  if (!isUrl(url)) return url;
  const { pathname, search, hash } = new URL(url);
  const path = `${pathname}${search}${hash}`;
  return path.startsWith(`/${network}/`) ? path.slice(network.length + 1) : path;
}
