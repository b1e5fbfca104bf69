/** The form of the hook's page: it goes on whatever becomes of a lookup. */
import { render, screen, waitFor } from "@testing-library/react";
import { userEvent } from "@testing-library/user-event";
import { StrictMode, useState } from "react";
import { expect, test, vi } from "vitest";

import { useContactLookup, type ClientOptions, type Contact } from "../src";
import { ANA, FakeServer, found, maybe } from "./server";

function RegistrationForm({ options, signIn }: { options: ClientOptions; signIn: (contact?: Contact) => void }) {
  const { lookupOnBlur, isLoading, result } = useContactLookup(options);
  const [form, setForm] = useState({ email: "", firstName: "" });
  return (
    <form>
      <input
        type="email"
        aria-label="Email"
        value={form.email}
        onChange={(event) => setForm({ ...form, email: event.target.value })}
        onBlur={lookupOnBlur({ email: form.email })}
      />
      <input
        aria-label="First name"
        value={form.firstName}
        onChange={(event) => setForm({ ...form, firstName: event.target.value })}
        onBlur={lookupOnBlur(form)}
      />
      {isLoading && <span>Checking...</span>}
      {result?.exists === true && (
        <button type="button" onClick={() => signIn(result.contact)}>
          Sign in instead
        </button>
      )}
      {result?.exists === "maybe" &&
        result.suggestions.map((contact) => (
          <button key={String(contact.id)} type="button" onClick={() => signIn(contact)}>
            {contact.firstName} {contact.lastName} ({contact.email})
          </button>
        ))}
    </form>
  );
}

function show() {
  const server = new FakeServer();
  const signIn = vi.fn();
  const options = { fetch: server.fetch, debounce: 10 };
  render(<RegistrationForm options={options} signIn={signIn} />, { wrapper: StrictMode });
  return { server, signIn, user: userEvent.setup() };
}

test("an e-mail address that is left finds who was met", async () => {
  const { server, signIn, user } = show();

  await user.type(screen.getByLabelText("Email"), "ana@silva.example");
  await user.tab();
  await screen.findByText("Checking...");
  await waitFor(() => expect(server.bodies).toEqual([{ email: "ana@silva.example" }]));
  server.at(0).answer(found(ANA));
  await user.click(await screen.findByText("Sign in instead"));

  expect(signIn).toHaveBeenCalledWith(ANA);
  expect(screen.queryByText("Checking...")).toBeNull();
});

test("perhaps it is one of these", async () => {
  const { server, signIn, user } = show();

  await user.type(screen.getByLabelText("Email"), "a@silva.example");
  await user.tab();
  await waitFor(() => expect(server.requests).toHaveLength(1));
  server.at(0).answer(maybe(ANA));
  await user.click(await screen.findByText("Ana Silva (ana@silva.example)"));

  expect(signIn).toHaveBeenCalledWith(ANA);
});

test("while nobody answers, the person types on", async () => {
  const { server, user } = show();

  await user.type(screen.getByLabelText("Email"), "ana@silva.example");
  await user.tab();
  await waitFor(() => expect(server.requests).toHaveLength(1));
  await user.keyboard("Ana");
  server.at(0).fail(new TypeError("Failed to fetch"));
  await waitFor(() => expect(screen.queryByText("Checking...")).toBeNull());

  expect(screen.getByLabelText<HTMLInputElement>("First name").value).toBe("Ana");
  expect(screen.queryAllByRole("button")).toEqual([]);
});
