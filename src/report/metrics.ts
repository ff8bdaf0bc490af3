/** OpenMetrics text (https://github.com/prometheus/OpenMetrics, 1.0), as Prometheus reads it. */

export interface Metric {
  name: string;
  type: "counter" | "gauge";
  help: string;
  samples: readonly { labels?: Readonly<Record<string, string>>; value: number }[];
}

export const OPEN_METRICS = "application/openmetrics-text; version=1.0.0; charset=utf-8";

export function openMetrics(metrics: readonly Metric[]): string {
  const lines = metrics.flatMap(({ name, type, help, samples }) => [
    `# TYPE ${name} ${type}`,
    `# HELP ${name} ${escaped(help)}`,
    ...samples.map(
      ({ labels = {}, value }) => `${name}${type === "counter" ? "_total" : ""}${labelled(labels)} ${value}`,
    ),
  ]);
  return `${lines.join("\n")}\n# EOF\n`;
}

function labelled(labels: Readonly<Record<string, string>>): string {
  const all = Object.entries(labels).map(([name, value]) => `${name}="${escaped(value)}"`);
  return all.length === 0 ? "" : `{${all.join(",")}}`;
}

function escaped(text: string): string {
  return text.replaceAll("\\", "\\\\").replaceAll("\n", "\\n").replaceAll('"', '\\"');
}
