/** What comes before the request that publishes: uploads, logins, questions. Whatever fails there, nothing is out. */
import assert from "node:assert/strict";
import type { Adapter } from "../adapter.ts";
import { BUSY, type Check, checksOn, type Fixture, inTime, refused, type Scene } from "./fixture.ts";
import { OUTCOMES } from "./outcomes.ts";
import { contextOn, newMemory, postOf, type StageReply, type StageRequest } from "./server.ts";

const LIMITED: StageReply = { status: 429, headers: { "retry-after": "7" }, body: { error: "slow down" } };

// An upload may be repeated: where the outcome of a post is unknown, an upload is merely not there now.
const FAULTS = [
  ...OUTCOMES.map(({ when, answer, code, asking }) => ({
    when,
    answer,
    code: asking ?? (code === "uncertain" ? "unavailable" : code),
  })),
  { when: "a 429", answer: LIMITED, code: "limited" },
];

// So many times the network says that it still works on it.
const PATIENCE = 2;

export function beforeChecks<C, O>(adapter: Adapter<C, O>, fixture: Fixture<O>): Check[] {
  const on = checksOn(adapter, fixture);
  const { publishes, processing, slow } = fixture;

  return [
    ...FAULTS.map(({ when, answer, code }) =>
      inTime(answer, (deadline) =>
        on(`has nothing out, and knows it, after ${when} before the post`, async (scene) => {
          const { publish, published, turnedAway, essence } = scene;
          const all = (await requestsBefore(scene, () => turnedAway())).length;
          const [usual] = published();
          for (let n = 0; n < all; n++) {
            const memory = newMemory();
            const already = published().length;
            const announced = announcements(scene);
            disturbOne(scene, n, answer);
            const error = await refused(publish({ memory, deadline }));
            // It may do without that answer, or have asked once more.
            if (published().length === already) {
              assert.equal(error.code, code, error.message);
              assert.equal(announcements(scene), announced, "it announced an attempt and made none");
            }
            await turnedAway({ memory });
            for (const other of published().slice(already)) assert.deepEqual(essence(other), essence(usual!));
          }
        }),
      ),
    ),
    on("does not do again what was finished before the post", async (scene) => {
      const memory = newMemory();
      await scene.turnedAway({ memory });
      assert.deepEqual(await changesBefore(scene, () => scene.turnedAway({ memory })), []);
    }),
    ...(adapter.prepare
      ? [
          on("leaves nothing to be prepared for the post itself", async (scene) => {
            const { stage, settings, healthy } = scene;
            stage.answer = healthy;
            const context = contextOn(adapter, stage, { channel: settings(), read: fixture.read });
            try {
              await adapter.prepare?.([postOf(fixture.post)], context.preparation);
              assert.equal(announcements(scene), 0, "it announced an attempt before there was one");
              const from = stage.requests.length;
              await adapter.publish(postOf(fixture.post), context);
              const made = stage.requests.slice(from);
              assert.deepEqual(made.slice(0, made.findIndex(publishes)).map(nameOf), []);
            } finally {
              await context.close();
            }
          }),
        ]
      : []),
    ...(processing
      ? [
          on("waits while the network still works on an upload", async (scene) => {
            const { publish, stage, healthy, published } = scene;
            const usual = await changesBefore(scene, () => publish());
            const already = published().length;
            let told = 0;
            stage.answer = (request) => {
              const answer = told < PATIENCE ? processing(request, stage.url) : undefined;
              if (answer && !publishes(request)) told++;
              return answer ?? healthy(request);
            };
            const slowly = await changesBefore(scene, async () => {
              assert.equal((await publish()).id, scene.expected().id);
            });
            assert.equal(told, PATIENCE, "it was never told to wait");
            assert.deepEqual(slowly, usual, "it uploaded again instead of waiting");
            assert.equal(published().length, already + 1);
          }),
        ]
      : []),
    ...(slow
      ? [
          on("waits while the network still works on an upload", async (scene) => {
            const { publish, stage, published, expected } = scene;
            const usual = await changesBefore(scene, () => publish());
            const asked = stage.requests.length;
            fixture.begin?.(stage.url);
            slow(stage.url);
            const slowly = await changesBefore(scene, async () => {
              assert.equal((await publish()).id, expected().id);
            });
            assert.ok(
              stage.requests.length - asked > asked,
              "it did not ask again, so it was never told to wait",
            );
            assert.deepEqual(slowly, usual, "it uploaded again instead of waiting");
            assert.equal(published().length, 2);
          }),
        ]
      : []),
  ];

  /** Answers the n-th request before the post differently, and takes no post. */
  function disturbOne({ stage, healthy }: Scene, n: number, answer: StageReply): void {
    let at = 0;
    stage.answer = (request) => {
      if (publishes(request)) return BUSY;
      return at++ === n ? answer : healthy(request);
    };
  }

  /** The requests of this attempt that come before the one that publishes. */
  async function requestsBefore({ stage }: Scene, attempt: () => Promise<unknown>): Promise<StageRequest[]> {
    const from = stage.requests.length;
    await attempt();
    const made = stage.requests.slice(from);
    const at = made.findIndex(publishes);
    return at < 0 ? made : made.slice(0, at);
  }

  async function changesBefore(scene: Scene, attempt: () => Promise<unknown>): Promise<string[]> {
    return (await requestsBefore(scene, attempt)).filter(({ method }) => method !== "GET").map(nameOf);
  }
}

function announcements({ stage }: Scene): number {
  return stage.events.filter((event) => event === "sending").length;
}

function nameOf({ method, path }: StageRequest): string {
  return `${method} ${path.split("?")[0]}`;
}
