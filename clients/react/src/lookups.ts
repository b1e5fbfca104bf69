import { lookupUnder } from "./policies";
import { isTrouble, post } from "./post";
import { said, spelt, type Said } from "./said";
import { Shown } from "./shown";
import { facesOf, withoutDeclined } from "./suggested";
import type { ClientOptions, Declined, LookupResult, Policy, Trouble } from "./types";

export interface LookupState<P extends Policy = Policy> {
  /** Whether an answer to the newest question is awaited. */
  isLoading: boolean;
  /** The newest answer, less who was declined; it stays until the next one comes. */
  result: LookupResult<P> | null;
  /** Whom the person has said they are not: to be given to `register`. */
  declined: Declined;
}

export const NOT_ASKED: LookupState<never> = { isLoading: false, result: null, declined: [] };

const PAUSE = 250;
const TIMEOUT = 5_000;

/**
 * The lookups of one form, of which only the newest counts: it calls off the one before it, and an
 * answer that comes late is nobody's.
 */
export class Lookups {
  readonly state = new Shown<LookupState>(NOT_ASKED);
  readonly #options: () => ClientOptions<Policy>;
  #turn = new AbortController();
  #asked: string | null = null;
  #question: Said = {};
  #refusal: Trouble | null = null;
  #refusedUntil = 0;

  constructor(options: () => ClientOptions<Policy>) {
    this.#options = options;
  }

  /** Ask, after a pause. Gives `null` where nothing was said, or another question came before the answer. */
  readonly lookup = async (fields: object): Promise<LookupResult<Policy> | null> => {
    const question = said(fields);
    if (Object.keys(question).length === 0) return this.clear();
    const { signal } = this.#begin(spelt(question));
    this.state.show({ ...this.state.read(), isLoading: true });
    await pause(this.#options().debounce ?? PAUSE, signal);
    if (signal.aborted) return null;
    const result = await this.#ask(question, signal);
    if (signal.aborted) return null;
    if (result.failure) this.#asked = null; // the same may be asked again
    const { declined } = this.state.read();
    this.#question = question;
    this.state.show({ isLoading: false, result: withoutDeclined(result, question, declined), declined });
    return result;
  };

  /** Ask what was not just asked. */
  readonly lookupIfNew = (fields: object): void => {
    if (spelt(said(fields)) !== this.#asked) void this.lookup(fields);
  };

  /** Take it that the person is nobody of those who are shown, now and in the answers to come. */
  readonly decline = (): void => {
    const { isLoading, result, declined } = this.state.read();
    const faces = facesOf(result, this.#question);
    this.state.show({ isLoading, result: null, declined: [...declined, ...faces] });
  };

  /** Be as new. */
  readonly clear = (): null => {
    this.#begin(null);
    this.state.show(NOT_ASKED);
    return null;
  };

  /** Call off what is under way; nobody waits for it. */
  readonly stop = (): void => {
    if (!this.state.read().isLoading) return;
    this.#begin(null);
    this.state.show({ ...this.state.read(), isLoading: false });
  };

  #begin(asked: string | null): AbortController {
    this.#turn.abort();
    this.#asked = asked;
    return (this.#turn = new AbortController());
  }

  async #ask(question: Said, signal: AbortSignal): Promise<LookupResult<Policy>> {
    const answer = this.#stillRefused() ?? (await this.#send(question, signal));
    return isTrouble(answer) ? { exists: false, complete: false, degraded: [], ...answer } : answer;
  }

  async #send(question: Said, signal: AbortSignal) {
    const options = this.#options();
    const request = { path: "/lookup", body: question, timeout: options.timeout ?? TIMEOUT, signal };
    const answer = await post(request, options, lookupUnder(options));
    if (isTrouble(answer) && answer.retryAfter) this.#refuse(answer, answer.retryAfter);
    return answer;
  }

  #refuse(refusal: Trouble, seconds: number): void {
    this.#refusal = refusal;
    this.#refusedUntil = Date.now() + seconds * 1000;
  }

  /** A server that said when to come back is not asked before: its refusal is the answer. */
  #stillRefused(): Trouble | null {
    const retryAfter = Math.ceil((this.#refusedUntil - Date.now()) / 1000);
    return this.#refusal && retryAfter > 0 ? { ...this.#refusal, retryAfter } : null;
  }
}

function pause(milliseconds: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, milliseconds);
    signal.addEventListener("abort", () => {
      clearTimeout(timer);
      resolve();
    });
  });
}
