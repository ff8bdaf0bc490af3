/** What tools put before and behind the author's words: numbers, hashes, names, thanks, addresses. */
const HASH = "`?[0-9a-f]{7,40}`?";
const NUMBER = "`?(?:[\\w.-]+\\/[\\w.-]+)?#\\d+`?";
const PERSON = "(?:\\*\\*)?@[\\w-]+(?:\\[bot\\])?(?:\\*\\*)?";
const PEOPLE = `${PERSON}(?:(?:,\\s*|\\s+and\\s+|,?\\s*&\\s*|\\s+)${PERSON})*`;
const REF = `(?:PR\\s*)?(?:${NUMBER}|${HASH})`;
// changesets: `#12 abc1234 Thanks @ada! - …`, `abc1234: …`, and `#12 …`.
const BEGINS = [
  new RegExp(`^(?:\\(?${REF}\\)?[\\s,]*){1,8}(?:Thanks\\s+${PEOPLE}!?)?\\s*(?:[-–—]|:)\\s+`, "i"),
  new RegExp(`^Thanks\\s+${PEOPLE}!\\s*[-–—]\\s+`, "i"),
  new RegExp(`^(?:\\(?${NUMBER}\\)?[\\s,]+){1,8}(?=\\S)`),
];

export function withoutPrefix(text: string): string {
  return BEGINS.reduce((left, begin) => left.replace(begin, ""), text);
}

const MAIL = "[\\w.+-]{1,64}@[\\w-]{1,63}(?:\\.[\\w-]{1,63}){1,8}";
const AND = "[\\s,;&]+(?:and\\s+)?";
const CREDIT = `(?:${REF}|(?:thanks\\s+)?${PERSON})`;
const THANKS = `(?:many\\s+)?(?:thanks|thank you|thx)(?:,?\\s+to)?:?\\s+${PEOPLE}`;
// What may end a point, in any order.
const ENDS = [
  // Whose address it is stands before it: `… by Ada Example <ada@mail.example>`.
  new RegExp(`[\\s,–—-]+(?:by|from)\\s+[^<>()@]{1,60}[(<](?:mailto:)?${MAIL}[)>]$`, "i"),
  new RegExp(
    `(?<=\\p{Lu}[\\p{L}'’.-]{0,30}[ \\t]\\p{Lu}[\\p{L}'’.-]{0,30})[ \\t]*[(<](?:mailto:)?${MAIL}[)>]$`,
    "u",
  ),
  // Behind a hash or a number: `… (2d6d901) by Ada Example`.
  new RegExp(`(?<=\\(${REF}\\))\\s+by\\s+\\p{Lu}[\\p{L}\\s.'’-]{1,60}$`, "u"),
  new RegExp(`[\\s,]+(?:by|from)\\s+(?:${PEOPLE})(?:\\s+in\\s+\\S+)?$`, "i"),
  new RegExp(`[\\s,]*\\(\\s?${CREDIT}(?:${AND}${CREDIT})*\\s?\\)$`, "i"),
  new RegExp(`[\\s,–—-]*\\(${THANKS}[!.]*\\)$`, "i"),
  new RegExp(`(?:[\\s,–—-]+|(?<=[.!]))${THANKS}[!.]*$`, "i"),
  new RegExp(
    `[\\s,]*[([]?\\b(?:close[sd]?|fix(?:e[sd])?|resolve[sd]?|refs?|see|part of|via|pr)[:\\s]+(?:(?:${NUMBER}|https?:\\/\\/\\S+)(?:[\\s,]*(?:and\\s+)?))+[)\\]]?$`,
    "i",
  ),
  new RegExp(`\\s+(?:${NUMBER}|https?:\\/\\/\\S+\\/(?:pull|issues|commit)\\/\\w+)$`),
  /\s+`?(?=[0-9a-f]*\d)[0-9a-f]{7,40}`?$/,
  /[\s,;–—-]+$/,
];

export function withoutCredits(written: string): string {
  let text = written.trimEnd();
  for (let round = 0; round < 12; round++) {
    const stop = /[.!]$/.test(text) ? text.slice(-1) : "";
    const before = text;
    for (const end of ENDS) text = text.replace(end, "");
    if (stop !== "" && text === before) {
      const open = ENDS.reduce((left, end) => left.replace(end, ""), text.slice(0, -1));
      if (open !== text.slice(0, -1)) text = /[.!?]$/.test(open) ? open : `${open}${stop}`;
    }
    if (text === before) break;
  }
  return text.replace(new RegExp(`(?:\\s*\\(${REF}\\))+(?=[\\s.,:;!?])`, "gi"), "");
}
