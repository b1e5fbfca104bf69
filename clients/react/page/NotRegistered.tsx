import type { NotRegistered as Result } from "../src";

const AGAIN = "Your registration did not get through. Nothing is lost: please try again.";
const LATER = "Too many have asked of late. Nothing is lost: please try again in";
const LOOK = "Please look at the fields that are marked.";

/** Says what went wrong with a registration; what is wrong with a field is said at the field. */
export function NotRegistered({ result, shown }: { result: Result; shown: readonly string[] }) {
  const mistakes = result.problem?.errors ?? [];
  const elsewhere = mistakes.filter(({ field }) => !shown.includes(field)).map(({ detail }) => detail);
  const atFields = mistakes.length > elsewhere.length ? [LOOK] : [];
  const again = result.retryAfter ? `${LATER} ${spelt(result.retryAfter)}.` : AGAIN;
  const sentences = mistakes.length ? [...atFields, ...elsewhere] : [again];
  return (
    <div className="trouble error" role="alert">
      {sentences.map((sentence) => (
        <p key={sentence}>{sentence}</p>
      ))}
    </div>
  );
}

/** Spell a time to wait; up to two minutes in seconds. */
function spelt(seconds: number): string {
  if (seconds === 1) return "a second";
  return seconds <= 120 ? `${seconds} seconds` : `${Math.ceil(seconds / 60)} minutes`;
}
