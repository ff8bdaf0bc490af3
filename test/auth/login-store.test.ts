/** Where logins are kept: private, sealed where there is a passphrase, and never another channel's. */
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { loginFor } from "../../src/app/credentials.ts";
import type { Keyring } from "../../src/auth/keyring.ts";
import { type Login, openLogins } from "../../src/auth/login-store.ts";

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "broadcast-logins-"));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const LOGIN: Login = {
  channel: "social",
  network: "birdsong",
  settings: { token: "t0ken-s3cret" },
  obtained: "2026-11-23T09:00:00.000Z",
  refresh: "r3fresh-s3cret",
  place: { server: "https://bird.example" },
};
const bytes = () => readFileSync(join(folder, "social.json"), "utf8");

function memoryKeyring(): Keyring & { kept: Map<string, string> } {
  const kept = new Map<string, string>();
  return {
    kept,
    get: (account) => kept.get(account),
    set: (account, secret) => kept.set(account, secret) && true,
    remove: (account) => void kept.delete(account),
  };
}

describe("the store of logins", () => {
  it("gives back what was put in, readable by its owner alone and ignored by git", async () => {
    const store = openLogins({ folder });
    expect(await store.read("social")).toBeUndefined();
    expect(await store.write(LOGIN)).toBe("file");
    expect(await openLogins({ folder }).all()).toEqual(new Map([["social", LOGIN]]));
    expect(statSync(join(folder, "social.json")).mode & 0o777).toBe(0o600);
    expect(readFileSync(join(folder, ".gitignore"), "utf8")).toBe("*\n");
    expect(await store.remove("social")).toBe(true);
    expect(await store.remove("social")).toBe(false);
    expect((await store.all()).size).toBe(0);
  });

  it("seals it with a passphrase, which alone opens it", async () => {
    const store = openLogins({ folder, passphrase: "correct horse" });
    expect(await store.write(LOGIN)).toBe("encrypted file");
    expect(bytes()).not.toMatch(/s3cret|birdsong/);
    expect(await store.read("social")).toEqual(LOGIN);
    expect(await openLogins({ folder, passphrase: "battery staple" }).read("social")).toBe(
      "passphrase-wrong",
    );
    expect(await openLogins({ folder }).read("social")).toBe("passphrase-missing");

    const before = bytes();
    await store.write(LOGIN);
    expect(bytes()).not.toBe(before);
    const changed = JSON.parse(before);
    changed.sealed.data = `A${changed.sealed.data.slice(1)}`;
    if (changed.sealed.data === JSON.parse(before).sealed.data)
      changed.sealed.data = `B${changed.sealed.data.slice(1)}`;
    writeFileSync(join(folder, "social.json"), JSON.stringify(changed));
    expect(await store.read("social")).toBe("passphrase-wrong");
  });

  it("leaves it to the keyring where there is one, and keeps it itself where that one refuses", async () => {
    const keyring = memoryKeyring();
    const store = openLogins({ folder, keyring: async () => keyring });
    expect(await store.write(LOGIN)).toBe("keyring");
    expect(bytes()).not.toContain("s3cret");
    expect(await store.read("social")).toEqual(LOGIN);
    expect(await openLogins({ folder }).read("social")).toBe("keyring");
    await store.remove("social");
    expect(keyring.kept.size).toBe(0);

    const refusing = { ...keyring, set: () => false };
    expect(await openLogins({ folder, keyring: async () => refusing }).write(LOGIN)).toBe("file");
  });

  it("says of a broken file that it is one", async () => {
    writeFileSync(join(folder, "social.json"), "{");
    expect(await openLogins({ folder }).read("social")).toBe("unreadable");
    writeFileSync(join(folder, "social.json"), '{"version":2}');
    expect(await openLogins({ folder }).read("social")).toBe("unreadable");
  });
});

describe("a login", () => {
  it("goes to its own network and its own server, and nowhere else", async () => {
    const store = openLogins({ folder });
    await store.write(LOGIN);
    const logins = { store, held: await store.all() };
    const server = "https://bird.example";
    expect(loginFor(logins, "social", "birdsong", { server: `${server}/` })).toEqual(LOGIN);
    expect(loginFor(logins, "social", "birdsong", {})).toEqual(LOGIN);
    expect(loginFor(logins, "social", "roomy", { server })).toBeUndefined();
    expect(loginFor(logins, "social", "birdsong", { server: "https://thief.example" })).toBeUndefined();
    expect(loginFor(logins, "other", "birdsong", { server })).toBeUndefined();
  });
});
