import fc from "fast-check";
import { expect, test } from "vitest";
import { piecesOf, rangeOf } from "../../src/http/pieces.ts";
import { sourceOf } from "../../src/http/request.ts";

const chunked = (whole: Buffer, sizes: readonly number[]) => ({
  ...sourceOf(whole),
  async *open() {
    let at = 0;
    for (const size of [...sizes, whole.length]) {
      yield whole.subarray(at, at + size);
      at += size;
    }
  },
});

test("a file in pieces is the whole file, from any byte on, however it is read", async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.uint8Array({ minLength: 1, maxLength: 60 }),
      fc.array(fc.nat(20), { maxLength: 6 }),
      fc.integer({ min: 1, max: 25 }),
      fc.nat(59),
      async (bytes, sizes, size, start) => {
        const whole = Buffer.from(bytes);
        const from = Math.min(start, whole.length);
        const found: Buffer[] = [];
        let at = from;
        for await (const piece of piecesOf(chunked(whole, sizes), size, from)) {
          expect(piece.at).toBe(at);
          at += piece.bytes.length;
          found.push(piece.bytes);
        }
        expect(Buffer.concat(found)).toEqual(whole.subarray(from));
        for (const piece of found.slice(0, -1)) expect(piece.length).toBe(size);
        expect(found.every((piece) => piece.length > 0 && piece.length <= size)).toBe(true);
      },
    ),
  );
});

test("a piece says where it stands", () => {
  expect(rangeOf({ bytes: Buffer.alloc(4), at: 8 }, { size: 12 })).toBe("bytes 8-11/12");
});
