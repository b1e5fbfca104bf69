/** What the lookups of a form come to, whatever comes first. Times are in milliseconds. */
import { act, renderHook } from "@testing-library/react";
import { StrictMode } from "react";
import { afterEach, beforeEach, expect, test, vi } from "vitest";

import { useContactLookup, type LookupResult } from "../src";
import { FakeServer, found, maybe, notFound, ANA, MEI } from "./server";

const A = { email: "ana@silva.example" };
const B = { email: "mei@lin.example" };
const FOUND = found(ANA);
const MAYBE = maybe(MEI);

/** What happens at a moment, to the form or at the server. */
type Event =
  | { ask: object }
  | { blur: object }
  | { answer: number; with: object }
  | { fail: number }
  | { decline: true }
  | { clear: true }
  | { leave: true };

interface Race {
  name: string;
  events: [number, Event][];
  /** Which questions reached the server, and which of them were called off. */
  sent: object[];
  calledOff?: number[];
  /** What is shown in the end, and what each `lookup` gave. */
  shown: object | null;
  loading?: boolean;
  gave?: (object | null)[];
}

const LATE = { exists: false, failure: "late" };
const UNREACHABLE = { exists: false, failure: "unreachable" };

const RACES: Race[] = [
  {
    name: "one question, one answer",
    events: [[0, { ask: A }], [300, { answer: 0, with: FOUND }]],
    sent: [A],
    shown: FOUND,
    gave: [FOUND],
  },
  {
    name: "nothing goes out before the pause is over",
    events: [[0, { ask: A }]],
    sent: [],
    shown: null,
    loading: true,
  },
  {
    name: "what is asked within the pause takes the place of what was",
    events: [[0, { ask: A }], [200, { ask: B }], [500, { answer: 0, with: MAYBE }]],
    sent: [B],
    shown: MAYBE,
    gave: [null, MAYBE],
  },
  {
    name: "a newer question calls off the one under way",
    events: [[0, { ask: A }], [300, { ask: B }], [600, { answer: 1, with: MAYBE }]],
    sent: [A, B],
    calledOff: [0],
    shown: MAYBE,
    gave: [null, MAYBE],
  },
  {
    name: "the older answer comes last",
    events: [
      [0, { ask: A }],
      [300, { ask: B }],
      [600, { answer: 1, with: MAYBE }],
      [700, { answer: 0, with: FOUND }],
    ],
    sent: [A, B],
    calledOff: [0],
    shown: MAYBE,
    gave: [null, MAYBE],
  },
  {
    name: "the older answer comes within the newer one's pause",
    events: [[0, { ask: A }], [300, { ask: B }], [310, { answer: 0, with: FOUND }], [400, { ask: B }]],
    sent: [A],
    calledOff: [0],
    shown: null,
    loading: true,
  },
  {
    name: "the older question fails after the newer was answered",
    events: [[0, { ask: A }], [300, { ask: B }], [600, { answer: 1, with: MAYBE }], [700, { fail: 0 }]],
    sent: [A, B],
    calledOff: [0],
    shown: MAYBE,
  },
  {
    name: "the last answer stays until the next comes",
    events: [[0, { ask: A }], [300, { answer: 0, with: FOUND }], [400, { ask: B }]],
    sent: [A],
    shown: FOUND,
    loading: true,
  },
  {
    name: "cleared while it waits",
    events: [[0, { ask: A }], [100, { clear: true }], [1000, { clear: true }]],
    sent: [],
    shown: null,
    gave: [null],
  },
  {
    name: "cleared while it is under way",
    events: [[0, { ask: A }], [300, { clear: true }], [400, { answer: 0, with: FOUND }]],
    sent: [A],
    calledOff: [0],
    shown: null,
    gave: [null],
  },
  {
    name: "left while it waits",
    events: [[0, { ask: A }], [100, { leave: true }], [1000, { leave: true }]],
    sent: [],
    shown: null,
    loading: true, // what the last render saw
    gave: [null],
  },
  {
    name: "left while it is under way",
    events: [[0, { ask: A }], [300, { leave: true }], [400, { answer: 0, with: FOUND }]],
    sent: [A],
    calledOff: [0],
    shown: null,
    loading: true,
    gave: [null],
  },
  {
    name: "nobody answers",
    events: [[0, { ask: A }], [5300, { blur: {} }], [5300, { ask: B }], [10600, { ask: {} }], [10600, { ask: A }]],
    sent: [A, B],
    calledOff: [0, 1],
    shown: null,
    loading: true,
    gave: [LATE, LATE, null],
  },
  {
    name: "it fails, and is asked again",
    events: [[0, { blur: A }], [300, { fail: 0 }], [400, { blur: A }], [700, { answer: 1, with: FOUND }]],
    sent: [A, A],
    shown: FOUND,
  },
  {
    name: "it fails, and the form goes on",
    events: [[0, { ask: A }], [300, { fail: 0 }]],
    sent: [A],
    shown: UNREACHABLE,
    gave: [UNREACHABLE],
  },
  {
    name: "the same is not asked twice",
    events: [
      [0, { blur: A }],
      [100, { blur: { email: " ana@silva.example ", phone: "" } }],
      [300, { answer: 0, with: notFound }],
      [400, { blur: A }],
    ],
    sent: [A],
    shown: notFound,
  },
  {
    name: "more is asked anew",
    events: [
      [0, { blur: A }],
      [300, { answer: 0, with: notFound }],
      [400, { blur: { ...A, firstName: "Ana" } }],
      [700, { answer: 1, with: FOUND }],
    ],
    sent: [A, { ...A, firstName: "Ana" }],
    shown: FOUND,
  },
  {
    name: "the answer goes when the field is emptied",
    events: [[0, { blur: A }], [300, { answer: 0, with: FOUND }], [400, { blur: { email: " " } }]],
    sent: [A],
    shown: null,
  },
  {
    name: "who was declined is not shown again",
    events: [
      [0, { blur: A }],
      [300, { answer: 0, with: maybe(ANA) }],
      [400, { decline: true }],
      [400, { blur: A }],
      [500, { blur: { ...A, firstName: "Ana" } }],
      [800, { answer: 1, with: FOUND }],
    ],
    sent: [A, { ...A, firstName: "Ana" }],
    shown: null,
  },
  {
    name: "of several, those who were not declined are shown",
    events: [
      [0, { ask: A }],
      [300, { answer: 0, with: maybe(ANA) }],
      [400, { decline: true }],
      [500, { ask: B }],
      [800, { answer: 1, with: maybe(ANA, MEI) }],
    ],
    sent: [A, B],
    shown: MAYBE,
    gave: [maybe(ANA), maybe(ANA, MEI)],
  },
  {
    name: "cleared, the declined are forgotten",
    events: [
      [0, { ask: A }],
      [300, { answer: 0, with: FOUND }],
      [400, { decline: true }],
      [500, { clear: true }],
      [500, { blur: A }],
      [800, { answer: 1, with: FOUND }],
    ],
    sent: [A, A],
    shown: FOUND,
  },
  {
    name: "emptied while it is under way",
    events: [[0, { blur: A }], [300, { blur: { email: "" } }], [400, { answer: 0, with: FOUND }]],
    sent: [A],
    calledOff: [0],
    shown: null,
  },
];

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

