import { vi } from "vitest";

/** A server whose answers a test gives when it likes, in the order it likes. */
export class FakeServer {
  readonly requests: Asked[] = [];

  readonly fetch = vi.fn((url: string | URL | Request, init: RequestInit = {}): Promise<Response> => {
    const asked = new Asked(String(url), init);
    this.requests.push(asked);
    return asked.response;
  });

  get bodies(): unknown[] {
    return this.requests.map(({ body }) => body);
  }

  /** The n-th request; fails where there was none. */
  at(index: number): Asked {
    const asked = this.requests.at(index);
    if (!asked) throw new Error(`there was no request ${index}`);
    return asked;
  }
}

export class Asked {
  readonly body: any;
  readonly headers: Record<string, string>;
  readonly signal: AbortSignal;
  readonly response: Promise<Response>;
  answerWith: (response: Response) => void = () => {};
  fail: (error: unknown) => void = () => {};

  constructor(
    readonly url: string,
    init: RequestInit,
  ) {
    this.body = JSON.parse(String(init.body));
    this.headers = { ...(init.headers as Record<string, string>) };
    this.signal = init.signal as AbortSignal;
    this.response = new Promise((resolve, reject) => {
      this.answerWith = resolve;
      this.fail = reject;
    });
  }

  answer(body: unknown, status = 200, headers: Record<string, string> = {}): void {
    const text = typeof body === "string" ? body : JSON.stringify(body);
    this.answerWith(new Response(text, { status, headers }));
  }
}

const from = { lookupId: "0".repeat(32), complete: true, degraded: [] };

export const ANA = { id: "1", firstName: "Ana", lastName: "Silva", email: "ana@silva.example" };
export const MEI = { id: "2", firstName: "美", lastName: "林", email: "mei@lin.example" };

export const found = (contact = ANA) => ({ exists: true, contact, confidence: 1, ...from });
export const maybe = (...suggestions: object[]) => ({ exists: "maybe", suggestions, confidence: 0.5, ...from });
export const notFound = { exists: false, ...from };

export const created = { created: true, contact: MEI, ...from };
export const alreadyMet = { created: false, contact: ANA, message: "Existing contact found", ...from };
export const linked = { ...alreadyMet, linked: true, message: "Confirmed to be this contact" };
export const review = (decisionToken: string, ...suggestions: object[]) => ({
  created: false,
  requiresReview: true,
  suggestions,
  decisionToken,
  message: "Potential duplicates found",
  ...from,
});
export const problem = (status: number, title: string) => ({ type: "about:blank", title, status });

// --- what a key of less than records is answered ---------------------------------------------------

const lookupId = "0".repeat(32);

export const HINT = { email: "a***@silva.example", firstName: "A.", lastName: "S." };
export const OTHER_HINT = { email: "m***@lin.example", lastName: "林." };

export const hinted = (exists: true | "maybe" | false, ...hints: object[]) => ({ exists, hints, lookupId });
export const hintedReview = (decisionToken: string, ...hints: object[]) => ({
  created: false,
  lookupId,
  requiresReview: true,
  hints: hints.map((hint, place) => ({ id: String(place + 1), ...hint })),
  decisionToken,
  message: "Potential duplicates found",
});
export const hintedCreated = { created: true, lookupId };
export const hintedMet = { created: false, lookupId, message: "Existing contact found" };
export const hintedLinked = { created: false, lookupId, linked: true };

export const unknown = { exists: "unknown", next: "code" };
export const accepted = { accepted: true, next: "code" };
