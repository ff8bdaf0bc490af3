/** Files by the start of their digest: the same picture has one address, and none can be guessed into a path. */
import { createHash } from "node:crypto";
import { imageSize } from "image-size";
import { type Html, html, join, nothing } from "../../pages/html.ts";
import type { Picture } from "../../pages/shown.ts";
import type { SandboxFile } from "./about.ts";

const SHOWN = /^(?:image\/(?:png|jpeg|gif|webp|avif)|video\/(?:mp4|webm|quicktime))$/;
// A page that is kept goes into a mail.
const MOST_KEPT = 2_000_000;

export interface Media {
  describe(file: SandboxFile): { type: string; alt: string; url: string; size: number };
  read(id: string): { type: string; bytes: Uint8Array } | undefined;
  /** In a page that is served. */
  served(file: SandboxFile): Picture | undefined;
  /** For a page that is kept: its pictures are in it, each once. */
  keeper(): { picture(file: SandboxFile): Picture | undefined; symbols(): Html };
}

export function createMedia(): Media {
  const files = new Map<string, { type: string; bytes: Uint8Array }>();
  const ids = new WeakMap<Uint8Array, string>();
  const sizes = new Map<string, { width: number; height: number } | undefined>();
  const idOf = ({ type, bytes }: SandboxFile): string => {
    const id = ids.get(bytes) ?? createHash("sha256").update(bytes).digest("hex").slice(0, 16);
    ids.set(bytes, id);
    if (!files.has(id)) files.set(id, { type: SHOWN.test(type) ? type : "application/octet-stream", bytes });
    return id;
  };
  const sizeOf = (id: string, bytes: Uint8Array) => {
    if (!sizes.has(id)) sizes.set(id, measured(bytes));
    return sizes.get(id);
  };
  const pictureOf = (file: SandboxFile): Picture | undefined => {
    if (!/^image\//.test(file.type) || !SHOWN.test(file.type)) return undefined;
    const id = idOf(file);
    const size = sizeOf(id, file.bytes);
    return size && { id, ...size };
  };
  return {
    describe: (file) => ({
      type: file.type,
      alt: file.alt,
      url: `/media/${idOf(file)}`,
      size: file.bytes.length,
    }),
    read: (id) => files.get(id),
    served: (file) => {
      const picture = pictureOf(file);
      return picture && { ...picture, href: `/media/${picture.id}` };
    },
    keeper() {
      const kept = new Map<string, Picture>();
      return {
        picture(file) {
          const picture = file.bytes.length > MOST_KEPT ? undefined : pictureOf(file);
          if (picture) kept.set(picture.id, picture);
          return picture;
        },
        symbols: () =>
          kept.size === 0
            ? nothing
            : join(
                [...kept.values()].map(({ id, width, height }) => {
                  const { type, bytes } = files.get(id)!;
                  const source = `data:${type};base64,${Buffer.from(bytes).toString("base64")}`;
                  return html`<symbol id="m-${id}" viewBox="0 0 ${width} ${height}" preserveAspectRatio="none"><image width="${width}" height="${height}" href="${source}"/></symbol>`;
                }),
                "\n",
              ),
      };
    },
  };
}

/** `undefined` where it is not a picture after all. */
function measured(bytes: Uint8Array): { width: number; height: number } | undefined {
  try {
    const { width, height } = imageSize(bytes);
    return width > 0 && height > 0 ? { width, height } : undefined;
  } catch {
    return undefined;
  }
}
