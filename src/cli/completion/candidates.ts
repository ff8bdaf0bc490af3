/**
 * The names that can be completed: channels and groups of broadcast.yml, campaigns, deliveries. Read as text, in milliseconds:
 * pressing a key never runs a plug-in, and errors of a file are for the command to report.
 */
import { dirname, isAbsolute, join } from "node:path";
import { findConfig } from "../../config/load.ts";
import type { State } from "../../ledger/types.ts";
import type { Asked, Candidate } from "./cursor.ts";
import { campaigns, plans } from "./files.ts";
import type { ProjectNames } from "./project.ts";

export interface CompletionContext {
  cwd: string;
  /** Whether `--sandbox` was typed. */
  rehearsal: boolean;
}

export interface Names {
  candidates: Candidate[];
  /** Any file may be meant as well. */
  files?: boolean;
}

type Source = (context: CompletionContext, asked: Asked) => Names | Promise<Names>;

const FREE: Source = () => ({ candidates: [] });
const FILES: Source = () => ({ candidates: [], files: true });

/** By what is asked for; `COMMAND NAME` goes before `NAME`. */
export const SOURCES: Readonly<Record<string, Source>> = {
  action: words({
    check: "check its integrity",
    backup: "copy its current state",
    export: "a line of JSON per delivery",
  }),
  campaign: ({ cwd }) => ({ candidates: campaigns(cwd), files: true }),
  channel: async ({ cwd }) => ({ candidates: (await project(cwd)).channels }),
  codes: explained,
  delivery: deliveries,
  file: FILES,
  "schema file": words({ broadcast: "broadcast.yml", campaign: "a campaign" }),
  id: networks,
  kind: kinds,
  paths: ({ cwd }) => ({ candidates: campaigns(cwd), files: true }),
  shell: words({ bash: undefined, fish: undefined, zsh: undefined }),
  text: FREE,
  to: deliveries,
  what: deliveries,
  words: FREE,
  "--as": async ({ cwd }) => ({ candidates: (await project(cwd)).people }),
  "--at": FREE,
  "--audience": words({ internal: "our own people", external: "the public" }),
  "--body": FREE,
  "--by": words({
    delivery: "each delivery",
    campaign: "each campaign",
    channel: "each channel",
    kind: "each kind of campaign",
    tag: "each tag",
    hour: "each hour of the day",
  }),
  "--channel": async ({ cwd }) => ({ candidates: (await project(cwd)).channels }),
  "init --channel": networks,
  "--channels": async ({ cwd }) => {
    const { channels, groups } = await project(cwd);
    return { candidates: [...channels, ...groups] };
  },
  "--chaos": weathers,
  "--concurrency": FREE,
  "--days": FREE,
  "--digest": FREE,
  "--expires": FREE,
  "--export": words({ md: "Markdown pages", csv: "for a spreadsheet", json: "JSON", html: "pages" }),
  "--forget": FREE,
  "--from": words({
    changelog: "CHANGELOG.md; or changelog:FILE",
    tag: "the newest tag, and its words",
    github: "the release on GitHub",
    "package.json": "the package's version",
  }),
  "--health": FREE,
  "--host": FREE,
  "--id": FREE,
  "--html": FILES,
  "--key": FILES,
  "--kind": kinds,
  "--like": ({ cwd }) => ({ candidates: campaigns(cwd), files: true }),
  "--link": FREE,
  "--log": words({ json: "a line of JSON for each thing that happens" }),
  "--network": networks,
  "preview --network": async ({ cwd }) => {
    const { candidates } = await networks();
    return { candidates: [...(await project(cwd)).channels, ...candidates] };
  },
  "--occurrence": FREE,
  "--out": FILES,
  "--output": FILES,
  "--plan": ({ cwd }) => ({ candidates: plans(cwd), files: true }),
  "--png": FILES,
  "--port": FREE,
  "--previews": FILES,
  "--published": FREE,
  "--reason": FREE,
  "--rehearse": FREE,
  "--sandbox": words({ "http://127.0.0.1:4747": "one that is already running" }),
  "--seed": FREE,
  "--set": FREE,
  "--since": FREE,
  "--summary": FREE,
  "--tag": FREE,
  "--tags": FREE,
  "--title": FREE,
  "--until": FREE,
  "--var": FREE,
};

export async function namesFor(asked: Asked, context: CompletionContext): Promise<Names> {
  const source = SOURCES[`${asked.command} ${asked.name}`] ?? SOURCES[asked.name] ?? FREE;
  return source(context, asked);
}

function words(known: Readonly<Record<string, string | undefined>>): Source {
  return () => ({ candidates: Object.entries(known).map(([value, about]) => ({ value, about })) });
}

async function networks(): Promise<Names> {
  const { builtIn } = await import("../../app/project.ts");
  return { candidates: [...(await builtIn()).values()].map(({ id, name }) => ({ value: id, about: name })) };
}

async function kinds(): Promise<Names> {
  const { KIND_WORDS } = await import("../wizard/kinds.ts");
  return { candidates: Object.entries(KIND_WORDS).map(([value, { name }]) => ({ value, about: name })) };
}

async function weathers(): Promise<Names> {
  const { FAULTS, PROFILES } = await import("../../sandbox/chaos.ts");
  return { candidates: [...Object.keys(PROFILES), ...FAULTS].map((value) => ({ value })) };
}

async function explained(): Promise<Names> {
  const { CHAPTERS } = await import("../../report/explain/codes.ts");
  const all = CHAPTERS.flatMap(({ title, codes }) =>
    Object.keys(codes).map((value) => ({ value, about: title })),
  );
  return { candidates: all };
}

// What each command can do something about.
const STATES: Readonly<Record<string, readonly State[]>> = {
  resolve: ["held"],
  todo: ["scheduled"],
  retry: ["failed", "cancelled", "expired", "retracted"],
  cancel: ["scheduled"],
  retract: ["published", "held", "failed", "scheduled"],
  verify: ["published"],
  stats: ["published"],
  replies: ["published"],
  reply: ["published"],
};

async function deliveries({ cwd, rehearsal }: CompletionContext, { command, given }: Asked): Promise<Names> {
  const file = findConfig(cwd);
  if (file === undefined) return { candidates: [] };
  const { glance } = await import("../../ledger/peek.ts");
  const own = (await project(cwd)).ledger;
  const folder = dirname(file);
  const usual = join(folder, ".broadcast", ...(rehearsal ? ["sandbox"] : []), "ledger.db");
  const ledger = rehearsal || own === undefined ? usual : isAbsolute(own) ? own : join(folder, own);
  const found = await glance(ledger, STATES[command] ?? []);
  const ids = found.map(({ id, state }) => ({ value: id, about: state }));
  const whole =
    command === "resolve" || command === "todo" ? [] : [...new Set(found.map(({ campaign }) => campaign))];
  const all = [...ids, ...whole.map((value) => ({ value, about: "all of the campaign" }))];
  return { candidates: all.filter(({ value }) => !given.includes(value)) };
}

async function project(cwd: string): Promise<ProjectNames> {
  const { projectNames } = await import("./project.ts");
  return projectNames(findConfig(cwd));
}
