/** Questions to a person. Loads inquirer: import this module dynamically, and only when somebody can answer. */
import inquirer from "inquirer";

/** What this module gives. */
export interface Questions {
  confirm: typeof confirm;
  choose: typeof choose;
  write: typeof write;
}

/** `false` also when the person leaves with Ctrl-C. */
export async function confirm(message: string): Promise<boolean> {
  const { yes } = await answered(
    inquirer.prompt([{ type: "confirm", name: "yes", message, default: false }]),
    { yes: false },
  );
  return yes;
}

export interface Choice {
  name: string;
  value: string;
}

/** The chosen value; `undefined` when the person leaves with Ctrl-C. */
export async function choose(message: string, choices: readonly Choice[]): Promise<string | undefined> {
  const { value } = await answered<{ value: string | undefined }>(
    inquirer.prompt([{ type: "select", name: "value", message, choices: [...choices] }]),
    { value: undefined },
  );
  return value;
}

/** What was typed, without the spaces around it; `undefined` when the person leaves with Ctrl-C. */
export async function write(message: string): Promise<string | undefined> {
  const { value } = await answered<{ value: string | undefined }>(
    inquirer.prompt([{ type: "input", name: "value", message }]),
    {
      value: undefined,
    },
  );
  return value?.trim();
}

// Leaving a question is an answer, and no fault.
async function answered<T>(question: Promise<T>, left: T): Promise<T> {
  try {
    return await question;
  } catch (error) {
    if ((error as Error).name === "ExitPromptError") return left;
    throw error;
  }
}
