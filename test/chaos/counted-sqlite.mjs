const [major, minor] = process.versions.node.split(".").map(Number);
const builtIn = major > 22 || (major === 22 && minor >= 13);
const real = await import(builtIn ? "node:sqlite" : "@photostructure/sqlite");

export class DatabaseSync extends real.DatabaseSync {
  exec(sql) {
    const commits = sql === "commit";
    if (commits) globalThis.killBoundary("before-commit");
    const result = super.exec(sql);
    if (commits) globalThis.killBoundary("after-commit");
    return result;
  }
}
