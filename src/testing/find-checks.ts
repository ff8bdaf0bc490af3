/** `find`: it sees what is out, only that, and changes nothing. */
import assert from "node:assert/strict";
import type { Adapter } from "../adapter.ts";
import { NetworkError } from "../errors.ts";
import { type Check, checksOn, type Fixture, type Scene, type Shown } from "./fixture.ts";
import { KEY, type Memory, newMemory, STARTED } from "./server.ts";

const OTHER_KEY = KEY.split("").reverse().join("");
// A look-up that is in doubt about the last minutes is right to ask a person; yesterday's post is no reason to.
const YESTERDAY = new Date(STARTED.getTime() - 86_400_000);

export function findChecks<C, O>(adapter: Adapter<C, O>, fixture: Fixture<O>): Check[] {
  if (!adapter.find) return [];
  const on = checksOn(adapter, fixture);
  const { lookUp } = fixture;
  if (!lookUp) {
    return [
      on("says that it cannot be asked this way", async ({ find }) => {
        const outcome = await find(STARTED).catch((error: unknown) => error);
        assert.ok(outcome instanceof NetworkError, `said ${JSON.stringify(outcome)}`);
      }),
    ];
  }

  /** What it publishes, and the same words under another key a day before. */
  const bothOf = async (scene: Scene): Promise<{ ours: Shown; older: Shown; memory: Memory }> => {
    const memory = newMemory();
    await scene.turnedAway({ key: OTHER_KEY, startedAt: YESTERDAY });
    await scene.turnedAway({ memory });
    const [older, ours] = scene.published().slice(-2);
    const second = (date: Date) => new Date(date.getTime() + 1_000);
    return {
      older: { request: older!, at: second(YESTERDAY), ours: false },
      ours: { request: ours!, at: second(STARTED), ours: true },
      memory,
    };
  };
  const look = async (scene: Scene, shown: readonly Shown[], memory: Memory) => {
    const { stage, healthy, find } = scene;
    const from = stage.events.length;
    stage.answer = (request) => lookUp(request, shown, stage.url) ?? healthy(request);
    const outcome = await find(STARTED, { memory }).catch((error: unknown) => error);
    assert.ok(!stage.events.slice(from).includes("sending"), "a question announced an attempt");
    return outcome;
  };
  const isFound = (outcome: unknown, scene: Scene) =>
    assert.equal(
      (outcome as { id?: string }).id,
      scene.expected().id,
      `said ${JSON.stringify(outcome)} ${outcome}`,
    );
  const isNotFound = (outcome: unknown) => {
    if (fixture.provesNoAbsence)
      assert.ok(outcome instanceof NetworkError, `said ${JSON.stringify(outcome)}`);
    else assert.equal(outcome, "absent");
  };

  const ofTheSameWords = [
    on("does not take an older post of the same words for it", async (scene) => {
      const { older, memory } = await bothOf(scene);
      isNotFound(await look(scene, [older], memory));
    }),
    on("finds it beside an older post of the same words", async (scene) => {
      const { older, ours, memory } = await bothOf(scene);
      isFound(await look(scene, [older, ours], memory), scene);
    }),
  ];
  const inItsPlace = on("does not take other words in its place for it", async (scene) => {
    await scene.turnedAway({ key: OTHER_KEY, text: "Nothing of what we say stands here" });
    const { memory } = await bothOf(scene);
    const [others] = scene.published();
    const shown = { request: others!, at: YESTERDAY, ours: false };
    const outcome: unknown = await look(scene, [shown], memory);
    const isReceipt = typeof outcome === "object" && outcome !== null && "id" in outcome;
    assert.ok(!isReceipt, `said ${JSON.stringify(outcome)}`);
  });

  return [
    on("finds what it published", async (scene) => {
      const { ours, memory } = await bothOf(scene);
      isFound(await look(scene, [ours], memory), scene);
    }),
    on("does not find what is not there", async (scene) => {
      const { memory } = await bothOf(scene);
      isNotFound(await look(scene, [], memory));
    }),
    ...(fixture.named ? [inItsPlace] : ofTheSameWords),
  ];
}
