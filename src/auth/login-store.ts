/**
 * What `broadcast login` leaves behind: one private file per channel in `.broadcast/logins`, never in the ledger. The file
 * holds the login itself, the login under a passphrase, or a note that the system's keyring has it.
 */
import { createHash } from "node:crypto";
import { readdir, readFile, rm } from "node:fs/promises";
import { join } from "node:path";
import * as v from "valibot";
import { writeAtomically } from "../files.ts";
import { type Sealed, seal, unseal } from "./encrypt.ts";
import type { Keyring } from "./keyring.ts";

const loginSchema = v.object({
  channel: v.string(),
  network: v.string(),
  /** What the channel gets from here: the token, and what was chosen with it. */
  settings: v.record(v.string(), v.string()),
  /** ISO date-times. */
  obtained: v.string(),
  expires: v.optional(v.string()),
  scopes: v.optional(v.array(v.string())),
  /** What a renewal needs. */
  refresh: v.optional(v.string()),
  client: v.optional(v.object({ id: v.string(), secret: v.optional(v.string()) })),
  /** The public settings that the addresses were filled from. */
  place: v.optional(v.record(v.string(), v.string())),
});
export type Login = v.InferOutput<typeof loginSchema>;

/** Why a login that is there cannot be read. */
export type Locked = "passphrase-missing" | "passphrase-wrong" | "keyring" | "unreadable";

export interface LoginStore {
  read(channel: string): Promise<Login | Locked | undefined>;
  all(): Promise<Map<string, Login | Locked>>;
  /** Where it was put. */
  write(login: Login): Promise<"keyring" | "encrypted file" | "file">;
  remove(channel: string): Promise<boolean>;
  folder: string;
}

export interface StoreOptions {
  /** The project's `.broadcast/logins`. */
  folder: string;
  passphrase?: string;
  /** Asked for only when it is needed. */
  keyring?: () => Promise<Keyring | undefined>;
}

const fileSchema = v.union([
  v.object({ version: v.literal(1), login: loginSchema }),
  v.object({ version: v.literal(1), sealed: v.looseObject({ cipher: v.literal("scrypt-aes-256-gcm") }) }),
  v.object({ version: v.literal(1), kept: v.literal("keyring") }),
]);

const END = ".json";

export function openLogins({
  folder,
  passphrase,
  keyring = async () => undefined,
}: StoreOptions): LoginStore {
  const fileOf = (channel: string) => join(folder, `${channel}${END}`);
  // Two projects may have a channel of the same name.
  const accountOf = (channel: string) =>
    `${channel} ${createHash("sha256").update(folder).digest("hex").slice(0, 12)}`;

  async function read(channel: string): Promise<Login | Locked | undefined> {
    let content: unknown;
    try {
      content = JSON.parse(await readFile(fileOf(channel), "utf8"));
    } catch (error) {
      return (error as NodeJS.ErrnoException).code === "ENOENT" ? undefined : "unreadable";
    }
    const file = v.safeParse(fileSchema, content);
    if (!file.success) return "unreadable";
    if ("login" in file.output) return file.output.login;
    if ("kept" in file.output) return loginIn((await keyring())?.get(accountOf(channel))) ?? "keyring";
    if (passphrase === undefined) return "passphrase-missing";
    const text = await unseal(file.output.sealed as unknown as Sealed, passphrase);
    return text === undefined ? "passphrase-wrong" : (loginIn(text) ?? "unreadable");
  }

  return {
    folder,
    read,
    async all() {
      const names = await readdir(folder).catch(() => [] as string[]);
      const channels = names
        .filter((name) => name.endsWith(END) && !name.startsWith("."))
        .map((name) => name.slice(0, -END.length));
      const found = await Promise.all(
        channels.map(async (channel) => [channel, await read(channel)] as const),
      );
      return new Map(found.flatMap(([channel, login]) => (login === undefined ? [] : [[channel, login]])));
    },
    async write(login) {
      const text = JSON.stringify(login);
      const file = fileOf(login.channel);
      // Whatever the project ignores or not: this is never committed.
      await writeAtomically(join(folder, ".gitignore"), "*\n", 0o600);
      const put = (content: object) =>
        writeAtomically(file, `${JSON.stringify({ version: 1, ...content }, null, 2)}\n`, 0o600);
      if (passphrase !== undefined) {
        await put({ sealed: await seal(text, passphrase) });
        return "encrypted file";
      }
      if ((await keyring())?.set(accountOf(login.channel), text)) {
        await put({ kept: "keyring" });
        return "keyring";
      }
      await put({ login });
      return "file";
    },
    async remove(channel) {
      const known = (await read(channel)) !== undefined;
      (await keyring())?.remove(accountOf(channel));
      await rm(fileOf(channel), { force: true });
      return known;
    },
  };
}

function loginIn(text: string | undefined): Login | undefined {
  if (text === undefined) return undefined;
  try {
    const parsed = v.safeParse(loginSchema, JSON.parse(text));
    return parsed.success ? parsed.output : undefined;
  } catch {
    return undefined;
  }
}
