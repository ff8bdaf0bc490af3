// biome-ignore-all lint/suspicious/noTemplateCurlyInString: ${NAME} is what a person types
/** Every command as it is typed: its words, its options, its examples. The code is in commands/, a file each. */
import {
  flag,
  list,
  negated,
  number,
  type OptionSpecs,
  optionalValue,
  port,
  several,
  usualValue,
  value,
} from "./options.ts";

export interface CommandSpec {
  /** `send [campaign]`. */
  usage: string;
  group: "Begin" | "Write and send" | "Look after what was sent" | "Know more";
  summary: string;
  examples: readonly string[];
  options: OptionSpecs;
  /** The allowed first arguments, if they are limited. */
  choices?: readonly string[];
}

const json = (description = "as JSON") => flag("--json", description);
const yes = (description = "do not ask") => flag("-y, --yes", description);
const sandbox = (description = "rehearse on simulated networks on this computer; no account needed") =>
  optionalValue("--sandbox [url]", description);
const from = several(
  "--from <source>",
  "facts of the release: changelog[:file], tag, github or package.json; may be given several times",
);
const channel = several(
  "--channel <name>",
  "only this channel; may be given several times. An approval of the whole campaign covers it",
);
const occurrence = value(
  "--occurrence <time>",
  "which occurrence of a recurring campaign: 2026-12-07T09:00; default: the next one",
);

export const init = {
  usage: "init",
  group: "Begin",
  summary: "Set up a project here: channels, credentials, a first campaign, a rehearsal",
  examples: [
    "broadcast init",
    "broadcast init --yes",
    "broadcast init --channel social=mastodon --set social.server=https://mastodon.social",
  ],
  options: {
    channel: several("--channel <name=network>", "a channel; may be given several times"),
    set: several("--set <name.key=value>", "a public setting of one; secrets come from the environment"),
    kind: value("--kind <kind>", "what the first campaign is for: release, update, community …"),
    title: value("--title <text>", "its title"),
    link: value("--link <url>", "the page that it is about"),
    templates: flag("--templates", "copy the templates of that kind, to change them"),
    check: negated("--no-check", "do not check the credentials at the networks"),
    rehearse: optionalValue("--rehearse [url]", "rehearse the first campaign now, in a sandbox"),
    yes: yes("ask nothing; accept the defaults"),
    force: flag("--force", "replace a campaign of the same name"),
    json: json("what was written, as JSON"),
  },
} as const satisfies CommandSpec;

export const newCampaign = {
  usage: "new [kind]",
  group: "Begin",
  summary: "Begin a campaign: asks for the few fields its kind needs, opens your editor, shows the posts",
  examples: [
    "broadcast new release",
    'broadcast new update --title "What is new" --summary "Two things are better." --yes',
    "broadcast new --like campaigns/november.yml --out campaigns/december.yml",
  ],
  options: {
    title: value("--title <text>", "its title"),
    summary: value("--summary <text>", "one or two sentences"),
    link: value("--link <url>", "the page that it is about"),
    body: value("--body <markdown>", "its text"),
    tags: list("--tags <names>", "hashtags, without #"),
    var: several("--var <name=value>", "a value that its text names; may be given several times"),
    channels: list("--channels <names>", "channels or groups; default: all of them"),
    like: value("--like <campaign>", "begin with an earlier one: its words and media, without its times"),
    audience: value(
      "--audience <who>",
      "internal or external; decisions and visions are internal by default",
    ),
    at: value("--at <time>", "when: 2026-12-01 09:00 Europe/Rome"),
    out: value("--out <file>", "the file; default: in campaigns/, named after the title"),
    yes: yes("ask nothing"),
    force: flag("--force", "replace the file"),
    json: json("the file's name as JSON"),
  },
} as const satisfies CommandSpec;

export const login = {
  usage: "login <channel>",
  group: "Begin",
  summary: "Get a channel's credential, in the browser or by paste, and keep it safe",
  examples: [
    "broadcast login social",
    "broadcast login social --paste",
    "broadcast login social --token < token.txt",
  ],
  options: {
    token: flag(
      "--token",
      "paste a token or password instead of using a browser; without a terminal from stdin",
    ),
    paste: flag("--paste", "the browser is on another computer: paste the address or code that it ends at"),
    port: port("--port <number>", "the port on this computer that the browser is redirected to"),
    remove: flag("--remove", "forget the login"),
    json: json(),
  },
} as const satisfies CommandSpec;

