/** `broadcast doctor`: whether everything is ready to send, and for how long; made for a weekly cron line. */

import { examine } from "../../app/doctor.ts";
import { dotenvFindings } from "../../app/dotenv-findings.ts";
import { inspectLedger, readLedger } from "../../app/ledger.ts";
import { pauses } from "../../app/pause.ts";
import type { Project } from "../../app/project.ts";
import { EXIT, InputError } from "../../errors.ts";
import type { Delivery } from "../../ledger/types.ts";
import { count } from "../../report/code-frame.ts";
import { type Finding, findingLines } from "../../report/doctor.ts";
import { document } from "../../report/json.ts";
import { pauseWords } from "../../report/pauses.ts";
import type { doctor as declared } from "../declarations.ts";
import { type OpenedProject, openProjectFor } from "../open-project.ts";
import type { OptionsOf } from "../options.ts";
import type { Terminal } from "../terminal.ts";

export type DoctorOptions = OptionsOf<typeof declared>;

export async function doctor(options: DoctorOptions, terminal: Terminal): Promise<number> {
  const findings: Finding[] = [nodeFinding()];
  const { stage, faults } = await open(options, terminal);
  try {
    findings.push(...faults);
    if (stage) {
      const { project } = stage;
      findings.unshift(...(await pauseFindings(project)));
      const ledger = await ledgerFindings(project);
      findings.push(...configFindings(project), ...(await dotenvFindings(project)), ...ledger);
      // The folder is not writable, which is reported already.
      const remember = ledger.every(({ state }) => state !== "error");
      findings.push(...(await examine(project, options.days, { remember })));
    }
    const code = exitCode(findings);
    if (options.json) terminal.out(document("doctor", { days: options.days, findings }));
    else {
      terminal.out(`${findingLines(findings, terminal.results)}\n`);
      terminal.err(`\n${summary(findings, terminal)}\n`);
    }
    return code;
  } finally {
    await stage?.close();
  }
}

async function pauseFindings(project: Project): Promise<Finding[]> {
  const all = await pauses(project).catch(() => []);
  return all.map((pause) => ({
    about: pause.channel ?? "pause",
    state: "warning",
    message: pauseWords(pause),
    remedy: "`broadcast resume` ends it.",
  }));
}

async function open(
  { sandbox }: DoctorOptions,
  terminal: Terminal,
): Promise<{ stage?: OpenedProject; faults: Finding[] }> {
  try {
    return { stage: await openProjectFor({ sandbox }, terminal), faults: [] };
  } catch (error) {
    if (!(error instanceof InputError)) throw error;
    return { faults: error.problems.map((problem) => findingOf(problem)) };
  }
}

function findingOf({ message, remedy, place, severity }: InputError["problems"][number]): Finding {
  const where = place ? `${[place.file, place.line, place.column].filter(Boolean).join(":")}: ` : "";
  return { about: "config", state: severity, message: `${where}${message}`, remedy };
}

function nodeFinding(): Finding {
  const { node, tz } = process.versions;
  const zones = tz ? `, time zones of ${tz}` : "";
  return { about: "node", state: "ok", message: `Node ${node}${zones}` };
}

function configFindings({ config, problems }: Project): Finding[] {
  if (problems.length > 0) return problems.map(findingOf);
  const audiences = [...config.channels.values()].filter(({ audience }) => audience === "internal").length;
  const internal = audiences > 0 ? `, ${audiences} of them internal` : "";
  return [
    {
      about: "config",
      state: "ok",
      message: `${config.source.shown}: ${count(config.channels.size, "channel")}${internal}`,
    },
  ];
}

/** Whether the ledger can be read and written, and what it holds. */
async function ledgerFindings(project: Project): Promise<Finding[]> {
  const about = "ledger";
  try {
    const warnings = (await inspectLedger(project)).map((problem) => ({ ...findingOf(problem), about }));
    const impossible = await readLedger(project, (ledger) => ledger.impossible(Date.now()), []);
    return [
      ...warnings,
      ...impossible.map((problem) => ({ ...findingOf(problem), about })),
      await ledgerFinding(project),
    ];
  } catch (error) {
    if (!(error instanceof InputError)) throw error;
    return error.problems.map((problem) => ({ ...findingOf(problem), about }));
  }
}

async function ledgerFinding(project: Project): Promise<Finding> {
  const about = "ledger";
  const deliveries = await readLedger<Delivery[] | undefined>(project, (ledger) => ledger.list(), undefined);
  if (deliveries === undefined) return { about, state: "ok", message: "nothing was sent yet" };
  const held = deliveries.filter(({ state }) => state === "held").length;
  const failed = deliveries.filter(({ state }) => state === "failed").length;
  const all = count(deliveries.length, "delivery", "deliveries");
  if (held + failed === 0) return { about, state: "ok", message: all };
  return {
    about,
    state: "warning",
    message: `${all}: ${held} wait for a person, ${failed} failed`,
    remedy: "`broadcast status` lists them.",
  };
}

function summary(findings: readonly Finding[], { notes: { paint } }: Terminal): string {
  const errors = findings.filter(({ state }) => state === "error").length;
  const warnings = findings.filter(({ state }) => state === "warning").length;
  if (errors > 0)
    return paint.red(`${count(errors, "problem")}${warnings ? `, ${count(warnings, "warning")}` : ""}.`);
  if (warnings > 0) return paint.yellow(`${count(warnings, "warning")}; everything else is well.`);
  return paint.green("All is well.");
}

/** A credential's end comes first: it is what a weekly run is for. */
function exitCode(findings: readonly Finding[]): number {
  if (findings.some(({ credential, state }) => credential && state !== "ok")) return EXIT.credentials;
  if (findings.some(({ state, unreachable }) => state === "error" && !unreachable)) return EXIT.input;
  return findings.some(({ unreachable }) => unreachable) ? EXIT.failed : EXIT.ok;
}
