/** MediaWiki's action API as far as the adapter speaks it: settings, logins, and what its answers mean. */
import * as v from "valibot";
import {
  expectReply,
  type HttpRequest,
  NetworkError,
  type Reach,
  type Refusal,
  type Reply,
} from "../../adapter.ts";
import type { ErrorCode } from "../../errors.ts";
import { secret, text, url } from "../../settings.ts";

export const channel = v.pipe(
  v.strictObject({
    api: v.pipe(
      url("The wiki's api.php, such as https://wiki.acme.example/w/api.php"),
      v.regex(/\/api\.php$/, "is not an address that ends in /api.php: the wiki's Special:Version names it"),
    ),
    username: v.optional(text("Name of the bot password, such as Acme@broadcast")),
    password: v.optional(secret("The bot password")),
    token: v.optional(secret("Or the access token of an owner-only OAuth 2 consumer")),
    prefix: v.optional(text("In front of the title of each page, such as News/")),
    page: v.optional(text("A page that gets a section for each campaign; default: a page for each")),
    categories: v.optional(v.pipe(v.array(text("A name")), v.description("Categories of each page"))),
  }),
  v.check(
    ({ token, username, password }) =>
      token === undefined
        ? username !== undefined && password !== undefined
        : username === undefined && password === undefined,
    "needs either username and password, or token",
  ),
);

export const options = v.strictObject({
  page: v.optional(text("The page's whole name, in place of prefix and title")),
  update: v.optional(
    v.pipe(v.boolean(), v.description("The words of a page that is there already are replaced")),
  ),
  summary: v.optional(text("What the page's history says; default: the title")),
  categories: v.optional(v.pipe(v.array(text("A name")), v.description("Categories of the page"))),
  minor: v.optional(v.pipe(v.boolean(), v.description("A minor edit"))),
});

export type Channel = v.InferOutput<typeof channel>;
export type Options = v.InferOutput<typeof options>;

/** With every refusal goes this header; a captcha's has none. */
export const ERROR = "mediawiki-api-error";

const Refused = v.object({ error: v.object({ code: v.string(), info: v.optional(v.string(), "") }) });
const Failed = v.object({
  edit: v.object({
    result: v.literal("Failure"),
    code: v.optional(v.string()),
    info: v.optional(v.string()),
    captcha: v.optional(v.unknown()),
  }),
});

/** By the code's beginning; what is not here is a refusal for good. */
const MEANINGS: readonly [RegExp, ErrorCode][] = [
  [/^(badtoken|assert(user|bot|nameduser)failed|notloggedin|mwoauth-|login-required)/, "auth"],
  [/^(readapidenied|writeapidenied|permissiondenied|blocked|autoblocked|globalblocking)/, "auth"],
  [/^(ratelimited|maxlag)/, "limited"],
  [/^readonly/, "unavailable"],
];

/** Refusals come with status 200. */
export function classify({ body }: Reply): Refusal | undefined {
  const refused = v.safeParse(Refused, body);
  if (refused.success) {
    const { code, info } = refused.output.error;
    // What broke in the middle may have been saved: read as an answer without what it should have.
    if (code.startsWith("internal_api_error")) return undefined;
    return { code: meaningOf(code), message: `${info || code} (${code})` };
  }
  const failed = v.safeParse(Failed, body);
  if (!failed.success) return undefined;
  const { code = "failure", info, captcha } = failed.output.edit;
  if (captcha) return { code: "rejected", message: "the wiki asks for a captcha, so a person must edit" };
  return { code: "rejected", message: `${info ?? "the wiki did not save it"} (${code})` };
}

export function meaningOf(code: string): ErrorCode {
  return MEANINGS.find(([words]) => words.test(code))?.[1] ?? "rejected";
}

/** `assert`: a wiki takes anonymous edits gladly, and would show our server's address as their author. */
const ALWAYS = { format: "json", formatversion: "2", assert: "user" };
// Waits with its edits while the wiki's databases are behind; https://www.mediawiki.org/wiki/Manual:Maxlag_parameter.
const MAXLAG = "5";

const Tokens = v.object({ query: v.object({ tokens: v.record(v.string(), v.string()) }) });
const LoggedIn = v.object({ login: v.object({ result: v.string(), reason: v.optional(v.string()) }) });
const Login = v.object({ account: v.string(), cookie: v.string(), csrf: v.string() });
type Login = v.InferOutput<typeof Login>;

