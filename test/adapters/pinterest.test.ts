import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { pinterest } from "../../src/adapters/pinterest.ts";
import { pinterest as half } from "../../src/sandbox/networks/pinterest.ts";
import {
  contextOn,
  newMemory,
  openStage,
  postOf,
  STARTED,
  type Stage,
  type StageReply,
  type StageRequest,
} from "../../src/testing.ts";
import { describeAdapter } from "./contract.ts";

const out = { id: "42", url: "https://www.pinterest.com/pin/42/" };
const pin = (part: object = {}) => ({
  id: "42",
  created_at: "2026-11-23T09:00:01",
  board_id: "7",
  title: "Acme 2.4",
  description: "Acme 2.4 is out",
  link: null,
  ...part,
});
const metrics = { lifetime_metrics: { impression: 9, reaction: 4, save: 3, comment: 2, clickthrough: 1 } };

function after({ method, path }: StageRequest): StageReply | undefined {
  if (!path.startsWith("/v5/pins/42")) return undefined;
  return method === "DELETE" ? { status: 204 } : { status: 200, body: pin({ pin_metrics: metrics }) };
}

describeAdapter(pinterest, half, {
  receipt: out,
  answer: after,
  changes: ({ method }) => method === "PATCH" || method === "DELETE",
});

const image = { file: "a.png", sha256: "00", type: "image/png", bytes: 10, alt: "Three devices" };

describe("pinterest", () => {
  let stage: Stage;
  beforeEach(async () => {
    stage = await openStage((request) => after(request) ?? { status: 201, body: pin() });
  });
  afterEach(() => stage.close());
  const context = () =>
    contextOn(pinterest, stage, {
      channel: { token: "p-secret", board: "7", server: stage.url, web: "https://www.pinterest.com" },
    });
  const post = (part: object = {}) => postOf({ options: {}, title: "Acme 2.4", media: [image], ...part });
  const sent = () => JSON.parse(stage.requests.at(-1)!.body.toString());

  it("pins one picture with its words, link and description", async () => {
    const options = { section: "3" };
    expect(
      await pinterest.publish(post({ options, link: { url: "https://acme.example/2-4" } }), context()),
    ).toEqual(out);
    expect(sent()).toEqual({
      board_id: "7",
      board_section_id: "3",
      title: "Acme 2.4",
      description: "Acme 2.4 is out",
      link: "https://acme.example/2-4",
      alt_text: "Three devices",
      media_source: {
        source_type: "image_base64",
        content_type: "image/png",
        data: Buffer.from("bytes of a.png").toString("base64"),
      },
    });
  });

  it("pins several pictures as one, and describes all of them", async () => {
    await pinterest.publish(post({ media: [image, { ...image, alt: "A phone" }] }), context());
    expect(sent()).toMatchObject({
      alt_text: "Three devices / A phone",
      media_source: { source_type: "multiple_image_base64", items: [{}, {}] },
    });
  });

  it("uploads a video once, waits until Pinterest has worked through it, and pins it by its id", async () => {
    const film = { ...image, file: "a.mp4", type: "video/mp4" };
    const states = ["registered", "processing", "succeeded"];
    stage.answer = ({ method, path }) => {
      if (path === "/upload") return { status: 204 };
      if (path === "/v5/media/77") return { status: 200, body: { status: states.shift() ?? "succeeded" } };
      if (path === "/v5/media" && method === "POST")
        return {
          status: 201,
          body: {
            media_id: "77",
            media_type: "video",
            upload_url: `${stage.url}/upload`,
            upload_parameters: { key: "uploads/77", policy: "p", "x-amz-date": null },
          },
        };
      return { status: 201, body: pin() };
    };
    const memory = newMemory();
    const on = () =>
      contextOn(pinterest, stage, {
        memory,
        channel: { token: "p-secret", board: "7", server: stage.url, web: "https://www.pinterest.com" },
      });
    const video = post({ media: [film], options: { cover_seconds: 3 } });
    await pinterest.prepare!([video], on());
    expect(await pinterest.publish(video, on())).toEqual(out);
    const uploads = stage.requests.filter(({ path }) => path === "/upload");
    expect(uploads).toHaveLength(1);
    // The address is somebody else's: no token goes there, and the file is the last part.
    expect(uploads[0]!.headers.authorization).toBeUndefined();
    const parts = [...uploads[0]!.body.toString("latin1").matchAll(/name="([\w-]+)"/g)].map(
      ([, name]) => name,
    );
    expect(parts).toEqual(["key", "policy", "file"]);
    expect(sent().media_source).toEqual({
      source_type: "video_id",
      media_id: "77",
      cover_image_key_frame_time: 3,
    });
    states.push("failed");
    const anew = contextOn(pinterest, stage, {
      channel: { token: "p-secret", board: "7", server: stage.url, web: "https://www.pinterest.com" },
    });
    await expect(pinterest.prepare!([video], anew)).rejects.toMatchObject({ code: "rejected" });
  });

  it.each([
    [[pin()], "42"],
    [[pin({ id: "41", created_at: "2026-11-23T08:00:00" })], "absent"],
    [[pin({ board_id: "8" })], "absent"],
    [[pin({ link: "https://acme.example/other" })], { like: out }],
    [[pin({ created_at: undefined })], { like: out }],
    [[pin({ title: "Other", description: "Something else entirely" })], "absent"],
  ])("looks through all its Pins, pages of them: %j", async (found, expected) => {
    stage.answer = ({ path }) => ({
      status: 200,
      body: path.includes("bookmark") ? { items: found, bookmark: null } : { items: [], bookmark: "next" },
    });
    const outcome = await pinterest.find!(post(), context(), STARTED);
    expect(
      typeof expected === "string" && expected !== "absent" ? (outcome as { id: string }).id : outcome,
    ).toEqual(expected);
  });

  it("empties by an edit what is not said any more", async () => {
    await pinterest.edit!(out, post({ title: undefined }), context());
    expect(sent()).toMatchObject({
      title: null,
      link: null,
      description: "Acme 2.4 is out",
      alt_text: "Three devices",
    });
  });

  it("counts, and names the boards when the channel's is not there", async () => {
    expect(await pinterest.metrics!([out], context())).toEqual([
      { views: 9, likes: 4, shares: 3, replies: 2, clicks: 1 },
    ]);
    stage.answer = ({ path }) => {
      if (path === "/v5/user_account") return { status: 200, body: { username: "acme" } };
      if (path.startsWith("/v5/boards?"))
        return { status: 200, body: { items: [{ id: "9", name: "News" }] } };
      return { status: 404, body: { code: 40, message: "Board not found." } };
    };
    await expect(pinterest.account!(context())).rejects.toMatchObject({
      message: expect.stringContaining("9 (News)"),
    });
  });
});
