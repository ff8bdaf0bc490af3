/** What helps while writing: the networks with their limits, a measure, the stand-ins, the schemas. */
import { list, port, whole } from "./options.ts";
import type { Declare } from "./setup-commands.ts";
import type { Terminal } from "./terminal.ts";

export function toolCommands(command: Declare, ended: (code: number) => void, terminal: Terminal): void {
  command(
    "networks",
    "List the networks with their limits",
    "broadcast networks",
    "broadcast networks --json",
  )
    .option("--json", "as JSON")
    .action(async (options) =>
      ended(await (await import("./commands/networks.ts")).networks(options, terminal)),
    );

  command(
    "measure [text]",
    "Measure a text as networks count it; without a text, reads stdin",
    'broadcast measure --network mastodon "Acme 2.4 is out"',
    "broadcast measure < text.txt",
  )
    .option("--network <names>", "only these networks", list)
    .option("--json", "as JSON")
    .action(async (text, options) =>
      ended(await (await import("./commands/measure.ts")).measure(text, options, terminal)),
    );

  command(
    "sandbox",
    "Run the networks' stand-ins, with a page that shows what they took",
    "broadcast sandbox",
    "broadcast sandbox --chaos storm --seed 7",
  )
    .option("--port <number>", "where it listens; 0 for any", port, 4747)
    .option("--host <address>", "which address it listens at", "127.0.0.1")
    .option(
      "--chaos <profile>",
      "the trouble it makes: calm, mild, limits, lost, garbled, tired, storm, or one fault",
    )
    .option("--seed <number>", "the same seed makes the same trouble", whole, 1)
    .option("--no-rates", "do not keep the networks' rate limits")
    .option("--json", "print the address as JSON")
    .action(async (options) =>
      ended(await (await import("./commands/sandbox.ts")).sandbox(options, terminal)),
    );

  command(
    "schema <file>",
    "Print the JSON Schema of `campaign` or `broadcast` files, for editors",
    "broadcast schema campaign > campaign.schema.json",
  )
    .option("--json", "no difference: it is JSON")
    .action(async (file) => ended(await (await import("./commands/schema.ts")).schema(file, terminal)));
}
