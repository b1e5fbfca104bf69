import type { Suggestion } from "./types";

/** What a {@link MatchNotice} says. */
export interface Words {
  checking: string;
  found: string;
  signIn: string;
  review: string;
  /** Where the server says maybe, and not who. */
  perhaps: string;
  /** Beside values that are masked. */
  masked: string;
  /** Where there is one choice. */
  notMe: string;
  /** Where there are several. */
  noneOfThese: string;
  /** Somebody in a line; blank where nothing may be told of them. */
  call: (suggestion: Suggestion) => string;
  /** Somebody of whom nothing may be told. */
  somebody: string;
}

export const WORDS: Words = {
  checking: "Checking…",
  found: "Welcome back! We found your account.",
  signIn: "Sign in instead",
  review: "Is this you?",
  perhaps: "You may have an account already.",
  masked: "Stars stand for what we keep private.",
  notMe: "That is not me",
  noneOfThese: "None of these",
  call: ({ firstName, lastName, email, phone }) => {
    const name = [firstName, lastName].filter(Boolean).join(" ");
    const address = email || phone;
    return name && address ? `${name} (${address})` : String(name || address || "");
  },
  somebody: "Somebody we have met",
};
