/** One question at the terminal. Loads inquirer: import this module dynamically, and only when somebody can answer. */
import inquirer from "inquirer";

/** The person left with Ctrl-C or Ctrl-D. */
export class Left extends Error {
  override name = "Left";
}

/** Throws Left. */
export async function prompted<T>(question: object): Promise<T> {
  // The library types every kind of question apart; here they all have one value.
  const prompt = inquirer.prompt as (asked: object[]) => Promise<{ value: T }> & { ui: { close(): void } };
  const asked = prompt([{ ...question, name: "value" }]);
  const { stdin } = process;
  // Ctrl-D closes the line that is being typed, and nobody tells the question. A pause alone is none: an editor may be open.
  const closed = () => setImmediate(() => void (stdin.isRaw || asked.ui.close()));
  stdin.on("pause", closed);
  try {
    return (await asked).value;
  } catch (error) {
    const { name } = error as Error;
    throw name === "ExitPromptError" || name === "AbortPromptError" ? new Left("left") : error;
  } finally {
    stdin.off("pause", closed);
  }
}
