import assert from "node:assert/strict";
import { Client, isFullPage, LogLevel } from "@notionhq/client";

export const network = "notion";

export async function run({ server, token, database, png, thrown }) {
  const common = { baseUrl: server, notionVersion: "2026-03-11", logLevel: LogLevel.ERROR };
  const notion = new Client({ ...common, auth: token });
  const { id: me, bot } = await notion.users.me({});
  assert.ok(bot.workspace_limits.max_file_upload_size_in_bytes > 0);
  const { data_sources } = await notion.databases.retrieve({ database_id: database });
  const data_source_id = data_sources[0].id;
  const { properties } = await notion.dataSources.retrieve({ data_source_id });
  assert.equal(properties.Status.type, "status");

  const upload = await notion.fileUploads.create({
    mode: "single_part",
    filename: "a.png",
    content_type: "image/png",
  });
  assert.equal(upload.status, "pending");
  const file = { filename: "a.png", data: new Blob([png], { type: "image/png" }) };
  assert.equal((await notion.fileUploads.send({ file_upload_id: upload.id, file })).status, "uploaded");

  const words = (content, annotations) => [
    { type: "text", text: { content }, ...(annotations && { annotations }) },
  ];
  const page = await notion.pages.create({
    parent: { data_source_id },
    icon: { type: "emoji", emoji: "🎉" },
    properties: { Name: { title: words("From the SDK") }, Status: { status: { name: "Published" } } },
    children: [
      { image: { type: "file_upload", file_upload: { id: upload.id }, caption: words("A dot") } },
      { heading_2: { rich_text: words("News") } },
      {
        bulleted_list_item: {
          rich_text: words("One"),
          children: [{ paragraph: { rich_text: words("Inside") } }],
        },
      },
      { code: { rich_text: words("let a;"), language: "javascript" } },
    ],
  });
  assert.ok(isFullPage(page));
  assert.equal(page.created_by.id, me);
  assert.equal(page.properties.Name.title[0].plain_text, "From the SDK");

  const found = await notion.dataSources.query({
    data_source_id,
    filter: { property: "title", title: { equals: "From the SDK" } },
  });
  assert.deepEqual(
    found.results.map(({ id }) => id),
    [page.id],
  );
  const blocks = await notion.blocks.children.list({ block_id: page.id, page_size: 2 });
  assert.deepEqual([blocks.results.map(({ type }) => type), blocks.has_more], [["image", "heading_2"], true]);
  assert.equal(blocks.results[0].image.caption[0].plain_text, "A dot");
  const rest = await notion.blocks.children.list({ block_id: page.id, start_cursor: blocks.next_cursor });
  assert.equal(rest.results[0].has_children, true);
  const inside = await notion.blocks.children.list({ block_id: rest.results[0].id });
  assert.equal(inside.results[0].paragraph.rich_text[0].plain_text, "Inside");
  const more = await notion.blocks.children.append({
    block_id: page.id,
    children: [{ paragraph: { rich_text: words("More", { bold: true }) } }],
  });
  assert.equal(more.results[0].paragraph.rich_text[0].annotations.bold, true);

  const comment = await notion.comments.create({ parent: { page_id: page.id }, rich_text: words("Seen") });
  const heard = await notion.comments.list({ block_id: page.id });
  assert.deepEqual(
    heard.results.map((one) => [one.id, one.rich_text[0].plain_text]),
    [[comment.id, "Seen"]],
  );

  const long = await thrown(() =>
    notion.blocks.children.append({
      block_id: page.id,
      children: [{ paragraph: { rich_text: words("x".repeat(2_001)) } }],
    }),
  );
  assert.deepEqual([long.code, long.status], ["validation_error", 400]);
  const edited = await notion.pages.update({
    page_id: page.id,
    properties: { title: { title: words("Edited") } },
  });
  assert.equal(edited.properties.Name.title[0].plain_text, "Edited");
  assert.equal((await notion.pages.update({ page_id: page.id, in_trash: true })).in_trash, true);
  const nowhere = "00000000-0000-4000-8000-000000000000";
  assert.equal((await thrown(() => notion.pages.retrieve({ page_id: nowhere }))).code, "object_not_found");
  const stranger = new Client({ ...common, auth: "wrong" });
  assert.equal((await thrown(() => stranger.users.me({}))).code, "unauthorized");
}
