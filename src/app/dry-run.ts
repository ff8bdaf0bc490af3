/**
 * What would leave, request by request. The real adapters run against the sandbox's halves without a socket; every request
 * is shown as the real server would get it, secrets masked. Nothing is sent and nothing is remembered.
 */
import { mkdtemp, readdir, rm, stat } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, relative, sep } from "node:path";
import { parse } from "valibot";
import { memorySession } from "../auth/session-store.ts";
import { systemClock } from "../clock.ts";
import type { Channel, Config } from "../config/config.ts";
import { deliver } from "../delivery/deliver.ts";
import { NetworkError, type Problem } from "../errors.ts";
import type { Dial } from "../http/connect.ts";
import { redactor, type Transport, type WireRequest, wholeBody } from "../http/http.ts";
import { linePair, type Peer } from "../http/line.ts";
import { openAt } from "../ledger/open.ts";
import { sandboxHost } from "../media/host.ts";
import { latenessOfPlanned } from "../plan/late.ts";
import type { Plan, PlannedDelivery } from "../plan/types.ts";
import type { SandboxConnection, SandboxNetwork } from "../sandbox/network.ts";
import { networks } from "../sandbox/networks/index.ts";
import { createStage } from "../sandbox/router.ts";
import { entriesOf, isSecret } from "../settings.ts";
import { isUrl } from "../urls.ts";
import { USER_AGENT } from "../version.ts";
import { fitStoreOf } from "./fit.ts";
import { planCampaign, requireSound } from "./plan.ts";
import type { Project } from "./project.ts";
import { isHalf } from "./sandbox.ts";
import { isAbout, type Selection, select, selects } from "./select.ts";

export interface DryRun {
  channel: string;
  network: string;
  requests: ShownRequest[];
  /** What would be written, for channels that are folders. */
  files: { path: string; bytes: number }[];
  /** Why not everything can be shown. */
  error?: string;
  /** Nothing is sent: a person posts it there. */
  byHand?: { place: string; url?: string };
}

export interface ShownRequest {
  method: string;
  url: string;
  headers: Record<string, string>;
  /** JSON and forms readable, binary parts by type and size. */
  body: string;
}

const ORIGIN = "http://sandbox.invalid";

/**
 * The requests of a campaign (a path), or of a plan that was read. Late deliveries are not sent, so they have none; a warning
 * says so. Throws InputError like planning, and if a chosen channel cannot be used.
 */
export async function dryRunOf(
  source: string | Plan,
  project: Project,
  { occurrence, ...selection }: Selection & { occurrence?: string } = {},
): Promise<{ plan: Plan; channels: DryRun[]; problems: Problem[] }> {
  const how = { occurrence, withoutCredentials: selects(selection) };
  const plan = typeof source === "string" ? (await planCampaign(source, project, how)).plan : source;
  requireSound(plan);
  const { deliveries, left } = select(plan, project, selection);
  const inTime = deliveries.filter((one) => latenessOfPlanned(one, Date.now()) === undefined);
  const channels = await dryRun({ ...plan, deliveries: inTime }, project.config, project.halves);
  const told = selects(selection) ? plan.problems.filter(isAbout(deliveries)) : plan.problems;
  return { plan: { ...plan, deliveries }, channels, problems: [...told, ...left] };
}

