/** One registration, whatever happens on the way. */
import { act, renderHook } from "@testing-library/react";
import { StrictMode } from "react";
import { expect, test, vi } from "vitest";

import { useRegistration, type UseRegistration } from "../src";
import { ANA, FakeServer, MEI, alreadyMet, created, linked, problem, review } from "./server";

const FORM = { email: "ana.silva@gmail.com", firstName: "Ana", lastName: "Silva", phone: " " };
const SENT = { email: "ana.silva@gmail.com", firstName: "Ana", lastName: "Silva" };

function render() {
  const server = new FakeServer();
  const options = { fetch: server.fetch };
  const { result, unmount } = renderHook(() => useRegistration(options), { wrapper: StrictMode });
  const answer = async (body: unknown, status?: number) =>
    act(async () => server.at(-1).answer(body, status));
  const fail = async () => act(async () => server.at(-1).fail(new TypeError("Failed to fetch")));
  const tell = async (what: (form: UseRegistration) => unknown) => act(async () => void what(result.current));
  return { server, form: result, answer, fail, tell, unmount };
}

const register = (form: UseRegistration) => form.register(FORM);
const key = (request: { headers: Record<string, string> }) => request.headers["Idempotency-Key"];

test.each([
  ["created", created, 201],
  ["met before", alreadyMet, 200],
  ["created, and not shown", { created: true }, 201],
])("%s", async (_, body, status) => {
  const { server, form, answer, tell } = render();

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
  expect(form.current.review?.suggestions).toEqual([ANA, MEI]);
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
  expect(form.current.review?.suggestions).toEqual([MEI]);
  await tell(({ noneOfThese }) => noneOfThese());
  await answer(created, 201);

  const decisions = server.bodies.slice(1) as { decisionToken: string; decision: object }[];
  expect(decisions.map(({ decisionToken, decision }) => [decisionToken, decision])).toEqual([
    ["T", { none: true }],
    ["U", { none: true }],
  ]);
  expect(form.current).toMatchObject({ result: created, review: null });
});

test("who has said no already is not asked a second time", async () => {
  const { server, form, answer, tell } = render();

  await tell(({ register }) => register(FORM, ["2", "1"]));
  await answer(review("T", ANA));
  expect(form.current.isSending).toBe(true);
  await answer(created, 201);

  expect(server.at(1).body).toMatchObject({ decisionToken: "T", decision: { none: true } });
  expect(form.current.result).toEqual(created);
});

test("who has said no to one is asked about the others", async () => {
  const { server, form, answer, tell } = render();

  await tell(({ register }) => register(FORM, ["1"]));
  await answer(review("T", ANA, MEI));

  expect(server.requests).toHaveLength(1);
  expect(form.current.review?.suggestions).toEqual([ANA, MEI]);
});

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
