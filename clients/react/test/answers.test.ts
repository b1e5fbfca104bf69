/** Whatever a server says, or does not say, is a value. */
import { afterEach, expect, test, vi } from "vitest";

import type { ClientOptions, Policy } from "../src";
import { Lookups } from "../src/lookups";
import { ANA, HINT, found, hinted, maybe, notFound, problem, unknown } from "./server";

const json = (body: unknown, status = 200) => new Response(JSON.stringify(body), { status });

const ANSWERS: [string, () => Response | Promise<Response>, object][] = [
  ["found", () => json(found(ANA)), found(ANA)],
  ["maybe", () => json(maybe(ANA)), maybe(ANA)],
  ["not found", () => json(notFound), notFound],
  ["a lookup that failed", () => json({ ...notFound, warning: "timeout", complete: false }), { warning: "timeout" }],
  ["a problem", () => json(problem(422, "The record cannot be read"), 422), { failure: "refused", status: 422, warning: "The record cannot be read" }],
  ["too often", () => json(problem(429, "Too many requests"), 429), { failure: "refused", status: 429 }],
  ["no key", () => json(problem(401, "A key is needed"), 401), { failure: "refused", status: 401, warning: "A key is needed" }],
  ["a proxy's page", () => new Response("<h1>Bad gateway</h1>", { status: 502 }), { failure: "refused", status: 502 }],
  ["a page in place of an answer", () => new Response("<h1>Hello</h1>"), { failure: "unreadable" }],
  ["half an answer", () => new Response('{"exists": tr'), { failure: "unreadable" }],
  ["null", () => json(null), { failure: "unreadable" }],
  ["a list", () => json([true]), { failure: "unreadable" }],
  ["maybe, and nobody", () => json({ exists: "maybe" }), { failure: "unreadable" }],
  ["another word", () => json({ exists: "yes" }), { failure: "unreadable" }],
  ["nothing", () => new Response(null, { status: 204 }), { failure: "unreadable" }],
  ["no connection", () => Promise.reject(new TypeError("Failed to fetch")), { failure: "unreachable" }],
  ["something thrown at once", () => { throw new Error("no"); }, { failure: "unreachable" }],
  ["silence", () => new Promise(() => {}), { failure: "late" }],
];

function asking(options: ClientOptions<Policy>): Lookups {
  return new Lookups(() => ({ debounce: 0, timeout: 20, ...options }));
}

test.each(ANSWERS)("%s", async (_, answer, expected) => {
  const result = await asking({ fetch: async () => answer() }).lookup({ email: "a@silva.example" });

  expect(result).toMatchObject(expected);
  if (result?.failure) expect(result).toMatchObject({ exists: false, complete: false, degraded: [] });
});

const ALL: Policy[] = ["blind", "public", "assisted", "desk", "backoffice"];
const RECORDS: Policy[] = ["assisted", "desk", "backoffice"];
const SHAPES: [string, unknown, Policy[]][] = [
  ["nothing", unknown, ["blind"]],
  ["yes, and not who", hinted(true), ["public"]],
  ["yes, and a hint", hinted(true, HINT), ["public"]],
  ["perhaps, and not who", hinted("maybe"), ["public"]],
  ["no, and no hints", hinted(false), ["public"]],
  ["a record", found(ANA), RECORDS],
  ["suggestions", maybe(ANA), RECORDS],
  ["no record", notFound, RECORDS],
  ["yes, and nothing else", { exists: true }, []],
  ["hints that are none", { ...hinted(true), hints: ["a***@silva.example"] }, []],
  ["suggestions that are none", { ...maybe(ANA), suggestions: [null] }, []],
];

test.each(SHAPES.flatMap(([name, body, under]) => ALL.map((policy) => [name, policy, body, under] as const)))(
  "%s is an answer under %s only where the policy gives it",
  async (_, policy, body, under) => {
    const result = await asking({ fetch: async () => json(body), policy }).lookup({ email: "a@silva.example" });

    expect(result).toMatchObject(under.includes(policy) ? (body as object) : { failure: "unreadable" });
  },
);

