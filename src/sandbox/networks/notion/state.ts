/** What a workspace holds, and one request on its way. */
import type { Call as SomeCall } from "../../api.ts";
import type { richText, Stored } from "./blocks.ts";
import { idOf } from "./said.ts";

export const ID = "notion";

export interface StoredPage {
  id: string;
  channel: string;
  by: string;
  inSource: boolean;
  title: ReturnType<typeof richText>;
  values: Record<string, unknown>;
  icon: string | null;
  cover: string | null;
  blocks: Stored[];
  at: number;
  editedAt: number;
  inTrash: boolean;
}

export interface State {
  pages: StoredPage[];
  uploads: Upload[];
  comments: {
    id: string;
    page: string;
    by: string;
    name: string;
    words: ReturnType<typeof richText>;
    at: number;
  }[];
  last: number;
}

export interface Upload {
  id: string;
  channel: string;
  filename: string;
  type: string;
  parts: Buffer[];
  /** How many there will be; 1 for a file that comes whole. */
  total: number;
  status: "pending" | "uploaded";
  expires: number;
  attached: boolean;
}

export interface Who {
  channel: string;
  name: string;
}
export type Call = SomeCall<State, Who>;

export function botOf(call: Pick<Call, "who">): string {
  const { channel, name } = call.who();
  return idOf(`user ${name} in ${channel}`);
}
