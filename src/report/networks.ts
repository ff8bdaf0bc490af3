/** The networks and their limits, from the declarations. */
import type { Adapter } from "../adapter.ts";
import { descriptionOf, entriesOf, isSecret } from "../settings.ts";
import { formatBytes } from "./bytes.ts";
import type { Layout } from "./style.ts";
import { table } from "./table.ts";
import { wrap } from "./width.ts";

export function networksTable(adapters: readonly Adapter[], layout: Layout): string {
  const { paint } = layout;
  const rows = adapters.map((adapter) => [
    paint.bold(adapter.id),
    `${adapter.text.max} ${adapter.text.unit}`,
    adapter.thread === "none" ? paint.dim("–") : adapter.thread,
    mediaOf(adapter) || paint.dim("–"),
    adapter.rates.length > 0 ? ratesOf(adapter) : "–",
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

/** All there is to know of one: how a credential is had, what it is told, and what it can do. */
export function networkPage(adapter: Adapter, layout: Layout): string {
  const { paint, width, wraps } = layout;
  const text = (words: string, indent: string) =>
    (wraps ? wrap(words, width - indent.length) : [words]).map((line) => `${indent}${line}`);
  const listed = (schema: unknown) =>
    Object.entries(entriesOf(schema)).flatMap(([name, entry]) => [
      `  ${paint.bold(name)}${isSecret(entry) ? paint.dim("  secret: ${NAME} only") : ""}`,
      ...text(descriptionOf(entry), "    "),
    ]);
  const options = listed(adapter.options);
  const can = ABILITIES.filter(({ has }) => has(adapter)).map(({ name }) => name);
  const cannot = ABILITIES.filter(({ has }) => !has(adapter)).map(({ name }) => name);
  return [
    paint.bold(adapter.name),
    `  ${adapter.text.max} ${adapter.text.unit} · ${mediaOf(adapter) || "no media"} · ${ratesOf(adapter)}`,
    ...text(`can: ${can.join(", ") || "post"}`, "  "),
    ...(cannot.length > 0 ? text(`cannot: ${cannot.join(", ")}`, "  ").map((line) => paint.dim(line)) : []),
    "",
    paint.bold("Credentials"),
    ...(adapter.auth.url ? [`  ${adapter.auth.url}`] : []),
    ...adapter.auth.steps.flatMap((step, index) => text(`${index + 1}. ${step}`, "  ")),
    "",
    paint.bold("Settings of a channel"),
    ...listed(adapter.channel),
    "",
    paint.bold("Options of a campaign"),
    ...(options.length > 0 ? options : ["  none"]),
    "",
    paint.dim(`Read on ${adapter.source.checked}: ${adapter.source.url}`),
  ].join("\n");
}

const ABILITIES: readonly { name: string; has(adapter: Adapter): boolean }[] = [
  { name: "threads", has: ({ thread }) => thread !== "none" },
  { name: "alternative texts", has: ({ media }) => media !== "none" && media.alt > 0 },
  { name: "polls", has: ({ poll }) => poll !== undefined },
  { name: "look up a lost answer", has: ({ find }) => find !== undefined },
  { name: "edit", has: ({ edit }) => edit !== undefined },
  { name: "take back", has: ({ retract }) => retract !== undefined },
  { name: "count", has: ({ metrics }) => metrics !== undefined },
  { name: "read replies", has: ({ replies }) => replies !== undefined },
  { name: "schedule by itself", has: ({ schedules }) => schedules !== undefined },
  { name: "log in by browser", has: ({ auth }) => auth.oauth2 !== undefined || auth.oauth1 !== undefined },
];

function ratesOf({ rates }: Adapter): string {
  return rates.map(({ posts, per }) => `${posts} per ${per}`).join(", ") || "no rate stated";
}

function mediaOf({ media }: Adapter): string {
  if (media === "none") return "";
  const image = media.image ? [formatBytes(media.image.bytes)] : [];
  const video = media.video ? [`video ${formatBytes(media.video.bytes)}`] : [];
  return `${media.count} × ${[...image, ...video].join(", ")}`;
}
