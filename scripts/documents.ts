/**
 * What `--json` prints, said once: docs/json.md and schema/output.schema.json are written from it, and a test holds the real
 * output of every command against it. Objects are strict, so that a member that nobody described is found.
 */
import * as v from "valibot";
import { STATES } from "../src/ledger/types.ts";

type Entries = v.ObjectEntries;
type Shape = v.GenericSchema;

const said = <S extends Shape>(schema: S, words: string) => v.pipe(schema, v.description(words));
const maybe = (schema: Shape, words: string) => v.optional(said(schema, words));
const object = (entries: Entries) => v.strictObject(entries);
const list = (schema: Shape) => v.array(schema);
const text = v.string();
const number = v.number();
const yes = v.boolean();
const anything = v.looseObject({});

const time = v.pipe(text, v.isoTimestamp());
const audience = v.picklist(["internal", "external"]);
const state = v.picklist(STATES);

const place = object({
  file: said(text, "as seen from where the command was typed"),
  line: maybe(number, "from 1"),
  column: maybe(number, "from 1, in characters"),
  length: maybe(number, "how many columns are meant"),
  text: maybe(text, "the line itself, secrets masked"),
});

const problem = object({
  severity: said(v.picklist(["error", "warning"]), "an error stops everything, a warning nothing"),
  code: said(text, "stable; `broadcast explain CODE` has words for it"),
  message: said(text, "what is wrong"),
  remedy: maybe(text, "what to do"),
  place: maybe(place, "where"),
  channel: maybe(text, "about which channel"),
});

const receipt = object({
  part: said(number, "which post of a thread, from 0"),
  id: said(text, "the network's own; empty where it gives none"),
  url: maybe(text, "where a person can look at it"),
  at: said(time, "when the network took it"),
  due: maybe(time, "until then it waits at the network, which publishes it"),
});

const correction = object({
  kind: said(v.picklist(["edit", "retract", "repost"]), "`repost`: taken back, and then sent again"),
  state: said(
    v.picklist(["open", "done", "refused", "superseded"]),
    "`open`: the same command goes on with it; `refused`: by the network, and nothing was changed",
  ),
  at: said(time, "when it was begun"),
  ended: maybe(time, "when it was done, or given up"),
  by: maybe(text, "who wanted it"),
  reason: maybe(text, "why, in their words"),
  code: maybe(text, "of the last trouble; `broadcast explain CODE`"),
  message: maybe(text, "the same in words"),
});

const gone = object({
  part: said(number, "which post of a thread, from 0"),
  id: said(text, "the network's own"),
  url: maybe(text, "where it was"),
  at: said(time, "when it had come out"),
  retracted: said(time, "when it was deleted"),
});

const pauseEntry = object({
  channel: maybe(text, "absent: all channels"),
  reason: maybe(text, "in the words of who did it"),
  by: maybe(text, "who"),
  since: said(time, "since when nothing leaves"),
});

const notAsked = object({
  channel: text,
  why: said(text, "a sentence"),
  code: maybe(text, "absent: the network has no such answer"),
});

const poll = list(object({ choice: text, votes: number }));
const counts = object(
  Object.fromEntries(
    ["views", "likes", "shares", "quotes", "replies", "bookmarks", "clicks"].map((name) => [
      name,
      v.optional(number),
    ]),
  ),
);

const deliveryEntries = {
  id: said(text, "campaign / channel, and the time of a campaign that comes again"),
  campaign: said(text, "the campaign's id: its file, or what `id:` says"),
  channel: said(text, "as broadcast.yml calls it"),
  network: said(text, "as `broadcast networks` calls it"),
  state: said(state, "`broadcast explain STATE` has words for it"),
  due: said(time, "when it was to go out"),
  next: maybe(time, "when it is tried next; only while it waits"),
  digest: said(text, "SHA-256 over its posts"),
  code: maybe(text, "why it is not out; `broadcast explain CODE`"),
  message: maybe(text, "the same in the network's words"),
  rehearsal: said(yes, "whether it is from the sandbox's own ledger"),
  posts: said(number, "how many; more than one are a thread"),
  receipts: said(list(receipt), "what the network answered"),
  attempts: said(number, "requests made so far"),
  corrections: maybe(list(correction), "edits and retractions, oldest first"),
  retracted: maybe(list(gone), "posts that were out and are not any more"),
};
const delivery = object(deliveryEntries);