export const doctor = {
  usage: "doctor",
  group: "Begin",
  summary: "Check whether everything is ready to send, and for how long; exit code 6 if a credential is not",
  examples: ["broadcast doctor", "broadcast doctor --days 30 --json"],
  options: {
    days: number("--days <number>", "how long before it expires a credential is a warning", 14),
    sandbox: sandbox("ask the sandbox instead of the networks"),
    json: json(),
  },
} as const satisfies CommandSpec;

export const plan = {
  usage: "plan <campaign>",
  group: "Write and send",
  summary: "Show what would be sent to every channel",
  examples: ["broadcast plan campaigns/release.yml", "broadcast plan campaigns/release.yml --out plan.json"],
  options: {
    out: value("--out <file>", "write the plan for `send --plan`"),
    markdown: flag("--markdown", "as Markdown, for a comment on a pull request"),
    checkLinks: flag("--check-links", "ask whether the links lead somewhere; in CI without being told"),
    noCheckLinks: flag("--no-check-links", "do not"),
    channel,
    occurrence,
    from,
    sandbox: sandbox(),
    json: json("the plan as JSON"),
  },
} as const satisfies CommandSpec;

export const preview = {
  usage: "preview <campaign>",
  group: "Write and send",
  summary: "Show the posts as they will look: in the terminal, or as a page to sign off on",
  examples: [
    "broadcast preview campaigns/release.yml --watch",
    "broadcast preview campaigns/release.yml --network mastodon,bluesky",
    "broadcast preview campaigns/release.yml --open",
    "broadcast preview campaigns/release.yml --html preview.html",
    "broadcast preview campaigns/release.yml --serve --open",
  ],
  options: {
    network: list("--network <names>", "only these networks or channels"),
    channel,
    html: value(
      "--html <file>",
      "write a page that shows them as readers will see them; it needs no network",
    ),
    open: flag("--open", "show that page in the browser"),
    png: value("--png <folder>", "pictures of it for a mail, the whole and each post; needs Chromium"),
    serve: flag(
      "--serve",
      "serve that page on this computer: it follows every save, and takes a sign-off and comments",
    ),
    port: port("--port <number>", "the port of `--serve`; default: any free one"),
    key: value("--key <file>", "sign an approval given on that page with this SSH key"),
    file: flag("--file", "record it beside the campaign, for a pull request; default: in the ledger"),
    watch: flag("--watch", "show them again after every change"),
    occurrence,
    from,
    sandbox: sandbox(),
    json: json("the plan as JSON"),
  },
} as const satisfies CommandSpec;

export const approve = {
  usage: "approve [campaign]",
  group: "Write and send",
  summary: "Read what would go out, and approve exactly that",
  examples: [
    "broadcast approve campaigns/release.yml --as marta",
    "broadcast approve campaigns/release.yml --as marta --file --key ~/.ssh/id_ed25519",
    "broadcast approve --plan plan.json --digest 3f2a9c01b4d87e5f60a1c2d3e4f50617 --yes",
  ],
  options: {
    plan: value("--plan <file>", "approve this plan, made by `plan --out`"),
    as: value("--as <name>", "who approves; default: git's user.name"),
    file: flag("--file", "record it beside the campaign, for a pull request; default: in the ledger"),
    key: value("--key <file>", "sign it with this SSH key"),
    expires: value("--expires <length>", "how long it holds: 7d, 12h"),
    digest: value(
      "--digest <start>",
      "only if the plan's fingerprint (digest) starts like this: 32 digits or more",
    ),
    occurrence,
    from,
    source: flag("--source", "approve every entry of the campaign's feed, where the policy allows that"),
    retract: flag("--retract", "approve that it is taken back, where the policy asks for that"),
    yes: yes(),
    json: json(),
  },
} as const satisfies CommandSpec;

export const send = {
  usage: "send [campaign]",
  group: "Write and send",
  summary: "Send a campaign, or continue it; posts that are out are not repeated",
  examples: [
    "broadcast send campaigns/release.yml",
    "broadcast send campaigns/release.yml --dry-run",
    "broadcast send campaigns/release.yml --sandbox --fresh --yes",
    "broadcast send --plan plan.json --yes",
    "broadcast send campaigns/release.yml --from tag --from changelog --yes",
  ],
  options: {
    plan: value("--plan <file>", "send exactly this plan, made by `plan --out`"),
    occurrence,
    yes: yes(),
    channel,
    skipUnready: flag(
      "--skip-unready",
      "leave out channels without a working credential, instead of stopping",
    ),
    late: flag("--late", "send it even if it is more than an hour late"),
    checkLinks: negated("--no-check-links", "do not ask whether the links lead somewhere"),
    dryRun: flag("--dry-run", "print the requests that would leave, secrets masked; send nothing"),
    from,
    html: value("--html <file>", "with `--sandbox`: keep a page of what was rehearsed; it needs no server"),
    sandbox: sandbox(),
    fresh: flag("--fresh", "forget earlier rehearsals first; only with --sandbox"),
    json: json("the receipts as JSON"),
  },
} as const satisfies CommandSpec;

