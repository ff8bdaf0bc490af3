/** SQLite as Node has it, or as the port with the same interface has it. */
type Driver = typeof import("@photostructure/sqlite");

export type DatabaseSync = InstanceType<Driver["DatabaseSync"]>;

// Node has SQLite built in from 22.13; before that, the port with the same interface.
export async function driver(): Promise<Pick<Driver, "DatabaseSync">> {
  const [major = 0, minor = 0] = process.versions.node.split(".").map(Number);
  if (major < 22 || (major === 22 && minor < 13)) return import("@photostructure/sqlite");
  silenceExperimentalWarning();
  const name = "node:sqlite";
  return (await import(name)) as Pick<Driver, "DatabaseSync">;
}

function silenceExperimentalWarning(): void {
  const emit = process.emitWarning;
  process.emitWarning = ((warning: string | Error, ...rest: unknown[]) => {
    if (String(warning).includes("SQLite")) return;
    Reflect.apply(emit, process, [warning, ...rest]);
  }) as typeof process.emitWarning;
}
