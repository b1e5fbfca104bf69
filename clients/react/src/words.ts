import type { Contact } from "./types";

/** What a {@link MatchNotice} says. */
export interface Words {
  checking: string;
  found: string;
  signIn: string;
  review: string;
  /** Where there is one choice. */
  notMe: string;
  /** Where there are several. */
  noneOfThese: string;
  /** A contact in a line; blank where nothing may be told of it. */
  call: (contact: Contact) => string;
  /** A contact of whom nothing may be told. */
  somebody: string;
}

export const WORDS: Words = {
  checking: "Checking…",
  found: "Welcome back! We found your account.",
  signIn: "Sign in instead",
  review: "Is this you?",
  notMe: "That is not me",
  noneOfThese: "None of these",
  call: ({ firstName, lastName, email, phone }) => {
    const name = [firstName, lastName].filter(Boolean).join(" ");
    const address = email || phone;
    return name && address ? `${name} (${address})` : String(name || address || "");
  },
  somebody: "Somebody we have met",
};
