/** The MIME type of any file from its first bytes. Loads a library: reach it by a dynamic import. */
import { fileTypeFromBuffer } from "file-type";

export async function mimeOf(head: Uint8Array): Promise<string | undefined> {
  return (await fileTypeFromBuffer(head))?.mime;
}
