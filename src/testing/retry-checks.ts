/** A post that is attempted again: after a login in the middle of a thread, and where the network knows it already. */
import assert from "node:assert/strict";
import { type Adapter, takesAnswers } from "../adapter.ts";
import { NetworkError } from "../errors.ts";
import { type Check, checksOn, type Fixture, visible } from "./fixture.ts";
import { KEY, newMemory, type StageReply } from "./server.ts";

const EXPIRED: StageReply = { status: 401, body: { error: "the token has expired" } };
const OTHER_KEY = KEY.split("").reverse().join("");

export function againChecks<C, O>(adapter: Adapter<C, O>, fixture: Fixture<O>): Check[] {
  const on = checksOn(adapter, fixture);
  const { expired = EXPIRED, repeated } = fixture;

  return [
    ...(!takesAnswers(adapter)
      ? []
      : [
          on("goes on with a thread when its login has ended in the middle", async (scene) => {
            const { publish, published, disturb, healthy, told, expected } = scene;
            const begun = newMemory();
            const first = await publish({ memory: begun });
            // Each post has its own steps; the login is the account's.
            const memory = { ...newMemory(), session: begun.session };
            const second = { memory, key: OTHER_KEY, thread: { root: first, parent: first } };
            let asked = 0;
            disturb((request) => (asked++ === 0 ? told(expired, request) : healthy(request)));
            // Who has a password logs in again; who has a token asks for a new one.
            const outcome = await publish(second).catch((error: unknown) => error);
            if (outcome instanceof NetworkError) {
              assert.equal(outcome.code, "auth", outcome.message);
              assert.equal((await publish(second)).id, expected().id);
            } else assert.equal((outcome as { id?: string }).id, expected().id, String(outcome));
            const [, refused, taken, ...more] = published();
            assert.deepEqual(visible(taken!), visible(refused!));
            assert.equal(more.length, 0);
          }),
        ]),
    ...(repeated
      ? [
          on(
            "knows its own post in what the network says to a repeat",
            async ({ publish, disturb, told }) => {
              const first = await publish();
              disturb((request) => told(repeated, request));
              const outcome = await publish().catch((error: unknown) => error);
              // Who hears only that it is a repeat does not know more than before.
              if (outcome instanceof NetworkError) assert.equal(outcome.code, "uncertain", outcome.message);
              else assert.deepEqual(outcome, first);
            },
          ),
        ]
      : []),
  ];
}
