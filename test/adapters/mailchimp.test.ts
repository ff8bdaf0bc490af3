import { safeParse } from "valibot";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { mailchimp } from "../../src/adapters/mailchimp/mailchimp.ts";
import { mailchimp as half } from "../../src/sandbox/networks/mailchimp.ts";
import {
  contextOn,
  fixturesOf,
  KEY,
  newMemory,
  openStage,
  postOf,
  STARTED,
  type Stage,
} from "../../src/testing.ts";
import { describeAdapter } from "./contract.ts";

const url = "https://mailchi.mp/acme/2-4";
const campaign = {
  id: "42694e9e57",
  status: "sent",
  long_archive_url: url,
  settings: { subject_line: "Acme 2.4" },
};
const report = { opens: { unique_opens: 40 }, clicks: { unique_clicks: 9 } };

describeAdapter(mailchimp, half, {
  receipt: { id: campaign.id, url },
  answer({ path }) {
    if (path.endsWith(`/reports/${campaign.id}`)) return { status: 200, body: report };
    if (path.endsWith("/content"))
      return { status: 200, body: { html: "<body><p>Acme 2.4 is out</p></body>" } };
    return path.includes(campaign.id) ? { status: 200, body: campaign } : undefined;
  },
  changes: () => false,
});

describe("mailchimp", () => {
  let stage: Stage;
  const fixture = fixturesOf<object>(half).key!;
  beforeEach(async () => {
    stage = await openStage((request) => fixture.answer(request, stage.url));
    fixture.begin?.(stage.url);
  });
  afterEach(() => stage.close());
  const context = (part: object = {}, channel: object = {}) =>
    contextOn(mailchimp, stage, { channel: { ...fixture.channel(stage.url), ...channel }, ...part });
  const post = (part: object = {}) =>
    postOf({
      options: {},
      title: "Acme 2.4",
      text: "<p>Hello</p>",
      plain: "Hello",
      summary: "In short.",
      ...part,
    });

  it("makes a draft under its key, fills it, asks whether it is ready, and sends it with one action", async () => {
    const receipt = await mailchimp.publish(post(), context({}, { segment: 12 }));
    const made = stage.requests[1]!;
    expect(JSON.parse(String(made.body))).toMatchObject({
      recipients: { segment_opts: { saved_segment_id: 12 } },
      settings: {
        title: `Acme 2.4 (broadcast ${KEY})`,
        subject_line: "Acme 2.4",
        preview_text: "In short.",
        auto_footer: true,
      },
    });
    expect(
      stage.requests.map(({ method, path }) => `${method} ${path.split("/").at(-1)?.split("?")[0]}`),
    ).toEqual(["GET campaigns", "POST campaigns", "PUT content", "GET send-checklist", "POST send"]);
    expect(stage.events.indexOf("sending")).toBe(4);
    expect(receipt.url).toContain(receipt.id);
  });

  it("takes the draft that is there already, and never sends what is on its way", async () => {
    const memory = newMemory();
    expect(await mailchimp.find!(post(), context({ memory }), STARTED)).toBe("absent");
    const receipt = await mailchimp.publish(post(), context({ memory }));
    expect(await mailchimp.publish(post(), context({ memory }))).toEqual(receipt);
    expect(await mailchimp.publish(post(), context())).toEqual(receipt);
    expect(await mailchimp.find!(post(), context({ memory }), STARTED)).toEqual(receipt);
    expect(stage.requests.filter(({ path }) => path.endsWith("/campaigns")).length).toBe(1);
  });

  it("sends nothing that Mailchimp itself would not", async () => {
    stage.answer = (request) =>
      request.path.endsWith("/send-checklist")
        ? {
            status: 200,
            body: {
              is_ready: false,
              items: [{ type: "error", heading: "Audience", details: "It is empty." }],
            },
          }
        : fixture.answer(request, stage.url);
    await expect(mailchimp.publish(post(), context())).rejects.toMatchObject({
      code: "rejected",
      message: expect.stringContaining("Audience: It is empty."),
    });
    expect(stage.events).not.toContain("sending");
  });

  it("takes an answer without words to a question for a throttle", async () => {
    stage.answer = () => ({ status: 403, body: "" });
    await expect(mailchimp.account!(context())).rejects.toMatchObject({ code: "limited" });
    await expect(mailchimp.account!(context({}, { api_key: "00-us21" }))).rejects.toMatchObject({
      code: "limited",
    });
  });

  it("says who reads it, and asks where the key says", async () => {
    expect(await mailchimp.account!(context())).toMatchObject({ handle: "Acme to acme-news's readers" });
    await expect(mailchimp.account!(context({}, { api_key: "00-us21" }))).rejects.toMatchObject({
      code: "auth",
    });
    const settings = { api_key: "0123-us21", list: "a1", from_name: "Acme", reply_to: "a@b.example" };
    const parsed = safeParse(mailchimp.channel, settings);
    expect(parsed.success && mailchimp.endpoint?.(parsed.output).base).toBe(
      "https://us21.api.mailchimp.com/3.0",
    );
    expect(safeParse(mailchimp.channel, { ...settings, api_key: "0123" }).success).toBe(false);
  });

  it("refuses beforehand what would be read otherwise", () => {
    const channel = {} as never;
    const said = (part: object) => [mailchimp.check?.(post(part), channel) ?? []].flat().length;
    expect(said({})).toBe(0);
    expect(said({ text: "Hello *|FNAME|*" })).toBe(1);
    expect(said({ text: "Hello *|FNAME|*", options: { merge_tags: true } })).toBe(0);
    expect(said({ summary: "x".repeat(151) })).toBe(1);
  });
});
