/** What somebody said in a form: its fields without the blank ones, texts trimmed. */
export type Said = Readonly<Record<string, unknown>>;

export function said(fields: object): Said {
  const trimmed = Object.entries(fields).map(([name, value]: [string, unknown]) => [
    name,
    typeof value === "string" ? value.trim() : value,
  ]);
  return Object.fromEntries(trimmed.filter(([, value]) => value !== "" && value != null));
}

/** One text for one question, whatever the order of its fields; `"[]"` where nothing was said. */
export function spelt(question: Said): string {
  return JSON.stringify(Object.entries(question).sort(([a], [b]) => (a < b ? -1 : 1)));
}