// --- too often -------------------------------------------------------------------------------------

afterEach(() => {
  vi.useRealTimers();
});

const NOW = new Date("2027-03-01T12:00:00Z");
const WAITS: [string | null, number | undefined][] = [
  ["7", 7],
  ["0", 0],
  ["Mon, 01 Mar 2027 12:00:30 GMT", 30],
  ["Mon, 01 Mar 2027 11:00:00 GMT", 0],
  ["soon", undefined],
  ["", undefined],
  [null, undefined],
];

test.each(WAITS)("Retry-After: %s is %s seconds", async (header, seconds) => {
  vi.useFakeTimers({ now: NOW, toFake: ["Date"] });
  const headers: Record<string, string> = header === null ? {} : { "Retry-After": header };
  const fetch = async () => new Response(JSON.stringify(problem(429, "Too many requests")), { status: 429, headers });

  const result = await asking({ fetch }).lookup({ email: "a@silva.example" });

  expect(result).toMatchObject({ exists: false, failure: "refused", status: 429, warning: "Too many requests" });
  expect(result?.failure && result.retryAfter).toBe(seconds);
});

test("a server that said when to come back is not asked before, and is asked then", async () => {
  vi.useFakeTimers({ now: NOW });
  const answers = [
    new Response(JSON.stringify(problem(429, "Too many requests")), { status: 429, headers: { "Retry-After": "7" } }),
    json(found(ANA)),
  ];
  const fetch = vi.fn(async () => answers.shift() ?? json(notFound));
  const lookups = asking({ fetch });
  const ask = async (email: string) => {
    const asked = lookups.lookup({ email });
    await vi.advanceTimersByTimeAsync(0);
    return asked;
  };

  expect(await ask("a@silva.example")).toMatchObject({ status: 429, retryAfter: 7 });
  vi.setSystemTime(NOW.getTime() + 4_500);
  expect(await ask("b@silva.example")).toMatchObject({ failure: "refused", status: 429, retryAfter: 3 });
  expect(fetch).toHaveBeenCalledTimes(1);
  vi.setSystemTime(NOW.getTime() + 7_000);
  expect(await ask("b@silva.example")).toMatchObject({ exists: true });
  expect(fetch).toHaveBeenCalledTimes(2);
});

// --- where it goes ---------------------------------------------------------------------------------

test("a question goes where it should, with what it should", async () => {
  const asked: unknown[] = [];
  const fetch = async (url: unknown, init?: RequestInit) => {
    asked.push([url, init?.method, init?.headers, init?.body]);
    return json(notFound);
  };
  const lookups = asking({ fetch, url: "https://crm.example/people", headers: { Authorization: "Bearer x" } });

  await lookups.lookup({ email: " ana@silva.example ", phone: " ", company: null, firstName: undefined, size: 0 });

  const headers = { "Content-Type": "application/json", Authorization: "Bearer x" };
  const body = '{"email":"ana@silva.example","size":0}';
  expect(asked).toEqual([["https://crm.example/people/lookup", "POST", headers, body]]);
});

test.each([
  [{ apiKey: "hwm_1" }, "Bearer hwm_1"],
  [{ apiKey: "hwm_1", headers: { Authorization: "Bearer of the page" } }, "Bearer of the page"],
  [{ apiKey: "" }, undefined],
  [{}, undefined],
])("a key is brought as a server wants it: %o", async (options, brought) => {
  const fetch = vi.fn(async (_: unknown, __?: RequestInit) => json(notFound));

  await asking({ fetch, ...options }).lookup({ email: "a@silva.example" });

  const headers = fetch.mock.calls[0]?.[1]?.headers as Record<string, string>;
  expect(headers["Authorization"]).toBe(brought);
});
