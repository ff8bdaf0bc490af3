/** A message as a client shows it: https://modern.ircdocs.horse/formatting. */
import { graphemes, utf8 } from "../../count.ts";
import { marked } from "../../html.ts";
import type { SandboxPost, World } from "../../network.ts";
import type { Member } from "./message.ts";

interface Heard {
  network: string;
  room: string;
  me: Member;
  id: string;
  /** As it was relayed. */
  line: string;
  world: World;
}

export function postOf({ network, room, me, id, line, world }: Heard): SandboxPost {
  const text = line.slice(line.indexOf(" :") + 2);
  return {
    network,
    account: `${me.nick} in ${room}`,
    id,
    ...(me.first !== undefined && { parent: me.first }),
    url: `${world.base(network)}/${encodeURIComponent(room)}#${id}`,
    at: world.now(),
    text,
    html: htmlOf(text),
    media: [],
    length: utf8(text),
    max: utf8(text) + 510 - utf8(line),
    notes: [`${graphemes(text)} characters in a line of ${utf8(line)} bytes`],
  };
}

const NAMES: Record<string, string> = { "\x02": "b", "\x1d": "i", "\x1e": "s", "\x1f": "u", "\x11": "code" };

/** Codes switch on and off; at the end of the line all of them are off. */
function htmlOf(text: string): string {
  const open: string[] = [];
  let html = "";
  for (const piece of text.split(/([\x02\x1d\x1e\x1f\x11\x0f])/)) {
    const name = NAMES[piece];
    if (piece === "\x0f") html += closed(open.splice(0));
    else if (name === undefined) html += marked(piece);
    else if (open.includes(name)) {
      const inner = open.splice(open.indexOf(name));
      html += closed(inner);
      for (const again of inner.slice(1)) {
        open.push(again);
        html += `<${again}>`;
      }
    } else {
      open.push(name);
      html += `<${name}>`;
    }
  }
  return html + closed(open);
}

function closed(names: readonly string[]): string {
  return [...names]
    .reverse()
    .map((name) => `</${name}>`)
    .join("");
}
