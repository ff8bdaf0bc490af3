/** Images of a few bytes, as structures only: enough for what is read from them. */
import { crc32 } from "node:zlib";

const TIFF = (orientation: number) =>
  Buffer.from(
    `4d4d002a0000000800010112000300000001${orientation.toString(16).padStart(4, "0")}000000000000`,
    "hex",
  );

/** 4 × 2 pixels as stored. */
export function png({
  orientation,
  moves = false,
  size: [width, height] = [4, 2],
  pixels = true,
}: {
  orientation?: number;
  moves?: boolean;
  size?: [width: number, height: number];
  /** Whether it has an IDAT chunk. */
  pixels?: boolean;
} = {}): Buffer {
  const hex = (side: number) => side.toString(16).padStart(8, "0");
  const chunk = (name: string, data: Buffer) => {
    const body = Buffer.concat([Buffer.from(name), data]);
    const [length, sum] = [Buffer.alloc(4), Buffer.alloc(4)];
    length.writeUInt32BE(data.length);
    sum.writeUInt32BE(crc32(body));
    return Buffer.concat([length, body, sum]);
  };
  return Buffer.concat([
    Buffer.from("89504e470d0a1a0a", "hex"),
    chunk("IHDR", Buffer.from(`${hex(width)}${hex(height)}0802000000`, "hex")),
    ...(moves ? [chunk("acTL", Buffer.from("0000000200000000", "hex"))] : []),
    ...(orientation ? [chunk("eXIf", TIFF(orientation))] : []),
    ...(pixels ? [chunk("IDAT", Buffer.alloc(20))] : []),
    chunk("IEND", Buffer.alloc(0)),
  ]);
}

export function webp({ orientation, moves = false }: { orientation?: number; moves?: boolean } = {}): Buffer {
  const chunk = (name: string, data: Buffer) => {
    const length = Buffer.alloc(4);
    length.writeUInt32LE(data.length);
    return Buffer.concat([Buffer.from(name), length, data, Buffer.alloc(data.length % 2)]);
  };
  const flags = (moves ? 2 : 0) + (orientation ? 8 : 0);
  const body = Buffer.concat([
    Buffer.from("WEBP"),
    chunk("VP8X", Buffer.from([flags, 0, 0, 0, 3, 0, 0, 1, 0, 0])),
    chunk("VP8L", Buffer.alloc(9, 1)),
    ...(orientation ? [chunk("EXIF", TIFF(orientation))] : []),
  ]);
  const length = Buffer.alloc(4);
  length.writeUInt32LE(body.length);
  return Buffer.concat([Buffer.from("RIFF"), length, body]);
}

export function gif(pictures: number): Buffer {
  const picture = "2c000000000400020000" + "02" + "02" + "4c01" + "00";
  return Buffer.from(
    `474946383961040002008000${"00"}ffffff000000${"21f90400000000" + "00"}${picture.repeat(pictures)}3b`,
    "hex",
  );
}

export function jpeg(): Buffer {
  const frame = "ffc00011080002000403012200021101031101";
  return Buffer.from(`ffd8${frame}ffda000c03010002110311003f00${"12".repeat(40)}ffd9`, "hex");
}
