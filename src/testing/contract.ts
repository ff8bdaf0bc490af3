/** What every adapter promises, as checks that any test runner can run. Each throws when the promise is broken. */
import assert from "node:assert/strict";
import { safeParse } from "valibot";
import type { Adapter, Receipt } from "../adapter.ts";
import { parseDuration } from "../duration.ts";
import { NetworkError } from "../errors.ts";
import { isSecret } from "../settings.ts";
import { isUrl } from "../urls.ts";
import { afterChecks } from "./after-checks.ts";
import { findChecks } from "./find-checks.ts";
import {
  altered,
  type Check,
  checksOn,
  type Fixture,
  inTime,
  refused,
  type Scene,
  visible,
} from "./fixture.ts";
import { OUTCOMES } from "./outcomes.ts";
import { againChecks } from "./retry-checks.ts";
import { KEY, newMemory, openStage, type StageReply, type StageRequest, secretsOf } from "./server.ts";
import { beforeChecks } from "./uploads-checks.ts";

/** The promises that can be read from the declaration alone. */
export function declarationChecks<C, O>(adapter: Adapter<C, O>): Check[] {
  const { id, name, source, rates, idempotency, text, media, auth, own } = adapter;
  const entries = (adapter.channel as unknown as { entries: Record<string, unknown> }).entries;
  return [
    check("says what it is called", () => {
      assert.match(id, /^[a-z][a-z0-9-]*$/);
      assert.notEqual(name.trim(), "");
    }),
    check("says where its numbers come from, and when they were read", () => {
      assert.equal(new URL(source.url).protocol, "https:");
      assert.match(source.checked, /^\d{4}-\d{2}-\d{2}$/);
      assert.ok(!Number.isNaN(Date.parse(source.checked)), source.checked);
    }),
    check("says how its own refusals are told from a proxy's", () => {
      // Without a login there is no server that could refuse.
      if (auth.kind !== "none") assert.ok(own?.headers?.length || own?.body, "own is missing");
    }),
    check("declares windows and durations that can be read", () => {
      for (const { posts, per } of rates)
        assert.ok(posts > 0 && (parseDuration(per) ?? 0) > 0, `${posts} per ${per}`);
      if (!["forever", "none"].includes(idempotency))
        assert.ok((parseDuration(idempotency) ?? 0) > 0, idempotency);
    }),
    check("declares how much fits", () => {
      for (const rules of [text, adapter.title]) assert.ok(!rules || rules.max > 0);
      if (media === "none") return;
      assert.ok(media.count > 0 && media.alt >= 0);
      const { image, video, audio } = media;
      for (const [kind, rules] of Object.entries({ image, video, audio })) {
        if (!rules) continue;
        assert.ok(rules.bytes > 0 && rules.types.length > 0);
        for (const type of rules.types)
          assert.ok(type.startsWith(`${kind}/`), `${type} is not of the kind ${kind}`);
      }
    }),
    check("says what can be corrected and taken back, and does it", () => {
      const { edits, retracts, edit, retract } = adapter;
      assert.equal(edits !== "none", edit !== undefined, "edits and edit() contradict each other");
      assert.equal(
        retracts !== "none",
        retract !== undefined,
        "retracts and retract() contradict each other",
      );
      // What depends on the channel is checked with the rest of its way.
      const within = [edits, retracts].flatMap((rules) =>
        typeof rules === "object" ? (rules.within ?? []) : [],
      );
      for (const duration of within) assert.ok((parseDuration(duration) ?? 0) > 0, duration);
      if (typeof edits === "object") assert.ok(edits.fields.length > 0, "edits names no field");
    }),
    check("declares polls that can be held", () => {
      if (!adapter.poll) return;
      const { choices, length, open } = adapter.poll;
      assert.ok(choices[0] > 1 && choices[1] >= choices[0] && length > 0);
      const [least, most] = open.map((duration) => parseDuration(duration) ?? 0);
      assert.ok(least! > 0 && most! >= least!, open.join(" "));
    }),
    check("can be asked about what it takes ahead of time", () => {
      if (!adapter.schedules) return;
      assert.ok((parseDuration(adapter.schedules.least) ?? 0) > 0);
      assert.ok(adapter.find, "nobody could tell whether it came out");
    }),
    check("takes no setting and no option that it does not know", () => {
      assert.ok(entries, "channel is not an object schema");
      assert.equal(safeParse(adapter.channel, { surprise: 1 }).success, false);
      assert.equal(safeParse(adapter.options, {}).success, true, "every option is optional");
      assert.equal(safeParse(adapter.options, { surprise: 1 }).success, false);
    }),
    check("marks every secret", () => {
      const secretive = Object.keys(entries).filter((key) =>
        /token|password|secret|webhook|api_?key|credential/i.test(key),
      );
      for (const key of secretive) assert.ok(isSecret(entries[key]), `${key} is not marked with secret()`);
      if (auth.kind !== "none") assert.ok(Object.values(entries).some(isSecret), "no setting is a secret");
    }),
    check("tells a person how to get a credential", () => {
      assert.ok(auth.steps.length > 0);
      for (const step of auth.steps) assert.match(step, /[.:]$/, "a step is a sentence");
    }),
  ];
}

