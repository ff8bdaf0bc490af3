/** A page as pictures, for a mail: the whole of it, and each post by itself. */
import { join } from "node:path";
import { makeFolder, unwritable, writeAtomically } from "../files.ts";
import { openChromium } from "./chromium.ts";

export interface Shots {
  /** The folder; made when it is not there. */
  folder: string;
  /** How the files begin: `release`. */
  name: string;
  env: Readonly<Record<string, string | undefined>>;
}

const WIDTH = 1280;

/**
 * Gives the files' names. Nothing runs in the page meanwhile and nothing is loaded. Throws InputError where there is no
 * Chromium.
 */
export async function shotsOf(page: string, { folder, name, env }: Shots): Promise<string[]> {
  const browser = await openChromium(env);
  try {
    try {
      makeFolder(folder);
    } catch (error) {
      throw unwritable(folder, error);
    }
    const context = await browser.newContext({
      viewport: { width: WIDTH, height: 900 },
      deviceScaleFactor: 2,
      colorScheme: "light",
      reducedMotion: "reduce",
      javaScriptEnabled: false,
      offline: true,
    });
    const tab = await context.newPage();
    await tab.setContent(page, { waitUntil: "load" });
    const files: string[] = [];
    const keep = async (file: string, picture: Uint8Array) => {
      await writeAtomically(join(folder, file), picture);
      files.push(file);
    };
    // Twice as sharp would be more than a mail takes.
    await keep(`${name}.png`, await tab.screenshot({ fullPage: true, type: "png", scale: "css" }));
    for (const post of await tab.locator(".proof").all()) {
      const id = (await post.getAttribute("id"))?.replace(/^at-/, "") ?? "post";
      await keep(`${name}-${id.replace(/[^\w-]/g, "-")}.png`, await post.screenshot({ type: "png" }));
    }
    return files;
  } finally {
    await browser.close();
  }
}
