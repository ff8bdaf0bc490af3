/** Asking a network that charges for answers: says what it costs, and asks where somebody can be asked. */
import type { Money } from "../adapter.ts";
import { count } from "../report/code-frame.ts";
import { moneyWords } from "../report/money.ts";
import { type Terminal, unlessLeft } from "./terminal.ts";

export function agreeToCost(terminal: Terminal, json = false) {
  return async (cost: readonly Money[], posts: number): Promise<boolean> => {
    const words = `Asking about ${count(posts, "post")} costs about ${moneyWords(cost)}.`;
    if (!terminal.person || json) {
      terminal.err(`${words}\n`);
      return true;
    }
    const { confirm } = await terminal.prompts();
    return (await unlessLeft(confirm(`${words} Ask?`))) ?? false;
  };
}