test.each(RACES.flatMap((race) => [{ ...race, strict: false }, { ...race, strict: true }]))(
  "$name (strict mode: $strict)",
  async ({ events, sent, calledOff = [], shown, loading = false, gave = [], strict }) => {
    const server = new FakeServer();
    const options = { fetch: server.fetch };
    const { result, unmount } = renderHook(
      () => useContactLookup(options),
      strict ? { wrapper: StrictMode } : {},
    );
    const given: Promise<LookupResult | null>[] = [];
    const at = (event: Event): void => {
      if ("ask" in event) given.push(result.current.lookup(event.ask));
      if ("blur" in event) result.current.lookupOnBlur(event.blur)();
      if ("answer" in event) server.at(event.answer).answer(event.with);
      if ("fail" in event) server.at(event.fail).fail(new TypeError("Failed to fetch"));
      if ("decline" in event) result.current.decline();
      if ("clear" in event) result.current.clear();
      if ("leave" in event) unmount();
    };

    let now = 0;
    for (const [moment, event] of events) {
      await act(() => vi.advanceTimersByTimeAsync(moment - now));
      await act(async () => at(event));
      now = moment;
    }
    await act(() => vi.advanceTimersByTimeAsync(0));

    expect(server.bodies).toEqual(sent);
    const off = server.requests.flatMap(({ signal }, index) => (signal.aborted ? [index] : []));
    expect(off).toEqual(calledOff);
    expect(result.current.result).toEqual(shown && expect.objectContaining(shown));
    expect(result.current.isLoading).toBe(loading);
    if (gave.length) {
      const settled = await Promise.all(given.slice(0, gave.length));
      expect(settled).toEqual(gave.map((one) => one && expect.objectContaining(one)));
    }
  },
);
