/** A project with one campaign for a real server, and the built program in it. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { broadcast, type Ended, type RunOptions } from "../chaos/process.ts";
import { writeFiles } from "../chaos/project-files.ts";
import type { RealServer, Running } from "./server.ts";

export interface Scene {
  folder: string;
  /** The channel's name, in all its words and pictures. */
  mark: string;
  settings: Record<string, unknown>;
  run(argv: string[], options?: RunOptions): Promise<Ended>;
  send(options?: RunOptions): Promise<Ended>;
  /** Other words in the campaign. */
  rewrite(change: (words: string) => string): void;
  /** The bytes of its picture. */
  picture(): Uint8Array;
  remove(): void;
}

let scenes = 0;

export function createScene(server: RealServer, running: Running): Scene {
  const folder = mkdtempSync(join(tmpdir(), "broadcast-real-"));
  const mark = `real${process.pid}x${++scenes}y`;
  const settings = running.settings(mark);
  // JSON is YAML.
  const lines = Object.entries(settings).map(([name, value]) => `${name}: ${JSON.stringify(value)}`);
  const { name, network, parts, pictures, exact } = server;
  writeFiles(folder, { name, network, settings: lines, parts, pictures, exact }, mark);
  const run = (argv: string[], options: RunOptions = {}) =>
    broadcast(folder, argv, { ...options, env: { ...running.env, HOME: folder, BROADCAST_KEYRING: "none" } });
  const rewrite: Scene["rewrite"] = (change) => {
    const file = join(folder, "c.yml");
    writeFileSync(file, change(readFileSync(file, "utf8")));
  };
  // A wiki has one page of a name.
  rewrite((campaign) => campaign.replace("title: Title", `title: Title of ${mark}`));
  return {
    folder,
    mark,
    settings,
    run,
    send: (options) => run(["send", "c.yml", "--yes"], options),
    rewrite,
    picture: () => readFileSync(join(folder, "1.png")),
    remove: () => rmSync(folder, { recursive: true, force: true }),
  };
}
