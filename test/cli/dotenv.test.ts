/** `.env` and `.gitignore` as `init` changes them: what was there stays, and what is written is read back the same. */
import { parse } from "dotenv";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { withIgnored, withVariables } from "../../src/cli/wizard/dotenv.ts";

const NASTY = [
  "plain",
  "with space",
  "a#b",
  "it's",
  'say "hi"',
  "$HOME $1 $&",
  "back\\slash\\n",
  "a=b",
  "`",
  "é🙂",
  "'\"",
];

describe(".env", () => {
  it.each(NASTY)("gives back %s", (value) => {
    expect(parse(withVariables("", new Map([["TOKEN", value]])))).toEqual({ TOKEN: value });
    expect(parse(withVariables("A=1\nTOKEN=old\nB=2\n", new Map([["TOKEN", value]])))).toEqual({
      A: "1",
      TOKEN: value,
      B: "2",
    });
  });

  it("gives back whatever a credential may hold", () => {
    const credential = fc
      .string({ unit: fc.constantFrom(...`abcnrXYZ019-_./:+=#$'"\\ @%&é`), minLength: 1, maxLength: 40 })
      .filter((text) => text === text.trim())
      // All three quotes at once, or a false line break: refused, and never written wrongly.
      .filter((text) => !["'", "`", '"'].every((sign) => text.includes(sign)));
    fc.assert(
      fc.property(credential, (value) => {
        expect(parse(withVariables("# mine\nA=1", new Map([["TOKEN", value]])))).toEqual({
          A: "1",
          TOKEN: value,
        });
      }),
      { seed: 7, numRuns: 500 },
    );
  });

  it("keeps comments, order and other names that look alike", () => {
    const before = "# mine\nMY_TOKEN=1\nexport TOKEN=old # why\nTOKEN_2=3";
    expect(
      withVariables(
        before,
        new Map([
          ["TOKEN", "new"],
          ["MORE", ""],
        ]),
      ),
    ).toBe("# mine\nMY_TOKEN=1\nTOKEN=new\nTOKEN_2=3\nMORE=\n");
  });

  it("refuses what no line can hold", () => {
    expect(() => withVariables("", new Map([["TOKEN", "a\nB=1"]]))).toThrow(RangeError);
  });
});

describe(".gitignore", () => {
  it("gets what is missing, and nothing twice", () => {
    expect(withIgnored("", [".env", ".broadcast/"])).toBe(".env\n.broadcast/\n");
    expect(withIgnored("dist\n/.env", [".env", ".broadcast/"])).toBe("dist\n/.env\n.broadcast/\n");
    expect(withIgnored("dist\r\n.broadcast\r\n.env\r\n", [".env", ".broadcast/"])).toBe(
      "dist\r\n.broadcast\r\n.env\r\n",
    );
  });
});
