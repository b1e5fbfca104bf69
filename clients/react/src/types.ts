/** The words that a form and the server share. The server's come from its own description. */
import type * as api from "./openapi";

/** What a form knows of a person, under the names of the contacts preset. */
export type ContactFields = api.ContactToAskAbout;

/** What the answers to a key reveal; a server without keys answers as under `backoffice`. */
export type Policy = api.Policy;

/** A record, or those of its fields that this caller may see, masked under `assisted`. */
export type Contact = api.Contact;

/** What is known a contact by under `public`: masked values, and a place to confirm it by. */
export type Hint = api.PublicHint;

/** Whom a person may be. */
export type Suggestion = Contact | Hint;

/**
 * What a suggestion is confirmed by: a record's id, a list where its key has several columns; under
 * `public` and `assisted` its place among the suggestions, which says nothing to anybody else.
 */
export type SuggestionId = Contact["id"];

/** Something that the server could not look at. */
export type Lack = api.Lack;

/** Something that a service says of what was typed, and that does not decide the answer. */
export type Flag = api.Flag;

/** What the server says is wrong with a request (RFC 9457). */
export type Problem = api.Problem;

interface Records {
  lookup: api.LookupAnswer;
  registration: api.ContactCreated | api.ContactNotCreated | api.ContactNotCreatedApart;
}

interface Hints {
  lookup: api.PublicLookupAnswer;
  registration: api.PublicContactCreated | api.PublicContactNotCreated | api.PublicContactNotCreatedApart;
}

interface Nothing {
  lookup: api.BlindLookupAnswer;
  registration: api.BlindContactAccepted & { created?: undefined };
}

/** What the server answers under each policy. */
interface Answers {
  blind: Nothing;
  public: Hints;
  assisted: Records;
  desk: Records;
  backoffice: Records;
}

/** Not a {@link Trouble}: the server has answered. */
interface Answered {
  failure?: undefined;
}

/**
 * Why there is no answer: nobody is there; nobody answered in time; the server says no, and perhaps
 * why; or what came back is no answer under this policy.
 */
export type Failure = "unreachable" | "late" | "refused" | "unreadable";

/** No answer, as a value. */
export interface Trouble {
  failure: Failure;
  /** A sentence for a person. */
  warning: string;
  /** The HTTP status, where the server refused. */
  status?: number;
  /** What the server said when it refused. */
  problem?: Problem;
  /** In how many seconds it may be asked again, where it said so: too many requests (429). */
  retryAfter?: number;
}

// --- a lookup ------------------------------------------------------------------------------------

/** Not found, as far as anybody can tell: the form goes on. */
export interface NoAnswer extends Trouble {
  exists: false;
  complete: false;
  degraded: Lack[];
}

/** What a lookup came to; `exists` tells which. */
export type LookupResult<P extends Policy = "backoffice"> = (Answers[P]["lookup"] & Answered) | NoAnswer;

// --- a registration ------------------------------------------------------------------------------

/** Not registered, as far as anybody can tell; to send the same again is safe. */
export interface NotRegistered extends Trouble {
  created: false;
}

/** What a registration came to. */
export type RegistrationResult<P extends Policy = "backoffice"> =
  | (Answers[P]["registration"] & Answered)
  | NotRegistered;

/** The person has to tell which of the suggestions they are, or that they are none of them. */
export type RequiresReview<P extends Policy = "backoffice"> = Extract<
  RegistrationResult<P>,
  { requiresReview: true }
>;

/** Whom the person has said they are not, as they were shown; of use to this package alone. */
export type Declined = readonly string[];

// --- how to ask ----------------------------------------------------------------------------------

/** How to reach the server, and how long to wait. Times are in milliseconds. */
export interface ClientOptions<P extends Policy = "backoffice"> {
  /** Where the contacts are; `/lookup` and `/decide` are below it. Default `/api/contacts`. */
  url?: string;
  /** The page's key, `hwm_...`; whoever opens the page can read it, so it should be good for little. */
  apiKey?: string;
  /** The key's policy, which says what answers look like. Default `backoffice`: records. */
  policy?: P;
  /** How long nothing new is asked before a lookup goes out. Default 250. */
  debounce?: number;
  /** How long a lookup may take before it is given up. Default 5000. */
  timeout?: number;
  /** How long a registration may take before it is given up. Default 15000. */
  writeTimeout?: number;
  /** Sent with every request. */
  headers?: Readonly<Record<string, string>>;
  /** What sends requests, in place of the browser's own. */
  fetch?: typeof globalThis.fetch;
}
