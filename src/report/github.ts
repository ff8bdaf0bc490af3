/** What a GitHub runner understands: annotations on the YAML line, outputs, and the job's summary. Pure text. */
import { randomBytes } from "node:crypto";
import type { Problem } from "../errors.ts";
import type { History } from "../ledger/types.ts";
import { nameOfState } from "./outcome.ts";
import { oneLine } from "./terminal-safe.ts";

/** One workflow command per problem, each with its place. `shown` gives a file's path from the repository's top. */
export function annotations(problems: readonly Problem[], shown: (file: string) => string): string {
  return problems
    .map(({ severity, code, message, remedy, place }) => {
      const where: [string, string | number | undefined][] = [
        ["file", place && shown(place.file)],
        ["line", place?.line],
        ["col", place?.column],
        ["endColumn", place?.column && place.length && place.column + place.length],
        ["title", `broadcast: ${code}`],
      ];
      const properties = where
        .filter(([, value]) => value !== undefined && value !== "")
        .map(([name, value]) => `${name}=${property(String(value))}`);
      return `::${severity} ${properties.join(",")}::${data(remedy ? `${message}\n${remedy}` : message)}\n`;
    })
    .join("");
}

/** Lines for `$GITHUB_OUTPUT`; a value may have several lines, and nothing in it can end it early. */
export function outputLines(values: Readonly<Record<string, string>>): string {
  return Object.entries(values)
    .map(([name, value]) => {
      const end = `end-${randomBytes(16).toString("hex")}`;
      return `${name}<<${end}\n${value}\n${end}\n`;
    })
    .join("");
}

export interface SentView {
  title: string;
  digest: string;
  histories: readonly History[];
  rehearsal: boolean;
  /** Whether this run could make something happen; else everything was out before. */
  news: boolean;
}

/** Markdown: what became of every channel, with links. */
export function sentSummary({ title, digest, histories, rehearsal, news }: SentView): string {
  const rows = histories.map((history) => {
    const { channel, receipts, message } = history;
    const links = receipts.map(({ url, id }) =>
      url ? `[${cell(id || "post")}](${address(url)})` : cell(id),
    );
    return `| ${cell(channel)} | ${nameOfState(history)} | ${links.join(", ") || cell(message ?? "")} |`;
  });
  const out = histories.every(({ state }) => state === "published");
  const verb = news
    ? rehearsal
      ? "Rehearsed"
      : "Sent"
    : out
      ? "Out already, nothing was sent"
      : "Nothing was sent";
  const head = `### ${verb}: ${cell(title)}`;
  return `${[head, "", "| channel | state | where |", "| --- | --- | --- |", ...rows, "", `Fingerprint (digest) \`${digest.slice(0, 12)}\``].join("\n")}\n`;
}

/** Markdown: why the command ended before it sent anything. `count`: `2 errors; nothing was sent`. */
export function refusedSummary(problems: readonly Problem[], count: string): string {
  const lines = problems.map(({ severity, message, remedy, place }) => {
    const where = place
      ? ` \`${[place.file, place.line]
          .filter((part) => part !== undefined)
          .join(":")
          .replaceAll("`", "")}\``
      : "";
    return `- **${severity}**${where} ${cell(message)}${remedy ? `  \n  ${cell(remedy)}` : ""}`;
  });
  return `### ${cell(count)}\n\n${lines.join("\n")}\n`;
}

/** The outputs of a run that sends: every post's network id and address, one on a line, and the whole as JSON. */
export function sentOutputs(digest: string, histories: readonly History[]): Record<string, string> {
  const receipts = histories.flatMap(({ channel, network, state, receipts: all }) =>
    all.map(({ id, url, part }) => ({ channel, network, state, part, id, url })),
  );
  return {
    digest,
    ids: receipts.map(({ id }) => id).join("\n"),
    urls: receipts.flatMap(({ url }) => url ?? []).join("\n"),
    receipts: JSON.stringify(receipts),
    states: JSON.stringify(Object.fromEntries(histories.map(({ channel, state }) => [channel, state]))),
  };
}

function cell(text: string): string {
  return oneLine(text).replace(/[|\\`<>*_[\]]/g, (sign) => `\\${sign}`);
}

// What would end the link, or the table's cell.
function address(url: string): string {
  return url.replace(
    /[\s()<>|\\]/g,
    (sign) => `%${sign.charCodeAt(0).toString(16).padStart(2, "0").toUpperCase()}`,
  );
}

// The runner's own escapes: https://docs.github.com/actions/reference/workflow-commands-for-github-actions
function data(text: string): string {
  return text.replaceAll("%", "%25").replaceAll("\r", "%0D").replaceAll("\n", "%0A");
}

function property(text: string): string {
  return data(text).replaceAll(":", "%3A").replaceAll(",", "%2C");
}
