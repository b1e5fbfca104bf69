import { useId, type ReactNode } from "react";

import type { Contact, LookupResult, RequiresReview } from "./types";
import { WORDS, type Words } from "./words";

export interface MatchNoticeProps {
  /** The answer of a lookup, or the open question of a registration. */
  result: LookupResult | RequiresReview | null;
  isLoading?: boolean;
  /** The person says: that is me. There may be no contact: a server can say yes and not who. */
  onConfirm: (contact: Contact | undefined) => void;
  /** The person says: that is not me, none of these. */
  onNone?: () => void;
  /** What to call a contact; its name and address unless you say otherwise. */
  describe?: (contact: Contact) => ReactNode;
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
  const heading = useId();
  const kind = kindOf(result);
  return (
    <div className={className} data-match={kind} aria-busy={isLoading}>
      <p id={heading} role="status">
        {kind === "none" ? "" : words[kind]}
      </p>
      {kind !== "none" && (
        <div role="group" aria-labelledby={heading}>
          <Choices {...props} words={words} />
        </div>
      )}
      {isLoading && <p aria-hidden="true">{words.checking}</p>}
    </div>
  );
}

function Choices({ result, onConfirm, onNone, describe, words }: MatchNoticeProps & { words: Words }) {
  const suggestions = result && "suggestions" in result ? result.suggestions : null;
  const call = describe ?? ((contact: Contact) => words.call(contact) || words.somebody);
  return (
    <>
      {suggestions ? (
        <ul>
          {suggestions.map((contact) => (
            <li key={JSON.stringify(contact.id)}>
              <button type="button" onClick={() => onConfirm(contact)}>
                {call(contact)}
              </button>
            </li>
          ))}
        </ul>
      ) : (
        <button type="button" onClick={() => onConfirm(contactOf(result))}>
          {words.signIn}
        </button>
      )}
      {onNone && (
        <button type="button" onClick={onNone}>
          {suggestions && suggestions.length > 1 ? words.noneOfThese : words.notMe}
        </button>
      )}
    </>
  );
}

function kindOf(result: MatchNoticeProps["result"]): "found" | "review" | "none" {
  if (!result) return "none";
  if ("suggestions" in result) return "review";
  return result.exists === true ? "found" : "none";
}

function contactOf(result: MatchNoticeProps["result"]): Contact | undefined {
  return result && "contact" in result ? result.contact : undefined;
}
