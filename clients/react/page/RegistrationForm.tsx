import { useEffect, useRef, useState, type FormEvent } from "react";

import { MatchNotice, useContactLookup, useRegistration, type Contact } from "../src";
import { Field } from "./Field";
import type { Form, FormField } from "./fields";
import { NotRegistered } from "./NotRegistered";
import type { Met } from "./Welcome";

/** Beside the page, so that the server may stand under any path. */
const SERVER = { url: "api/contacts" };

type Fields = Record<string, string>;

/** A form that asks as each field is left, and never stands in anybody's way. */
export function RegistrationForm({ fields, maxLength, onMet }: Form & { onMet: (met: Met) => void }) {
  const lookup = useContactLookup<Fields>(SERVER);
  const { register, confirm, noneOfThese, isSending, result, review } = useRegistration<Fields>(SERVER);
  const [form, setForm] = useState<Fields>({});
  const notice = useRef<HTMLDivElement>(null);
  const button = useRef<HTMLButtonElement>(null);

  // What answers a click may take the focus; what comes of itself may not.
  useEffect(() => {
    if (review) notice.current?.focus();
  }, [review]);
  useEffect(() => {
    if (result && !result.failure && !review) onMet({ ...result, how: result.created ? "created" : "met" });
  }, [result, review, onMet]);

  const submit = (event: FormEvent) => {
    event.preventDefault();
    void register(form, lookup.declined);
  };
  const accept = (contact: Contact | undefined) => {
    if (review && contact) void confirm(contact.id);
    else onMet({ contact, how: "met" });
  };
  const decline = () => {
    if (review) return void noneOfThese();
    lookup.decline();
    button.current?.focus();
  };

  const mistakes = result?.failure ? (result.problem?.errors ?? []) : [];
  const show = (field: FormField) => (
    <Field
      key={field.name}
      field={field}
      value={form[field.name] ?? ""}
      maxLength={maxLength}
      mistake={mistakes.find((mistake) => mistake.field === field.name)?.detail}
      onChange={(value) => setForm({ ...form, [field.name]: value })}
    />
  );
  return (
    <form
      className="card"
      noValidate
      aria-labelledby="register"
      aria-busy={isSending}
      onSubmit={submit}
      onBlur={lookup.lookupOnBlur(form)}
    >
      <h2 id="register">Create your account</h2>
      <div className="fields">{fields.filter(({ identifies }) => identifies).map(show)}</div>
      <div className="notice" ref={notice} tabIndex={-1}>
        <MatchNotice
          result={review ?? lookup.result}
          isLoading={lookup.isLoading}
          onConfirm={accept}
          onNone={decline}
        />
      </div>
      <div className="fields">{fields.filter(({ identifies }) => !identifies).map(show)}</div>
      {result?.failure && <NotRegistered result={result} shown={fields.map(({ name }) => name)} />}
      {lookup.result?.failure && !result?.failure && (
        <p className="hint" role="status">
          We could not look whether we have met. That need not keep you: just go on.
        </p>
      )}
      <button
        ref={button}
        type="submit"
        className="main"
        disabled={isSending}
        // A press leaves no field: nothing is asked whose answer would move the button from under it.
        onMouseDown={(event) => event.preventDefault()}
      >
        {isSending ? "Registering…" : "Register"}
      </button>
    </form>
  );
}
