/** A project with a channel on every network, and campaigns that have all that posts can have. */
import { copyFileSync, mkdirSync, mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { openProject, type Project } from "../../src/app/project.ts";
import { networks } from "../../src/sandbox/networks/index.ts";

export interface Stage {
  folder: string;
  /** Channel names, in their order. */
  channels: string[];
  open(): Promise<Project>;
  /** Writes a campaign; gives its file. */
  write(name: string, campaign: object): string;
}

const LANGS: Record<string, string> = { telegram: "it", facebook: "ar" };

/** Networks that look unlike each other: a browser takes its time over each. */
export const UNLIKE: readonly string[] = [
  ...["bluesky", "discord", "email", "facebook", "feed", "instagram", "linkedin", "mastodon"],
  ...["reddit", "slack", "teams", "telegram", "threads", "wordpress", "x", "youtube"],
];

/** `copies`: how many channels of each network. `only`: of these networks; default: all. */
export function everything({
  copies = 1,
  policy = "",
  only,
}: {
  copies?: number;
  policy?: string;
  only?: readonly string[];
} = {}): Stage {
  const folder = mkdtempSync(join(tmpdir(), "broadcast-pages-"));
  mkdirSync(join(folder, "campaigns"));
  for (const picture of ["acme-2-4.png", "demo-round.png", "ticks.png"])
    copyFileSync(join("campaigns/images", picture), join(folder, picture));
  const all = Array.from({ length: copies }, (_, n) =>
    networks
      .filter(({ id }) => only?.includes(id) ?? true)
      .map(({ id }) => ({ id, name: n === 0 ? id : `${id}-${n + 1}` })),
  ).flat();
  const lines = all.map(
    ({ id, name }) =>
      `  ${name}: { network: ${id}, audience: ${id === "slack" || id === "teams" ? "internal" : "external"}, lang: ${LANGS[id] ?? "en"} }`,
  );
  writeFileSync(
    join(folder, "broadcast.yml"),
    `channels:\n${lines.join("\n")}\ntimezone: Europe/Rome\n${policy}`,
  );
  const half = (network: string) => networks.find(({ id }) => id === network);
  const stand = (network: string, channel: string, written: Record<string, unknown>) =>
    half(network)?.channel(channel, `http://127.0.0.1:4747/${network}`, join(folder, "stage"), written);
  return {
    folder,
    channels: all.map(({ name }) => name),
    open: () =>
      openProject({
        cwd: folder,
        env: {},
        override: Object.assign(stand, { places: ["http://127.0.0.1:4747"], add: () => {} }),
      }),
    write(name, campaign) {
      const file = join(folder, "campaigns", `${name}.yml`);
      writeFileSync(file, JSON.stringify(campaign));
      return file;
    },
  };
}

const BODY = `**Acme 2.4.0** brings three things:

- **Sync in half the time.** 500 lists now arrive in 4 seconds instead of 9, [measured on a three-year-old phone](https://acme.example/docs/benchmarks).
- **Offline.** Every list that you opened in the last 30 days opens without a network.
- **A command line.** Export a list from a script:

\`\`\`sh
acme export "Opening round" --since 2026-01-01 --format csv
\`\`\`

> Updating is free and takes a minute.`;

/** One of each: text, pictures, a thread, polls, a first reply, right-to-left words, a time. */
export function release(channels: readonly string[]): object {
  const has = (name: string) => channels.includes(name);
  return {
    kind: "release",
    title: "Acme 2.4 is out",
    summary:
      "Lists sync in half the time, open without a network, and can be exported from the command line.",
    link: "https://acme.example/blog/2-4",
    body: BODY,
    vars: { version: "2.4.0" },
    tags: ["release", "field work"],
    at: "2026-12-01 09:00 Europe/Rome",
    media: [
      {
        file: "acme-2-4.png",
        alt: 'A laptop, a tablet and a phone show the same checklist, "Opening round".',
      },
    ],
    channels,
    only: {
      ...(has("x") && {
        x: {
          text: `{{ title }}. {{ summary }}\n\n${"And a sentence more, since there is so much to say about it. ".repeat(5)}`,
        },
      }),
      ...(has("bluesky") && {
        bluesky: {
          media: [
            { file: "acme-2-4.png", alt: "A laptop." },
            { file: "demo-round.png", alt: "A round." },
            { file: "ticks.png", decorative: true },
          ],
        },
      }),
      ...(has("misskey") && {
        misskey: {
          text: "What do you tick your rounds on?",
          media: [],
          poll: { choices: ["Phone", "Tablet", "Paper first"], open: "1d" },
        },
      }),
      ...(has("linkedin") && {
        linkedin: { first_reply: "How we measured: https://acme.example/docs/benchmarks" },
      }),
      ...(has("facebook") && {
        facebook: {
          text: "صدر الإصدار Acme 2.4: القوائم تتزامن في نصف الوقت، وتفتح دون شبكة (offline).\n\nhttps://acme.example/ar",
        },
      }),
    },
  };
}

const SCRIPT = `<script>document.title="owned"</script><img src=x onerror="document.title='owned'">`;

/** Words that try to get out. */
export function attack(channels: readonly string[]): object {
  return {
    kind: "update",
    title: `"><svg onload="document.title='owned'"> \u202eevil\u202c`,
    summary: `${SCRIPT} ]]> --> </style></title>`,
    link: "https://acme.example/?a=%22onclick=%22document.title=1",
    body: `${SCRIPT}\n\n</div></article></main><style>body{display:none}</style>\n\n[click](javascript:document.title=1) <a href="javascript:document.title='owned'">x</a> [b](https://acme.example/"onmouseover="document.title=1)\n\n\u202eturned around\u202c \u2066isolate zero\u200bwidth\u200djoin\ufeff\n\n<svg><use href="data:image/svg+xml,<svg onload=alert(1)>"/></svg><iframe srcdoc="<script>parent.document.title=1</script>"></iframe>\n\n\`\`\`\n</pre>${SCRIPT}\n\`\`\`\n\n{{ "<b>" }} &lt;script&gt; &#60;img src=x onerror=document.title=1&#62;`,
    tags: ["<b>x", 'a" onx="1', "c++"],
    media: [{ file: "ticks.png", alt: `"><script>document.title="owned"</script>` }],
    channels,
  };
}