/** The promises about what goes over the wire, each with a server of its own. */
export function wireChecks<C, O>(adapter: Adapter<C, O>, fixture: Fixture<O>): Check[] {
  const on = checksOn(adapter, fixture);
  return [
    on("returns the network's id and address of the post", async ({ publish, expected }) => {
      const receipt = await publish();
      const { id, url, ref } = expected();
      assert.equal(receipt.id, id);
      if (url === true) assert.ok(isUrl(receipt.url ?? ""), `url: ${receipt.url}`);
      else assert.equal(receipt.url, url);
      if (ref) assert.deepEqual(receipt.ref, ref);
    }),
    on("publishes with one request, announced just before and not earlier", async ({ publish, stage }) => {
      await publish();
      const published = stage.requests.filter(fixture.publishes);
      assert.equal(published.length, 1, stage.events.join(", "));
      assert.ok(stage.events.includes("sending"), `nothing was announced: ${stage.events.join(", ")}`);
      // One address may be asked as well.
      const before = stage.requests.indexOf(published[0]!);
      const at = stage.events.flatMap((event, index) => (event === "sending" ? [] : [index]))[before]!;
      assert.deepEqual(
        [stage.events.indexOf("sending"), stage.events.lastIndexOf("sending")],
        [at - 1, at - 1],
        stage.events.join(", "),
      );
    }),
    on("sends the same bytes at every attempt", async ({ publish, published, essence }) => {
      const memory = newMemory();
      await publish({ memory });
      // A network may refuse a repeat without telling what the first one came to.
      for (const more of [memory, newMemory()])
        await publish({ memory: more }).catch((error: unknown) => {
          if (!(error instanceof NetworkError) || error.code !== "uncertain") throw error;
        });
      const [first, again, anew] = published();
      assert.deepEqual(visible(again!), visible(first!));
      assert.deepEqual(essence(anew!), essence(first!));
    }),
    ...(adapter.idempotency === "none"
      ? []
      : [
          on("makes another key another post", async ({ publish, published, essence }) => {
            await publish();
            await publish({ key: KEY.split("").reverse().join("") });
            const [one, two] = published();
            assert.notDeepEqual(
              { ...essence(one!), key: one!.headers["idempotency-key"] },
              { ...essence(two!), key: two!.headers["idempotency-key"] },
            );
          }),
        ]),
    ...OUTCOMES.map(({ when, answer, code }) =>
      inTime(answer, (deadline) =>
        on(`calls ${when} ${code}`, async ({ publish, disturb }) => {
          disturb(() => answer);
          await refused(publish({ deadline }), code);
        }),
      ),
    ),
    on("calls a login that has ended auth", async ({ publish, disturb, told, settings }) => {
      const { expired = EXPIRED } = fixture;
      // A password gets a new one by itself; where every login is refused, a person must look.
      disturb((request) => told(expired, request));
      const outcome = await publish().catch((error: unknown) => error);
      assert.ok(
        outcome instanceof NetworkError,
        `said ${JSON.stringify(outcome)} with ${Object.keys(settings() as object)}`,
      );
      assert.equal(outcome.code, "auth", outcome.message);
    }),
    ...limitChecks(on, fixture),
    ...(fixture.busy
      ? [
          on("believes the network itself when it says that it is down", async ({ publish, disturb }) => {
            disturb(() => fixture.busy!);
            await refused(publish(), "unavailable");
          }),
        ]
      : []),
    on("calls a refused connection unavailable", async ({ publish, leave }) => {
      leave();
      await refused(publish(), "unavailable");
    }),
    on(
      "has patience with an answer that comes in pieces",
      async ({ publish, healthy, disturb, expected }) => {
        disturb((request) => altered(healthy(request), { slow: true }));
        assert.equal((await publish()).id, expected().id);
      },
    ),
    on(
      "does not believe JSON that is called something else",
      async ({ publish, healthy, disturb, expected }) => {
        let isJson = true;
        disturb(async (request) => {
          const answer = await healthy(request);
          isJson = typeof answer === "object" && typeof answer.body === "object";
          return isJson ? altered(answer, { headers: { "content-type": "text/plain" } }) : answer;
        });
        const outcome = await publish().catch((error: unknown) => error);
        // Who answers in plain words anyway has nothing to doubt.
        assert.equal(
          isJson ? (outcome as NetworkError).code : (outcome as Receipt).id,
          isJson ? "uncertain" : expected().id,
        );
      },
    ),
    on(
      "does not mind a server whose clock is minutes off",
      async ({ publish, healthy, disturb, expected }) => {
        const date = new Date(Date.now() - 420_000).toUTCString();
        disturb((request) => altered(healthy(request), { headers: { date } }));
        assert.equal((await publish()).id, expected().id);
      },
    ),
    on("takes nothing to where a redirect leads", async ({ publish, disturb }) => {
      const elsewhere = await openStage(() => ({ status: 200, body: {} }));
      try {
        for (const status of [301, 302, 307, 308]) {
          disturb(() => ({ status, headers: { location: `${elsewhere.url}/elsewhere` } }));
          await refused(publish(), "rejected");
        }
        assert.deepEqual(elsewhere.requests, []);
      } finally {
        await elsewhere.close();
      }
    }),
    on("keeps its secrets out of error messages", async ({ publish, disturb, settings }) => {
      const secrets = secretsOf(adapter, settings());
      const gossip = (request: StageRequest) =>
        [request.path, request.body.toString("utf8"), ...secrets].join(" ");
      for (const status of [400, 401, 500]) {
        disturb((request) => ({
          status,
          body: { error: gossip(request), message: gossip(request), description: gossip(request) },
        }));
        const error = await refused(publish());
        for (const secret of secrets)
          assert.ok(!`${error.message} ${error.stack}`.includes(secret), error.message);
      }
    }),
    ...beforeChecks(adapter, fixture),
    ...againChecks(adapter, fixture),
    ...findChecks(adapter, fixture),
    ...afterChecks(adapter, fixture),
  ];
}

