/** A WebSub hub is told that the feed has changed, and tells those who have subscribed: https://www.w3.org/TR/websub/. */
import { NetworkError, type Reach } from "../../adapter.ts";

/** The files of a feed that readers subscribe to. */
export const TOPICS = ["feed.json", "feed.xml", "rss.xml"] as const;

/** The post is in the feed by then, and telling it again harms nothing: so every failure is one to try again. */
export async function tellHub(
  { http }: Pick<Reach, "http">,
  { hub, url }: { hub?: string; url: string },
): Promise<void> {
  if (hub === undefined) return;
  for (const topic of TOPICS) {
    // Most hubs ask for `hub.url`; how a publisher tells is no part of the standard.
    const form = { "hub.mode": "publish", "hub.url": `${url}/${topic}` };
    try {
      await http({ method: "POST", url: hub, form, safe: true });
    } catch (error) {
      if (!(error instanceof NetworkError)) throw error;
      throw new NetworkError(
        "unavailable",
        `the post is in the feed, and the hub was not told: ${error.message}`,
        { status: error.status, retryAt: error.retryAt },
      );
    }
  }
}
