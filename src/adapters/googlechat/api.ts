/** Google Chat's API as far as the adapter speaks it: settings, answers, and how an app proves who it is. */
import { createSign } from "node:crypto";
import * as v from "valibot";
import { type HttpRequest, NetworkError, type Reach, type Receipt } from "../../adapter.ts";
import { base, secret, text } from "../../settings.ts";

export const channel = v.pipe(
  v.strictObject({
    webhook: v.optional(
      v.pipe(
        secret("Incoming webhook URL, https://chat.googleapis.com/v1/spaces/…"),
        v.regex(
          /^https?:\/\/\S+\/v1\/spaces\/[^/?\s]+\/messages\?\S*\bkey=\S*$/,
          "is not a webhook's URL, https://chat.googleapis.com/v1/spaces/…/messages?key=…&token=…",
        ),
      ),
    ),
    client_email: v.optional(text("The app's service account: client_email in its key file")),
    private_key: v.optional(secret("Its private key: private_key in the key file")),
    space: v.optional(
      v.pipe(
        text("The space's id: in its address, after /room/"),
        v.regex(/^(spaces\/)?[\w-]+$/, "is not a space's id: what is in its address after /room/"),
        v.transform((id) => id.replace(/^spaces\//, "")),
      ),
    ),
    server: base("Where the API is", "https://chat.googleapis.com"),
    login: base("Where access tokens come from", "https://oauth2.googleapis.com/token"),
    web: base("Where people read", "https://chat.google.com"),
  }),
  v.check(
    ({ webhook, client_email, private_key, space }) =>
      webhook === undefined
        ? client_email !== undefined && private_key !== undefined && space !== undefined
        : private_key === undefined,
    "needs either webhook, or client_email, private_key and space",
  ),
);

export const options = v.strictObject({});

export type Channel = v.InferOutput<typeof channel>;

/** google.rpc.Status. */
export const Refused = v.object({
  error: v.object({ code: v.number(), message: v.string(), status: v.string() }),
});
/** Of a message that a webhook has made the answer has no more. */
export const Made = v.object({
  name: v.pipe(v.string(), v.regex(/^spaces\/[^/]+\/messages\/[^/]+$/)),
  thread: v.optional(v.object({ name: v.optional(v.string()) })),
});
const Token = v.object({ access_token: v.string(), expires_in: v.optional(v.number(), 3_600) });
const Kept = v.object({ account: v.string(), token: v.string(), until: v.number() });

/** A webhook posts and does nothing else. */
export function onlyApp({ webhook }: Channel, what: string): void {
  if (webhook) throw new NetworkError("rejected", `a webhook cannot ${what}; an app can`);
}

export function receiptOf({ name, thread }: v.InferOutput<typeof Made>, { web }: Channel): Receipt {
  const [, space = "", , message = ""] = name.split("/");
  const [topic, part] = message.split(".");
  // The address that the app copies; it is not documented.
  const url = part ? `${web}/room/${space}/${topic}/${part}` : undefined;
  return { id: name, ...(url && { url }), ...(thread?.name && { ref: { thread: thread.name } }) };
}

/** An app's request; of one that the server takes for logged out nothing was done, so it is sent once more with a new token. */
export async function asApp<T>(
  reach: Reach<Channel>,
  send: (authorised: Pick<HttpRequest, "headers">) => Promise<T>,
): Promise<T> {
  const kept = v.safeParse(Kept, await reach.session.get());
  const isGood =
    kept.success && kept.output.account === accountOf(reach.channel) && kept.output.until > Date.now();
  const token = isGood ? kept.output.token : await newToken(reach);
  try {
    return await send(headersOf(token));
  } catch (error) {
    if (!isGood || !(error instanceof NetworkError && error.code === "auth")) throw error;
    return send(headersOf(await newToken(reach)));
  }
}

function headersOf(token: string) {
  return { headers: { Authorization: `Bearer ${token}` } };
}

// A minute before it ends it is not worth beginning anything with it.
const MARGIN = 60_000;

/** RFC 7523, with the claims of Google's service accounts. */
async function newToken({ channel, ask, session }: Reach<Channel>): Promise<string> {
  const { client_email = "", login } = channel;
  const iat = Math.floor(Date.now() / 1_000);
  const claims = {
    iss: client_email,
    scope: "https://www.googleapis.com/auth/chat.bot",
    aud: login,
    iat,
    exp: iat + 3_600,
  };
  const grant_type = "urn:ietf:params:oauth:grant-type:jwt-bearer";
  const form = { grant_type, assertion: signed(claims, channel) };
  const { access_token, expires_in } = await ask(
    { method: "POST", url: login, form, safe: true },
    Token,
    "a token",
  );
  const until = Date.now() + expires_in * 1_000 - MARGIN;
  await session.set({ account: accountOf(channel), token: access_token, until });
  return access_token;
}

function signed(claims: object, { private_key = "" }: Channel): string {
  const part = (value: object) => Buffer.from(JSON.stringify(value)).toString("base64url");
  const unsigned = `${part({ alg: "RS256", typ: "JWT" })}.${part(claims)}`;
  try {
    // In a variable of the environment the line ends are often still \n.
    const key = private_key.replaceAll("\\n", "\n");
    return `${unsigned}.${createSign("RSA-SHA256").update(unsigned).sign(key, "base64url")}`;
  } catch {
    throw new NetworkError(
      "auth",
      "private_key is not a private key: copy private_key from the key file, whole",
    );
  }
}

function accountOf({ client_email, login }: Channel): string {
  return `${client_email} ${login}`;
}
