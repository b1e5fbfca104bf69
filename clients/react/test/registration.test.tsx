/** One registration, whatever happens on the way. */
import { act, renderHook, waitFor } from "@testing-library/react";
import { StrictMode } from "react";
import { expect, test, vi } from "vitest";

import { useContactLookup, useRegistration, type ContactFields, type Policy, type UseRegistration } from "../src";
import {
  ANA,
  FakeServer,
  HINT,
  MEI,
  OTHER_HINT,
  accepted,
  alreadyMet,
  created,
  hinted,
  hintedCreated,
  hintedLinked,
  hintedMet,
  hintedReview,
  linked,
  maybe,
  problem,
  review,
} from "./server";

const FORM = { email: "ana.silva@gmail.com", firstName: "Ana", lastName: "Silva", phone: " " };
const SENT = { email: "ana.silva@gmail.com", firstName: "Ana", lastName: "Silva" };

type Form = UseRegistration<ContactFields, Policy>;

function render(policy: Policy = "backoffice") {
  const server = new FakeServer();
  const options = { fetch: server.fetch, policy };
  const { result, unmount } = renderHook(() => useRegistration(options), { wrapper: StrictMode });
  const answer = async (body: unknown, status?: number) =>
    act(async () => server.at(-1).answer(body, status));
  const fail = async () => act(async () => server.at(-1).fail(new TypeError("Failed to fetch")));
  const tell = async (what: (form: Form) => unknown) => act(async () => void what(result.current));
  return { server, form: result, answer, fail, tell, unmount };
}

const register = (form: Form) => form.register(FORM);
const key = (request: { headers: Record<string, string> }) => request.headers["Idempotency-Key"];

const ENDS: [string, Policy, object, number][] = [
  ["created", "backoffice", created, 201],
  ["met before", "backoffice", alreadyMet, 200],
  ["created, masked", "assisted", { ...created, contact: { id: "1", ...HINT } }, 201],
  ["created, and not shown", "public", hintedCreated, 201],
  ["met before, and not shown", "public", hintedMet, 200],
  ["taken, and nothing told", "blind", accepted, 202],
];

test.each(ENDS)("%s", async (_, policy, body, status) => {
  const { server, form, answer, tell } = render(policy);

  await tell(register);
  expect(form.current.isSending).toBe(true);
  await answer(body, status);

  expect(form.current).toMatchObject({ isSending: false, result: body, review: null });
  expect(server.at(0)).toMatchObject({ url: "/api/contacts", body: SENT });
  expect(key(server.at(0))).toMatch(/^[0-9a-f]{32}$/);
});

test("a second click is no second registration", async () => {
  const { server, answer, tell } = render();

  await tell(register);
  await tell(register);
  await answer(created, 201);

  expect(server.requests).toHaveLength(1);
});

test("sent again after no answer it goes under the same key, and another contact does not", async () => {
  const { server, form, answer, fail, tell } = render();

  await tell(register);
  await fail();
  expect(form.current.result).toMatchObject({ created: false, failure: "unreachable" });
  await tell(register);
  await answer(problem(503, "The store is busy"), 503);
  await tell((again) => again.register({ ...FORM, firstName: "Anna" }));
  await answer(created, 201);
  await tell(register);

  const keys = server.requests.map(key);
  expect(keys[1]).toBe(keys[0]);
  expect(new Set(keys).size).toBe(3);
});

test("once there is an answer, the same contact is a new registration", async () => {
  const { server, answer, tell } = render();

  await tell(register);
  await answer(created, 201);
  await tell(register);
  await answer(alreadyMet);

  expect(key(server.at(1))).not.toBe(key(server.at(0)));
});

test("one of the suggestions", async () => {
  const { server, form, answer, tell } = render();

  await tell(register);
  await answer(review("T", ANA, MEI));
  expect(form.current.review).toMatchObject({ suggestions: [ANA, MEI] });
  await tell(({ confirm }) => confirm("1"));
  await answer(linked);

  expect(server.at(1)).toMatchObject({ url: "/api/contacts/decide" });
  expect(server.at(1).body).toEqual({ decisionToken: "T", contact: SENT, decision: { confirm: "1" } });
  expect(form.current).toMatchObject({ result: linked, review: null });
});

test("none of them, and then others turn up", async () => {
  const { server, form, answer, tell } = render();

  await tell(register);
  await answer(review("T", ANA));
  await tell(({ noneOfThese }) => noneOfThese());
  await answer(review("U", MEI));
  expect(form.current.review).toMatchObject({ suggestions: [MEI] });
  await tell(({ noneOfThese }) => noneOfThese());
  await answer(created, 201);

  const decisions = server.bodies.slice(1) as { decisionToken: string; decision: object }[];
  expect(decisions.map(({ decisionToken, decision }) => [decisionToken, decision])).toEqual([
    ["T", { none: true }],
    ["U", { none: true }],
  ]);
  expect(form.current).toMatchObject({ result: created, review: null });
});

test("under hints a place is confirmed, and no id is ever told", async () => {
  const { server, form, answer, tell } = render("public");

  await tell(register);
  await answer(hintedReview("T", HINT, OTHER_HINT));
  const open = form.current.review;
  const hints = open && "hints" in open ? open.hints : [];
  expect(hints.map(({ id }) => id)).toEqual(["1", "2"]);
  await tell(({ confirm }) => confirm(hints[1]?.id ?? ""));
  await answer(hintedLinked);

  expect(server.at(1).body).toEqual({ decisionToken: "T", contact: SENT, decision: { confirm: "2" } });
  expect(form.current).toMatchObject({ result: hintedLinked, review: null });
});

