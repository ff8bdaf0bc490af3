/** Files: https://docs.x.com/x-api/media/quickstart/media-upload-chunked. */
import { text } from "../../body.ts";
import type { SandboxReply, World } from "../../network.ts";
import { sniff } from "../../sniff.ts";
import { counted } from "./login.ts";
import { known } from "./members.ts";
import { type Call, invalid, nextId, ok, type Upload } from "./state.ts";

const ALT_MAX = 1_000;

const BYTES: Readonly<Record<string, number>> = {
  tweet_image: 5_000_000,
  tweet_gif: 15_000_000,
  tweet_video: 512_000_000,
};

export function initialize(call: Call): SandboxReply {
  const { state } = call;
  const user = counted(call, "uploads");
  const { fields } = call.body();
  known(fields, new Set(["media_type", "total_bytes", "media_category", "additional_owners", "shared"]), "");
  const { media_type: type, total_bytes: total, media_category: category } = fields;
  const most = BYTES[String(category)];
  if (most === undefined) throw invalid(`media_category: [${category}] is not known`);
  if (typeof type !== "string" || !Number.isInteger(total))
    throw invalid("media_type and total_bytes are needed");
  if (Number(total) > most) throw invalid(`File size exceeds ${most} bytes.`);
  const id = nextId(state);
  const started = { id, owner: user.id, type, category: String(category), total: Number(total), alt: "" };
  state.uploads.set(id, { ...started, pieces: new Map(), readyAt: 0 });
  return ok({ data: { id, media_key: `3_${id}`, expires_after_secs: 86_400 } });
}

export function append(call: Call): SandboxReply {
  counted(call, "uploads");
  const upload = ownUpload(call, call.params.id!);
  const { fields, files, type } = call.body();
  const index = Number(fields.segment_index);
  const [piece] = files;
  if (type !== "multipart" || !piece || piece.name !== "media")
    throw invalid("media: is needed as multipart/form-data");
  if (!Number.isInteger(index) || index < 0 || index > 999) throw invalid("segment_index: 0 to 999");
  upload.pieces.set(index, Buffer.from(piece.bytes));
  return ok({ data: { expires_at: Math.floor(call.world.now() / 1000) + 86_400 } });
}

export function finalize(call: Call): SandboxReply {
  const { world, request } = call;
  counted(call, "uploads");
  const upload = ownUpload(call, call.params.id!);
  const bytes = Buffer.concat([...upload.pieces].sort(([a], [b]) => a - b).map(([, piece]) => piece));
  if (bytes.length !== upload.total) throw invalid("Segments do not add up to provided total file size.");
  const type = sniff(bytes);
  const isSame = type === upload.type || (type === "video/mp4" && upload.type === "video/quicktime");
  if (!isSame) throw invalid("media type unrecognized.");
  upload.bytes = bytes;
  upload.readyAt = request.trouble?.kind === "processing" ? world.now() + request.trouble.ms : 0;
  return ok({ data: uploadEntity(upload, world) });
}

export function uploadEntity({ id, total, readyAt, category, bytes }: Upload, world: World) {
  const isReady = readyAt <= world.now();
  const works = !isReady || category === "tweet_video";
  return {
    id,
    media_key: `3_${id}`,
    size: total,
    expires_after_secs: 86_400,
    ...(works &&
      bytes && {
        processing_info: isReady
          ? { state: "succeeded", progress_percent: 100 }
          : { state: "pending", check_after_secs: 1 },
      }),
  };
}

export function describe(call: Call): SandboxReply {
  counted(call, "uploads");
  const { fields } = call.body();
  known(fields, new Set(["id", "metadata"]), "");
  const upload = ownUpload(call, text(fields.id) ?? "");
  const { alt_text: alt } = (fields.metadata ?? {}) as { alt_text?: { text?: unknown } };
  if (typeof alt?.text !== "string" || alt.text.length > ALT_MAX)
    throw invalid("alt_text: at most 1000 characters");
  upload.alt = alt.text;
  return ok({ data: { id: upload.id, associated_metadata: { alt_text: alt } } });
}

export function ownUpload(call: Call, id: string): Upload {
  const upload = call.state.uploads.get(id);
  if (!upload || upload.owner !== call.who().id) throw invalid("Your media IDs are invalid.");
  return upload;
}
