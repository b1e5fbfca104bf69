import type { ClientOptions, Failure, Policy, Problem, Trouble } from "./types";

/** A request: where, what, how long it may take, and what calls it off. */
export interface Request {
  path: string;
  body: unknown;
  timeout: number;
  headers?: Readonly<Record<string, string>>;
  signal?: AbortSignal;
}

const WARNINGS: Readonly<Record<Failure, string>> = {
  unreachable: "The server cannot be reached",
  late: "The server did not answer in time",
  refused: "The server refused the request",
  unreadable: "What the server answered cannot be read",
};

/** Post JSON and read the JSON that comes back. Never rejects: what goes wrong is a value too. */
export async function post<Answer>(
  { path, body, timeout, headers, signal }: Request,
  options: ClientOptions<Policy>,
  isAnswer: (value: unknown) => value is Answer,
): Promise<Answer | Trouble> {
  const send = options.fetch ?? globalThis.fetch;
  const calledOff = new AbortController();
  const exchange = async (): Promise<Answer | Trouble> => {
    const response = await send(`${options.url ?? "/api/contacts"}${path}`, {
      method: "POST",
      headers: { "Content-Type": "application/json", ...keyOf(options), ...options.headers, ...headers },
      body: JSON.stringify(body),
      signal: calledOff.signal,
    });
    const answer: unknown = await response.json().catch(() => undefined);
    if (!response.ok) return refused(response, answer);
    return isAnswer(answer) ? answer : trouble("unreadable");
  };

  // A race, since what sends requests may not heed that they were called off.
  let tidy = () => {};
  const ended = new Promise<Trouble>((resolve) => {
    const end = (failure: Failure) => {
      calledOff.abort();
      resolve(trouble(failure));
    };
    const stop = () => end("unreachable");
    const timer = setTimeout(end, timeout, "late");
    signal?.addEventListener("abort", stop);
    tidy = () => {
      clearTimeout(timer);
      signal?.removeEventListener("abort", stop);
    };
  });
  try {
    return await Promise.race([exchange(), ended]);
  } catch {
    return trouble("unreachable");
  } finally {
    tidy();
  }
}

export function isTrouble(value: object): value is Trouble {
  return "failure" in value && value.failure !== undefined;
}

function trouble(failure: Failure): Trouble {
  return { failure, warning: WARNINGS[failure] };
}

function keyOf({ apiKey }: ClientOptions<Policy>): Record<string, string> {
  return apiKey ? { Authorization: `Bearer ${apiKey}` } : {};
}

function refused({ status, headers }: Response, answer: unknown): Trouble {
  const said = isProblem(answer) ? { warning: answer.title, problem: answer } : {};
  const retryAfter = secondsUntil(headers.get("Retry-After"));
  return { ...trouble("refused"), status, ...said, ...(retryAfter === null ? {} : { retryAfter }) };
}

/** Read a `Retry-After`, which is a number of seconds or a date (RFC 9110, 10.2.3). */
function secondsUntil(moment: string | null): number | null {
  if (!moment) return null;
  const seconds = /^\d+$/.test(moment) ? Number(moment) : (Date.parse(moment) - Date.now()) / 1000;
  return Number.isFinite(seconds) ? Math.max(0, Math.ceil(seconds)) : null;
}

function isProblem(answer: unknown): answer is Problem {
  return isObject(answer) && typeof answer["title"] === "string";
}

export function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
