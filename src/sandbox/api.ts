/**
 * What the networks' halves have in common: routes, credentials, rate windows, trouble, bodies. A half says as data how its
 * network does these, and has a function for each route. A function refuses by throwing `refusal(reply)`.
 */
import { type Fields, fromPairs, readBody } from "./body.ts";
import type { FormPart } from "./multipart.ts";
import type { SandboxReply, SandboxRequest, Window, World } from "./network.ts";

/** One request on its way through a half. What is lazy throws the network's refusal when it is asked for. */
export interface Call<State, Who> {
  request: SandboxRequest;
  method: string;
  /** As the routes see it. */
  path: string;
  query: URLSearchParams;
  /** What the pattern's `:names` stood for. */
  params: Record<string, string>;
  state: State;
  world: World;
  /** Whose credential came along. */
  who(): Who;
  /** The body as it was sent. */
  body(): Fields;
  /** Query and body together; the body wins. */
  fields(): Record<string, unknown>;
  files(): FormPart[];
  /** Counts against a window, `cost` times. A full one refuses; the next reply tells what is left of the last one taken. */
  take(window: string, account: string, cost?: number): void;
}

export type Route<State, Who> = (call: Call<State, Who>) => SandboxReply | undefined;
/** `"GET /statuses/:id"` → what answers it. `:name` is one segment, `*name` the rest. */
export type Routes<State, Who> = Record<string, Route<State, Who>>;

/** A full window, in the terms of the network's answer. */
export interface Full {
  /** Its name in `windows`. */
  window: string;
  /** The first limit of that window. */
  limit: number;
  /** Epoch milliseconds. */
  resetAt: number;
  /** Until then, as a fraction. */
  seconds: number;
}

/** What is left after a request was counted. */
export interface Left extends Full {
  remaining: number;
}

export interface ApiRules<State, Who> {
  /** The network's id: its state and its windows are kept under this name. */
  id: string;
  /** Its memory, made on first use. */
  state(): State;
  /** The path that the routes are written for. Default: the request's own. */
  path?(request: SandboxRequest): string;
  /** Before anything else, with every request: what has come due; clients that are turned away at the door. */
  first?(call: Call<State, Who>): void;
  /** Whose credential it is; throws the network's refusal. */
  auth(call: Call<State, Who>): Who;
  /** The answer to a credential that has just ended. Default: `auth` sees to it. */
  expired?(call: Call<State, Who>): SandboxReply;
  /** Named windows; the first limit of each is the one that the headers speak of. */
  windows: Record<string, Window[]>;
  /** A window that every call with a credential counts against. */
  always?: { window: string; account(who: Who): string };
  /** The answer to a full window, without `Retry-After`. */
  limited(full: Full, call: Call<State, Who>): SandboxReply;
  /** Whether the network's own refusals carry `Retry-After`. Default true. */
  retryAfter?: false;
  /** Milliseconds that it asks to wait when chaos says that the window is full. Default: the first window's length. */
  pause?: number;
  /** What is said about a window that was counted. */
  rateHeaders?(left: Left, call: Call<State, Who>): Record<string, string>;
  /** A body that is not what its Content-Type says, or of another type than forms and JSON. `undefined`: never mind. */
  malformed?(body: Fields): SandboxReply | undefined;
  /** No such route; `allowed` are the methods that this path has. `undefined`: a page, which the sandbox draws. */
  unknown(call: Call<State, Who>, allowed: string[]): SandboxReply | undefined;
  /** Without a credential; `who` is for those that show more to some. */
  open?: Routes<State, Who>;
  routes: Routes<State, Who>;
}

class Refusal extends Error {
  readonly reply: SandboxReply;
  constructor(reply: SandboxReply) {
    super(`refused with ${reply.status}`);
    this.reply = reply;
  }
}

/** To be thrown: ends the request with this reply. */
export function refusal(reply: SandboxReply): Error {
  return new Refusal(reply);
}

/** `run`'s result, or `undefined` when it refuses. Other errors are thrown on. */
export function unlessRefused<T>(run: () => T): T | undefined {
  try {
    return run();
  } catch (error) {
    if (error instanceof Refusal) return undefined;
    throw error;
  }
}

/** `SandboxNetwork.handle` for a network with these rules. Throws what is a fault of ours. */
export function api<State, Who>(
  rules: ApiRules<State, Who>,
): (request: SandboxRequest, world: World) => SandboxReply | undefined {
  const open = compiled(rules.open ?? {});
  const closed = compiled(rules.routes);

  return (request, world) => {
    const path = rules.path?.(request) ?? request.path;
    const isAt = (route: Compiled<State, Who>) => route.pattern.test(path);
    const serves = ({ method }: { method: string }) => method === request.method;
    const there = [...open, ...closed].filter(isAt);
    const route = there.find(serves);
    const params = route ? paramsOf(route, path) : there[0] ? paramsOf(there[0], path) : {};
    const { call, headers } = createCall(rules, request, path, params, world);
    const answered = (reply: SandboxReply | undefined) =>
      reply && { ...reply, headers: { ...headers(), ...reply.headers } };
    try {
      rules.first?.(call);
      if (!route)
        return answered(
          rules.unknown(
            call,
            there.map(({ method }) => method),
          ),
        );
      if (closed.includes(route)) admit(rules, call);
      return answered(route.run(call));
    } catch (error) {
      if (error instanceof Refusal) return answered(error.reply);
      throw error;
    }
  };
}

