/** Whether two names are one person's. */

export interface Person {
  name: string;
  mail?: string;
}

/** `Marta Rossi <marta@acme.example>`, or one of the two. */
export function personOf(written: string): Person {
  const text = written.trim();
  const [, name, mail] = /^(.*?)\s*<([^<>]+)>$/.exec(text) ?? [];
  if (mail !== undefined) return { name: name === "" ? mail.trim() : (name ?? ""), mail: mail.trim() };
  return /^[^@\s]+@[^@\s]+$/.test(text) ? { name: text, mail: text } : { name: text };
}

/** Equal names, whatever their case and however their accents are encoded, or equal addresses. */
export function isSamePerson(one: string, other: string): boolean {
  const [a, b] = [personOf(one), personOf(other)];
  if (folded(a.name) === folded(b.name)) return true;
  return a.mail !== undefined && b.mail !== undefined && folded(a.mail) === folded(b.mail);
}

// By way of capitals, since some letters are one in one case and two in the other.
function folded(text: string): string {
  return text.normalize("NFC").replace(/\s+/gu, " ").toUpperCase().toLowerCase().normalize("NFC");
}
