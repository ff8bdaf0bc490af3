// biome-ignore-all lint/suspicious/noTemplateCurlyInString: ${NAME} is what broadcast.yml holds
/** A project in a temporary folder, two networks, and what loading says about it. */
import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import * as v from "valibot";
import { afterEach } from "vitest";
import { type Adapter, defineAdapter } from "../../src/adapter.ts";
import { loadCampaign } from "../../src/campaign/load.ts";
import { type ConfigOptions, loadConfig } from "../../src/config/load.ts";
import type { Problem } from "../../src/errors.ts";
import { secret, text, url } from "../../src/settings.ts";

const declared = {
  source: { url: "https://docs.example", checked: "2026-11-23" },
  group: "public" as const,
  shape: "short" as const,
  edits: "none" as const,
  retracts: "none" as const,
  auth: { kind: "token" as const, steps: [] },
  text: { max: 500, unit: "grapheme" as const, markup: "plain" as const },
  media: { count: 4, alt: 1500 },
  thread: "reply" as const,
  card: "network" as const,
  rates: [],
  idempotency: "none" as const,
  publish: () => Promise.reject(new Error("nothing is published here")),
};

const birdsong = defineAdapter({
  ...declared,
  id: "birdsong",
  name: "Birdsong",
  channel: v.strictObject({
    server: v.optional(url("Server"), "https://bird.example"),
    token: secret("Token"),
  }),
  options: v.strictObject({
    visibility: v.optional(v.picklist(["public", "unlisted"])),
    warning: v.optional(v.string()),
  }),
});

const roomy = defineAdapter({
  ...declared,
  id: "roomy",
  name: "Roomy",
  channel: v.union([
    v.strictObject({ webhook: v.pipe(secret("Webhook"), v.regex(/^https:/, "is not a webhook's URL")) }),
    v.strictObject({ token: secret("Token"), room: text("Room") }),
  ]),
  options: v.strictObject({ silent: v.optional(v.boolean()) }),
});

export const adapters = new Map([birdsong, roomy].map((adapter) => [adapter.id, adapter as Adapter]));

export const CONFIG = `channels:
  bird:
    network: birdsong
    token: \${BIRD_TOKEN}
  staff:
    network: roomy
    audience: internal
    lang: it
    webhook: \${ROOM_WEBHOOK}
groups:
  all: [bird, staff]
`;

export const ENV = { BIRD_TOKEN: "b-secret", ROOM_WEBHOOK: "https://room.example/hook/r-secret" };

const folders: string[] = [];
afterEach(() => {
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true });
});

/** Writes files into a fresh folder and returns it. */
export function project(files: Record<string, string | Uint8Array> = {}): string {
  const folder = realpathSync(mkdtempSync(join(tmpdir(), "broadcast-")));
  folders.push(folder);
  for (const [name, content] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, name)), { recursive: true });
    writeFileSync(join(folder, name), content);
  }
  return folder;
}

export function config(folder: string, options: Partial<ConfigOptions> = {}) {
  return loadConfig({ file: join(folder, "broadcast.yml"), env: ENV, adapters, cwd: folder, ...options });
}

/** Loads `campaign.yml` with this content, beside a good broadcast.yml and whatever else is given. */
export async function campaign(
  content: string | Uint8Array,
  files: Record<string, string | Uint8Array> = {},
  env = ENV as object,
) {
  const folder = project({ "broadcast.yml": CONFIG, "campaign.yml": content, ...files });
  const read = await config(folder, { env: env as Record<string, string> });
  const loaded = await loadCampaign("campaign.yml", read.config, adapters, folder);
  return { ...loaded, problems: [...read.problems, ...loaded.problems], folder, config: read.config };
}

/** `campaign.yml:3:5 unknown-key`, as a table reads best. */
export function brief({ place, code }: Problem): string {
  return [
    [place?.file, place?.line, place?.column].filter((part) => part !== undefined).join(":"),
    code,
  ].join(" ");
}
