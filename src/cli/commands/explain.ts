/** `broadcast explain`: what a code means, why it comes about, and what to do. */
import { EXIT, usageError } from "../../errors.ts";
import { CHAPTERS, codes, explanationOf } from "../../report/explain/codes.ts";
import { explanationList, explanationPage } from "../../report/explain/page.ts";
import { document } from "../../report/json.ts";
import { didYouMean } from "../../suggest.ts";
import type { Terminal } from "../terminal.ts";

export async function explain(
  typed: readonly string[],
  { json }: { json?: boolean },
  { out, results }: Terminal,
): Promise<number> {
  const wanted = wantedOf(typed);
  if (json) {
    const all = CHAPTERS.flatMap(({ title, codes }) =>
      Object.entries(codes).map(([code, explanation]) => ({ code, about: title, ...explanation })),
    );
    const shown = typed.length === 0 ? all : all.filter(({ code }) => wanted.includes(code));
    out(document("explain", { codes: shown }));
  } else if (typed.length === 0) out(`${explanationList(results)}\n`);
  else {
    const pages = wanted.map((code) => explanationPage(code, explanationOf(code)!, results));
    out(`${pages.join("\n\n")}\n`);
  }
  return EXIT.ok;
}

/** As a person types them: also `Too long`, `exit 4` and `needs a login`, in one word or in several. */
function wantedOf(typed: readonly string[]): string[] {
  const whole = known(typed.join(" "));
  if (whole !== undefined) return [whole];
  return [...new Set(typed.map((word) => known(word) ?? unknown(word)))];
}

function known(typed: string): string | undefined {
  const word = typed
    .trim()
    .toLowerCase()
    .replace(/^exit(?:[ -]code)?[ -](?=\d$)/, "");
  return [word, word.replaceAll(/[ _]+/g, "-")].find((one) => explanationOf(one) !== undefined);
}

function unknown(typed: string): never {
  throw usageError(
    `there is no code \`${typed}\``,
    didYouMean(
      typed.toLowerCase(),
      codes().filter((code) => !/^\d$/.test(code)),
    ) || "`broadcast explain` lists all of them.",
  );
}
