/** Waits for any key; Ctrl-C is one. Only where stdin is a terminal. */
export function keyPressed(): Promise<void> {
  const { stdin } = process;
  return new Promise((resolve) => {
    const done = () => {
      process.off("SIGINT", done);
      process.off("SIGTERM", done);
      stdin.off("data", done);
      stdin.setRawMode(false);
      stdin.pause();
      resolve();
    };
    process.on("SIGINT", done);
    process.on("SIGTERM", done);
    stdin.setRawMode(true);
    stdin.resume();
    stdin.once("data", done);
  });
}
