import { registrationUnder } from "./policies";
import { isTrouble, post } from "./post";
import { said, spelt, type Said } from "./said";
import { Shown } from "./shown";
import { withoutDeclined } from "./suggested";
import type { ClientOptions, Declined, Policy, RegistrationResult, RequiresReview, SuggestionId } from "./types";

export interface RegistrationState<P extends Policy = Policy> {
  isSending: boolean;
  result: RegistrationResult<P> | null;
  /** The question that is open: which of the suggestions it is, or none. */
  review: RequiresReview<P> | null;
}

type Result = RegistrationResult<Policy>;
type Open = RequiresReview<Policy>;

export const NOT_SENT: RegistrationState<never> = { isSending: false, result: null, review: null };

const TIMEOUT = 15_000;
/** With these a token is of no more use: the contact has to be sent again. */
const TOKEN_IS_SPENT: ReadonlySet<number | undefined> = new Set([403, 404, 409, 410, 422]);

type Decision = { confirm: SuggestionId } | { none: true };

/** The registrations of one form: one at a time, and never called off once sent. */
export class Registrations {
  readonly state = new Shown<RegistrationState>(NOT_SENT);
  readonly #options: () => ClientOptions<Policy>;
  #contact: Said = {};
  #attempt = { contact: "", key: "" };
  #underWay: Promise<Result> | null = null;

  constructor(options: () => ClientOptions<Policy>) {
    this.#options = options;
  }

  /**
   * Send a contact. `declined` is whom a lookup showed and the person has said they are not: where the
   * server suggests nobody else, they are not asked a second time.
   */
  readonly register = (fields: object, declined: Declined = []): Promise<Result> =>
    this.#send(async () => {
      const contact = (this.#contact = said(fields));
      const key = { "Idempotency-Key": this.#key(spelt(contact)) };
      const result = await this.#post("", contact, key);
      const isAnswered = isReview(result) && !withoutDeclined(result, contact, declined);
      return isAnswered ? this.#decide(contact, result, { none: true }) : result;
    });

  /** Say which suggestion it is. */
  readonly confirm = (id: SuggestionId) => this.#settle({ confirm: id });

  /** Say that it is none of them. */
  readonly noneOfThese = () => this.#settle({ none: true });

  /** Be as new; what is under way goes on, and is not shown. */
  readonly clear = (): void => {
    this.#underWay = null;
    this.state.show(NOT_SENT);
  };

  #settle(decision: Decision): Promise<Result | null> {
    const { review } = this.state.read();
    if (!review) return Promise.resolve(null);
    return this.#send(() => this.#decide(this.#contact, review, decision));
  }

  #decide(contact: Said, { decisionToken }: Open, decision: Decision): Promise<Result> {
    return this.#post("/decide", { decisionToken, contact, decision });
  }

  /** Send unless something is under way: a second click is no second registration. */
  #send(act: () => Promise<Result>): Promise<Result> {
    if (this.#underWay) return this.#underWay;
    const before = this.state.read();
    this.state.show({ ...before, isSending: true });
    const sending = act().then((result) => {
      if (this.#underWay !== sending) return result;
      this.#underWay = null;
      this.state.show({ isSending: false, result, review: openReview(before.review, result) });
      return result;
    });
    return (this.#underWay = sending);
  }

  /** The same contact is sent under the same key until there is an answer to it. */
  #key(contact: string): string {
    if (this.#attempt.contact !== contact) this.#attempt = { contact, key: randomKey() };
    return this.#attempt.key;
  }

  async #post(path: string, body: unknown, headers = {}): Promise<Result> {
    const options = this.#options();
    const request = { path, body, headers, timeout: options.writeTimeout ?? TIMEOUT };
    const answer = await post(request, options, registrationUnder(options));
    if (isTrouble(answer)) return { created: false, ...answer };
    this.#attempt = { contact: "", key: "" };
    return answer;
  }
}

function openReview(before: Open | null, result: Result): Open | null {
  if (isReview(result)) return result;
  return result.failure && !TOKEN_IS_SPENT.has(result.status) ? before : null;
}

function isReview(result: Result): result is Open {
  return "requiresReview" in result;
}

/** `crypto.randomUUID` is there on https and localhost only. */
function randomKey(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}
