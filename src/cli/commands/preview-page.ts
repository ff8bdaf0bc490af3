/** `broadcast preview --html`: the campaign as a page, to look at and to sign off on. */
import { basename } from "node:path";
import { hasErrors } from "../../app/plan.ts";
import { previewOf } from "../../app/preview-page.ts";
import type { Project } from "../../app/project.ts";
import { EXIT } from "../../errors.ts";
import { planArguments, quoted } from "../../report/shell.ts";
import type { preview as declared } from "../declarations.ts";
import { sandboxSuffix } from "../hints.ts";
import type { OptionsOf } from "../options.ts";
import { givePage } from "../page-file.ts";
import type { Terminal } from "../terminal.ts";

type PreviewOptions = Partial<OptionsOf<typeof declared>>;

export async function previewPage(
  campaign: string,
  options: PreviewOptions,
  project: Project,
  terminal: Terminal,
): Promise<number> {
  const only = [...(options.network ?? []), ...(options.channel ?? [])];
  const { plan, page } = await previewOf(
    { file: campaign, from: options.from, occurrence: options.occurrence },
    project,
    {
      command: commandOf(campaign, options),
      ...(only.length > 0 && { only }),
    },
  );
  await givePage(page, nameOf(campaign), options, project, terminal);
  return hasErrors(plan.problems) ? EXIT.input : EXIT.ok;
}

function commandOf(campaign: string, { from, occurrence, html, png, sandbox }: PreviewOptions): string {
  const where =
    html === undefined
      ? png === undefined
        ? " --open"
        : ` --png ${quoted(png)}`
      : ` --html ${quoted(html)}`;
  return `broadcast preview ${planArguments({ file: campaign, from, occurrence })}${where}${sandboxSuffix(sandbox)}`;
}

/** `release` for `campaigns/release.yml`. */
export function nameOf(campaign: string): string {
  return basename(campaign).replace(/\.ya?ml$/i, "");
}