export const status = {
  usage: "status [campaign]",
  group: "Look after what was sent",
  summary: "List deliveries; those that need a person come first",
  examples: [
    "broadcast status",
    "broadcast status campaigns/release.yml --json",
    "broadcast status --releases",
    "broadcast status --watch",
  ],
  options: {
    all: flag("--all", "all of them, not only the latest"),
    watch: flag("--watch", "follow it, with the workers that deliver, until Ctrl-C"),
    releases: flag("--releases", "the releases, and which of them were not announced"),
    sandbox: sandbox("only what was rehearsed"),
    json: json(),
  },
} as const satisfies CommandSpec;

export const todo = {
  usage: "todo [delivery]",
  group: "Look after what was sent",
  summary: "What people are to post by hand: the text, the page, and where it has come out",
  examples: [
    "broadcast todo",
    "broadcast todo hackernews --copy --open",
    "broadcast todo hackernews --published https://news.ycombinator.com/item?id=1",
  ],
  options: {
    published: value("--published <url>", "it is out, at this address"),
    copy: flag("--copy", "copy its text to the clipboard"),
    open: flag("--open", "open the page on which it is written, filled in as far as it can be"),
    cancel: flag("--cancel", "it is not posted at all"),
    sandbox: sandbox("what was rehearsed"),
    json: json(),
  },
} as const satisfies CommandSpec;

export const resolve = {
  usage: "resolve <delivery>",
  group: "Look after what was sent",
  summary: "Settle a delivery whose outcome is unknown",
  examples: [
    "broadcast resolve mastodon --published https://mastodon.example/@acme/1",
    "broadcast resolve campaigns/release.yml/mastodon --resend",
  ],
  options: {
    published: value("--published <url>", "it is out, at this address"),
    id: value("--id <post>", "the network's id of the post; needed if more posts of a thread follow"),
    resend: flag("--resend", "it is not there: send it again"),
    cancel: flag("--cancel", "leave it"),
    sandbox: sandbox(),
    json: json(),
  },
} as const satisfies CommandSpec;

export const retry = {
  usage: "retry [what...]",
  group: "Look after what was sent",
  summary: "Try failed deliveries again: by id, by campaign, or all of them",
  examples: [
    "broadcast retry mastodon",
    "broadcast retry campaigns/release.yml",
    "broadcast retry campaigns/release.yml --cancelled",
  ],
  options: {
    cancelled: flag("--cancelled", "also those that were cancelled or expired"),
    sandbox: sandbox(),
    json: json(),
  },
} as const satisfies CommandSpec;

export const cancel = {
  usage: "cancel <what>",
  group: "Look after what was sent",
  summary: "Cancel scheduled deliveries: one, or a campaign's",
  examples: ["broadcast cancel campaigns/release.yml", "broadcast cancel campaigns/release.yml/mastodon"],
  options: { sandbox: sandbox("what was rehearsed"), json: json() },
} as const satisfies CommandSpec;

export const edit = {
  usage: "edit <campaign>",
  group: "Look after what was sent",
  summary: "Correct what is out: shows word by word what differs from the campaign, then edits the posts",
  examples: [
    "broadcast edit campaigns/release.yml --dry-run",
    "broadcast edit campaigns/release.yml",
    "broadcast edit campaigns/release.yml --channel mastodon --yes",
    "broadcast edit campaigns/release.yml --repost",
  ],
  options: {
    channel,
    repost: flag("--repost", "what cannot be edited in place is taken back, and sent again"),
    leave: flag("--leave", "what cannot be edited in place stays as it is"),
    reason: value("--reason <text>", "why: kept in the ledger"),
    occurrence,
    from,
    dryRun: flag("--dry-run", "show what would be edited; change nothing"),
    yes: yes(),
    sandbox: sandbox("what was rehearsed"),
    json: json(),
  },
} as const satisfies CommandSpec;

