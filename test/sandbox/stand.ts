/** A sandbox for a test, and a client that knows no adapter. */
import { mkdtemp } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Agent, FormData, request } from "undici";
import { onTestFinished } from "vitest";
import { networks } from "../../src/sandbox/networks/index.ts";
import { type Sandbox, type SandboxOptions, startSandbox } from "../../src/sandbox/server.ts";

export const NOW = Date.parse("2026-11-23T08:00:00Z");

export interface Answer {
  status: number;
  headers: Record<string, string>;
  text: string;
  /** JSON where it is that, else the text. */
  body: ReturnType<typeof JSON.parse>;
}

export interface Call {
  method?: string;
  headers?: Record<string, string>;
  json?: unknown;
  form?: Record<string, string>;
  data?: FormData;
  bytes?: Uint8Array | string;
}

/** Starts one on a free port and closes it with the test. The clock stands until `clock.at` is moved. */
export async function stand(
  options: Partial<SandboxOptions> = {},
): Promise<{ sandbox: Sandbox; clock: { at: number } }> {
  const clock = { at: NOW };
  const folder = await mkdtemp(join(tmpdir(), "sandbox-"));
  const sandbox = await startSandbox({ networks, folder, now: () => clock.at, ...options });
  onTestFinished(() => sandbox.close());
  return { sandbox, clock };
}

export async function call(
  url: string,
  { method, headers = {}, json, form, data, bytes }: Call = {},
): Promise<Answer> {
  const agent = new Agent();
  const sends = json !== undefined || form || data || bytes !== undefined;
  try {
    const answer = await request(url, {
      dispatcher: agent,
      method: (method ?? (sends ? "POST" : "GET")) as "GET",
      headers: {
        ...(json === undefined ? {} : { "content-type": "application/json" }),
        ...(form ? { "content-type": "application/x-www-form-urlencoded" } : {}),
        ...headers,
      },
      body:
        json === undefined
          ? form
            ? new URLSearchParams(form).toString()
            : (data ?? bytes ?? null)
          : JSON.stringify(json),
    });
    const text = await answer.body.text();
    const flat = Object.entries(answer.headers).map(([name, value]) => [name, String(value)]);
    return { status: answer.statusCode, headers: Object.fromEntries(flat), text, body: parsed(text) };
  } finally {
    await agent.destroy();
  }
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

/** The head of a PNG of this size; enough for whoever looks only at the head. */
export function png(width = 8, height = 8, bytes = 64): Buffer {
  const file = Buffer.alloc(Math.max(bytes, 33));
  Buffer.from("\x89PNG\r\n\x1a\n\0\0\0\rIHDR", "latin1").copy(file);
  file.writeUInt32BE(width, 16);
  file.writeUInt32BE(height, 20);
  return file;
}

export function fileForm(fields: Record<string, string>, files: Record<string, Buffer>): FormData {
  const data = new FormData();
  for (const [name, value] of Object.entries(fields)) data.set(name, value);
  for (const [name, bytes] of Object.entries(files))
    data.set(name, new Blob([new Uint8Array(bytes)]), `${name}.png`);
  return data;
}
