/** Programs that channels run: only those that broadcast.yml names under `programs` as well. */
import { resolve } from "node:path";
import type { Problem } from "../errors.ts";
import { entriesOf, isProgram } from "../settings.ts";
import type { Source } from "../yaml/source.ts";
import type { Channel } from "./config.ts";

/** Also in a rehearsal, where none is run: the plan says what sending would say. */
export function forbiddenPrograms(
  source: Source,
  channels: Iterable<Channel>,
  root: string,
  allowed: readonly string[],
): Problem[] {
  const known = new Set(allowed.map((file) => resolve(root, file)));
  return [...channels].flatMap(({ name, adapter, publicSettings }) =>
    Object.entries(entriesOf(adapter.channel)).flatMap(([key, entry]): Problem[] => {
      const file = publicSettings[key];
      if (!isProgram(entry) || typeof file !== "string" || known.has(resolve(root, file))) return [];
      return [
        {
          severity: "error",
          code: "program-not-allowed",
          message: `the channel \`${name}\` would run ${file}, and \`programs:\` does not allow it`,
          remedy: `Add \`programs: [${file}]\` to broadcast.yml if it may run.`,
          place: source.place(["channels", name, key]),
        },
      ];
    }),
  );
}