/** `halves`: those of the sandbox that plug-ins bring along. */
export async function dryRun(plan: Plan, config: Config, halves: readonly unknown[] = []): Promise<DryRun[]> {
  const known: SandboxNetwork[] = [...networks, ...halves.filter(isHalf)];
  const folder = await mkdtemp(join(tmpdir(), "broadcast-dry-run-"));
  try {
    const runs: DryRun[] = [];
    for (const delivery of plan.deliveries) {
      const channel = config.channels.get(delivery.channel);
      if (channel)
        runs.push(await runOne(delivery, channel, config, known, join(folder, String(runs.length))));
    }
    return runs;
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function runOne(
  delivery: PlannedDelivery,
  channel: Channel,
  config: Config,
  halves: readonly SandboxNetwork[],
  folder: string,
): Promise<DryRun> {
  const run: DryRun = { channel: channel.name, network: channel.network, requests: [], files: [] };
  if (channel.adapter.byHand) {
    const { place, url } = channel.adapter.byHand(delivery.posts[0]!.post, channel.settings);
    return { ...run, byHand: url === undefined ? { place } : { place, url } };
  }
  const half = halves.find(({ id }) => id === channel.network);
  if (!half) {
    return { ...run, error: `${channel.adapter.name} has no sandbox half: its requests cannot be shown` };
  }
  const stage = createStage({ networks: [...halves], folder, origin: () => ORIGIN, rates: false });
  const standIn = stage.channel(channel.network, channel.name, channel.settings);
  const settings = parse(channel.adapter.channel, { ...publicOnly(channel), ...standIn }) as Record<
    string,
    unknown
  >;
  const show = asReal(standIn, channel);
  const transport: Transport = async (request) => {
    const body = await wholeBody(request);
    run.requests.push(shownRequest(request, body, show));
    return stage.handle({ ...request, body });
  };
  const dial: Dial = async (url) => {
    if (!half.connect)
      throw new NetworkError(
        "unavailable",
        `${half.name} in the sandbox answers no connections: they cannot be shown`,
      );
    const [line, peer] = linePair(/^wss?:$/.test(url.protocol));
    const arrived = (body: Uint8Array) => run.requests.push(shownSend(url, body, show));
    const path = url.pathname.slice(`/${half.id}`.length);
    void half.connect({ ...connectionOf(peer, arrived), path }, stage.world);
    return line;
  };

  const ledger = await openAt(":memory:");
  const now = systemClock.now();
  await ledger.add(
    [
      {
        id: delivery.id,
        campaign: "",
        channel: channel.name,
        network: channel.network,
        account: channel.accountFingerprint,
        digest: delivery.digest,
        posts: delivery.posts.map(({ post }) => post),
        // What the network is to publish leaves now, with its time.
        dueAt: delivery.schedule === "network" && delivery.due ? Date.parse(delivery.due) : now,
        schedule: delivery.schedule,
      },
    ],
    now,
  );
  const files = fitStoreOf({ config });
  await deliver({
    channels: [{ name: channel.name, adapter: channel.adapter, settings, secrets: [] }],
    ledger,
    clock: systemClock,
    transport,
    dial,
    userAgent: USER_AGENT,
    patience: 0,
    session: () => memorySession(),
    open: files.open,
    host: sandboxHost(ORIGIN),
    fit: files.fitted,
    signal: new AbortController().signal,
    stop: new AbortController().signal,
  });
  const after = await ledger.history(delivery.id);
  await ledger.close();
  if (after?.state !== "published" && after?.receipts[0]?.due === undefined)
    run.error = show(after?.message ?? "the sandbox did not take it");
  run.files = await filesBelow(standIn.folder, String(channel.settings.folder ?? ""));
  return run;
}

// The channel's own settings, without secrets and without those that the sandbox replaces.
function publicOnly(channel: Channel): Record<string, unknown> {
  const entries = entriesOf(channel.adapter.channel);
  return Object.fromEntries(Object.entries(channel.settings).filter(([key]) => !isSecret(entries[key])));
}

// Replaces the sandbox's values by those that the real server would see.
function asReal(standIn: Record<string, string>, channel: Channel): (text: string) => string {
  const masked = redactor(channel.secrets);
  const pairs = Object.entries(standIn)
    .flatMap(([key, fake]) => replacements(fake, channel.settings[key], channel.secrets))
    .sort(([a], [b]) => b.length - a.length);
  return (text) =>
    masked(
      pairs.reduce(
        (out, [fake, real]) =>
          out.replaceAll(fake, real).replaceAll(encodeURIComponent(fake), encodeURIComponent(real)),
        text,
      ),
    );
}

// A webhook is a secret that is a URL: adapters take it apart, so its server and its telling segments are shown one by one.
function replacements(fake: string, real: unknown, secrets: readonly string[]): [string, string][] {
  // A list, which the sandbox writes with spaces.
  if (Array.isArray(real)) {
    const fakes = fake.split(" ");
    return real
      .flatMap((one, at) => replacements(fakes[at] ?? "", one, secrets))
      .filter(([one]) => one !== "");
  }
  if (typeof real !== "string") return [];
  if (!secrets.includes(real)) return [[fake, real]];
  if (!isUrl(real) || !fake.startsWith(ORIGIN)) return [[fake, "***"]];
  const [network = "", ...segments] = fake.slice(ORIGIN.length + 1).split("/");
  return [
    [`${ORIGIN}/${network}`, new URL(real).origin],
    ...segments
      .filter((segment) => segment.length >= 8 && /[^a-z]/.test(segment))
      .map((segment): [string, string] => [segment, "***"]),
  ];
}

function shownRequest(request: WireRequest, body: Uint8Array, show: (text: string) => string): ShownRequest {
  const headers = Object.entries(request.headers).map(([name, value]) => [
    name,
    name === "authorization" ? `${value.split(" ")[0]} ***` : show(value),
  ]);
  return {
    method: request.method,
    url: show(request.url),
    headers: Object.fromEntries(headers),
    body: body.length > 0 ? show(readable(body, request.headers["content-type"] ?? "")) : "",
  };
}

/** What arrives at the half is what would have left. */
function connectionOf(peer: Peer, onArrival: (data: Uint8Array) => void): SandboxConnection {
  return {
    send: async (data) => peer.send(data),
    async receive() {
      const data = await peer.receive();
      if (data === undefined) return undefined;
      const bytes = Buffer.from(data as Uint8Array);
      onArrival(bytes);
      return bytes;
    },
    close: () => peer.close(),
  };
}

function shownSend(url: URL, data: Uint8Array, show: (text: string) => string): ShownRequest {
  return {
    method: "SEND",
    url: show(url.href),
    headers: {},
    body: show(Buffer.from(data).toString("utf8").trimEnd()),
  };
}

function readable(body: Uint8Array, type: string): string {
  const bytes = Buffer.from(body.buffer, body.byteOffset, body.byteLength);
  if (/json/i.test(type)) return JSON.stringify(JSON.parse(bytes.toString("utf8")), null, 2);
  if (/x-www-form-urlencoded/i.test(type)) {
    return [...new URLSearchParams(bytes.toString("utf8"))]
      .map(([name, value]) => `${name} = ${value}`)
      .join("\n");
  }
  const boundary = /boundary="?([^";]+)/i.exec(type)?.[1];
  if (boundary) return parts(bytes, boundary).join("\n");
  return `<${type || "bytes"}, ${body.length} bytes>`;
}

