/**
 * A program as docs/networks/exec.md asks for one, which reads one line of JSON and answers with one. It plays in the place of the
 * project's own, which is never run in a rehearsal. Read 2026-11-27.
 */

import { utf8 } from "../count.ts";
import { linesOf } from "../doors.ts";
import { channelOf, sha256 } from "../ids.ts";
import { markdownHtml } from "../markdown.ts";
import type { SandboxNetwork, SandboxPost, World } from "../network.ts";

const ID = "exec";

interface File {
  name: string;
  type: string;
  alt: string;
  data: string;
}

interface Message {
  version: number;
  type: string;
  key: string;
  part: number;
  time: string;
  token?: string;
  parent?: string;
  values: Record<string, unknown>;
  post: {
    title?: string;
    text: string;
    markup: string;
    link?: { url: string; title?: string };
    tags: string[];
    media: File[];
  };
}

export const exec: SandboxNetwork = {
  id: ID,
  name: "Program",
  look: { light: "#4a4a4a", dark: "#c4c4c4", mark: ">_", layout: "article", alt: true },
  ways: [
    {
      name: "program",
      socket: true,
      lookUp: "none",
      title: "Acme 2.4",
      media: { counts: [1, 2] },
      threads: true,
    },
  ],
  channel: (name, _base, _folder, _settings, door = "tcp://127.0.0.1:1") => ({
    program: "a-program-that-is-not-run",
    token: `sandbox-${name}`,
    socket: door,
  }),
  publishes: () => false,
  handle: () => undefined,
  async connect(connection, world) {
    const { value: line } = await linesOf(connection).next();
    if (line === undefined) return;
    await connection.send(`${JSON.stringify(answerTo(line, world))}\n`);
  },
};

function answerTo(line: string, world: World): object {
  const message = messageIn(line);
  const wrong = message ? faultIn(message) : "this is not JSON";
  if (!message || wrong !== undefined) return { error: "rejected", message: wrong };
  const account = channelOf(message.token);
  if (account === undefined) return { error: "auth", message: "the token is not known" };
  const post = shown(message, account, world);
  world.accept(post);
  return { id: post.id, url: post.url };
}

function messageIn(line: string): Message | undefined {
  try {
    return JSON.parse(line) as Message;
  } catch {
    return undefined;
  }
}

function faultIn({ version, type, key, part, time, post, values }: Message): string | undefined {
  if (version !== 1) return "another version than 1";
  if (type !== "publish") return `what is ${JSON.stringify(type)}?`;
  if (!/^[0-9a-f]{32}$/.test(key)) return "`key` is not 32 hexadecimal signs";
  if (!Number.isInteger(part) || Number.isNaN(Date.parse(time))) return "`part` or `time` is missing";
  if (typeof values !== "object" || values === null) return "`values` is missing";
  if (typeof post?.text !== "string" || post.markup !== "markdown") return "`post` has no text in Markdown";
  if (!Array.isArray(post.tags) || !Array.isArray(post.media)) return "`tags` or `media` is not a list";
  if (post.media.some(({ name, type, alt, data }) => !name || !type || alt === undefined || !data))
    return "a file lacks its name, type, alternative text or data";
  return undefined;
}

function shown({ key, part, parent, post, values }: Message, account: string, world: World): SandboxPost {
  const { title, text, link, tags, media } = post;
  const count = world.posts.filter(({ network }) => network === ID).length;
  const id = sha256(`${key} ${part} ${count}`).toString("hex").slice(0, 16);
  return {
    ...{ network: ID, account, id, url: `${world.base(ID)}/${account}/${id}`, at: world.now() },
    ...(parent !== undefined && { parent }),
    ...(title !== undefined && { title }),
    text,
    html: markdownHtml(text),
    media: media.map(({ type, alt, data }) => ({ type, alt, bytes: Buffer.from(data, "base64") })),
    ...(link && { card: { url: link.url, ...(link.title && { title: link.title }) } }),
    length: utf8(text),
    max: 500_000,
    notes: [
      ...tags.map((tag) => `tag ${tag}`),
      ...Object.entries(values).map(([name, value]) => `${name}: ${value}`),
    ],
  };
}
