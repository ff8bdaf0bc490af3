/** Misskey, and the servers that speak its API: Sharkey, Iceshrimp. */
import * as v from "valibot";
import { type Account, defineAdapter, type Reach } from "../../adapter.ts";
import {
  asked,
  type Channel,
  channel,
  Note,
  noteOf,
  options,
  Refused,
  receiptOf,
  uploaded,
  whoAmI,
} from "./api.ts";
import { find, metrics, read, replies } from "./read-back.ts";

const Meta = v.object({ maxNoteTextLength: v.optional(v.number()) });
// DriveFile's policy for everybody; a server may allow more.
const BYTES = 31_457_280;

export const misskey = defineAdapter({
  id: "misskey",
  name: "Misskey",
  source: { url: "https://misskey-hub.net/en/docs/for-developers/api/", checked: "2026-11-23" },
  group: "public",
  shape: "short",
  look: { mark: "Mi", light: "#4d6910", dark: "#b5d957", layout: "post" },

  channel,
  options,
  auth: {
    kind: "token",
    url: "https://misskey-hub.net/en/docs/for-developers/api/token/",
    steps: [
      "Log in to your server in a browser and open Settings, then Service integration (older: API).",
      "Choose Generate access token and give it a name.",
      "Tick View your account information, Compose or delete notes, and View and Edit your Drive files; then confirm.",
      "Copy the token; it does not end by itself. `server` is the server's address.",
    ],
  },
  endpoint: ({ server, token }) => ({ base: `${server}/api`, headers: { Authorization: `Bearer ${token}` } }),
  errors: [
    {
      status: [400, 401, 403],
      words: /AUTHENTICATION_FAILED|CREDENTIAL_REQUIRED|PERMISSION_DENIED|YOUR_ACCOUNT_SUSPENDED/,
      code: "auth",
    },
  ],
  own: { body: Refused },

  // MAX_NOTE_TEXT_LENGTH, in code points; `account` asks what this server has. A content warning counts for itself.
  text: { max: 3_000, unit: "codepoint", markup: "mfm", tags: "text" },
  media: {
    count: 16,
    // DB_MAX_IMAGE_COMMENT_LENGTH.
    alt: 512,
    altUnit: "utf16",
    image: { types: ["image/png", "image/jpeg", "image/gif", "image/webp", "image/avif"], bytes: BYTES },
    video: { types: ["video/mp4", "video/webm", "video/quicktime"], bytes: BYTES },
    audio: { types: ["audio/mpeg", "audio/ogg", "audio/mp4", "audio/wav"], bytes: BYTES },
    mixed: true,
  },
  // notes/create's schema: 2 to 10 choices of 50. No longest time is documented.
  poll: {
    choices: [2, 10],
    length: 50,
    unit: "codepoint",
    open: ["1m", "365d"],
    multiple: true,
    media: true,
  },
  thread: "reply",
  card: "network",
  // notes/create's own limit; a role may have another.
  rates: [{ posts: 300, per: "1h" }],
  idempotency: "none",
  // Misskey itself cannot; what its forks have differs.
  edits: "none",
  retracts: {},

  async prepare(posts, context) {
    for (const post of posts) await uploaded(post, context);
  },

  async publish(post, context) {
    const json = noteOf(post, await uploaded(post, context), context);
    const Created = v.object({ createdNote: Note });
    const { createdNote } = await context.ask(
      { method: "POST", path: "/notes/create", json },
      Created,
      "a note",
    );
    return receiptOf(createdNote, context.channel);
  },

  find,

  async account(reach) {
    const { id, username } = await whoAmI(reach);
    const { server } = reach.channel;
    const limits = await limitsOf(reach);
    return { id, handle: `@${username}@${new URL(server).host}`, url: `${server}/@${username}`, limits };
  },

  read,
  metrics,
  replies,

  async retract({ id }, { http }) {
    await http({ method: "POST", path: "/notes/delete", json: { noteId: id }, ok: [404, "NO_SUCH_NOTE"] });
  },

  classify({ status, body }) {
    const refusal = v.safeParse(Refused, body);
    if (!refusal.success) return undefined;
    const { code, message } = refusal.output.error;
    if (status === 429 || code === "RATE_LIMIT_EXCEEDED")
      return { code: "limited", message: `${code}: ${message}` };
    return status >= 400 && status < 500 ? { code: "rejected", message: `${code}: ${message}` } : undefined;
  },
});

async function limitsOf({ ask }: Reach<Channel>): Promise<Account["limits"]> {
  const { maxNoteTextLength: max } = await ask(
    asked("meta", { detail: false }),
    Meta,
    "a description of the server",
  );
  return max ? { text: { max } } : {};
}