test("too many requests are a value, and the form may be sent again", async () => {
  const { server, form, answer, tell } = render("public");

  await tell(register);
  await act(async () => server.at(-1).answer(problem(429, "Too many requests"), 429, { "Retry-After": "20" }));
  expect(form.current).toMatchObject({ isSending: false, result: { created: false, status: 429, retryAfter: 20 } });
  await tell(register);
  await answer(hintedCreated, 201);

  expect(key(server.at(1))).toBe(key(server.at(0)));
  expect(form.current.result).toEqual(hintedCreated);
});

// --- who has said no before ------------------------------------------------------------------------

const NO_TO: [string, Policy, object, object, boolean][] = [
  ["to one record", "backoffice", maybe(ANA), review("T", ANA), true],
  ["to another record", "backoffice", maybe(ANA), review("T", MEI), false],
  ["to one who looks the same", "backoffice", maybe(ANA), review("T", { ...ANA, id: "3" }), false],
  ["to one of two", "backoffice", maybe(ANA), review("T", ANA, MEI), false],
  ["to both", "backoffice", maybe(MEI, ANA), review("T", ANA, MEI), true],
  ["to who stood at that place", "assisted", maybe({ id: "1", ...OTHER_HINT }), review("T", { id: "1", ...HINT }), false],
  ["to a hint", "public", hinted("maybe", HINT), hintedReview("T", HINT), true],
  ["to a hint that has another place now", "public", hinted("maybe", HINT, OTHER_HINT), hintedReview("T", OTHER_HINT), true],
  ["to another hint", "public", hinted("maybe", HINT), hintedReview("T", OTHER_HINT), false],
  ["to perhaps, without a hint", "public", hinted("maybe"), hintedReview("T"), true],
  ["to perhaps, and now there is a hint", "public", hinted("maybe"), hintedReview("T", HINT), false],
  ["to a hint, and now there is none", "public", hinted("maybe", HINT), hintedReview("T"), false],
];

function renderBoth(policy: Policy) {
  const server = new FakeServer();
  const options = { fetch: server.fetch, debounce: 0, policy };
  const both = () => ({ looking: useContactLookup(options), form: useRegistration(options) });
  return { server, hooks: renderHook(both).result };
}

test.each(NO_TO)("who has said no %s is asked again only about others", async (_, policy, seen, asked, isSettled) => {
  const { server, hooks } = renderBoth(policy);
  const open = policy === "public" ? hintedCreated : created;

  await act(async () => void hooks.current.looking.lookup(FORM));
  await waitFor(() => expect(server.requests).toHaveLength(1));
  await act(async () => server.at(0).answer(seen));
  await act(async () => hooks.current.looking.decline());
  await act(async () => void hooks.current.form.register(FORM, hooks.current.looking.declined));
  await act(async () => server.at(1).answer(asked));
  if (isSettled) await act(async () => server.at(2).answer(open, 201));

  const { form } = hooks.current;
  expect(server.bodies.slice(2)).toMatchObject(isSettled ? [{ decisionToken: "T", decision: { none: true } }] : []);
  expect(form.result).toEqual(isSettled ? open : asked);
  expect(form.review !== null).toBe(!isSettled);
});

test("perhaps, declined without a hint, is asked again of another form", async () => {
  const { server, hooks } = renderBoth("public");

  await act(async () => void hooks.current.looking.lookup(FORM));
  await waitFor(() => expect(server.requests).toHaveLength(1));
  await act(async () => server.at(0).answer(hinted("maybe")));
  await act(async () => hooks.current.looking.decline());
  const other = { ...FORM, email: "ana@silva.example" };
  await act(async () => void hooks.current.form.register(other, hooks.current.looking.declined));
  await act(async () => server.at(1).answer(hintedReview("T")));

  expect(server.requests).toHaveLength(2);
  expect(hooks.current.form.review).not.toBeNull();
});

// ---------------------------------------------------------------------------------------------------

test.each([
  ["no connection", null, true],
  ["a busy store", 503, true],
  ["a token of no more use", 410, false],
  ["a token used otherwise", 409, false],
])("after %s the question stays open: %s %s", async (_, status, stays) => {
  const { form, answer, fail, tell } = render();

  await tell(register);
  await answer(review("T", ANA));
  await tell(({ confirm }) => confirm("1"));
  await (status ? answer(problem(status, "No"), status) : fail());

  expect(form.current.result).toMatchObject({ created: false, warning: expect.any(String) });
  expect(form.current.review !== null).toBe(stays);
});

test("there is nothing to decide before there is a question", async () => {
  const { server, form } = render();

  expect(await form.current.confirm("1")).toBeNull();
  expect(await form.current.noneOfThese()).toBeNull();
  expect(server.requests).toEqual([]);
});

test("what is cleared is not shown when it comes", async () => {
  const { server, form, answer, tell } = render();

  await tell(register);
  await tell(({ clear }) => clear());
  await answer(created, 201);

  expect(form.current).toMatchObject({ isSending: false, result: null });
  expect(server.at(0).signal.aborted).toBe(false);
});

test("what was sent is not called off when the form goes", async () => {
  const { server, unmount, tell } = render();

  await tell(register);
  unmount();

  expect(server.at(0).signal.aborted).toBe(false);
});

test("a registration that nobody answers is given up, to be sent again", async () => {
  vi.useFakeTimers();
  const { form, tell } = render();

  await tell(register);
  await act(() => vi.advanceTimersByTimeAsync(15_000));
  vi.useRealTimers();

  expect(form.current).toMatchObject({ isSending: false, result: { failure: "late" } });
});
