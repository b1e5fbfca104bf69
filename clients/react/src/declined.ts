import type { LookupResult, RecordId } from "./types";

/** Ids as they compare: those of several columns are lists. */
export const spelling = (id: RecordId): string => JSON.stringify(id);

/** Who is shown by an answer. */
export function idsOf(result: LookupResult | null): RecordId[] {
  if (result?.exists === "maybe") return result.suggestions.map(({ id }) => id);
  return result?.exists === true && result.contact ? [result.contact.id] : [];
}

/** An answer without whom the person has said they are not; `null` where nobody is left. */
export function withoutDeclined(result: LookupResult, declined: readonly RecordId[]): LookupResult | null {
  const no = new Set(declined.map(spelling));
  const isDeclined = (id: RecordId) => no.has(spelling(id));
  if (!idsOf(result).some(isDeclined)) return result;
  if (result.exists !== "maybe") return null;
  const suggestions = result.suggestions.filter(({ id }) => !isDeclined(id));
  return suggestions.length ? { ...result, suggestions } : null;
}
