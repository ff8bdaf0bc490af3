/** Progress as a live list, one line per channel, for a terminal. Loads listr2: import this module dynamically. */
import { Listr, ListrLogger, ProcessOutput } from "listr2";
import type { DeliveryEvent } from "../delivery/deliver.ts";
import { eventText, type Progress } from "./progress.ts";
import type { Paint } from "./style.ts";
import { oneLine } from "./terminal-safe.ts";
import { cutEnd, padEnd } from "./width.ts";

interface Line {
  say(words: string): void;
  done(): void;
  fail(): void;
}

// For the spinner and the list's own margin, so that no line is broken.
const MARGIN = 8;

/** The list disappears at the end: the receipts take its place. */
export function listProgress(
  deliveries: readonly { id: string; channel: string }[],
  screen: NodeJS.WriteStream,
  paint: Paint,
): Progress {
  const width = Math.max(0, ...deliveries.map(({ channel }) => oneLine(channel).length));
  const lines = new Map<string, Line>();
  const title = (channel: string, words: string) =>
    cutEnd(`${padEnd(oneLine(channel), width)}  ${words}`, (screen.columns ?? 80) - MARGIN);

  const list = new Listr(
    deliveries.map(({ id, channel }) => ({
      title: title(channel, "waiting"),
      task: (_context: unknown, task: { title?: string }) =>
        new Promise<void>((resolve, reject) => {
          const say = (words: string) => {
            task.title = title(channel, words);
          };
          lines.set(id, { say, done: resolve, fail: () => reject(new Error("not out")) });
        }),
    })),
    {
      concurrent: true,
      exitOnError: false,
      // We handle Ctrl-C, to finish requests under way first.
      registerSignalListeners: false,
      fallbackRendererCondition: false,
      silentRendererCondition: false,
      rendererOptions: {
        clearOutput: true,
        collapseErrors: false,
        showErrorMessage: false,
        logger: new ListrLogger({ useIcons: true, processOutput: new ProcessOutput(screen, screen) }),
      },
    },
  );
  const running = list.run().catch(() => {});

  return {
    event(event) {
      const line = lines.get(event.delivery.id);
      // A post that is out keeps its address on the line.
      if (event.type !== "ended" || event.state !== "published") line?.say(withoutSign(event, paint));
      if (event.type !== "ended" || event.state === "scheduled") return;
      lines.delete(event.delivery.id);
      if (event.state === "published") line?.done();
      else line?.fail();
    },
    note(text) {
      for (const line of lines.values()) line.say(oneLine(text));
    },
    async end() {
      for (const line of lines.values()) line.done();
      await running;
    },
  };
}

// The list has signs of its own.
function withoutSign(event: DeliveryEvent, paint: Paint): string {
  const words = eventText(event, paint, Date.now());
  return event.type === "ended" ? words.slice(words.indexOf(" ") + 1) : words;
}