export const retract = {
  usage: "retract <what>",
  group: "Look after what was sent",
  summary: "Take back what is out: a delivery, or all of a campaign; what only waits is cancelled",
  examples: [
    "broadcast retract campaigns/release.yml --dry-run",
    'broadcast retract campaigns/release.yml --reason "wrong price"',
    "broadcast retract campaigns/release.yml/mastodon --yes",
  ],
  options: {
    channel: several("--channel <name>", "only this channel; may be given several times"),
    reason: value("--reason <text>", "why: kept in the ledger"),
    dryRun: flag("--dry-run", "show what would be taken back; change nothing"),
    yes: yes(),
    sandbox: sandbox("what was rehearsed"),
    json: json(),
  },
} as const satisfies CommandSpec;

export const verify = {
  usage: "verify [what]",
  group: "Look after what was sent",
  summary: "Read back what is out: is it there, and is it what was sent? Exit code 3 if not",
  examples: ["broadcast verify campaigns/release.yml", "broadcast verify --since 30d --json"],
  options: {
    channel: several("--channel <name>", "only this channel; may be given several times"),
    since: value("--since <time>", "only what came out since then: 30d, 2026-12-01"),
    sandbox: sandbox("what was rehearsed"),
    json: json(),
  },
} as const satisfies CommandSpec;

export const stats = {
  usage: "stats [what]",
  group: "Look after what was sent",
  summary: "Count likes, reposts, replies, views and votes, as far as the networks tell; kept over time",
  examples: [
    "broadcast stats campaigns/release.yml",
    "broadcast stats --since 30d --by channel",
    "broadcast stats --cached --csv > stats.csv",
  ],
  options: {
    by: value("--by <what>", "one row per delivery, campaign, channel, kind, tag or hour"),
    channel: several("--channel <name>", "only this channel; may be given several times"),
    since: value("--since <time>", "only what came out since then: 30d, 2026-12-01"),
    cached: flag("--cached", "ask no network; show what was counted last"),
    csv: flag("--csv", "as CSV, for a spreadsheet"),
    sandbox: sandbox("what was rehearsed"),
    json: json("as JSON, with every count that is kept"),
  },
} as const satisfies CommandSpec;

export const report = {
  usage: "report [what]",
  group: "Look after what was sent",
  summary:
    "What came of what is out, as a page: counts over time, replies, votes, with a table behind each chart",
  examples: [
    "broadcast report campaigns/release.yml --open",
    "broadcast report --since 90d --html report.html",
    "broadcast report --cached --html report.html",
  ],
  options: {
    html: value("--html <file>", "write the page; it needs no network"),
    open: flag("--open", "show it in the browser"),
    png: value("--png <folder>", "a picture of it; needs Chromium"),
    channel: several("--channel <name>", "only this channel; may be given several times"),
    since: value("--since <time>", "only what came out since then: 30d, 2026-12-01"),
    cached: flag("--cached", "ask no network; show what was counted last"),
    sandbox: sandbox("what was rehearsed"),
    json: json("what is on the page, as JSON"),
  },
} as const satisfies CommandSpec;

export const replies = {
  usage: "replies [what]",
  group: "Look after what was sent",
  summary: "Read what people answered, newest first; unread ones are marked",
  examples: [
    "broadcast replies campaigns/release.yml",
    "broadcast replies --unread --since 7d",
    "broadcast replies --forget @somebody@mastodon.example",
  ],
  options: {
    channel: several("--channel <name>", "only this channel; may be given several times"),
    since: value("--since <time>", "to what came out since then; default: 30d"),
    unread: flag("--unread", "only those that nobody was shown"),
    watch: flag("--watch", "stay, and show new ones"),
    cached: flag("--cached", "ask no network; show what was fetched last"),
    forget: value("--forget <handle or id>", "erase what somebody wrote here"),
    sandbox: sandbox("what was rehearsed"),
    json: json(),
  },
} as const satisfies CommandSpec;

export const reply = {
  usage: "reply <to> [text]",
  group: "Look after what was sent",
  summary: "Answer somebody, or go on below one of our posts: exactly once, under the same policies",
  examples: [
    'broadcast reply 3f2a9c01 "Thank you! It is in 2.4.1."',
    "broadcast reply campaigns/release.yml/mastodon < more.md",
    'broadcast reply 3f2a9c01 "Thank you!" --out reply.json',
  ],
  options: {
    out: value("--out <file>", "write the plan of it for `approve --plan` and `send --plan`; send nothing"),
    yes: yes(),
    sandbox: sandbox("what was rehearsed"),
    json: json(),
  },
} as const satisfies CommandSpec;