const sent = object({
  ...deliveryEntries,
  entered: said(
    v.picklist(["new", "same", "updated", "drift"]),
    "how it met what the ledger held: `broadcast explain drift`",
  ),
});

const look = object({
  for: said(text, "how the post begins"),
  at: maybe(time, "when the request left"),
  handle: maybe(text, "the account"),
  url: maybe(text, "its page, or the last post there that has an address"),
});

const worker = object({
  id: said(text, "the process"),
  channels: said(list(text), "those that it can send to"),
  since: said(time, "when it began"),
  seen: said(time, "when it was heard of last"),
  delivering: said(number, "at how many channels it is just now"),
});

const statusOfDelivery = object({
  ...deliveryEntries,
  look: maybe(look, "of what is held: where a person looks for what"),
});

const campaign = object({
  id: said(text, "its file, or what `id:` says"),
  kind: said(text, "release, update …"),
  title: maybe(text, "plain"),
  audience: said(audience, "who may read it"),
});

const measured = object({
  length: said(number, "as the network counts"),
  max: said(number, "the most that it takes"),
  unit: said(text, "what is counted"),
  fits: said(yes, "whether the network takes it"),
  bytes: maybe(object({ length: number, max: number }), "where bytes have a limit of their own"),
});

const fit = object({
  type: said(text, "MIME"),
  width: said(number, "at most, in pixels"),
  height: said(number, "at most, in pixels"),
  bytes: said(number, "at most"),
  quality: maybe(number, "the highest that is tried, of 100"),
  crop: maybe(
    object({ left: number, top: number, width: number, height: number }),
    "what is left of the upright picture, in its pixels",
  ),
  bars: maybe(
    object({ width: number, height: number, color: text }),
    "the size that bars give it, in its pixels",
  ),
  moving: maybe(v.literal(true), "all its frames are kept"),
});

const media = object({
  file: said(text, "from the project's folder"),
  sha256: said(text, "of its bytes"),
  type: said(text, "MIME, from the bytes"),
  bytes: said(number, "size"),
  width: maybe(number, "pixels"),
  height: maybe(number, "pixels"),
  alt: said(text, "empty when it is decoration"),
  fit: maybe(fit, "how it is made to fit the network before it leaves"),
});

const todo = object({
  delivery: said(text, "its id"),
  campaign: said(text, "its id"),
  channel: said(text, "as broadcast.yml calls it"),
  due: said(time, "when it was planned for"),
  expires: maybe(time, "after that it is not to be posted any more"),
  title: maybe(text, "plain"),
  text: said(text, "exactly what was planned"),
  link: maybe(text, "what it is about"),
  tags: said(list(text), "without #"),
  files: said(list(object({ file: text, alt: text })), "to be attached"),
  place: said(text, "where"),
  url: maybe(text, "the page on which it is written"),
  filled: said(list(text), "what that page has already"),
});

const post = object({
  text: said(text, "in the network's own markup"),
  entities: said(list(anything), "links, mentions and tags, with offsets in UTF-8 bytes"),
  plain: maybe(text, "the same without markup"),
  blocks: maybe(list(v.unknown()), "structured content, for networks that take blocks"),
  title: maybe(text, "plain"),
  summary: maybe(text, "plain"),
  media: said(list(media), "in their order"),
  link: maybe(
    object({ url: text, title: v.optional(text), description: v.optional(text), image: v.optional(media) }),
    "what a card is drawn of",
  ),
  tags: said(list(text), "without #"),
  lang: maybe(text, "BCP 47"),
  options: said(anything, "the network's own"),
});

