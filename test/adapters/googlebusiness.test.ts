import { parse, safeParse } from "valibot";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { googlebusiness } from "../../src/adapters/googlebusiness/googlebusiness.ts";
import { googlebusiness as half } from "../../src/sandbox/networks/googlebusiness.ts";
import { contextOn, openStage, postOf, publishOn, type Stage } from "../../src/testing.ts";
import { describeAdapter } from "./contract.ts";

const NAME = "accounts/1/locations/2/localPosts/3";
const item = {
  name: NAME,
  summary: "Acme 2.4 is out",
  state: "LIVE",
  searchUrl: "https://local.example/3",
  createTime: "2026-11-23T09:00:07Z",
};
const counted = {
  localPostMetrics: [
    {
      localPostName: NAME,
      metricValues: [
        { metric: "LOCAL_POST_VIEWS_SEARCH", totalValue: { value: "7" } },
        { metric: "LOCAL_POST_ACTIONS_CALL_TO_ACTION", totalValue: { value: "2" } },
      ],
    },
  ],
};

describeAdapter(googlebusiness, half, {
  receipt: { id: NAME, url: "https://local.example/3" },
  answer: ({ method, path }) => {
    if (path.endsWith(":reportInsights")) return { status: 200, body: counted };
    if (!path.startsWith(`/v4/${NAME}`)) return undefined;
    return { status: 200, body: method === "DELETE" ? {} : item };
  },
  changes: ({ method }) => method === "PATCH" || method === "DELETE",
});

const PICTURE = { file: "a.png", sha256: "00", type: "image/png", bytes: 64, width: 8, height: 8, alt: "A" };
const EVENT = { title: "Open day", start: "2026-12-01T09:00", end: "2026-12-02" };

describe("googlebusiness", () => {
  let stage: Stage;
  let state: string;
  beforeEach(async () => {
    state = "LIVE";
    stage = await openStage(({ path }) =>
      path.startsWith("/media-host") ? { status: 200 } : { status: 200, body: { ...item, state } },
    );
  });
  afterEach(() => stage.close());
  const settings = () => {
    const own = { server: stage.url, information: stage.url };
    return parse(googlebusiness.channel, { token: "t-secret", account: "accounts/1", location: "2", ...own });
  };
  const context = () =>
    contextOn(googlebusiness, stage, { channel: settings(), read: () => Buffer.alloc(64) });
  const link = { url: "https://acme.example" };
  const sent = async (more: object) => {
    await publishOn(googlebusiness, postOf({ options: {}, ...more }), context());
    const made = stage.requests.filter(({ path }) => path === "/v4/accounts/1/locations/2/localPosts").at(-1);
    return JSON.parse(made!.body.toString());
  };

  it("posts a picture by its address, and a button to the campaign's link", async () => {
    expect(await sent({ media: [PICTURE], link, lang: "de" })).toEqual({
      ...{ languageCode: "de", summary: "Acme 2.4 is out", topicType: "STANDARD" },
      callToAction: { actionType: "LEARN_MORE", url: "https://acme.example" },
      media: [{ mediaFormat: "PHOTO", sourceUrl: `${stage.url}/media-host/a.png` }],
    });
  });

  it("has a button for calls without an address, and none if none is wanted", async () => {
    expect((await sent({ link, options: { button: "CALL" } })).callToAction).toEqual({ actionType: "CALL" });
    expect((await sent({ link, options: { button: "none" } })).callToAction).toBeUndefined();
    expect((await sent({})).callToAction).toBeUndefined();
  });

  it("makes events and offers, with the link where an offer is redeemed", async () => {
    const schedule = {
      startDate: { year: 2026, month: 12, day: 1 },
      startTime: { hours: 9, minutes: 0 },
      endDate: { year: 2026, month: 12, day: 2 },
    };
    expect(await sent({ options: { event: EVENT } })).toMatchObject({
      topicType: "EVENT",
      event: { title: "Open day", schedule },
    });
    const offer = await sent({ link, options: { event: EVENT, offer: { coupon: "A1" } } });
    expect(offer).toMatchObject({
      topicType: "OFFER",
      offer: { couponCode: "A1", redeemOnlineUrl: "https://acme.example" },
    });
    expect(offer.callToAction).toBeUndefined();
  });

  it("does not take a rejection for a success, and says that nobody sees what is looked at", async () => {
    state = "REJECTED";
    await expect(sent({})).rejects.toMatchObject({ code: "rejected" });
    state = "PROCESSING";
    expect(await publishOn(googlebusiness, postOf({ options: {} }), context())).toMatchObject({
      hidden: "review",
    });
  });

  it("says what exactly was wrong", async () => {
    const details = [{ "@type": "t", errorDetails: [{ code: "PHOTO_FETCH_FAILED", field: "media" }] }];
    stage.answer = () => ({
      status: 400,
      body: { error: { code: 400, status: "INVALID_ARGUMENT", details } },
    });
    await expect(sent({})).rejects.toMatchObject({
      code: "rejected",
      message: expect.stringContaining("INVALID_ARGUMENT (PHOTO_FETCH_FAILED)"),
    });
  });

  it("refuses in the plan a button that leads nowhere, an offer without end, an event that ends too soon", () => {
    const said = (options: object) =>
      [googlebusiness.check!(postOf({ options }), settings()) ?? []].flat().length;
    expect(said({})).toBe(0);
    expect(said({ button: "CALL" })).toBe(0);
    expect(said({ button: "SHOP" })).toBe(1);
    expect(said({ offer: {} })).toBe(1);
    expect(said({ event: EVENT, offer: {} })).toBe(0);
    expect(said({ event: { ...EVENT, end: "2026-11-30" } })).toBe(1);
  });

  it("takes numbers for account and location, and days for times", () => {
    const channel = { token: "t", account: "1", location: "acme" };
    expect(safeParse(googlebusiness.channel, channel).success).toBe(false);
    expect(safeParse(googlebusiness.options, { event: { ...EVENT, end: "tomorrow" } }).success).toBe(false);
  });
});
