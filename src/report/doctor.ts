/** What `doctor` found, and how a credential is got, as a person reads them. */
import type { Auth } from "../adapter.ts";
import type { Layout } from "./style.ts";
import { oneLine } from "./terminal-safe.ts";
import { columns, padEnd, wrap } from "./width.ts";

export interface Finding {
  /** `node`, `config`, `ledger`, `clock`, or a channel's name. */
  about: string;
  state: "ok" | "warning" | "error" | "skipped";
  message: string;
  /** An imperative sentence. */
  remedy?: string;
  /** It is about a credential that is missing, refused or ending. */
  credential?: true;
  /** The network could not be asked. */
  unreachable?: true;
}

const SIGNS = { ok: "✓", warning: "!", error: "✗", skipped: "–" } as const;

export function findingLines(findings: readonly Finding[], layout: Layout): string {
  const { paint, width, wraps } = layout;
  const brush = { ok: paint.green, warning: paint.yellow, error: paint.red, skipped: paint.dim };
  const column = Math.max(...findings.map(({ about }) => columns(oneLine(about))));
  const room = width - column - 4;
  const lines = findings.flatMap(({ about, state, message, remedy }, index) => {
    const again = findings[index - 1]?.about === about;
    const name = padEnd(again ? "" : oneLine(about), column);
    const said = wraps ? wrap(oneLine(message), room) : [oneLine(message)];
    const advice = remedy ? (wraps ? wrap(oneLine(remedy), room - 2) : [oneLine(remedy)]) : [];
    const gap = " ".repeat(column + 4);
    return [
      ...said.map((line, at) => (at === 0 ? `${brush[state](SIGNS[state])} ${name}  ${line}` : gap + line)),
      ...advice.map((line, at) => `${gap}${at === 0 ? `${paint.cyan("=")} ` : "  "}${line}`),
    ];
  });
  return lines.join("\n");
}

/** How a credential is got: the numbered steps of the docs, with the page to open first. */
export function numbered({ steps, url }: Auth, { paint, width, wraps }: Layout): string {
  const page = url ? [`  ${paint.underline(url)}`] : [];
  const lines = steps.flatMap((step, index) => {
    const text = wraps ? wrap(step, width - 5) : [step];
    return text.map((line, at) => (at === 0 ? `  ${paint.bold(`${index + 1}.`)} ${line}` : `     ${line}`));
  });
  return [...page, ...lines].join("\n");
}