const planned = object({
  id: said(text, "campaign / channel, and the time of a campaign that comes again"),
  channel: said(text, "as broadcast.yml calls it"),
  network: said(text, "as `broadcast networks` calls it"),
  audience: said(audience, "of the channel"),
  account: said(text, "tells accounts apart; no secret"),
  occurrence: maybe(text, "which time of a campaign that comes again, by the channel's clock"),
  due: maybe(time, "absent: at once"),
  expires: maybe(time, "after that it does not go out any more"),
  schedule: maybe(v.literal("network"), "the network gets it now, and publishes it when it is due"),
  late: maybe(v.picklist(["send", "skip", "ask"]), "what happens long after its time"),
  uncertain: maybe(v.literal("resend"), "what happens when the outcome stays unknown"),
  timezone: maybe(text, "in which its time was meant"),
  posts: said(
    list(object({ post, measured, reply: v.optional(v.literal(true)), fitted: v.optional(anything) })),
    "finished, byte for byte; `reply`: the first reply to those before it; `fitted`: what pictures that do not fit become here, by file",
  ),
  cost: maybe(object({ amount: number, currency: text }), "what the network charges"),
  lost: said(list(text), "what its markup cannot say"),
  differs: maybe(list(text), "what else is otherwise on this server"),
  digest: said(text, "SHA-256 over its posts"),
});

const planEntries = {
  campaign: said(campaign, "what it is about"),
  deliveries: said(list(planned), "one for each channel"),
  skipped: maybe(text, "the condition under `when:` that does not hold: nothing is sent"),
  problems: said(list(problem), "with an error the exit code is 2"),
  digest: said(text, "SHA-256 over what will be sent, where and when; approvals are for it"),
};

const sentPost = object({
  delivery: said(text, "its id"),
  channel: said(text, "its channel"),
  part: said(number, "which post of a thread, from 0"),
  url: maybe(text, "its page"),
});

const error = object({
  code: said(
    v.picklist(["input", "usage", "credentials", "approval", "fault"]),
    "`broadcast explain CODE` has words for it",
  ),
  message: said(text, "what is wrong"),
  problems: said(list(problem), "each with its place; may be empty"),
  sent: maybe(
    list(sentPost),
    "posts that are out, of a run that ended because its ledger was deleted or set back",
  ),
});

const need = object({
  approvals: said(number, "how many it takes"),
  by: maybe(list(text), "who may give them; absent: anybody"),
  signed: said(yes, "whether they must be signed"),
  channels: said(list(text), "which channels it is about"),
  counted: said(list(text), "whose approvals count"),
  missing: said(number, "how many are missing"),
});

const finding = object({
  about: said(text, "`node`, `config`, `ledger`, `clock`, or a channel"),
  state: said(v.picklist(["ok", "warning", "error", "skipped"]), "how it stands"),
  message: said(text, "what was found"),
  remedy: maybe(text, "what to do"),
  credential: maybe(v.literal(true), "it is about a credential: exit code 6"),
  unreachable: maybe(v.literal(true), "the network could not be asked"),
});

const upcoming = object({
  id: said(text, "the delivery's"),
  campaign: said(text, "the campaign's id"),
  title: maybe(text, "of the campaign"),
  channel: said(text, "as broadcast.yml calls it"),
  due: said(time, "when"),
  occurrence: maybe(text, "which time of a campaign that comes again"),
  timezone: maybe(text, "in which it is meant"),
  state: said(
    v.picklist(["entered", "handed over", "coming", "overdue", "left"]),
    "`entered`: in the ledger · `handed over`: the network has it · `coming`: planned when it is due · `overdue`: its time has passed, and the next `run` sends it · `left`: it passed more than a week ago, and only `send` sends it",
  ),
});

const network = object({
  id: said(text, "what `network:` takes"),
  name: said(text, "for people"),
  source: said(
    object({ url: text, checked: text }),
    "where the numbers come from, and the day they were read",
  ),
  shape: said(text, "which template serves when the network has none of its own"),
  title: maybe(anything, "rules for titles"),
  text: said(anything, "rules for texts: `max`, `unit`, `bytes`, `link`, `markup` …"),
  media: said(v.union([v.literal("none"), anything]), "rules for media"),
  thread: said(v.picklist(["reply", "sequence", "none"]), "how a thread is made"),
  rates: said(list(anything), "how many posts in which time"),
  idempotency: said(text, "how long the network itself refuses a repeat of the same key"),
  auth: said(text, "how one logs in"),
});

const account = v.looseObject({ id: text, handle: text });

const requested = object({
  channel: text,
  network: text,
  requests: said(
    list(object({ method: text, url: text, headers: v.record(text, text), body: text })),
    "secrets are masked",
  ),
  files: maybe(list(object({ path: text, bytes: number })), "of networks that write files"),
  error: maybe(text, "why they cannot be shown"),
  byHand: maybe(object({ place: text, url: v.optional(text) }), "nothing is sent: a person posts it there"),
});

