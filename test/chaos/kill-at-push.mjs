// Like kill-at.mjs, with the boundaries of the git ledger besides: before-push, during-push (git goes on by itself, as it
// may when a runner is lost), after-push. MACHINE gives the runner a name of its own: nobody can then see from outside
// whether its process lives.
import childProcess from "node:child_process";
import { syncBuiltinESMExports } from "node:module";
import os from "node:os";
import "./kill-at.mjs";

const { spawn } = childProcess;
childProcess.spawn = (command, args, options) => {
  const pushes = command === "git" && args[0] === "push";
  if (pushes) globalThis.killBoundary("before-push");
  const child = spawn(command, args, options);
  if (pushes) {
    globalThis.killBoundary("during-push");
    child.prependListener("close", () => globalThis.killBoundary("after-push"));
  }
  return child;
};
if (process.env.MACHINE) os.hostname = () => process.env.MACHINE;
syncBuiltinESMExports();
