/** A new campaign as text, with the fields in the order of the examples. */
import { Document, Scalar, visit } from "yaml";
import type { Kind } from "../../config/kinds.ts";

export interface NewCampaign {
  kind: Kind;
  title: string;
  summary?: string;
  link?: string;
  vars?: Readonly<Record<string, string>>;
  body: string;
  tags?: readonly string[];
  channels: readonly string[];
  audience?: "internal";
  at?: string;
}

export function campaignFile(campaign: NewCampaign): string {
  const { kind, title, summary, link, vars = {}, body, tags = [], channels, audience, at } = campaign;
  const document = new Document({
    kind,
    title,
    ...(summary && { summary }),
    ...(link && { link }),
    ...(Object.keys(vars).length > 0 && { vars }),
    body: body.endsWith("\n") ? body : `${body}\n`,
    ...(tags.length > 0 && { tags }),
    ...(audience && { audience }),
    channels,
    ...(at && { at }),
  });
  visit(document, {
    Seq: (_, list) => {
      list.flow = true;
    },
    Pair: (_, { key, value }) => {
      if ((key as Scalar).value === "body") (value as Scalar).type = Scalar.BLOCK_LITERAL;
    },
  });
  const text = document.toString({ lineWidth: 0, flowCollectionPadding: false });
  return `# What to say. Where it goes is in broadcast.yml; \`broadcast preview\` shows how it looks there, with --watch while you write.\n${text}`;
}

/** `Acme 2.4 is out!` → `acme-2-4-is-out`, for a file's name. */
export function slugOf(title: string): string {
  const slug = title
    .normalize("NFKD")
    .replace(/\p{M}/gu, "")
    .toLowerCase()
    .replace(/[^\p{L}\p{N}]+/gu, "-")
    .replace(/^-+|-+$/g, "");
  return [...slug].slice(0, 50).join("").replace(/-+$/, "") || "campaign";
}
