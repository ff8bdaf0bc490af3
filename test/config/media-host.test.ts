// biome-ignore-all lint/suspicious/noTemplateCurlyInString: ${NAME} is what broadcast.yml holds
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { brief, CONFIG, config, ENV, project } from "../campaign/project.ts";

async function read(lines: string, env: Record<string, string> = ENV) {
  const folder = project({ "broadcast.yml": `media_host:\n${lines}\n${CONFIG}` });
  return { folder, ...(await config(folder, { env })) };
}

const BUCKET = `  bucket: acme
  endpoint: https://s3.example/
  url: https://media.acme.example/
  access_key: \${S3_ID}
  secret_key: \${S3_SECRET}`;

describe("media_host", () => {
  test("is a folder of the project", async () => {
    const { config: known, folder } = await read("  folder: site/media\n  url: https://acme.example/media/");
    expect(known?.mediaHost).toEqual({
      settings: {
        kind: "folder",
        folder: join(folder, "site/media"),
        url: "https://acme.example/media",
        keep: "7d",
      },
    });
  });

  test("is a bucket, whose keys are kept out of everything", async () => {
    const { config: known, problems } = await read(BUCKET, { ...ENV, S3_ID: "id-1", S3_SECRET: "s3-secret" });
    expect(problems).toEqual([]);
    expect(known?.mediaHost.settings).toMatchObject({
      kind: "bucket",
      region: "auto",
      secretKey: "s3-secret",
    });
    expect(known?.secrets.get("s3-secret")).toBe("media_host");
    for (const channel of known!.channels.values()) expect(channel.secrets).toContain("s3-secret");
  });

  test("matters only to those who need it when its keys are not here", async () => {
    const { config: known, problems } = await read(BUCKET);
    expect(problems).toEqual([]);
    expect(known?.mediaHost.problem).toMatchObject({
      code: "missing-env",
      message: expect.stringMatching(/S3_ID/),
    });
  });

  test.each([
    [BUCKET.replace("${S3_SECRET}", "s3cret"), "broadcast.yml:6:15 literal-secret"],
    ["  folder: a\n  bucket: b\n  url: https://m.example", "broadcast.yml:2:3 wrong-value"],
    ["  bucket: b\n  url: https://m.example", "broadcast.yml:2:3 wrong-value"],
    ["  folder: a\n  url: https://m.example\n  keep: 1h", "broadcast.yml:4:9 wrong-value"],
  ])("%# is refused in one line", async (lines, expected) => {
    const { problems } = await read(lines);
    expect(problems.map(brief)).toEqual([expected]);
    expect(JSON.stringify(problems)).not.toContain("s3cret");
  });
});
