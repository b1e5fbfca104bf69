/** Whatever a server says, or does not say, is a value. */
import { expect, test } from "vitest";

import { Lookups } from "../src/lookups";
import type { ClientOptions } from "../src";
import { found, maybe, notFound, problem, ANA } from "./server";

const json = (body: unknown, status = 200) => new Response(JSON.stringify(body), { status });
const hint = { id: "1", email: "a***@silva.example" };

const ANSWERS: [string, () => Response | Promise<Response>, object][] = [
  ["found", () => json(found(ANA)), found(ANA)],
  ["maybe", () => json(maybe(ANA)), maybe(ANA)],
  ["not found", () => json(notFound), notFound],
  ["yes, and not who", () => json({ exists: true, complete: true }), { exists: true }],
  ["a hint", () => json(maybe(hint)), { suggestions: [hint] }],
  ["a lookup that failed", () => json({ ...notFound, warning: "timeout", complete: false }), { warning: "timeout" }],
  ["a problem", () => json(problem(422, "The record cannot be read"), 422), { failure: "refused", status: 422, warning: "The record cannot be read" }],
  ["too often", () => json(problem(429, "Too many requests"), 429), { failure: "refused", status: 429 }],
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

function asking(options: ClientOptions): Lookups {
  return new Lookups(() => ({ debounce: 0, timeout: 20, ...options }));
}

test.each(ANSWERS)("%s", async (_, answer, expected) => {
  const result = await asking({ fetch: async () => answer() }).lookup({ email: "a@silva.example" });

  expect(result).toMatchObject(expected);
  if (result?.failure) expect(result).toMatchObject({ exists: false, complete: false, degraded: [] });
});

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
