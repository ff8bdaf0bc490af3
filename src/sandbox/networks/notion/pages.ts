/** Pages: made, changed, thrown away, shown. https://developers.notion.com/reference/post-page, /patch-page */
import { text } from "../../body.ts";
import type { SandboxPost, SandboxReply } from "../../network.ts";
import { sanitise } from "../../sanitise.ts";
import { sniff } from "../../sniff.ts";
import {
  everyStored,
  fileIn,
  htmlOf,
  plainOf,
  readBlocks,
  type Stored,
  type Surroundings,
  wordsOf,
} from "./blocks.ts";
import { propertiesIn, toldOf } from "./properties.ts";
import { idOf, invalid, minute, missing, refuse, sameId } from "./said.ts";
import { botOf, type Call, ID, type StoredPage } from "./state.ts";
import { attach } from "./uploads.ts";

export function surroundings(call: Call): Surroundings {
  return {
    id: () => idOf(`block ${++call.state.last}`),
    attach: (upload, at) => attach(call, upload, at),
  };
}

export function create(call: Call): SandboxReply {
  const { parent, properties, children = [], icon, cover, ...rest } = call.fields();
  const [unknown] = Object.keys(rest);
  if (unknown) throw invalid(unknown, "should be not present");
  const inSource = isInSource(parent, call);
  const { title, values } = propertiesIn(properties, inSource);
  const blocks = readBlocks(children, "children", surroundings(call));
  const now = call.world.now();
  const page: StoredPage = {
    ...{ id: idOf(`page ${++call.state.last}`), channel: call.who().channel, by: botOf(call), inSource },
    ...{
      title: title ?? [],
      values,
      icon: null,
      cover: null,
      blocks,
      at: now,
      editedAt: now,
      inTrash: false,
    },
    ...looks(icon, cover, call),
  };
  call.state.pages.push(page);
  call.world.accept(shown(page, call));
  return { status: 200, body: entityOf(page, call) };
}

function isInSource(parent: unknown, call: Call): boolean {
  const { channel } = call.who();
  const { type, ...places } = (parent ?? {}) as Record<string, unknown>;
  const [place, ...more] = Object.entries(places);
  if (!place || more.length > 0 || (type !== undefined && type !== place[0]))
    throw invalid("parent", "should have one of page_id, data_source_id and database_id");
  const [kind, value] = [place[0], text(place[1]) ?? ""];
  const known: Record<string, string> = {
    page_id: idOf(`page ${channel}`),
    data_source_id: idOf(`source ${channel}`),
    database_id: idOf(`database ${channel}`),
  };
  if (known[kind] === undefined) throw invalid(`parent.${kind}`, "should be not present");
  if (!sameId(known[kind], value)) throw missing(kind.replace(/_id$/, "").replace("_", " "), value);
  return kind !== "page_id";
}

function looks(icon: unknown, cover: unknown, call: Call): { icon?: string; cover?: string } {
  const { type = "emoji", emoji } = (icon ?? {}) as Record<string, unknown>;
  if (icon !== undefined && (type !== "emoji" || !/^\p{Extended_Pictographic}\P{L}*$/u.test(String(emoji))))
    throw invalid("icon.emoji", "should be an emoji");
  const file = cover === undefined ? undefined : fileIn(cover, "cover", surroundings(call));
  return {
    ...(icon !== undefined && { icon: String(emoji) }),
    ...(file && { cover: String(file.upload ?? (file.external as { url: string }).url) }),
  };
}

export function update(call: Call): SandboxReply {
  const { properties, icon, cover, erase_content, in_trash, ...rest } = call.fields();
  const [unknown] = Object.keys(rest);
  if (unknown) throw invalid(unknown, "should be not present");
  const page = findPage(call);
  if (page.inTrash && in_trash !== false) throw trashed();
  const { title = page.title, values } = propertiesIn(properties, page.inSource);
  Object.assign(page, { title, values: { ...page.values, ...values }, ...looks(icon, cover, call) });
  if (erase_content === true) page.blocks = [];
  page.editedAt = call.world.now();
  if (typeof in_trash === "boolean") page.inTrash = in_trash;
  if (page.inTrash) call.world.remove(ID, page.id);
  else call.world.update(shown(page, call));
  return { status: 200, body: entityOf(page, call) };
}

export function appendTo(page: StoredPage, blocks: readonly Stored[], call: Call): void {
  if (page.inTrash) throw trashed();
  page.blocks.push(...blocks);
  page.editedAt = call.world.now();
  call.world.update(shown(page, call));
}

function trashed(): Error {
  const message = "Can't edit block that is archived. You must unarchive the block before editing.";
  return refuse(400, "validation_error", message);
}

/** In the trash it can still be asked about. The page that stands for the whole is there, too. */
export function findPage(call: Call, id = call.params.id ?? ""): StoredPage {
  const { channel } = call.who();
  const found = call.state.pages.find((one) => one.channel === channel && sameId(one.id, id));
  if (found) return found;
  if (!sameId(id, idOf(`page ${channel}`))) throw missing("page", id);
  const title = [{ type: "text" as const, plain_text: "Announcements" }] as unknown as StoredPage["title"];
  const looks = { icon: null, cover: null, blocks: [], values: {}, at: 0, editedAt: 0, inTrash: false };
  return { ...looks, id, channel, by: idOf(`user somebody in ${channel}`), inSource: false, title };
}

export function entityOf(page: StoredPage, call: Call) {
  const { id, channel, by, inSource, title, icon, at, editedAt, inTrash } = page;
  const words = plainOf(title)
    .replace(/[^\p{L}\p{N}]+/gu, "-")
    .replace(/^-|-$/g, "");
  return {
    ...{ object: "page", id, in_trash: inTrash, is_locked: false, public_url: null },
    ...{ created_time: minute(at), last_edited_time: minute(editedAt) },
    ...{ created_by: { object: "user", id: by }, last_edited_by: { object: "user", id: by } },
    parent: inSource
      ? { type: "data_source_id", data_source_id: idOf(`source ${channel}`) }
      : { type: "page_id", page_id: idOf(`page ${channel}`) },
    url: `${call.world.base(ID)}/${words || "Untitled"}-${id.replaceAll("-", "")}`,
    icon: icon === null ? null : { type: "emoji", emoji: icon },
    properties: toldOf(page),
  };
}

function shown(page: StoredPage, call: Call): SandboxPost {
  const { id, channel, title, icon, blocks, inSource, values, at } = page;
  const files = everyStored(blocks).flatMap(({ body }) => {
    const upload = call.state.uploads.find((one) => one.id === body.upload);
    if (!upload) return [];
    const bytes = Buffer.concat(upload.parts);
    return [{ type: sniff(bytes) ?? upload.type, bytes, alt: plainOf(body.caption) }];
  });
  const text = wordsOf(blocks);
  return {
    ...{ network: ID, account: `Announcements of ${channel}`, id, at, title: plainOf(title), text },
    url: entityOf(page, call).url,
    html: sanitise(htmlOf(blocks)),
    media: files,
    length: text.length,
    max: 0,
    notes: [
      ...(icon === null ? [] : [icon]),
      ...(inSource ? Object.entries(values).map(([name, value]) => `${name}: ${noteOf(value)}`) : []),
    ],
  };
}

function noteOf(value: unknown): string {
  if (Array.isArray(value)) return value.map(noteOf).join(", ");
  if (typeof value !== "object" || value === null) return String(value);
  const { name, start, id, plain_text } = value as Record<string, unknown>;
  return String(name ?? start ?? plain_text ?? id ?? "");
}