export const EDIT = { action: "edit", watchlist: "nochange" };

type Headers = HttpRequest["headers"];

/** A question, with a login. */
export function query<S extends v.GenericSchema>(
  reach: Reach<Channel>,
  parameters: Record<string, string | undefined>,
  schema: S,
  what: string,
): Promise<v.InferOutput<S>> {
  const all = { ...ALWAYS, action: "query", ...parameters };
  return loggedIn(reach, ({ headers }) => reach.ask({ path: "", query: all, headers }, schema, what));
}

/** A request that changes something. `ok`: refusals that are the caller's to read. */
export function write(
  reach: Reach<Channel>,
  parameters: Record<string, string | undefined>,
  ok: readonly string[] = [],
): Promise<Reply> {
  return loggedIn(reach, ({ headers, csrf }) => {
    // The token comes last: a body that was cut off has none.
    const form = { ...ALWAYS, maxlag: MAXLAG, ...parameters, token: csrf };
    const codes = ok.map((code) => `"code":"${code}"`);
    return reach.http({ method: "POST", path: "", form, headers, ok: codes });
  });
}

/** Runs `work` with a login; one that the wiki has forgotten (nothing was taken then) is made anew, once. */
export async function loggedIn<T>(
  reach: Reach<Channel>,
  work: (login: { headers: Headers; csrf: string }) => Promise<T>,
): Promise<T> {
  const kept = v.safeParse(Login, await reach.session.get());
  const isOurs = kept.success && kept.output.account === accountOf(reach.channel);
  const login = isOurs ? kept.output : await logIn(reach);
  try {
    return await work(usable(login));
  } catch (error) {
    if (!isOurs || !(error instanceof NetworkError && error.code === "auth")) throw error;
    return work(usable(await logIn(reach)));
  }
}

function usable({ cookie, csrf }: Login) {
  return { headers: cookie === "" ? {} : { Cookie: cookie }, csrf };
}

async function logIn(reach: Reach<Channel>): Promise<Login> {
  const { channel, ask, session } = reach;
  const cookie = channel.token === undefined ? await cookieOf(reach) : "";
  const headers = cookie === "" ? {} : { Cookie: cookie };
  const tokens = { ...ALWAYS, action: "query", meta: "tokens" };
  const { csrftoken = "" } = (await ask({ path: "", query: tokens, headers }, Tokens, "a token")).query
    .tokens;
  const login = { account: accountOf(channel), cookie, csrf: csrftoken };
  await session.set(login);
  return login;
}

async function cookieOf({ channel, http }: Reach<Channel>): Promise<string> {
  const { username = "", password = "" } = channel;
  const form = { format: "json", formatversion: "2" };
  const begun = await http({ path: "", query: { ...form, action: "query", meta: "tokens", type: "login" } });
  const jar = cookiesIn(begun);
  const { logintoken = "" } = expectReply(begun, Tokens, "a login token", true).query.tokens;
  const headers = { Cookie: written(jar) };
  const asked = { ...form, action: "login", lgname: username, lgpassword: password, lgtoken: logintoken };
  const reply = await http({ method: "POST", path: "", form: asked, headers, safe: true });
  const { result, reason } = expectReply(reply, LoggedIn, "a login", true).login;
  if (result !== "Success")
    throw new NetworkError("auth", `the wiki did not accept the bot password: ${reason ?? result}`);
  return written(new Map([...jar, ...cookiesIn(reply)]));
}

// Several come in one line; a comma inside a date has no `=` behind it.
function cookiesIn({ headers }: Reply): Map<string, string> {
  const line = headers["set-cookie"] ?? "";
  return new Map(
    [...line.matchAll(/(?:^|, )([^\s=;,]+)=([^;,]*)/g)].map(([, name = "", value = ""]) => [name, value]),
  );
}

function written(jar: Map<string, string>): string {
  return [...jar].map(([name, value]) => `${name}=${value}`).join("; ");
}

function accountOf({ username, api }: Channel): string {
  return `${username ?? "token"} ${api}`;
}

/** Whether an answer is the refusal with this code, which the caller wanted to read. */
export function isRefusal({ body }: Reply, ...codes: string[]): boolean {
  const refused = v.safeParse(Refused, body);
  return refused.success && codes.includes(refused.output.error.code);
}