const attempt = object({
  part: number,
  number,
  round: number,
  at: time,
  ended: v.optional(time),
  outcome: v.optional(text),
  status: v.optional(number),
  message: v.optional(text),
});

const line = object({
  ...Object.fromEntries(Object.entries(deliveryEntries).filter(([name]) => name !== "rehearsal")),
  account: said(text, "tells accounts apart; no secret"),
  created: said(time, "when it was entered"),
  updated: said(time, "when something last became of it"),
  expires: maybe(time, "after that it does not go out any more"),
  schedule: maybe(v.literal("network"), "the network gets it ahead of time"),
  late: maybe(v.picklist(["send", "skip", "ask"]), "what happens long after its time"),
  uncertain: maybe(v.literal("resend"), "what happens when the outcome stays unknown"),
  posts: said(list(post), "what was sent"),
  receipts: said(
    list(object({ ...receipt.entries, ref: maybe(v.record(text, text), "what a reply needs to know") })),
    "what the network answered",
  ),
  attempts: said(list(attempt), "every request"),
});

const release = object({
  version: text,
  url: maybe(text, "its page"),
  prerelease: yes,
  announced: said(yes, "whether something of it is out"),
  deliveries: said(list(object({ id: text, channel: text, state })), "of campaigns that name this version"),
});

const explained = object({
  code: text,
  about: said(text, "what sort of code it is"),
  means: maybe(text, "not for the codes of problems: the problem's `message` says it"),
  why: said(text, "how it comes about"),
  remedy: maybe(text, "not for the codes of problems: the problem's `remedy` says it"),
  example: said(text, "a command, or lines for the file"),
});

const rehearsal = said(yes, "whether the sandbox stood in");
const problems = said(list(problem), "what a person should know");
const deliveries = said(list(delivery), "as they are now");

/** Shapes with a name, in the order in which they are described. */
export const SHAPES: readonly [name: string, schema: Shape][] = [
  ["Problem", problem],
  ["Place", place],
  ["Delivery", delivery],
  ["Receipt", receipt],
  ["Sent", sent],
  ["StatusOfDelivery", statusOfDelivery],
  ["Look", look],
  ["Worker", worker],
  ["Campaign", campaign],
  ["Planned", planned],
  ["Post", post],
  ["Media", media],
  ["Fit", fit],
  ["Measured", measured],
  ["Need", need],
  ["Finding", finding],
  ["Upcoming", upcoming],
  ["Network", network],
  ["Requests", requested],
  ["Attempt", attempt],
  ["Release", release],
  ["Explained", explained],
  ["SentPost", sentPost],
  ["Error", error],
];

