/** What an adapter can do with a post that is out: read it, correct it, take it back, measure it, hear the answers. */
import assert from "node:assert/strict";
import type { Adapter, Receipt } from "../adapter.ts";
import { NetworkError } from "../errors.ts";
import { type Check, checksOn, type Fixture, type Scene } from "./fixture.ts";
import { contextOn, postOf, type StageReply } from "./server.ts";

function receiptOf(expected: Fixture<unknown>["receipt"]): Receipt {
  const { url, ...receipt } = typeof expected === "function" ? expected("") : expected;
  return { ...receipt, url: typeof url === "string" ? url : undefined };
}

const GONE: StageReply = { status: 404, body: { error: "not found" } };

export function afterChecks<C, O>(adapter: Adapter<C, O>, fixture: Fixture<O>): Check[] {
  const { after, receipt } = fixture;
  const { read, edit, retract, metrics, replies } = adapter;
  if (!after) return [];
  const on = checksOn(adapter, fixture);
  const out = after.receipt ?? receiptOf(receipt);
  const gone = after.gone ?? GONE;

  /** Runs `work` against a network that has the post, or answers `answer` about it; with what arrived there. */
  const at = async <T>(
    { stage, settings, healthy }: Scene,
    work: (context: ReturnType<typeof contextOn<C, O>>) => Promise<T>,
    answer?: StageReply,
  ) => {
    const from = stage.events.length;
    stage.answer = (request) => {
      const known = after.answer(request, stage.url);
      return (known && answer) ?? known ?? healthy(request);
    };
    const context = contextOn(adapter, stage, {
      channel: settings(),
      read: fixture.read,
      deadline: answer === "hang" ? 200 : undefined,
    });
    try {
      const outcome = await work(context).catch((error: unknown) => error);
      return { outcome: outcome as T, events: stage.events.slice(from) };
    } finally {
      await context.close();
    }
  };
  const isFine = (outcome: unknown) => assert.ok(!(outcome instanceof Error), String(outcome));
  const codeOf = (outcome: unknown) => (outcome as NetworkError).code ?? JSON.stringify(outcome);
  const announcesNothing = (events: string[]) => assert.ok(!events.includes("sending"), events.join(", "));
  const announcesFirst = (scene: Scene, events: string[]) => {
    const changed = scene.stage.requests.filter((request) => after.changes(request)).at(-1);
    assert.ok(changed, `nothing was changed: ${events.join(", ")}`);
    assert.ok(events.includes("sending"), `nothing was announced: ${events.join(", ")}`);
    const index = events.lastIndexOf(`${changed.method} ${changed.path}`);
    assert.equal(events.indexOf("sending"), index - 1, events.join(", "));
  };

  return [
    ...(read
      ? [
          on("reads what stands there, and announces nothing", async (scene) => {
            const { outcome, events } = await at(scene, (context) => read(out, context));
            assert.notEqual(outcome, "gone");
            assert.equal((outcome as { text: string }).text, after.text ?? postOf(fixture.post).text);
            announcesNothing(events);
          }),
          on("says that a post is gone, and not that there is an error", async (scene) => {
            assert.equal((await at(scene, (context) => read(out, context), gone)).outcome, "gone");
          }),
          on("does not take a network that is down for a post that is gone", async (scene) => {
            const { outcome } = await at(scene, (context) => read(out, context), { status: 502, body: "" });
            assert.equal(codeOf(outcome), "unavailable");
          }),
        ]
      : []),
    ...(edit
      ? [
          on("announces a correction just before it leaves", async (scene) => {
            const post = postOf({ ...fixture.post, text: "Acme 2.4 is out now" });
            const { outcome, events } = await at(scene, (context) => edit(out, post, context));
            assert.ok((outcome as Receipt).id, String(outcome));
            announcesFirst(scene, events);
          }),
          on("corrects with the same bytes at every attempt", async (scene) => {
            const post = postOf({ ...fixture.post, text: "Acme 2.4 is out now" });
            for (let times = 0; times < 2; times++) await at(scene, (context) => edit(out, post, context));
            const [one, two] = scene.stage.requests.filter((request) => after.changes(request));
            assert.deepEqual(scene.essence(two!), scene.essence(one!));
          }),
          on("is not sure of a correction that nobody has answered", async (scene) => {
            const { outcome } = await at(
              scene,
              (context) => edit(out, postOf(fixture.post), context),
              "reset",
            );
            assert.equal(codeOf(outcome), "uncertain");
          }),
        ]
      : []),
    ...(retract
      ? [
          on("announces a retraction just before it leaves", async (scene) => {
            const { outcome, events } = await at(scene, (context) => retract(out, context));
            isFine(outcome);
            announcesFirst(scene, events);
          }),
          on("has nothing against a retraction of what is gone already", async (scene) => {
            const { outcome } = await at(scene, (context) => retract(out, context), gone);
            isFine(outcome);
          }),
          on("is not sure of a retraction that nobody has answered", async (scene) => {
            const { outcome } = await at(scene, (context) => retract(out, context), "reset");
            assert.equal(codeOf(outcome), "uncertain");
          }),
        ]
      : []),
    ...(metrics
      ? [
          on("counts in the receipts' order, and announces nothing", async (scene) => {
            const { outcome, events } = await at(scene, (context) => metrics([out, out], context));
            assert.equal((outcome as unknown[]).length, 2, String(outcome));
            for (const counts of outcome as object[])
              assert.ok(
                Object.values(counts).some((count) => typeof count === "number"),
                JSON.stringify(counts),
              );
            announcesNothing(events);
          }),
          on("counts nothing of a post that is gone", async (scene) => {
            const { outcome } = await at(scene, (context) => metrics([out], context), gone);
            assert.deepEqual(outcome, ["gone"]);
          }),
        ]
      : []),
    ...(replies
      ? [
          on("hears the answers, oldest first, and announces nothing", async (scene) => {
            const { outcome, events } = await at(scene, (context) => replies(out, context, new Date(0)));
            assert.ok(!((outcome as unknown) instanceof NetworkError), String(outcome));
            assert.ok((outcome as unknown[]).length > 0, "the fixture has no answer to hear");
            const times = outcome.map((reply) => Date.parse(reply.at));
            assert.deepEqual(
              times,
              [...times].sort((a, b) => a - b),
            );
            for (const reply of outcome)
              assert.ok(reply.id && reply.parent && reply.author.handle, JSON.stringify(reply));
            announcesNothing(events);
          }),
          on("hears nothing from before the time that it is asked for", async (scene) => {
            const { outcome } = await at(scene, (context) => replies(out, context, new Date("2100-01-01")));
            assert.deepEqual(outcome, []);
          }),
        ]
      : []),
  ];
}
