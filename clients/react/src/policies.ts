/** What answers look like under each policy. */
import { isObject } from "./post";
import type { ClientOptions, LookupResult, NoAnswer, NotRegistered, Policy, RegistrationResult } from "./types";

type Members = Record<string, unknown>;

/** Tells whether the members of an answer are those that a policy gives. */
interface Shape {
  lookup: (answer: Members) => boolean;
  registration: (answer: Members) => boolean;
}

const isList = (value: unknown): boolean => Array.isArray(value) && value.every(isObject);
const isCreated = ({ created }: Members): boolean => typeof created === "boolean";

const NOTHING: Shape = {
  lookup: ({ exists }) => exists === "unknown",
  registration: ({ accepted }) => accepted === true,
};

const HINTS: Shape = {
  lookup: ({ exists, hints }) => (typeof exists === "boolean" || exists === "maybe") && isList(hints),
  registration: (answer) => isCreated(answer) && (!answer["requiresReview"] || isList(answer["hints"])),
};

const RECORDS: Shape = {
  lookup: ({ exists, complete, contact, suggestions }) =>
    typeof complete === "boolean" &&
    (exists === false || (exists === true && isObject(contact)) || (exists === "maybe" && isList(suggestions))),
  registration: (answer) =>
    isCreated(answer) && (answer["requiresReview"] ? isList(answer["suggestions"]) : isObject(answer["contact"])),
};

const SHAPES: Readonly<Record<Policy, Shape>> = {
  blind: NOTHING,
  public: HINTS,
  assisted: RECORDS,
  desk: RECORDS,
  backoffice: RECORDS,
};

const shapeOf = ({ policy = "backoffice" }: ClientOptions<Policy>): Shape => SHAPES[policy];

/** Make what tells whether an answer to a lookup is one. */
export function lookupUnder(options: ClientOptions<Policy>) {
  const { lookup } = shapeOf(options);
  return (value: unknown): value is Exclude<LookupResult<Policy>, NoAnswer> => isObject(value) && lookup(value);
}

/** Make what tells whether an answer to a registration is one. */
export function registrationUnder(options: ClientOptions<Policy>) {
  const { registration } = shapeOf(options);
  return (value: unknown): value is Exclude<RegistrationResult<Policy>, NotRegistered> =>
    isObject(value) && registration(value);
}
