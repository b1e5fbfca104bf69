/** The notice as people meet it: by eye, by keyboard, by ear. */
import { render, screen, within } from "@testing-library/react";
import { userEvent } from "@testing-library/user-event";
import axe from "axe-core";
import { renderToString } from "react-dom/server";
import { expect, test, vi } from "vitest";

import { MatchNotice, type MatchNoticeProps, type LookupResult } from "../src";
import {
  ANA,
  HINT,
  MEI,
  OTHER_HINT,
  found,
  hinted,
  hintedReview,
  maybe,
  notFound,
  review,
  unknown,
} from "./server";

function notice(result: unknown, more: Partial<MatchNoticeProps> = {}) {
  const heard = { onConfirm: vi.fn(), onNone: vi.fn() };
  const all = { ...heard, result: result as MatchNoticeProps["result"], ...more };
  return { ...heard, all, ...render(<MatchNotice {...all} />) };
}

const status = () => screen.getByRole("status").textContent;
// There is neither a page around the notice nor any colour in this test.
const RULES = { region: { enabled: false }, "color-contrast": { enabled: false } };
const buttons = () => screen.queryAllByRole("button").map((button) => button.textContent);

const SEEN: [string, unknown, string, string[]][] = [
  ["nothing", null, "", []],
  ["not found", notFound, "", []],
  ["no answer", { exists: false, failure: "late", warning: "late", complete: false }, "", []],
  ["found", found(ANA), "Welcome back! We found your account.", ["Sign in instead", "That is not me"]],
  ["nothing told", unknown, "", []],
  ["not found, under hints", hinted(false), "", []],
  ["found, and not who", hinted(true), "Welcome back! We found your account.", ["Sign in instead", "That is not me"]],
  ["found, and a hint", hinted(true, HINT), "Welcome back! We found your account.", ["Sign in instead", "That is not me"]],
  ["perhaps, and not who", hinted("maybe"), "You may have an account already.", ["Sign in instead", "That is not me"]],
  ["perhaps, and a hint", hinted("maybe", HINT), "Is this you?", ["A. S. (a***@silva.example)", "That is not me"]],
  ["the same hint twice", hinted("maybe", HINT, HINT), "Is this you?", ["A. S. (a***@silva.example)", "A. S. (a***@silva.example)", "None of these"]],
  ["a question with hints", hintedReview("T", HINT, OTHER_HINT), "Is this you?", ["A. S. (a***@silva.example)", "林. (m***@lin.example)", "None of these"]],
  ["a question without a hint", hintedReview("T"), "You may have an account already.", ["Sign in instead", "That is not me"]],
  ["one suggestion", maybe(ANA), "Is this you?", ["Ana Silva (ana@silva.example)", "That is not me"]],
  ["several", maybe(ANA, MEI), "Is this you?", ["Ana Silva (ana@silva.example)", "美 林 (mei@lin.example)", "None of these"]],
  ["a question of a registration", review("T", ANA), "Is this you?", ["Ana Silva (ana@silva.example)", "That is not me"]],
  ["masked records", maybe({ id: 1, email: "j***@acme.com" }, { id: 2, phone: "…42" }, { id: 3 }), "Is this you?", ["j***@acme.com", "…42", "Somebody we have met", "None of these"]],
];

test.each(SEEN)("%s", async (_, result, said, offered) => {
  const { container } = notice(result);

  expect(status()).toBe(said);
  expect(buttons()).toEqual(offered);
  const { violations } = await axe.run(container, { rules: RULES });
  expect(violations).toEqual([]);
});

test("what is found is announced where the announcement was waited for, and takes no focus", () => {
  const { all, rerender } = notice(null);
  const announced = screen.getByRole("status");
  const before = document.activeElement;

  rerender(<MatchNotice {...all} result={maybe(ANA) as LookupResult} />);

  expect(screen.getByRole("status")).toBe(announced);
  expect(announced.querySelector("button")).toBeNull();
  expect(screen.getByRole("group", { name: "Is this you?" })).toBeTruthy();
  expect(document.activeElement).toBe(before);
});

