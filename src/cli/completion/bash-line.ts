/** bash's line up to the cursor. bash splits words at `:` and `=`, so they are joined here. */

export interface Line {
  /** Behind the program's name, as the program would get them; the last one may be empty. */
  words: string[];
  /** How much of the last word bash keeps: it replaces the rest. */
  kept: string;
}

/** `breaks`: bash's COMP_WORDBREAKS. */
export function readLine(line: string, breaks: string): Line {
  const words: string[] = [];
  let word: string | undefined;
  let kept = "";
  let quote = "";
  for (let at = 0; at < line.length; at++) {
    const sign = line[at]!;
    if (quote !== "") {
      if (sign === quote) quote = "";
      else if (quote === '"' && sign === "\\" && /["\\$`]/.test(line[at + 1] ?? "")) word += line[++at]!;
      else word += sign;
    } else if (sign === "'" || sign === '"') {
      word ??= "";
      // From an open quote on bash replaces everything.
      kept = word;
      quote = sign;
    } else if (sign === "\\") {
      word = (word ?? "") + (line[++at] ?? "");
    } else if (/\s/.test(sign)) {
      if (word !== undefined) words.push(word);
      word = undefined;
      kept = "";
    } else {
      word = (word ?? "") + sign;
      if (/[:=]/.test(sign) && breaks.includes(sign)) kept = word;
    }
  }
  return { words: [...words, word ?? ""].slice(1), kept };
}
