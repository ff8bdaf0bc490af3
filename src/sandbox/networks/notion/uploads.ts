/** Files before they are in a page: https://developers.notion.com/reference/file-upload, guides "Uploading small files" and "Sending larger files". */
import { text } from "../../body.ts";
import type { SandboxReply } from "../../network.ts";
import { sniff } from "../../sniff.ts";
import { idOf, invalid, minute, missing, refuse } from "./said.ts";
import type { Call, Upload } from "./state.ts";

const HOUR = 3_600_000;
const MB = 1_048_576;
const WHOLE = 20 * MB;
const LEAST = 5_000_000;

export function createUpload(call: Call): SandboxReply {
  const { mode = "single_part", filename, content_type, number_of_parts, ...rest } = call.fields();
  const [unknown] = Object.keys(rest);
  if (unknown) throw invalid(unknown, "should be not present");
  const isSplit = mode === "multi_part";
  if (!isSplit && mode !== "single_part") throw invalid("mode", "is not played by the sandbox");
  const name = text(filename) ?? "";
  if (isSplit && (name === "" || typeof number_of_parts !== "number"))
    throw invalid("number_of_parts", "should be defined, and filename too");
  if (Buffer.byteLength(name) > 900) throw invalid("filename.length", "should be ≤ `900`");
  const upload: Upload = {
    ...{ id: idOf(`upload ${++call.state.last}`), channel: call.who().channel, filename: name },
    ...{ type: text(content_type) ?? "", parts: [], total: isSplit ? Number(number_of_parts) : 1 },
    ...{ status: "pending" as const, expires: call.world.now() + HOUR, attached: false },
  };
  call.state.uploads.push(upload);
  return { status: 200, body: told(upload) };
}

export function send(call: Call): SandboxReply {
  const upload = findUpload(call);
  const part = call.files().find(({ name }) => name === "file");
  if (!part) throw invalid("file", "should be defined");
  if (upload.status !== "pending") throw refuse(400, "validation_error", "The file upload is not pending.");
  if (part.bytes.length > WHOLE) throw refuse(400, "validation_error", "The part is larger than 20 MB.");
  const isSplit = upload.total > 1;
  const number = Number(call.fields().part_number ?? (isSplit ? Number.NaN : 1));
  if (number !== upload.parts.length + 1) throw invalid("part_number", "should be the next one");
  if (isSplit && number < upload.total && part.bytes.length < LEAST)
    throw refuse(400, "validation_error", "Each part but the last must have at least 5 MB.");
  const type = part.type ?? sniff(part.bytes) ?? "";
  if (upload.type !== "" && type !== "" && type !== upload.type)
    throw refuse(400, "validation_error", `The content type ${type} is not that of the file upload.`);
  upload.parts.push(part.bytes as Buffer);
  if (!isSplit) upload.status = "uploaded";
  return { status: 200, body: told(upload) };
}

export function complete(call: Call): SandboxReply {
  const upload = findUpload(call);
  if (upload.parts.length !== upload.total)
    throw refuse(400, "validation_error", "Not all parts of the file upload were sent.");
  upload.status = "uploaded";
  return { status: 200, body: told(upload) };
}

export function uploadOf(call: Call) {
  return told(findUpload(call));
}

function findUpload({ state, params, who }: Call): Upload {
  const found = state.uploads.find(({ id, channel }) => id === params.id && channel === who().channel);
  if (!found) throw missing("file upload", params.id ?? "");
  return found;
}

/** What is in no page after an hour is gone. */
export function attach({ state, world, who }: Call, id: string, at: string): void {
  const upload = state.uploads.find((one) => one.id === id && one.channel === who().channel);
  if (!upload) throw missing("file upload", id);
  if (upload.status !== "uploaded") throw invalid(at, "should be a file that was uploaded");
  if (!upload.attached && world.now() > upload.expires)
    throw invalid(at, "should be a file that has not expired");
  upload.attached = true;
}

function told({ id, filename, type, parts, total, status, expires, attached }: Upload) {
  return {
    ...{ object: "file_upload", id, status, filename, content_type: type, in_trash: false },
    expiry_time: attached ? null : minute(expires),
    ...(total > 1 && { number_of_parts: { total, sent: parts.length } }),
  };
}
