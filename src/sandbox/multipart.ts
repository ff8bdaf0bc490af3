/** multipart/form-data (RFC 7578), strictly: what is not a well-formed part is not a part. */

export interface FormPart {
  name: string;
  filename?: string;
  type?: string;
  bytes: Buffer;
}

/** The parts, or `undefined` when the body is not what its Content-Type says. */
export function parseMultipart(body: Buffer, contentType: string): FormPart[] | undefined {
  const boundary = /;\s*boundary=(?:"([^"]{1,70})"|([^\s;"]{1,70}))/i.exec(contentType);
  if (!boundary) return undefined;
  const delimiter = Buffer.from(`--${boundary[1] ?? boundary[2]}`);
  if (!body.subarray(0, delimiter.length).equals(delimiter)) return undefined;

  const parts: FormPart[] = [];
  let at = delimiter.length;
  while (body.toString("latin1", at, at + 2) === "\r\n") {
    const head = body.indexOf("\r\n\r\n", at);
    const end = body.indexOf(Buffer.concat([Buffer.from("\r\n"), delimiter]), head + 2);
    if (head < 0 || end < 0) return undefined;
    const part = readPart(body.toString("utf8", at + 2, head), body.subarray(Math.max(head + 4, 0), end));
    if (!part) return undefined;
    parts.push(part);
    at = end + 2 + delimiter.length;
  }
  return body.toString("latin1", at, at + 2) === "--" ? parts : undefined;
}

function readPart(head: string, bytes: Buffer): FormPart | undefined {
  const disposition = /^content-disposition:\s*form-data\s*;(.*)$/im.exec(head)?.[1];
  const name = parameter(disposition, "name");
  if (name === undefined) return undefined;
  const filename = parameter(disposition, "filename");
  const type = /^content-type:\s*([^\r\n]+)$/im.exec(head)?.[1]?.trim();
  return { name, bytes, ...(filename === undefined ? {} : { filename }), ...(type ? { type } : {}) };
}

// Browsers and undici write quotes and line ends in names as percent codes (WHATWG HTML, multipart encoding).
// RFC 7578 leaves names without signs of their own as tokens: `name=photo`.
function parameter(disposition: string | undefined, key: string): string | undefined {
  const form = new RegExp(`(?:^|;)\\s*${key}=(?:"([^"]*)"|([^\\s";,]+))`, "i");
  const [, quoted, token] = form.exec(disposition ?? "") ?? [];
  if (token !== undefined) return token;
  return quoted?.replace(/%22|%0D|%0A/gi, (code) => decodeURIComponent(code));
}
