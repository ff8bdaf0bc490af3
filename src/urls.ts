/** Whether a text is a URL. */

/**
 * As `URL.canParse`, which in Node 20 says no to letters such as `ü` once it has been called often enough to be compiled: its
 * quick way takes Latin-1 for UTF-8.
 */
export function isUrl(text: string, base?: string): boolean {
  try {
    new URL(text, base);
    return true;
  } catch {
    return false;
  }
}
