/** Files: …/images-api, …/videos-api, …/documents-api below https://learn.microsoft.com/linkedin/marketing/community-management/shares. */
import type { SandboxReply } from "../../network.ts";
import { sniff } from "../../sniff.ts";
import { mayWriteAs } from "./login.ts";
import { type Call, DAY, type File, ID, invalid, refuse } from "./state.ts";

const PIECE = 4_194_304;

export function begin(call: Call, kind: File["kind"]): SandboxReply {
  const { state, world, query } = call;
  if (query.get("action") !== "initializeUpload") throw refuse(400, "BAD_REQUEST", "action is not known");
  const { initializeUploadRequest: asked } = call.body().fields as {
    initializeUploadRequest?: { owner?: string; fileSizeBytes?: number };
  };
  const owner = mayWriteAs(asked?.owner, call);
  state.sequence += 1;
  const id = `C4E${String(state.sequence).padStart(8, "0")}`;
  const urn = `urn:li:${kind}:${id}`;
  const total = asked?.fileSizeBytes;
  state.files.set(urn, {
    urn,
    owner,
    kind,
    pieces: new Map(),
    readyAt: 0,
    ...(total !== undefined && { total }),
  });
  const address = `${world.base(ID)}/upload/${encodeURIComponent(urn)}`;
  if (kind !== "video")
    return {
      status: 200,
      body: { value: { uploadUrl: address, [kind]: urn, uploadUrlExpiresAt: world.now() + DAY } },
    };
  if (!Number.isInteger(total)) throw invalid("/initializeUploadRequest/fileSizeBytes :: field is required");
  const uploadInstructions = Array.from({ length: Math.ceil(total! / PIECE) }, (_, part) => ({
    uploadUrl: `${address}/${part}`,
    firstByte: part * PIECE,
    lastByte: Math.min(total!, (part + 1) * PIECE) - 1,
  }));
  return { status: 200, body: { value: { video: urn, uploadToken: "", uploadInstructions } } };
}

export function receive({ params, request, state }: Call): SandboxReply {
  const file = state.files.get(decodeURIComponent(params.id!));
  if (!file) return { status: 404 };
  const bytes = Buffer.from(request.body);
  if (params.part === undefined) {
    const type =
      sniff(bytes) ?? (bytes.subarray(0, 5).toString("latin1") === "%PDF-" ? "application/pdf" : undefined);
    const fits = file.kind === "image" ? /^image\/(jpeg|png|gif)$/ : /^application\/pdf$/;
    if (!fits.test(type ?? "")) return { status: 400, body: "unsupported media" };
    file.bytes = bytes;
    return { status: 201 };
  }
  file.pieces.set(Number(params.part), bytes);
  return { status: 200, headers: { etag: `"piece-${params.part}"` } };
}

export function finish(call: Call): SandboxReply {
  const { finalizeUploadRequest: asked } = call.body().fields as {
    finalizeUploadRequest?: { video?: string; uploadedPartIds?: string[] };
  };
  const file = fileOf(call, asked?.video ?? "");
  const parts = [...file.pieces].sort(([a], [b]) => a - b);
  const named = parts.map(([part]) => `piece-${part}`).join();
  const bytes = Buffer.concat(parts.map(([, piece]) => piece));
  if (asked?.uploadedPartIds?.join() !== named || bytes.length !== file.total)
    throw invalid("/uploadedPartIds :: parts are missing");
  file.bytes = bytes;
  const { trouble } = call.request;
  file.readyAt = trouble?.kind === "processing" ? call.world.now() + trouble.ms : 0;
  return { status: 200 };
}

export function fileOf({ state }: Call, urn: string): File {
  const file = state.files.get(decodeURIComponent(urn));
  if (!file) throw refuse(404, "NOT_FOUND", `${urn} could not be found`);
  return file;
}
