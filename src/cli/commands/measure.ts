/** `broadcast measure`: how long a text is, as networks count it. The text is plain, not Markdown. */

import { EXIT, usageError } from "../../errors.ts";
import { document, type MeasureJson } from "../../report/json.ts";
import { table } from "../../report/table.ts";
import { didYouMean } from "../../suggest.ts";
import type { measure as declared } from "../declarations.ts";
import type { OptionsOf } from "../options.ts";
import type { Terminal } from "../terminal.ts";
import { known } from "./networks.ts";

export type MeasureOptions = Partial<OptionsOf<typeof declared>>;

/** Exit code 2 when a network that was named would refuse the text. */
export async function measure(
  text: string | undefined,
  options: MeasureOptions,
  terminal: Terminal,
): Promise<number> {
  const { out, results } = terminal;
  const words = text ?? (await terminal.input())?.replace(/\r?\n$/, "");
  if (words === undefined)
    throw usageError(
      "there is no text to measure",
      'For example: broadcast measure --network mastodon "Acme 2.4 is out"',
    );

  const adapters = await known(terminal);
  const names = options.network ?? [...adapters.keys()];
  const unknown = names.find((name) => !adapters.has(name));
  if (unknown !== undefined)
    throw usageError(
      `there is no network \`${unknown}\``,
      didYouMean(unknown, adapters.keys()) || "`broadcast networks` lists them.",
    );

  const engine = await import("../../text/measure.ts");
  const measures: MeasureJson[] = names.map((name) => ({
    network: name,
    ...engine.measure({ text: words, entities: [] }, adapters.get(name)!.text),
  }));
  if (options.json) out(document("measure", { measures }));
  else {
    const { paint } = results;
    const rows = measures.map(({ network, length, max, unit, fits, bytes }) => [
      paint.bold(network),
      fits ? paint.green(`${length}/${max}`) : paint.red(`${length}/${max}`),
      paint.dim(bytes ? `${unit}, ${bytes.length}/${bytes.max} bytes` : unit),
    ]);
    out(`${table([{}, { align: "right" }, {}], rows, results).join("\n")}\n`);
  }
  return options.network !== undefined && measures.some(({ fits }) => !fits) ? EXIT.input : EXIT.ok;
}
