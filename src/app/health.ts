/** Where others ask how a worker fares: `/live`, `/ready`, and `/metrics` for Prometheus. */
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { usageError } from "../errors.ts";
import { type Metric, OPEN_METRICS, openMetrics } from "../report/metrics.ts";
import type { WorkerEvent } from "./worker.ts";

export interface Health {
  url: string;
  note(event: WorkerEvent): void;
  /** From now on it is not ready: it takes nothing new. */
  stopping(): void;
  close(): Promise<void>;
}

// Without a pulse for so long it is not ready: the ledger does not answer.
const SILENT = 30_000;

/** `address`: `127.0.0.1:9464`, or `:9464`. Throws InputError when nothing can listen there. */
export async function startHealth(address: string, now: () => number = Date.now): Promise<Health> {
  const [, host = "127.0.0.1", port] = /^(?:(\[[0-9a-f:]+\]|[^:]+))?:(\d{1,5})$/i.exec(address) ?? [];
  if (port === undefined || Number(port) > 65_535)
    throw usageError(`\`--health ${address}\` is not an address`, "For example: --health 127.0.0.1:9464");
  const counts = new Map<string, { channel: string; state: string; number: number }>();
  let pulse: Extract<WorkerEvent, { type: "pulse" }> | undefined;
  let pulsedAt = 0;
  let stopping = false;
  const isReady = () => !stopping && now() - pulsedAt < SILENT;

  const server = createServer((request, response) => {
    const answer = (status: number, text: string, type = "text/plain; charset=utf-8") => {
      response.writeHead(status, { "content-type": type, "cache-control": "no-store" }).end(text);
    };
    if (request.method !== "GET" && request.method !== "HEAD") return answer(405, "GET only\n");
    switch (request.url?.split("?")[0]) {
      case "/live":
        return answer(200, "ok\n");
      case "/ready":
        return isReady()
          ? answer(200, "ok\n")
          : answer(503, stopping ? "stopping\n" : "the ledger is silent\n");
      case "/metrics":
        return answer(
          200,
          openMetrics(metricsOf([...counts.values()], pulse, isReady(), now())),
          OPEN_METRICS,
        );
      default:
        return answer(404, "/live, /ready or /metrics\n");
    }
  });
  await new Promise<void>((done, failed) => {
    server.once("error", (error: NodeJS.ErrnoException) =>
      failed(usageError(`nothing can listen at ${address}: ${error.code}`, "Choose another port.")),
    );
    server.listen(Number(port), host.replace(/^\[|\]$/g, ""), done);
  });
  server.unref();
  return {
    url: `http://${host}:${(server.address() as AddressInfo).port}`,
    note(event) {
      if (event.type === "pulse") {
        pulse = event;
        pulsedAt = now();
      }
      if (event.type !== "ended") return;
      const { channel } = event.delivery;
      const key = `${channel} ${event.state}`;
      const count = counts.get(key) ?? { channel, state: event.state, number: 0 };
      count.number++;
      counts.set(key, count);
    },
    stopping() {
      stopping = true;
    },
    close: () =>
      new Promise((done) => {
        server.close(() => done());
        server.closeAllConnections();
      }),
  };
}

function metricsOf(
  counts: readonly { channel: string; state: string; number: number }[],
  pulse: Extract<WorkerEvent, { type: "pulse" }> | undefined,
  ready: boolean,
  now: number,
): Metric[] {
  const gauge = (name: string, help: string, value: number): Metric => ({
    name: `broadcast_${name}`,
    type: "gauge",
    help,
    samples: [{ value }],
  });
  return [
    {
      name: "broadcast_deliveries",
      type: "counter",
      help: "Deliveries that this worker has let go, by the state that they went to.",
      samples: counts.map(({ channel, state, number }) => ({ labels: { channel, state }, value: number })),
    },
    gauge("ready", "Whether the ledger answers and this worker takes deliveries.", ready ? 1 : 0),
    ...(pulse
      ? [
          gauge("due", "Deliveries that are due and not being sent.", pulse.backlog.due),
          gauge("sending", "Deliveries that a worker is sending.", pulse.backlog.sending),
          gauge("waiting", "Deliveries that are due later.", pulse.backlog.waiting),
          gauge(
            "oldest_due_seconds",
            "For how long the oldest of those that are due has been.",
            pulse.backlog.since === undefined
              ? 0
              : Math.max(0, Math.round((now - pulse.backlog.since) / 1000)),
          ),
          gauge("workers", "Workers that are there.", pulse.workers),
          gauge("channels_busy", "Channels that this worker is sending to.", pulse.delivering),
        ]
      : []),
  ];
}