export const history = {
  usage: "history [words...]",
  group: "Look after what was sent",
  summary: "Find what was said where, by its words; or export the archive, a page per campaign",
  examples: [
    "broadcast history sync offline",
    "broadcast history --since 2026-01-01 --kind release",
    "broadcast history --export html --output archive",
  ],
  options: {
    since: value("--since <time>", "only what came out since then: 30d, 2026-12-01"),
    until: value("--until <time>", "only what came out before"),
    kind: value("--kind <kind>", "only campaigns of this kind"),
    channel: value("--channel <name>", "only this channel"),
    tag: value("--tag <tag>", "only campaigns with this tag"),
    export: value("--export <form>", "md, csv, json or html"),
    output: value("--output <folder>", "where the pages go; for md and html"),
    forget: value("--forget <handle or id>", "erase what somebody answered"),
    sandbox: sandbox("what was rehearsed"),
    json: json(),
  },
} as const satisfies CommandSpec;

export const pause = {
  usage: "pause",
  group: "Look after what was sent",
  summary: "Freeze everything that is scheduled, for send, run and workers, until `resume`",
  examples: ['broadcast pause --reason "incident"', "broadcast pause --channel mastodon"],
  options: {
    channel: several("--channel <name>", "only this channel; may be given several times"),
    reason: value("--reason <text>", "why: shown by `status` and `doctor`"),
    sandbox: sandbox("rehearsals, not real deliveries"),
    json: json(),
  },
} as const satisfies CommandSpec;

export const resume = {
  usage: "resume",
  group: "Look after what was sent",
  summary: "End a pause: what waits goes out with the next send or run",
  examples: ["broadcast resume", "broadcast resume --channel mastodon"],
  options: {
    channel: several("--channel <name>", "only the pause of this channel; may be given several times"),
    sandbox: sandbox("rehearsals, not real deliveries"),
    json: json(),
  },
} as const satisfies CommandSpec;

export const run = {
  usage: "run [paths...]",
  group: "Look after what was sent",
  summary: "Send what is due, from a cron job or timer. Default: campaigns/",
  examples: ["broadcast run --due campaigns/", "broadcast run --watch campaigns/"],
  options: {
    due: flag("--due", "send what is due now, then end; silent if there is nothing (the default)"),
    watch: flag("--watch", "stay, and send when it is time"),
    sandbox: sandbox(),
    json: json(),
  },
} as const satisfies CommandSpec;

export const schedule = {
  usage: "schedule [paths...]",
  group: "Look after what was sent",
  summary: "List what is scheduled, or print a crontab or timer for it. Default: campaigns/",
  examples: [
    "broadcast schedule",
    "broadcast schedule campaigns/ --ics > broadcast.ics",
    "broadcast schedule --crontab",
  ],
  options: {
    days: number("--days <number>", "how far to look", 30),
    ics: flag("--ics", "as a calendar (RFC 5545)"),
    crontab: flag("--crontab", "print a line for `crontab -e`"),
    systemd: flag("--systemd", "print a service and a timer for systemd"),
    sandbox: sandbox("rehearsals, not real deliveries"),
    json: json(),
  },
} as const satisfies CommandSpec;

export const calendar = {
  usage: "calendar [paths...]",
  group: "Look after what was sent",
  summary: "Month and week of what is out, scheduled and planned, as a page, with gaps and collisions",
  examples: [
    "broadcast calendar --open",
    "broadcast calendar --serve --open",
    "broadcast calendar --html calendar.html --days 90",
    "broadcast calendar --html pages/calendar.html --previews pages/previews",
  ],
  options: {
    html: value("--html <file>", "write the page; it needs no network"),
    open: flag("--open", "show it in the browser"),
    png: value("--png <folder>", "a picture of it; needs Chromium"),
    serve: flag("--serve", "serve it on this computer: it follows every save, and what is sent"),
    port: port("--port <number>", "the port of `--serve`; default: any free one"),
    days: number("--days <number>", "how far to look", 60),
    previews: value("--previews <folder>", "write a preview of each planned campaign there, and link to it"),
    sandbox: sandbox("rehearsals, not real deliveries"),
    json: json("what is on the page, as JSON"),
  },
} as const satisfies CommandSpec;

