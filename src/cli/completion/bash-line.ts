/** What bash has on its line, up to the cursor: bash parts words at `:` and `=`, so it is done anew here. */

export interface Line {
  /** Behind the program's name, as the program would get them; the last one may be empty. */
  words: string[];
  /** How much of the last word bash leaves as it is: what it replaces begins behind this. */
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
