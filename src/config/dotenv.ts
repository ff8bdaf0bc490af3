/** Reads `.env`. Loads a library that loads cryptography: reach it by a dynamic import, when there is such a file. */
import { parse } from "dotenv";

export function readVariables(text: string): Record<string, string> {
  return parse(text);
}
