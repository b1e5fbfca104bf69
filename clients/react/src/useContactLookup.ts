import { useEffect, useState, useSyncExternalStore } from "react";

import { Lookups, NOT_ASKED, type LookupState } from "./lookups";
import type { ClientOptions, ContactFields, LookupResult, Policy } from "./types";
import { useLatest } from "./useLatest";

export interface UseContactLookup<
  Fields extends object = ContactFields,
  P extends Policy = "backoffice",
> extends LookupState<P> {
  /**
   * Ask whether we have met this person. Never rejects: no answer is a result too. Gives `null` where
   * nothing was said, or where another question (or `clear`, or the end of the form) came first.
   */
  lookup: (fields: Fields) => Promise<LookupResult<P> | null>;
  /** Make an `onBlur` handler that asks, unless the same was just asked. */
  lookupOnBlur: (fields: Fields) => () => void;
  /** Take it that the person is nobody of those who are shown, now and in the answers to come. */
  decline: () => void;
  /** Forget questions, answers, and who was declined. */
  clear: () => void;
}

/**
 * *Have we met this person?*, for a form.
 *
 * @example
 * const { lookupOnBlur, isLoading, result } = useContactLookup();
 * <input type="email" value={email} onBlur={lookupOnBlur({ email })} ... />
 */
export function useContactLookup<Fields extends object = ContactFields, P extends Policy = "backoffice">(
  options: ClientOptions<P> = {},
): UseContactLookup<Fields, P> {
  const latest = useLatest(options);
  const [lookups] = useState(() => new Lookups(latest));
  const state = useSyncExternalStore(lookups.state.watch, lookups.state.read, () => NOT_ASKED);
  useEffect(() => lookups.stop, [lookups]);
  return {
    ...(state as LookupState<P>), // what is no answer under the policy does not come this far
    lookup: lookups.lookup as UseContactLookup<Fields, P>["lookup"],
    lookupOnBlur: (fields) => () => lookups.lookupIfNew(fields),
    decline: lookups.decline,
    clear: lookups.clear,
  };
}
