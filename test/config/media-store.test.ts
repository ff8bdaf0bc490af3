// biome-ignore-all lint/suspicious/noTemplateCurlyInString: ${NAME} is what broadcast.yml holds
import { join } from "node:path";
import { expect, it } from "vitest";
import { brief, CONFIG, config, ENV, project } from "../campaign/project.ts";

async function read(store: string, env: Record<string, string> = ENV) {
  const folder = project({ "broadcast.yml": `media_store: ${store}\n${CONFIG}` });
  return { folder, ...(await config(folder, { env })) };
}
const BUCKET =
  '{ bucket: acme, endpoint: "https://s3.example/", access_key: "${S3_ID}", secret_key: "${S3_SECRET}" }';

it("is a folder, counted from broadcast.yml", async () => {
  const { config: known, folder } = await read("shared/media");
  expect(known?.mediaStore).toEqual({ settings: { kind: "folder", folder: join(folder, "shared/media") } });
});

it("is a bucket, whose keys are kept out of everything", async () => {
  const { config: known, problems } = await read(BUCKET, { ...ENV, S3_ID: "id-1", S3_SECRET: "s3-secret" });
  expect(problems).toEqual([]);
  expect(known?.mediaStore.settings).toEqual({
    kind: "bucket",
    bucket: "acme",
    endpoint: "https://s3.example",
    region: "auto",
    accessKey: "id-1",
    secretKey: "s3-secret",
  });
  for (const channel of known!.channels.values()) expect(channel.secrets).toContain("s3-secret");
});

it("matters only to those who fill it when its keys are not here", async () => {
  const { config: known, problems } = await read(BUCKET);
  expect(problems).toEqual([]);
  expect(known?.mediaStore.problem).toMatchObject({
    code: "missing-env",
    message: expect.stringMatching(/S3_ID/),
  });
});

it.each([
  [BUCKET.replace("${S3_SECRET}", "s3cret-word"), "broadcast.yml:1:99 literal-secret"],
  ["{ bucket: acme }", "broadcast.yml:1:14 wrong-value"],
  ["[]", "broadcast.yml:1:14 wrong-value"],
])("is refused: %s", async (store, problem) => {
  const { problems } = await read(store);
  expect(problems.map(brief)).toEqual([problem]);
  expect(JSON.stringify(problems)).not.toContain("s3cret");
});
