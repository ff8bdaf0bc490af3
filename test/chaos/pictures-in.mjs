// The pictures in what is sent (`image 1 of <mark>`), as they are or in base64.
const MARK = /image \d of \w+/g;
const BASE64 = /[A-Za-z0-9+/]{200,}={0,2}/g;

export function picturesIn(text) {
  const hidden = (text.match(BASE64) ?? []).map((one) => Buffer.from(one, "base64").toString("latin1"));
  return [text, ...hidden].flatMap((one) => one.match(MARK) ?? []);
}