test("by keyboard alone", async () => {
  const user = userEvent.setup();
  const { onConfirm, onNone } = notice(maybe(ANA, MEI));

  await user.tab();
  await user.tab();
  await user.keyboard("{Enter}");
  await user.tab();
  await user.keyboard(" ");

  expect(onConfirm.mock.calls).toEqual([[MEI]]);
  expect(onNone).toHaveBeenCalledTimes(1);
});

test("a click on the one who was found gives the contact, if the server told it", async () => {
  const { onConfirm, all, rerender } = notice(found(ANA));

  await userEvent.click(screen.getByText("Sign in instead"));
  rerender(<MatchNotice {...all} result={hinted(true) as LookupResult<"public">} />);
  await userEvent.click(screen.getByText("Sign in instead"));

  expect(onConfirm.mock.calls).toEqual([[ANA], [undefined]]);
});

test("a hint is told to eye and ear: who it is, and why there are stars", () => {
  const { all, rerender } = notice(hinted(true, HINT));
  const named = (id: string | null) => (id === null ? null : document.getElementById(id)?.textContent);
  const group = () => screen.getByRole("group");
  const stars = "Stars stand for what we keep private.";

  const signIn = screen.getByRole("button", { name: "Sign in instead" });
  expect(named(signIn.getAttribute("aria-describedby"))).toBe("A. S. (a***@silva.example)");
  expect(named(group().getAttribute("aria-describedby"))).toBe(stars);
  rerender(<MatchNotice {...all} result={hinted("maybe", HINT) as LookupResult<"public">} />);
  expect(named(group().getAttribute("aria-describedby"))).toBe(stars);
  rerender(<MatchNotice {...all} result={hinted("maybe") as LookupResult<"public">} />);
  expect(group().getAttribute("aria-describedby")).toBeNull();
  expect(screen.queryByText(stars)).toBeNull();
});

test("a choice among hints gives the hint, with the place to confirm it by", async () => {
  const { onConfirm } = notice(hintedReview("T", HINT, OTHER_HINT));

  await userEvent.click(screen.getByText("林. (m***@lin.example)"));

  expect(onConfirm.mock.calls).toEqual([[{ id: "2", ...OTHER_HINT }]]);
});

test("buttons do not send the form that they stand in", async () => {
  const onSubmit = vi.fn();
  render(
    <form onSubmit={onSubmit}>
      <MatchNotice result={maybe(ANA) as LookupResult} onConfirm={() => {}} onNone={() => {}} />
    </form>,
  );

  for (const button of screen.getAllByRole("button")) await userEvent.click(button);

  expect(onSubmit).not.toHaveBeenCalled();
});

test("the wait is seen, and not announced", () => {
  notice(null, { isLoading: true });

  expect(screen.getByText("Checking…").getAttribute("aria-hidden")).toBe("true");
  expect(screen.getByRole("status").parentElement?.getAttribute("aria-busy")).toBe("true");
  expect(status()).toBe("");
});

test("in other words, and without a way to say no", () => {
  notice(maybe(ANA), {
    words: { review: "C'est vous ?" },
    describe: ({ firstName }) => <em>{String(firstName)}</em>,
    onNone: undefined,
  });

  const group = within(screen.getByRole("group", { name: "C'est vous ?" }));
  expect(group.getAllByRole("button").map((button) => button.innerHTML)).toEqual(["<em>Ana</em>"]);
});

test("markup in a name stays text", () => {
  const { container } = notice(maybe({ id: 1, firstName: "<img src=x>" }));

  expect(container.querySelector("img")).toBeNull();
  expect(buttons()[0]).toBe("<img src=x>");
});

test("it can be rendered on a server", () => {
  const html = renderToString(<MatchNotice result={found(ANA) as LookupResult} onConfirm={() => {}} />);

  expect(html).toContain("Welcome back!");
});