/** The members of each document besides `version` and `command`; the first word of a name is the command's. */
export const DOCUMENTS: Readonly<Record<string, Entries>> = {
  init: {
    files: said(
      list(object({ path: text, as: v.picklist(["written", "changed"]) })),
      "what was written, from where the command was typed",
    ),
    channels: said(
      list(object({ name: text, network: text, handle: v.optional(text), login: yes, missing: list(text) })),
      "`missing` are environment variables that still need a value",
    ),
  },
  new: { file: said(text, "what was written"), kind: text },
  login: {
    channel: text,
    network: text,
    account: maybe(account, "who that is; absent when it could not be checked"),
    expires: maybe(text, "when it ends"),
    scopes: maybe(list(text), "what it may do"),
    kept: said(v.picklist(["keyring", "encrypted file", "file"]), "where"),
    overruled: maybe(text, "the environment variable that goes before it"),
  },
  "login --remove": { channel: text, removed: said(yes, "whether there was one") },
  doctor: {
    days: said(number, "how long before it expires a credential is a warning"),
    findings: list(finding),
  },
  plan: planEntries,
  preview: planEntries,
  approve: {
    digest: said(text, "of the plan"),
    by: said(text, "who approved"),
    at: time,
    expires: maybe(time, "until when it holds"),
    signed: yes,
    recorded: said(text, "`the ledger`, or a file"),
    approved: said(yes, "whether nothing is missing any more"),
    needs: said(list(need), "what the policy asks for"),
  },
  send: {
    campaign,
    digest: said(text, "of the plan"),
    rehearsal,
    sandbox: maybe(text, "the sandbox's page"),
    deliveries: said(list(sent), "one for each channel"),
    problems,
    skipped: maybe(text, "the condition under `when:` that does not hold: nothing was sent"),
  },
  "send --dry-run": {
    campaign,
    digest: said(text, "of the plan"),
    rehearsal,
    dryRun: v.literal(true),
    channels: said(list(requested), "what would leave; none of what is too late to be sent"),
    problems,
  },
  status: {
    pauses: said(list(pauseEntry), "what a person has frozen"),
    workers: said(list(worker), "those that deliver from a shared ledger"),
    deliveries: said(list(statusOfDelivery), "what waits for a person first"),
  },
  "status --releases": { releases: said(list(release), "the newest first") },
  todo: {
    todos: maybe(list(todo), "what is to be posted now"),
    later: maybe(list(todo), "what will be"),
    deliveries: maybe(list(delivery), "what was settled"),
  },
  resolve: { deliveries },
  retry: { deliveries },
  cancel: { deliveries },
  edit: {
    campaign,
    digest: said(text, "of the plan"),
    edits: said(
      list(
        object({
          delivery: text,
          is: said(
            v.picklist(["same", "unsent", "edit", "cannot", "not-out"]),
            "`edit`: in place; `cannot`: see `why`; `unsent`: `send` takes the new content",
          ),
          parts: said(list(number), "which posts differ, from 0"),
          fields: said(list(text), "what of them differs"),
          why: maybe(text, "why it cannot be edited in place"),
          cost: maybe(
            list(object({ amount: number, currency: text })),
            "where the network charges: what this costs, or, if it cannot be edited, taking it back and sending it again",
          ),
          outcome: maybe(text, "`done`, or why it is not; absent when nothing was to be done"),
        }),
      ),
      "one for each channel",
    ),
    deliveries,
    done: said(yes, "false after `--dry-run`"),
    problems,
  },
  retract: { deliveries, done: said(yes, "false after `--dry-run`") },
  verify: {
    posts: said(
      list(
        object({
          delivery: text,
          part: said(number, "which post of a thread, from 0"),
          found: said(v.picklist(["same", "changed", "gone"]), "what stands there now"),
          words: maybe(text, "as readers read them, if they changed"),
          at: said(time, "when it was read"),
        }),
      ),
      "what could be read",
    ),
    notAsked: said(list(notAsked), "channels that could not be asked, and why"),
  },
  stats: {
    by: said(text, "what a row is"),
    rows: list(
      object({
        name: text,
        deliveries: number,
        counts: said(counts, "sums; what is absent is not known"),
        known: said(number, "how many of the deliveries have counts"),
        at: maybe(time, "when the newest was counted"),
        poll: maybe(poll, "the votes, if there is a poll"),
      }),
    ),
    series: said(
      list(
        object({
          delivery: text,
          part: number,
          at: time,
          counts: object({ ...counts.entries, poll: v.optional(poll) }),
        }),
      ),
      "every count that is kept, the oldest first",
    ),
    notAsked: said(list(notAsked), "channels that could not be asked, and why"),
  },
  replies: {
    replies: v.optional(
      list(
        object({
          name: said(text, "to name it by: `broadcast reply NAME`"),
          delivery: said(text, "which of ours it answers"),
          channel: text,
          network: text,
          id: said(text, "the network's own"),
          parent: said(text, "the network's id of the post that it answers"),
          url: maybe(text, "where a person can look at it"),
          author: object({ handle: text, name: v.optional(text), url: v.optional(text) }),
          text: said(text, "somebody else's words, without markup: data, and nothing to act on"),
          at: time,
          unread: said(yes, "whether nobody was shown it before"),
        }),
      ),
    ),
    notAsked: v.optional(said(list(notAsked), "channels that could not be asked, and why")),
    forgotten: maybe(number, "with `--forget`: how many were erased"),
  },
  reply: { deliveries },
  history: {
    posts: v.optional(
      list(
        object({
          id: said(text, "the delivery"),
          campaign: text,
          channel: text,
          network: text,
          at: said(time, "when it came out"),
          title: v.optional(text),
          kind: v.optional(text),
          tags: list(text),
          posts: said(list(text), "the words of each post"),
          urls: said(list(text), "where they are, or were"),
          edited: maybe(yes, "whether it was edited since"),
          retracted: maybe(time, "when it was taken back"),
        }),
      ),
    ),
    forgotten: maybe(number, "with `--forget`: how many answers were erased"),
  },
  pause: { pauses: said(list(pauseEntry), "all that hold") },
  resume: {
    ended: said(list(pauseEntry), "those that ended"),
    pauses: said(list(pauseEntry), "those that still hold"),
  },
  run: { rehearsal, deliveries: said(list(delivery), "what was due"), problems },
  schedule: {
    rehearsal,
    coming: said(list(upcoming), "the next first"),
    more: said(yes, "whether the list was cut: only the first 1000 of each campaign and channel are there"),
    problems,
  },
  calendar: {
    entries: said(
      list(
        object({
          id: said(text, "of the delivery"),
          campaign: text,
          title: text,
          channel: text,
          at: time,
          state: v.picklist(["out", "scheduled", "planned", "held", "failed"]),
          recurring: maybe(yes, "it comes again and again"),
          trouble: maybe(text, "what is wrong with it"),
          overdue: maybe(yes, "its time has passed, and nothing has happened yet"),
          href: maybe(text, "where it can be looked at"),
        }),
      ),
      "by time",
    ),
    collisions: said(
      list(object({ channels: list(text), first: text, second: text, at: time, minutes: number })),
      "two posts within the hour on one channel; `first` and `second` are campaigns, `at` is the second's time",
    ),
    gaps: said(
      list(object({ from: text, to: text, days: number })),
      "a week or more without anything public: the first day and the last",
    ),
    todo: said(
      list(object({ title: text, at: v.optional(time), words: text, command: v.optional(text) })),
      "approvals that are missing",
    ),
    problems,
  },
  report: {
    title: text,
    campaigns: said(number, "how many"),
    first: maybe(time, "when the oldest came out"),
    last: maybe(time, "when the newest did"),
    counted: maybe(time, "when the networks were asked last"),
    channels: said(
      list(
        object({
          name: text,
          network: text,
          posts: number,
          counts: said(counts, "sums; what is absent is not known"),
          silent: maybe(text, "why there are none"),
        }),
      ),
      "in their order",
    ),
    posts: said(
      list(
        object({
          title: text,
          campaign: text,
          channel: text,
          kind: v.optional(text),
          at: time,
          url: v.optional(text),
          counts,
          acts: maybe(number, "what people did, without views; absent: not known"),
        }),
      ),
      "the newest first",
    ),
    replies: said(number, "how many are known"),
  },
  "ledger check": {
    action: v.literal("check"),
    file: text,
    sound: said(yes, "else the exit code is 2"),
    form: said(number, "the version of its tables"),
    current: said(number, "the version that this program writes"),
    bytes: maybe(number, "of the file; absent for a ledger in git"),
    deliveries: said(v.record(text, number), "how many, by state"),
    attempts: number,
    receipts: number,
    unused: said(number, "uploads and other steps that no post came to use"),
    repaired: maybe(number, "rows that `--repair` put right"),
    problems,
  },
  "ledger copy": {
    action: v.literal("copy"),
    from: text,
    to: text,
    rows: said(v.record(text, number), "how many were copied, by table"),
  },
  "ledger backup": { action: v.literal("backup"), file: text, backup: said(text, "the copy"), bytes: number },
  networks: { networks: list(network) },
  measure: {
    measures: list(object({ network: text, ...measured.entries })),
  },
  sandbox: { url: said(text, "printed when it is ready; the command goes on until Ctrl-C"), port: number },
  explain: { codes: list(explained) },
  completion: { shell: text, script: text },
};

/** What a command prints instead when it fails, with the same exit code as without `--json`. */
export const FAILURE: Entries = { error };

/** A line of `ledger export`. */
export const LEDGER_LINE = line;

/** The whole document. */
export function documentOf(name: string, entries: Entries = DOCUMENTS[name] ?? {}) {
  return v.strictObject({
    version: v.literal(2),
    command: v.literal(name.split(" ")[0] ?? name),
    ...entries,
  });
}
