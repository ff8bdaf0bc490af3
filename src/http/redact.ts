/** Secrets stay out of everything that people read. */

/** Replaces every secret, also as it looks inside a URL, and the telling parts of one that is a URL, by `***`. */
export function redactor(secrets: readonly string[]): (text: string) => string {
  const forms = [
    ...new Set(secrets.flatMap((secret) => [secret, encodeURIComponent(secret), ...pathOf(secret)])),
  ]
    .filter((form) => form.length >= 4)
    .sort((a, b) => b.length - a.length);
  return (text) => forms.reduce((out, form) => out.replaceAll(form, "***"), text);
}

// A webhook's token is a segment of its path; servers repeat the path without the host.
function pathOf(secret: string): string[] {
  if (!/^https?:\/\//i.test(secret) || !URL.canParse(secret)) return [];
  const { pathname, search } = new URL(secret);
  const segments = [...pathname.split("/"), ...search.split(/[?&=]/)].filter(
    (segment) => segment.length >= 12,
  );
  return [pathname.length > 8 ? pathname : "", ...segments];
}