export const worker = {
  usage: "worker [paths...]",
  group: "Look after what was sent",
  summary: "Stay, and deliver from a ledger in PostgreSQL, beside other workers",
  examples: [
    "broadcast worker",
    "broadcast worker campaigns/ --concurrency 16 --health 127.0.0.1:9464 --log json",
    "broadcast worker --drain --channels news,chat",
  ],
  options: {
    concurrency: number("--concurrency <number>", "how many channels it is at, at the same time", 8),
    channels: list("--channels <names>", "only these channels; others are left to other workers"),
    drain: flag("--drain", "end when nothing is left to do"),
    health: value("--health <address>", "answer /live, /ready and /metrics there"),
    log: value("--log <format>", "`json`: a line of JSON for each thing that happens"),
    json: json("as `--log json`"),
  },
} as const satisfies CommandSpec;

export const ledger = {
  usage: "ledger <action> [file] [to]",
  group: "Look after what was sent",
  summary: "Maintain the ledger: check it, back it up, export it, or move it",
  examples: [
    "broadcast ledger check",
    "broadcast ledger backup ../ledger-friday.db",
    "broadcast ledger export > ledger.jsonl",
    "broadcast ledger copy .broadcast/ledger.db '${DATABASE_URL}'",
  ],
  options: {
    repair: flag("--repair", "with `check`: put right what can be, such as a wait of thousands of years"),
    sandbox: sandbox("what was rehearsed"),
    json: json("as JSON; `export` prints a line of it per delivery in any case"),
  },
} as const satisfies CommandSpec;

export const networks = {
  usage: "networks [id]",
  group: "Know more",
  summary: "List the networks with their limits; or say all there is to know of one",
  examples: ["broadcast networks", "broadcast networks linkedin", "broadcast networks --json"],
  options: { json: json() },
} as const satisfies CommandSpec;

export const measure = {
  usage: "measure [text]",
  group: "Know more",
  summary: "Measure a text as networks count it; without a text, reads stdin",
  examples: ['broadcast measure --network mastodon "Acme 2.4 is out"', "broadcast measure < text.txt"],
  options: { network: list("--network <names>", "only these networks"), json: json() },
} as const satisfies CommandSpec;

export const sandboxCommand = {
  usage: "sandbox",
  group: "Know more",
  summary: "Run the simulated networks, with a page that shows their posts",
  examples: ["broadcast sandbox", "broadcast sandbox --chaos storm --seed 7"],
  options: {
    port: port("--port <number>", "where it listens; 0 for any", 4747),
    host: usualValue("--host <address>", "which address it listens at", "127.0.0.1"),
    chaos: value(
      "--chaos <profile>",
      "the faults it simulates: calm, mild, limits, lost, garbled, tired, storm, or one fault",
    ),
    seed: number("--seed <number>", "the same seed gives the same faults", 1),
    rates: negated("--no-rates", "do not enforce the networks' rate limits"),
    json: json("print the address as JSON"),
  },
} as const satisfies CommandSpec;

export const mcp = {
  usage: "mcp",
  group: "Know more",
  summary: "Tools for agents (Model Context Protocol, stdio): they draft and rehearse; a person approves",
  examples: ["broadcast mcp"],
  options: { json: json("no difference: the protocol is JSON") },
} as const satisfies CommandSpec;

export const schema = {
  usage: "schema <file>",
  group: "Know more",
  summary: "Print the JSON Schema of `campaign` or `broadcast` files, for editors",
  examples: ["broadcast schema campaign > campaign.schema.json"],
  options: { json: json("no difference: it is JSON") },
} as const satisfies CommandSpec;

export const explain = {
  usage: "explain [codes...]",
  group: "Know more",
  summary: "Explain an error code, a state or an exit code; without one, list them",
  examples: ["broadcast explain held", "broadcast explain too-long missing-alt", "broadcast explain 4"],
  options: { json: json() },
} as const satisfies CommandSpec;

export const completion = {
  usage: "completion <shell>",
  group: "Know more",
  summary: "Print a script that completes commands, options and this project's names",
  examples: [
    "broadcast completion bash > ~/.local/share/bash-completion/completions/broadcast",
    'broadcast completion zsh > "${fpath[1]}/_broadcast"',
    "broadcast completion fish > ~/.config/fish/completions/broadcast.fish",
    'eval "$(broadcast completion bash)"',
  ],
  options: { json: json("the script as JSON") },
  choices: ["bash", "fish", "zsh"],
} as const satisfies CommandSpec;
