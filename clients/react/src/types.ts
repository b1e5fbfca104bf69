/** The words that a form and the server share. The server's come from its own description. */
import type * as api from "./openapi";

/** What a form knows of a person, under the names of the contacts preset. */
export type ContactFields = api.ContactToAskAbout;

/** What the server tells of a contact: its record, or only as much as this caller may see. */
export type Contact = api.Contact;

/** A record's id; a list where its key has several columns. */
export type RecordId = Contact["id"];

/** Something that the server could not look at. */
export type Lack = api.Lack;

/** Something that a service says of what was typed, and that does not decide the answer. */
export type Flag = api.Flag;

/** What the server says is wrong with a request (RFC 9457). */
export type Problem = api.Problem;

/** An answer of which the server may keep a part to itself. */
type MayKeepBack<Answer, Part extends keyof Answer> = Omit<Answer, Part> & Partial<Pick<Answer, Part>>;

/** Not a {@link Trouble}: the server has answered. */
interface Answered {
  failure?: undefined;
}

/**
 * Why there is no answer: nobody is there; nobody answered in time; the server says no, and perhaps
 * why; or what came back is no answer.
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
}

// --- a lookup ------------------------------------------------------------------------------------

export type Found = MayKeepBack<api.Found, "contact" | "confidence"> & Answered;
export type Review = MayKeepBack<api.Review, "confidence"> & Answered;
export type NotFound = api.NotFound & Answered;

/** Not found, as far as anybody can tell: the form goes on. */
export interface NoAnswer extends Trouble {
  exists: false;
  complete: false;
  degraded: Lack[];
}

/** What a lookup came to; `exists` tells which. */
export type LookupResult = Found | Review | NotFound | NoAnswer;

// --- a registration ------------------------------------------------------------------------------

export type Created = MayKeepBack<api.ContactCreated, "contact"> & Answered;
export type AlreadyMet = MayKeepBack<api.AlreadyMet, "contact"> & Answered;
export type Linked = MayKeepBack<api.Linked, "contact"> & Answered;
export type RequiresReview = api.RequiresReview & Answered;

/** Not registered, as far as anybody can tell; to send the same again is safe. */
export interface NotRegistered extends Trouble {
  created: false;
}

/** What a registration came to. */
export type RegistrationResult = Created | AlreadyMet | Linked | RequiresReview | NotRegistered;

// --- how to ask ----------------------------------------------------------------------------------

/** How to reach the server, and how long to wait. Times are in milliseconds. */
export interface ClientOptions {
  /** Where the contacts are; `/lookup` and `/decide` are below it. Default `/api/contacts`. */
  url?: string;
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
