/** As Markdown that says exactly this: nothing in it is markup, a mention or a tag. */
export function inMarkdown(text: string): string {
  return text.replace(/[\\`*_{}[\]()#+\-.!|<>~@:&$=^]/g, "\\$&");
}