/** What the network itself says when a window is full. */
function limitChecks<O>(on: ReturnType<typeof checksOn<unknown, O>>, { limited }: Fixture<O>): Check[] {
  if (!limited) return [];
  const waitAfter = async ({ stage, publish, disturb }: Scene, retryAfter: string | undefined) => {
    disturb((request) => limited(retryAfter, request, stage.url));
    return ((await refused(publish(), "limited")).retryAt ?? 0) - Date.now();
  };
  return [
    on("waits as long as a 429 says", async (scene) => {
      const wait = await waitAfter(scene, "7");
      assert.ok(wait > 0 && wait <= 7_000, `waits ${wait} ms`);
    }),
    on("waits until the date that a 429 names", async (scene) => {
      const date = new Date(Math.ceil(Date.now() / 1000) * 1000 + 90_000);
      const wait = await waitAfter(scene, date.toUTCString());
      assert.ok(wait > 0 && wait <= 91_000, `waits ${wait} ms`);
    }),
    on("waits a while when a 429 says nothing", async (scene) => {
      const wait = await waitAfter(scene, undefined);
      assert.ok(wait > 0 && wait <= 3_600_000, `waits ${wait} ms`);
    }),
  ];
}

const EXPIRED: StageReply = { status: 401, body: { error: "the token has expired" } };

function check(promise: string, run: () => void): Check {
  return { promise, run: async () => run() };
}
