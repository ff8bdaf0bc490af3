/** `broadcast.yml` as text: new channels are added below the others, and the rest is not changed. */
import { Document, isMap, parseDocument, stringify } from "yaml";

export interface NewChannel {
  name: string;
  network: string;
  audience: "internal" | "external";
  /** Public settings as they are, secrets as `${NAME}`. */
  settings: Readonly<Record<string, string>>;
  /** The project's programs that it runs: they are allowed with it. */
  programs?: readonly string[];
}

/** A whole new file. */
export function projectFile(channels: readonly NewChannel[]): string {
  const entries = channels.map((channel) => block(channel, "  ")).join("\n");
  const programs = programsOf(channels);
  const allowed = programs.length > 0 ? `\n# These may be run.\n${stringify({ programs })}` : "";
  return `# The channels of this project. Secrets stay in the environment, in .env, or in what \`broadcast login\` keeps.
# Check it with \`broadcast doctor\`; \`broadcast networks\` lists the networks.

channels:
${entries}${allowed}`;
}

function programsOf(channels: readonly NewChannel[]): string[] {
  return [...new Set(channels.flatMap(({ programs = [] }) => programs))];
}

/** The names of the channels in it; `undefined` when it is not YAML. */
export function channelsIn(text: string): string[] | undefined {
  const document = parseDocument(text, { logLevel: "error" });
  if (document.errors.length > 0) return undefined;
  const { channels } = (document.toJS() ?? {}) as { channels?: unknown };
  return typeof channels === "object" && channels !== null ? Object.keys(channels) : [];
}

/** The file with more channels. `undefined` when it is not one that can be added to: broken, or without a map of channels. */
export function withChannels(text: string, channels: readonly NewChannel[]): string | undefined {
  const document = parseDocument(text, { logLevel: "error" });
  const map = document.get("channels");
  if (document.errors.length > 0) return undefined;
  const isPlain = isMap(map) && !map.flow && map.items.length > 0 && programsOf(channels).length === 0;
  if (!isPlain) return byDocument(document, channels);

  const first = (map.items[0]!.key as { range?: [number, number, number] }).range?.[0] ?? 0;
  const indent = " ".repeat(first - (text.lastIndexOf("\n", first - 1) + 1));
  const last = map.items.at(-1)!.value as { range?: [number, number, number] } | null;
  // Behind the last value, before whatever comments and blank lines follow.
  const end = last?.range?.[1] ?? map.range?.[1] ?? text.length;
  const lineEnd = text.indexOf("\n", Math.max(0, end - 1));
  const at = lineEnd < 0 ? text.length : lineEnd + 1;
  const before = text.slice(0, at);
  const added = channels.map((channel) => `\n${block(channel, indent)}`).join("");
  const whole = `${before}${before.endsWith("\n") ? "" : "\n"}${added}${text.slice(at)}`;
  return holds(whole, document, channels) ? whole : byDocument(document, channels);
}

function block({ name, network, audience, settings }: NewChannel, indent: string): string {
  const yaml = stringify({ [name]: { network, audience, ...settings } }, { lineWidth: 0 });
  return yaml.replace(/^(?=.)/gm, indent);
}

/** Whether adding the text did what it was meant to, and nothing else. */
function holds(text: string, before: Document, channels: readonly NewChannel[]): boolean {
  const after = parseDocument(text, { logLevel: "error" });
  if (after.errors.length > 0) return false;
  const wanted = before.toJS() as { channels: Record<string, unknown> };
  for (const { name, network, audience, settings } of channels)
    wanted.channels[name] = { network, audience, ...settings };
  return JSON.stringify(after.toJS()) === JSON.stringify(wanted);
}

function byDocument(before: Document, channels: readonly NewChannel[]): string | undefined {
  const document = before.contents === null ? new Document({}) : before.clone();
  if (!isMap(document.contents)) return undefined;
  if (!isMap(document.get("channels"))) document.set("channels", document.createNode({}));
  const map = document.get("channels");
  if (isMap(map)) map.flow = false;
  for (const { name, network, audience, settings } of channels)
    document.setIn(["channels", name], { network, audience, ...settings });
  const programs = programsOf(channels);
  if (programs.length > 0) {
    const before = (document.toJS() as { programs?: unknown }).programs;
    const all = [...(Array.isArray(before) ? before : []), ...programs];
    document.set("programs", document.createNode([...new Set(all)]));
  }
  return document.toString({ lineWidth: 0, flowCollectionPadding: false });
}
