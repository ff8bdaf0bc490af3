/** `broadcast mcp`: the tools for agents, over stdin and stdout. */
import { EXIT } from "../../errors.ts";
import type { Terminal } from "../terminal.ts";

export async function mcp({ cwd, env }: Terminal): Promise<number> {
  const { serve } = await import("../../mcp/server.ts");
  await serve({ cwd, env });
  return EXIT.ok;
}
