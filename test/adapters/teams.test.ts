import { safeParse } from "valibot";
import { describe, expect, it } from "vitest";
import { teams } from "../../src/adapters/teams.ts";
import { teams as half } from "../../src/sandbox/networks/teams.ts";
import { contextOn, openStage, postOf } from "../../src/testing.ts";
import { describeAdapter } from "./contract.ts";

describeAdapter(teams, half);

const link = { url: "https://acme.example/2-4" };

describe("teams", () => {
  it("sends a card, with a button on the first post only", async () => {
    const stage = await openStage(() => ({ status: 202 }));
    const context = (part: object = {}) =>
      contextOn(teams, stage, { channel: { webhook: `${stage.url}/x?sig=s` }, ...part });
    const blocks = [{ type: "TextBlock", text: "Hello", wrap: true }];
    const post = postOf({
      options: { button: "Read more", wide: true },
      text: "Hello",
      blocks,
      link,
      lang: "en-GB",
    });
    expect(await teams.publish(post, context())).toEqual({ id: "" });
    const card = () => JSON.parse(stage.requests.at(-1)!.body.toString()).attachments[0].content;
    expect(card()).toEqual({
      $schema: "http://adaptivecards.io/schemas/adaptive-card.json",
      type: "AdaptiveCard",
      version: "1.4",
      lang: "en",
      body: blocks,
      actions: [{ type: "Action.OpenUrl", title: "Read more", url: link.url }],
      msteams: { width: "Full" },
    });
    await teams.publish(post, context({ thread: { root: { id: "" }, parent: { id: "" } } }));
    expect(card()).not.toHaveProperty("actions");
    await stage.close();
  });

  it("is not sure of any success but the trigger's own", async () => {
    const stage = await openStage(() => ({ status: 200, body: "" }));
    const context = contextOn(teams, stage, { channel: { webhook: `${stage.url}/x` } });
    await expect(teams.publish(postOf({ options: {} }), context)).rejects.toMatchObject({
      code: "uncertain",
    });
    await stage.close();
  });

  it("weighs the whole card, and wants a link for a button", () => {
    const blocks = Array.from({ length: 500 }, () => ({
      type: "TextBlock",
      text: "A line of words",
      wrap: true,
    }));
    expect(teams.check?.(postOf({ options: {}, blocks }), { webhook: "https://x" })).toMatchObject([
      { message: expect.stringMatching(/^the card has \d+ bytes/) },
    ]);
    expect(teams.check?.(postOf({ options: { button: "Read" } }), { webhook: "https://x" })).toMatchObject([
      { about: "options" },
    ]);
    expect(teams.check?.(postOf({ options: { button: "Read" }, link }), { webhook: "https://x" })).toEqual(
      [],
    );
  });

  it.each([
    "https://acme.webhook.office.com/webhookb2/x",
    "https://prod-12.westeurope.logic.azure.com:443/workflows/x",
  ])("knows that %s is switched off", (webhook) => {
    const { issues } = safeParse(teams.channel, { webhook });
    expect(issues?.[0]?.message).toContain("switched off");
  });
});
