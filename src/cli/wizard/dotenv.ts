/** `.env` and `.gitignore` as text: lines are added or replaced, everything else stays as it was. */

/** The file with these variables in it. Throws RangeError for a value that no line of a `.env` can hold. */
export function withVariables(before: string, variables: ReadonlyMap<string, string>): string {
  let text = before;
  for (const [name, value] of variables) {
    const line = `${name}=${quoted(value)}`;
    const written = new RegExp(`^[ \\t]*(?:export[ \\t]+)?${name}[ \\t]*=.*$`, "m");
    text = written.test(text) ? text.replace(written, () => line) : `${ended(text)}${line}\n`;
  }
  return text;
}

/** The file with these patterns in it. */
export function withIgnored(before: string, patterns: readonly string[]): string {
  const lines = before.split(/\r?\n/).map((line) => line.trim().replace(/^\//, "").replace(/\/$/, ""));
  const missing = patterns.filter((pattern) => !lines.includes(pattern.replace(/\/$/, "")));
  return missing.length === 0 ? before : `${ended(before)}${missing.join("\n")}\n`;
}

function ended(text: string): string {
  return text === "" || text.endsWith("\n") ? text : `${text}\n`;
}

// dotenv reads single quotes, backticks and double quotes; only the last of them knows escapes, and only \n and \r.
function quoted(value: string): string {
  if (/^[\w./:@%+=,~-]*$/.test(value)) return value;
  if (/[\r\n]/.test(value)) throw new RangeError("a value in .env cannot contain a line break");
  const quote = ["'", "`", '"'].find(
    (sign) => !value.includes(sign) && !(sign === '"' && /\\[nr]/.test(value)),
  );
  if (quote === undefined) throw new RangeError("a value in .env cannot contain all kinds of quotes");
  return quote + value + quote;
}
