import { useState, useSyncExternalStore } from "react";

import { NOT_SENT, Registrations, type RegistrationState } from "./registrations";
import type { ClientOptions, ContactFields, Declined, Policy, RegistrationResult, SuggestionId } from "./types";
import { useLatest } from "./useLatest";

export interface UseRegistration<
  Fields extends object = ContactFields,
  P extends Policy = "backoffice",
> extends RegistrationState<P> {
  /**
   * Send a contact: it is created, or met before, or the person has to tell (`review`). Never rejects.
   * To send the same contact again after no answer is safe. `declined` is that of `useContactLookup`:
   * whom the person has already said they are not.
   */
  register: (fields: Fields, declined?: Declined) => Promise<RegistrationResult<P>>;
  /** Say which suggestion of `review` it is; gives `null` where no question is open. */
  confirm: (id: SuggestionId) => Promise<RegistrationResult<P> | null>;
  /** Say that it is none of the suggestions; gives `null` where no question is open. */
  noneOfThese: () => Promise<RegistrationResult<P> | null>;
  /** Forget what was sent and answered. */
  clear: () => void;
}

/**
 * Register a contact once, whatever happens on the way.
 *
 * @example
 * const { register, review, confirm, noneOfThese } = useRegistration();
 * <form onSubmit={(event) => { event.preventDefault(); void register(fields); }}>
 */
export function useRegistration<Fields extends object = ContactFields, P extends Policy = "backoffice">(
  options: ClientOptions<P> = {},
): UseRegistration<Fields, P> {
  const latest = useLatest(options);
  const [registrations] = useState(() => new Registrations(latest));
  const { watch, read } = registrations.state;
  const state = useSyncExternalStore(watch, read, () => NOT_SENT);
  const { register, confirm, noneOfThese, clear } = registrations;
  // What is no answer under the policy does not come this far.
  return { ...state, register, confirm, noneOfThese, clear } as UseRegistration<Fields, P>;
}
