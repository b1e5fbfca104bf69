import type { ClientOptions, Failure, Problem, Trouble } from "./types";

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
  options: ClientOptions,
  isAnswer: (value: unknown) => value is Answer,
): Promise<Answer | Trouble> {
  const send = options.fetch ?? globalThis.fetch;
  const calledOff = new AbortController();
  const exchange = async (): Promise<Answer | Trouble> => {
    const response = await send(`${options.url ?? "/api/contacts"}${path}`, {
      method: "POST",
      headers: { "Content-Type": "application/json", ...options.headers, ...headers },
      body: JSON.stringify(body),
      signal: calledOff.signal,
    });
    const answer: unknown = await response.json().catch(() => undefined);
    if (!response.ok) return refused(response.status, answer);
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

function refused(status: number, answer: unknown): Trouble {
  if (!isProblem(answer)) return { ...trouble("refused"), status };
  return { failure: "refused", warning: answer.title, status, problem: answer };
}

function isProblem(answer: unknown): answer is Problem {
  return isObject(answer) && typeof answer["title"] === "string";
}

export function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
