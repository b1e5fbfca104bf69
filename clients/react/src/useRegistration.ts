import { useState, useSyncExternalStore } from "react";

import { NOT_SENT, Registrations, type RegistrationState } from "./registrations";
import type { ClientOptions, ContactFields, RecordId, RegistrationResult } from "./types";
import { useLatest } from "./useLatest";

export interface UseRegistration<Fields extends object = ContactFields> extends RegistrationState {
  /**
   * Send a contact: it is created, or met before, or the person has to tell (`review`). Never rejects.
   * To send the same contact again after no answer is safe. `declined` are suggestions that the person
   * has already said they are not.
   */
  register: (fields: Fields, declined?: readonly RecordId[]) => Promise<RegistrationResult>;
  /** Say which suggestion of `review` it is; gives `null` where no question is open. */
  confirm: (id: RecordId) => Promise<RegistrationResult | null>;
  /** Say that it is none of the suggestions; gives `null` where no question is open. */
  noneOfThese: () => Promise<RegistrationResult | null>;
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
export function useRegistration<Fields extends object = ContactFields>(
  options: ClientOptions = {},
): UseRegistration<Fields> {
  const latest = useLatest(options);
  const [registrations] = useState(() => new Registrations(latest));
  const { watch, read } = registrations.state;
  const state = useSyncExternalStore(watch, read, () => NOT_SENT);
  const { register, confirm, noneOfThese, clear } = registrations;
  return { ...state, register, confirm, noneOfThese, clear };
}
