/** The networks and their limits, from the declarations. */
import type { Adapter } from "../adapter.ts";
import { formatBytes } from "./plan.ts";
import type { Layout } from "./style.ts";
import { table } from "./table.ts";

export function networksTable(adapters: readonly Adapter[], layout: Layout): string {
  const { paint } = layout;
  const rows = adapters.map((adapter) => [
    paint.bold(adapter.id),
    `${adapter.text.max} ${adapter.text.unit}`,
    adapter.thread === "none" ? paint.dim("–") : adapter.thread,
    mediaOf(adapter) || paint.dim("–"),
    adapter.rates.map(({ posts, per }) => `${posts} per ${per}`).join(", ") || "–",
    adapter.idempotency === "none" ? paint.dim("–") : adapter.idempotency,
    paint.dim(adapter.source.checked),
  ]);
  const titles = ["network", "text", "thread", "media", "rate", "idempotency", "checked"];
  return table(
    titles.map((title) => ({ title })),
    rows,
    layout,
  ).join("\n");
}

function mediaOf({ media }: Adapter): string {
  if (media === "none") return "";
  const image = media.image ? [formatBytes(media.image.bytes)] : [];
  const video = media.video ? [`video ${formatBytes(media.video.bytes)}`] : [];
  return `${media.count} × ${[...image, ...video].join(", ")}`;
}
