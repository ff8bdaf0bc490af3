/** The requests of a dry run, as they would leave. Secrets are masked before they come here. */
import type { Layout } from "./style.ts";
import { oneLine, printable } from "./terminal-safe.ts";

export interface DryRequests {
  channel: string;
  network: string;
  requests: readonly { method: string; url: string; headers: Record<string, string>; body: string }[];
  /** For networks that write files. */
  files?: readonly { path: string; bytes: number }[];
  error?: string;
  byHand?: { place: string; url?: string };
}

export function requestList(runs: readonly DryRequests[], { paint }: Layout): string {
  return runs
    .map(({ channel, network, requests, files = [], error, byHand }) =>
      [
        `${paint.bold(oneLine(channel))}  ${paint.dim(oneLine(network))}`,
        ...(byHand
          ? [
              `  a person posts it: ${oneLine(byHand.place)}`,
              ...(byHand.url ? [`  ${oneLine(byHand.url)}`] : []),
            ]
          : []),
        ...requests.flatMap(({ method, url, headers, body }) => [
          "",
          `  ${paint.cyan(oneLine(method))} ${oneLine(url)}`,
          ...Object.entries(headers).map(
            ([name, value]) => `  ${paint.dim(`${oneLine(name)}: ${oneLine(value)}`)}`,
          ),
          ...(body === ""
            ? []
            : [
                "",
                ...printable(body)
                  .trimEnd()
                  .split("\n")
                  .map((line) => `  ${line}`),
              ]),
        ]),
        ...files.map(
          ({ path, bytes }) => `  ${paint.cyan("file")} ${oneLine(path)}  ${paint.dim(`${bytes} bytes`)}`,
        ),
        ...(error === undefined ? [] : [`  ${paint.red("✗")} ${oneLine(error)}`]),
      ].join("\n"),
    )
    .join("\n\n");
}
