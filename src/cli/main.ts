/** Where the program starts. Only what `--version` needs is loaded before the command is known. */
import { VERSION } from "../version.ts";

const argv = process.argv.slice(2);

if (argv.length === 1 && (argv[0] === "--version" || argv[0] === "-V")) {
  process.stdout.on("error", ({ code }: NodeJS.ErrnoException) => process.exit(code === "EPIPE" ? 0 : 2));
  process.stdout.write(`${VERSION}\n`);
} else {
  void start();
}

// A function, because the built program is CommonJS, which cannot wait at its top level.
async function start(): Promise<void> {
  const { run } = await import("./program.ts");
  const { processTerminal } = await import("./terminal.ts");
  const terminal = processTerminal(argv);
  let failing: Promise<never> | undefined;
  const fault = (error: unknown) => {
    failing ??= import("./errors.ts").then(({ reportFault }) =>
      process.exit(reportFault(error, argv, terminal)),
    );
  };
  // An unhandled rejection is a fault of ours, and is reported without a stack trace.
  process.on("unhandledRejection", fault);
  process.on("uncaughtException", fault);
  let ended = false;
  process.once("beforeExit", () => {
    if (!ended) fault(new Error("it ended before it had finished"));
  });
  const code = await run(argv, terminal);
  ended = true;
  await Promise.all([written(process.stdout), written(process.stderr)]);
  await failing;
  // Not by itself: Node would wait for code that V8 still compiles in the background, and that nothing will run.
  process.exit(code);
}

function written(stream: NodeJS.WriteStream): Promise<void> {
  return new Promise((resolve) => {
    stream.write("", () => resolve());
  });
}
