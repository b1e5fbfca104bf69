/** The notice as people meet it: by eye, by keyboard, by ear. */
import { render, screen, within } from "@testing-library/react";
import { userEvent } from "@testing-library/user-event";
import axe from "axe-core";
import { renderToString } from "react-dom/server";
import { expect, test, vi } from "vitest";

import { MatchNotice, type LookupResult, type MatchNoticeProps, type RequiresReview } from "../src";
import { ANA, MEI, found, maybe, notFound, review } from "./server";

function notice(result: unknown, more: Partial<MatchNoticeProps> = {}) {
  const heard = { onConfirm: vi.fn(), onNone: vi.fn() };
  const all = { ...heard, result: result as LookupResult | RequiresReview | null, ...more };
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
  ["found, and not who", { exists: true }, "Welcome back! We found your account.", ["Sign in instead", "That is not me"]],
  ["one suggestion", maybe(ANA), "Is this you?", ["Ana Silva (ana@silva.example)", "That is not me"]],
  ["several", maybe(ANA, MEI), "Is this you?", ["Ana Silva (ana@silva.example)", "美 林 (mei@lin.example)", "None of these"]],
  ["a question of a registration", review("T", ANA), "Is this you?", ["Ana Silva (ana@silva.example)", "That is not me"]],
  ["hints", maybe({ id: 1, email: "j***@acme.com" }, { id: 2, phone: "…42" }, { id: 3 }), "Is this you?", ["j***@acme.com", "…42", "Somebody we have met", "None of these"]],
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
  rerender(<MatchNotice {...all} result={{ exists: true } as LookupResult} />);
  await userEvent.click(screen.getByText("Sign in instead"));

  expect(onConfirm.mock.calls).toEqual([[ANA], [undefined]]);
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
