/** The system's keyring, where the optional package `@napi-rs/keyring` is installed and the system has one. */

export interface Keyring {
  get(account: string): string | undefined;
  /** `false` when the keyring does not take it. */
  set(account: string, secret: string): boolean;
  remove(account: string): void;
}

interface Entry {
  getPassword(): string | null;
  setPassword(secret: string): void;
  deletePassword(): unknown;
}

const SERVICE = "broadcast";
// In a variable, so that neither the bundler nor the compiler looks for it.
const PACKAGE = "@napi-rs/keyring";

/** `undefined` without the package. A keyring that cannot be reached (no desktop) takes nothing and gives nothing. */
export async function systemKeyring(): Promise<Keyring | undefined> {
  let Entry: new (service: string, account: string) => Entry;
  try {
    ({ Entry } = (await import(PACKAGE)) as { Entry: typeof Entry });
  } catch {
    return undefined;
  }
  const attempt = <T>(work: () => T): T | undefined => {
    try {
      return work();
    } catch {
      return undefined;
    }
  };
  return {
    get: (account) => attempt(() => new Entry(SERVICE, account).getPassword()) ?? undefined,
    set: (account, secret) =>
      attempt(() => {
        new Entry(SERVICE, account).setPassword(secret);
        return true;
      }) ?? false,
    remove: (account) => {
      attempt(() => new Entry(SERVICE, account).deletePassword());
    },
  };
}