function admit<State, Who>(rules: ApiRules<State, Who>, call: Call<State, Who>): void {
  const who = call.who();
  const { trouble } = call.request;
  if (trouble?.kind === "limited") {
    const [[window, limits] = ["", []]] = Object.entries(rules.windows);
    const ms = rules.pause ?? limits[0]?.ms ?? 0;
    throw refusal(full(rules, call, window, call.world.now() + ms, trouble.retryAfter ?? null));
  }
  if (rules.always) call.take(rules.always.window, rules.always.account(who));
}

/** `header`: `Retry-After` as chaos wants it; null for none; absent for the network's own habit. */
function full<State, Who>(
  rules: ApiRules<State, Who>,
  call: Call<State, Who>,
  window: string,
  resetAt: number,
  header?: string | null,
): SandboxReply {
  const seconds = Math.max(0.001, (resetAt - call.world.now()) / 1000);
  const usual = rules.retryAfter === false ? null : String(Math.max(1, Math.ceil(seconds)));
  const wait = header === undefined ? usual : header;
  const reply = rules.limited({ window, limit: limitOf(rules, window), resetAt, seconds }, call);
  return wait === null ? reply : { ...reply, headers: { ...reply.headers, "retry-after": wait } };
}

function createCall<State, Who>(
  rules: ApiRules<State, Who>,
  request: SandboxRequest,
  path: string,
  params: Record<string, string>,
  world: World,
): { call: Call<State, Who>; headers(): Record<string, string> } {
  let known: { who: Who } | undefined;
  let read: Fields | undefined;
  let headers: Record<string, string> = {};

  const call: Call<State, Who> = {
    request,
    method: request.method,
    path,
    query: request.query,
    params,
    state: world.state(rules.id, rules.state),
    world,
    who() {
      if (known) return known.who;
      const who = rules.auth(call);
      if (request.trouble?.kind === "expired" && rules.expired) throw refusal(rules.expired(call));
      known = { who };
      return who;
    },
    body() {
      if (read) return read;
      const body = readBody(request);
      const refused = body.malformed || body.type === "other" ? rules.malformed?.(body) : undefined;
      if (refused) throw refusal(refused);
      read = body;
      return body;
    },
    fields: () => ({ ...fromPairs(request.query), ...call.body().fields }),
    files: () => call.body().files,
    take(window, account, cost = 1) {
      const limits = rules.windows[window];
      if (!limits) throw new Error(`the sandbox's ${rules.id} has no window "${window}"`);
      for (let n = 0; n < cost; n++) {
        const taken = world.take(rules.id, `${account} ${window}`, limits);
        if (!taken.ok) throw refusal(full(rules, call, window, taken.resetAt));
        const { resetAt } = taken;
        const limit = limitOf(rules, window);
        const seconds = Math.max(0, (resetAt - world.now()) / 1000);
        const left = { window, limit, resetAt, seconds, remaining: Math.min(taken.remaining, limit) };
        headers = rules.rateHeaders?.(left, call) ?? {};
      }
    },
  };
  return { call, headers: () => headers };
}

function limitOf(rules: Pick<ApiRules<never, never>, "windows">, window: string): number {
  return rules.windows[window]?.[0]?.posts ?? 0;
}

interface Compiled<State, Who> {
  method: string;
  pattern: RegExp;
  run: Route<State, Who>;
}

function compiled<State, Who>(routes: Routes<State, Who>): Compiled<State, Who>[] {
  return Object.entries(routes).map(([route, run]) => {
    const [method = "", path = ""] = route.split(" ");
    return { method, pattern: patternOf(path), run };
  });
}

/** `/statuses/:id` as an expression with named groups. */
function patternOf(path: string): RegExp {
  const source = path
    .replace(/[.*+?^${}()|[\]\\]/g, (char) => (char === "*" ? char : `\\${char}`))
    .replace(/:(\w+)/g, "(?<$1>[^/]+)")
    .replace(/\*(\w+)/g, "(?<$1>.*)");
  return new RegExp(`^${source}$`, "s");
}

function paramsOf<State, Who>({ pattern }: Compiled<State, Who>, path: string): Record<string, string> {
  return { ...pattern.exec(path)?.groups };
}

/** Whether a request is one of these routes: `isOneOf("POST /statuses", "POST /files/:id")`. */
export function isOneOf(...routes: string[]): (method: string, path: string) => boolean {
  const known = compiled(Object.fromEntries(routes.map((route) => [route, () => undefined])));
  return (method, path) => known.some((one) => one.method === method && one.pattern.test(path));
}
