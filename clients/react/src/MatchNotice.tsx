import { useId, type ReactNode } from "react";

import { isHinted, kindOf, suggestedBy } from "./suggested";
import type { LookupResult, Policy, RequiresReview, Suggestion } from "./types";
import { WORDS, type Words } from "./words";

export interface MatchNoticeProps {
  /** The answer of a lookup, or the open question of a registration, under whichever policy. */
  result: LookupResult<Policy> | RequiresReview<Policy> | null;
  isLoading?: boolean;
  /** The person says: that is me. There may be nobody: a server can say yes and not who. */
  onConfirm: (suggestion: Suggestion | undefined) => void;
  /** The person says: that is not me, none of these. */
  onNone?: () => void;
  /** What to call somebody; their name and address unless you say otherwise. */
  describe?: (suggestion: Suggestion) => ReactNode;
  words?: Partial<Words>;
  className?: string;
}

/**
 * "Welcome back", or "Is this you?" with its choices; without styles. What is found is announced
 * politely and takes no focus: the choices are buttons that come next in the order of the page.
 */
export function MatchNotice(props: MatchNoticeProps): ReactNode {
  const { result, isLoading = false, className } = props;
  const words = { ...WORDS, ...props.words };
  const id = useId();
  const kind = kindOf(result);
  return (
    <div className={className} data-match={kind} aria-busy={isLoading}>
      <p id={id} role="status">
        {announced(result, words)}
      </p>
      {kind !== "none" && (
        <div role="group" aria-labelledby={id} aria-describedby={isMasked(result) ? `${id}-masked` : undefined}>
          <Choices {...props} words={words} id={id} />
        </div>
      )}
      {isLoading && <p aria-hidden="true">{words.checking}</p>}
    </div>
  );
}

/** Whether values are shown that are masked. */
function isMasked(result: MatchNoticeProps["result"]): boolean {
  return isHinted(result) && suggestedBy(result).length > 0;
}

function announced(result: MatchNoticeProps["result"], words: Words): string {
  const kind = kindOf(result);
  if (kind === "none") return "";
  return kind === "review" && suggestedBy(result).length === 0 ? words.perhaps : words[kind];
}

type ChoicesProps = MatchNoticeProps & { words: Words; id: string };

function Choices({ result, onConfirm, onNone, describe, words, id }: ChoicesProps) {
  const suggestions = suggestedBy(result);
  const call = describe ?? ((one: Suggestion) => words.call(one) || words.somebody);
  const isList = kindOf(result) === "review" && suggestions.length > 0;
  const told = !isList && isHinted(result) ? suggestions[0] : undefined;
  return (
    <>
      {isList && (
        <ul>
          {suggestions.map((one, place) => (
            <li key={place}>
              <button type="button" onClick={() => onConfirm(one)}>
                {call(one)}
              </button>
            </li>
          ))}
        </ul>
      )}
      {told && (
        <p id={`${id}-told`} data-told>
          {call(told)}
        </p>
      )}
      {isMasked(result) && (
        <p id={`${id}-masked`} data-masked>
          {words.masked}
        </p>
      )}
      {!isList && (
        <button
          type="button"
          aria-describedby={told ? `${id}-told` : undefined}
          onClick={() => onConfirm(suggestions[0])}
        >
          {words.signIn}
        </button>
      )}
      {onNone && (
        <button type="button" onClick={onNone}>
          {isList && suggestions.length > 1 ? words.noneOfThese : words.notMe}
        </button>
      )}
    </>
  );
}
