import { parse } from "valibot";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { tiktok } from "../../src/adapters/tiktok/tiktok.ts";
import { tiktok as half } from "../../src/sandbox/networks/tiktok/tiktok.ts";
import {
  contextOn,
  newMemory,
  openStage,
  postOf,
  publishOn,
  type Stage,
  type StageReply,
} from "../../src/testing.ts";
import { describeAdapter } from "./contract.ts";

describeAdapter(tiktok, half);

const MB = 1_000_000;
const ERROR = { code: "ok", message: "" };
const creator = {
  creator_username: "acme",
  privacy_level_options: ["PUBLIC_TO_EVERYONE", "SELF_ONLY"],
  comment_disabled: true,
};
const PUBLIC = { privacy: "PUBLIC_TO_EVERYONE" } as const;

describe("tiktok", () => {
  let stage: Stage;
  let held: number;
  let size: number;
  let status: string;
  beforeEach(async () => {
    [held, size, status] = [
      0,
      40,
      '{"status":"PUBLISH_COMPLETE","publicaly_available_post_id":[7512345678901234567]}',
    ];
    stage = await openStage(({ method, path, body }): StageReply => {
      if (method === "PUT") {
        held += body.length;
        return { status: held === size ? 201 : 206 };
      }
      if (path.includes("creator_info")) return { status: 200, body: { data: creator, error: ERROR } };
      if (path.includes("/init/"))
        return {
          status: 200,
          body: { data: { publish_id: "p1", upload_url: `${stage.url}/upload/p1` }, error: ERROR },
        };
      const data = held < size ? `{"status":"PROCESSING_UPLOAD","uploaded_bytes":${held}}` : status;
      const headers = { "content-type": "application/json" };
      return { status: 200, headers, body: `{"data":${data},"error":{"code":"ok"}}` };
    });
  });
  afterEach(() => stage.close());
  const settings = (more: object = {}) =>
    parse(tiktok.channel, { token: "t-secret", server: stage.url, web: "https://tt.example", ...more });
  const direct = { mode: "direct", audit: "passed" };
  const context = (channel: object = direct, more: object = {}) =>
    contextOn(tiktok, stage, { channel: settings(channel), read: () => Buffer.alloc(size), ...more });
  const post = (more: object = {}) =>
    postOf({
      media: [{ file: "a.mp4", sha256: "00", type: "video/mp4", bytes: size, alt: "A" }],
      options: PUBLIC,
      ...more,
    });
  const sent = () => stage.requests.flatMap(({ headers }) => headers["content-range"] ?? []);
  const begun = () => stage.requests.filter(({ path }) => path.includes("/init/"));

  describe("photos", () => {
    const photo = (n: number) => ({
      file: `${n}.jpg`,
      sha256: `0${n}`,
      type: "image/jpeg",
      bytes: size,
      width: 8,
      height: 8,
      alt: "",
    });
    const photos = (options: object) => post({ text: "Look", media: [photo(1), photo(2)], options });
    beforeEach(() => {
      const { answer } = stage;
      // There is no file to be uploaded: TikTok fetches them.
      stage.answer = (request) => {
        if (request.path.startsWith("/media-host")) return { status: 200 };
        held = size;
        return answer(request);
      };
    });

    it("are fetched from their addresses, and posted as the campaign says", async () => {
      const receipt = await publishOn(tiktok, photos({ ...PUBLIC, music: true }), context());
      expect(receipt).toMatchObject({ id: "p1", ref: { kind: "photos" } });
      expect(begun().map(({ path }) => path)).toEqual(["/v2/post/publish/content/init/"]);
      expect(JSON.parse(begun()[0]!.body.toString())).toEqual({
        media_type: "PHOTO",
        post_mode: "DIRECT_POST",
        post_info: {
          description: "Look",
          privacy_level: "PUBLIC_TO_EVERYONE",
          disable_comment: true,
          auto_add_music: true,
          brand_content_toggle: false,
          brand_organic_toggle: false,
        },
        source_info: {
          source: "PULL_FROM_URL",
          photo_cover_index: 0,
          photo_images: [`${stage.url}/media-host/1.jpg`, `${stage.url}/media-host/2.jpg`],
        },
      });
      // Not asked for: what is told about a photo is not known.
      expect(await tiktok.metrics!([receipt], context())).toEqual([{}]);
    });

    it("wait in the inbox with their text, and TikTok's own failure is told", async () => {
      status = '{"status":"SEND_TO_USER_INBOX"}';
      const inbox = { mode: "inbox" };
      expect(await publishOn(tiktok, photos({}), context(inbox))).toMatchObject({
        id: "p1",
        hidden: "draft",
      });
      expect(JSON.parse(begun()[0]!.body.toString())).toMatchObject({
        post_mode: "MEDIA_UPLOAD",
        post_info: { description: "Look" },
      });
      expect(tiktok.check!(photos({}), settings(inbox))).toEqual([]);
      status = '{"status":"FAILED","fail_reason":"photo_pull_failed"}';
      await expect(publishOn(tiktok, photos({}), context(inbox))).rejects.toMatchObject({
        code: "rejected",
        message: expect.stringContaining("photo_pull_failed"),
      });
    });

    it("leave a lost answer to a person, and take no options of videos", async () => {
      await expect(tiktok.find!(photos(PUBLIC), context(), new Date())).rejects.toMatchObject({
        code: "rejected",
      });
      expect(tiktok.check!(photos({ ...PUBLIC, duet: true }), settings(direct))).toMatchObject([
        { message: "`duet` is for videos" },
      ]);
      expect(tiktok.check!(post({ options: { ...PUBLIC, music: true } }), settings(direct))).toMatchObject([
        { message: "`music` is for photos" },
      ]);
    });
  });

  it("posts as the campaign says, and allows nothing that it does not", async () => {
    expect(await publishOn(tiktok, post({ options: { ...PUBLIC, duet: true } }), context())).toEqual({
      id: "p1",
      url: "https://tt.example/@acme/video/7512345678901234567",
    });
    expect(JSON.parse(begun()[0]!.body.toString())).toEqual({
      post_info: {
        ...{ title: "Acme 2.4 is out", privacy_level: "PUBLIC_TO_EVERYONE", disable_comment: true },
        ...{
          disable_duet: false,
          disable_stitch: true,
          brand_organic_toggle: false,
          brand_content_toggle: false,
        },
      },
      source_info: { source: "FILE_UPLOAD", video_size: 40, chunk_size: 40, total_chunk_count: 1 },
    });
    const upload = stage.requests.find(({ method }) => method === "PUT");
    expect(upload?.headers.authorization).toBeUndefined();
  });

  it("puts a video into the inbox without its text, where it waits for a person", async () => {
    status = '{"status":"SEND_TO_USER_INBOX"}';
    expect(await publishOn(tiktok, post({ options: {} }), context({}))).toMatchObject({ hidden: "draft" });
    expect(begun()[0]!.path).toBe("/v2/post/publish/inbox/video/init/");
    expect(JSON.parse(begun()[0]!.body.toString()).post_info).toBeUndefined();
  });

  it("sends a large file in pieces, the last of which is the post", async () => {
    size = 70 * MB;
    await publishOn(tiktok, post(), context());
    expect(sent()).toEqual(
      [
        [0, 16],
        [16, 32],
        [32, 48],
        [48, 70],
      ].map(([from, to]) => `bytes ${from! * MB}-${to! * MB - 1}/${size}`),
    );
    expect(stage.events.indexOf("sending")).toBe(stage.events.lastIndexOf("PUT /upload/p1") - 1);
  });

  it("goes on where TikTok has the file up to, after a lost answer", async () => {
    size = 70 * MB;
    const memory = newMemory();
    const { answer } = stage;
    stage.answer = async (request) => {
      const reply = await answer(request);
      return held === 32 * MB && request.method === "PUT" ? "reset" : reply;
    };
    await expect(publishOn(tiktok, post(), context(direct, { memory }))).rejects.toMatchObject({
      code: "unavailable",
    });
    stage.answer = answer;
    await publishOn(tiktok, post(), context(direct, { memory }));
    expect(
      sent()
        .slice(2)
        .map((range) => range.slice(0, 14)),
    ).toEqual(["bytes 32000000", "bytes 48000000"]);
    expect(begun()).toHaveLength(1);
  });

  it("is not out as long as a byte is missing, and never said to be posted if it was refused", async () => {
    const memory = newMemory();
    const { answer } = stage;
    stage.answer = (request) => (request.method === "PUT" ? { status: 500 } : answer(request));
    await expect(publishOn(tiktok, post(), context(direct, { memory }))).rejects.toMatchObject({
      code: "uncertain",
    });
    stage.answer = answer;
    expect(await tiktok.find!(post(), context(direct, { memory }), new Date())).toBe("absent");
    status = '{"status":"FAILED","fail_reason":"duration_check_failed"}';
    await expect(publishOn(tiktok, post(), context(direct, { memory }))).rejects.toMatchObject({
      code: "rejected",
      message: "TikTok has not posted it: duration_check_failed",
    });
  });

  it("calls it out when TikTok has it all, and says that nobody sees it yet", async () => {
    const { answer } = stage;
    stage.answer = (request) =>
      request.path.includes("/status/") && held === size ? { status: 500 } : answer(request);
    const waiting = publishOn(tiktok, post(), context());
    expect(await waiting).toMatchObject({ id: "p1", hidden: "review" });
  });

  it("asks what the account allows before anything is sent", async () => {
    const refused = (options: object) => publishOn(tiktok, post({ options }), context());
    await expect(refused({ ...PUBLIC, comments: true })).rejects.toMatchObject({ code: "rejected" });
    await expect(refused({ privacy: "FOLLOWER_OF_CREATOR" })).rejects.toMatchObject({
      code: "rejected",
      message: "@acme can post PUBLIC_TO_EVERYONE, SELF_ONLY, not FOLLOWER_OF_CREATOR",
    });
    expect(begun()).toEqual([]);
  });

  it("knows by the code what a refusal means, also at 200", async () => {
    const code = async (status: number, code: string) => {
      stage.answer = () => ({ status, body: { data: {}, error: { code } } });
      return publishOn(tiktok, post(), context()).catch((error) => error.code);
    };
    expect(await code(200, "spam_risk_too_many_posts")).toBe("limited");
    expect(await code(401, "scope_not_authorized")).toBe("auth");
    expect(await code(403, "unaudited_client_can_only_post_to_private_accounts")).toBe("rejected");
  });

  it("says in the plan what TikTok's review demands", () => {
    const said = (channel: object, more: object = {}) =>
      [tiktok.check!(post(more), settings(channel))]
        .flat()
        .map((one) => (one as { severity?: string }).severity ?? "error");
    expect(said({})).toEqual(["warning"]);
    expect(said({}, { text: "" })).toEqual([]);
    expect(said(direct)).toEqual([]);
    expect(said(direct, { options: {} })).toEqual(["error"]);
    expect(said({ mode: "direct" })).toEqual(["error"]);
    expect(said({ mode: "direct" }, { options: { privacy: "SELF_ONLY" } })).toEqual([]);
    expect(said(direct, { options: { privacy: "SELF_ONLY", paid_partnership: true } })).toEqual(["error"]);
    expect(said(direct, { media: [] })).toEqual(["error"]);
  });
});
