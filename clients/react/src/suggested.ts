/** Who is shown by an answer, and who of them the person has said they are not. */
import { spelt, type Said } from "./said";
import type { Declined, LookupResult, Policy, RequiresReview, Suggestion } from "./types";

/** An answer that may show somebody. */
export type Answer = LookupResult<Policy> | RequiresReview<Policy>;

/** Whether an answer says yes, or asks; `none` where there is nothing to say. */
export function kindOf(answer: Answer | null): "found" | "review" | "none" {
  if (!answer) return "none";
  if ("requiresReview" in answer || answer.exists === "maybe") return "review";
  return answer.exists === true ? "found" : "none";
}

/** Who is shown; nobody where the server says yes or maybe, and not who. */
export function suggestedBy(answer: Answer | null): readonly Suggestion[] {
  if (!answer || kindOf(answer) === "none") return [];
  if ("hints" in answer) return answer.hints;
  if ("suggestions" in answer) return answer.suggestions;
  return "contact" in answer ? [answer.contact] : [];
}

/** Whether those who are shown are masked, for the person themselves to know. */
export function isHinted(answer: Answer | null): boolean {
  return !!answer && "hints" in answer;
}

/**
 * What the person sees, one text for each of whom is shown: who looks the same is the same to them. An
 * answer that shows nobody speaks of its question alone.
 */
export function facesOf(answer: Answer | null, question: Said): string[] {
  if (kindOf(answer) === "none") return [];
  const suggestions = suggestedBy(answer);
  if (suggestions.length === 0) return [`asked ${spelt(question)}`];
  return suggestions.map((one) => face(one, isHinted(answer)));
}

/** A hint's place is its answer's own; a contact's id belongs to it. */
function face(suggestion: Suggestion, isHint: boolean): string {
  const { id, ...shown } = suggestion;
  return JSON.stringify(isHint ? shown : { id, ...shown });
}

/** An answer without whom the person has declined; `null` where nobody is left. */
export function withoutDeclined<A extends Answer>(answer: A, question: Said, declined: Declined): A | null {
  const no = new Set(declined);
  const faces = facesOf(answer, question);
  const left = suggestedBy(answer).filter((_, place) => !no.has(faces[place]!));
  if (!faces.some((one) => no.has(one))) return answer;
  if (left.length === 0) return null;
  return { ...answer, ...("hints" in answer ? { hints: left } : { suggestions: left }) };
}