// latin1 keeps one character per byte, so that the parts' lengths stay right.
function parts(bytes: Buffer, boundary: string): string[] {
  return bytes
    .toString("latin1")
    .split(`--${boundary}`)
    .slice(1, -1)
    .map((part) => {
      const end = part.indexOf("\r\n\r\n");
      const head = part.slice(2, end);
      const content = Buffer.from(part.slice(end + 4, -2), "latin1");
      const name = /name="([^"]*)"/.exec(head)?.[1] ?? "";
      const file = /filename="([^"]*)"/.exec(head)?.[1];
      const kind = /content-type: (.+)/i.exec(head)?.[1]?.trim();
      return file === undefined
        ? `${name} = ${content.toString("utf8")}`
        : `${name} = <${file}, ${kind ?? "bytes"}, ${content.length} bytes>`;
    });
}

async function filesBelow(folder: string | undefined, real: string): Promise<DryRun["files"]> {
  if (folder === undefined) return [];
  const entries = await readdir(folder, { recursive: true, withFileTypes: true }).catch(() => []);
  const files = entries
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath ?? entry.path, entry.name));
  return Promise.all(
    files.sort().map(async (file) => ({
      path: join(real, relative(folder, file)).split(sep).join("/"),
      bytes: (await stat(file)).size,
    })),
  );
}
