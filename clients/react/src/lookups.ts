import { idsOf, withoutDeclined } from "./declined";
import { isObject, isTrouble, post } from "./post";
import { said, spelt, type Said } from "./said";
import { Shown } from "./shown";
import type { ClientOptions, LookupResult, RecordId } from "./types";

export interface LookupState {
  /** Whether an answer to the newest question is awaited. */
  isLoading: boolean;
  /** The newest answer, less who was declined; it stays until the next one comes. */
  result: LookupResult | null;
  /** Whom the person has said they are not. */
  declined: readonly RecordId[];
}

export const NOT_ASKED: LookupState = { isLoading: false, result: null, declined: [] };

const PAUSE = 250;
const TIMEOUT = 5_000;

/**
 * The lookups of one form, of which only the newest counts: it calls off the one before it, and an
 * answer that comes late is nobody's.
 */
export class Lookups {
  readonly state = new Shown(NOT_ASKED);
  readonly #options: () => ClientOptions;
  #turn = new AbortController();
  #asked: string | null = null;

  constructor(options: () => ClientOptions) {
    this.#options = options;
  }

  /** Ask, after a pause. Gives `null` where nothing was said, or another question came before the answer. */
  readonly lookup = async (fields: object): Promise<LookupResult | null> => {
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
    this.state.show({ isLoading: false, result: withoutDeclined(result, declined), declined });
    return result;
  };

  /** Ask what was not just asked. */
  readonly lookupIfNew = (fields: object): void => {
    if (spelt(said(fields)) !== this.#asked) void this.lookup(fields);
  };

  /** Take it that the person is nobody of those who are shown, now and in the answers to come. */
  readonly decline = (): void => {
    const { isLoading, result, declined } = this.state.read();
    this.state.show({ isLoading, result: null, declined: [...declined, ...idsOf(result)] });
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

  async #ask(question: Said, signal: AbortSignal): Promise<LookupResult> {
    const options = this.#options();
    const request = { path: "/lookup", body: question, timeout: options.timeout ?? TIMEOUT, signal };
    const answer = await post(request, options, isAnswer);
    return isTrouble(answer) ? { exists: false, complete: false, degraded: [], ...answer } : answer;
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

function isAnswer(value: unknown): value is Exclude<LookupResult, { failure: string }> {
  if (!isObject(value)) return false;
  const { exists, suggestions } = value;
  return typeof exists === "boolean" || (exists === "maybe" && Array.isArray(suggestions));
}
