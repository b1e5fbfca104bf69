import type { NotRegistered as Result } from "../src";

const AGAIN = "Your registration did not get through. Nothing is lost: please try again.";
const LOOK = "Please look at the fields that are marked.";

/** Says what went wrong with a registration; what is wrong with a field is said at the field. */
export function NotRegistered({ result, shown }: { result: Result; shown: readonly string[] }) {
  const mistakes = result.problem?.errors ?? [];
  const elsewhere = mistakes.filter(({ field }) => !shown.includes(field)).map(({ detail }) => detail);
  const atFields = mistakes.length > elsewhere.length ? [LOOK] : [];
  const sentences = mistakes.length ? [...atFields, ...elsewhere] : [AGAIN];
  return (
    <div className="trouble error" role="alert">
      {sentences.map((sentence) => (
        <p key={sentence}>{sentence}</p>
      ))}
    </div>
  );
}
