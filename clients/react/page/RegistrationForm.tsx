import { useEffect, useRef, useState, type FormEvent } from "react";

import { MatchNotice, useContactLookup, useRegistration, type Policy, type Suggestion } from "../src";
import { Field } from "./Field";
import { serverOf, type Form, type FormField } from "./fields";
import { metBy, type Met } from "./met";
import { NotRegistered } from "./NotRegistered";
import { Person } from "./Person";

type Fields = Record<string, string>;

/** A form that asks as each field is left, and never stands in anybody's way. */
export function RegistrationForm({ onMet, ...page }: Form & { onMet: (met: Met) => void }) {
  const { fields, maxLength, policy } = page;
  const server = serverOf(page);
  const lookup = useContactLookup<Fields, Policy>(server);
  const registration = useRegistration<Fields, Policy>(server);
  const { register, confirm, noneOfThese, isSending, result, review } = registration;
  const [form, setForm] = useState<Fields>({});
  const notice = useRef<HTMLDivElement>(null);
  const button = useRef<HTMLButtonElement>(null);

  // What answers a click may take the focus; what comes of itself may not.
  useEffect(() => {
    if (review) notice.current?.focus();
  }, [review]);
  useEffect(() => {
    if (result && !result.failure && !review) onMet(metBy(result, form, policy));
  }, [result, review, form, policy, onMet]);

  const submit = (event: FormEvent) => {
    event.preventDefault();
    void register(form, lookup.declined);
  };
  const accept = (suggestion: Suggestion | undefined) => {
    if (review && suggestion?.id !== undefined) void confirm(suggestion.id);
    else onMet(metBy({ created: false, contact: suggestion }, form, policy));
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
      // Where answers tell nothing there is nothing to ask.
      onBlur={policy === "blind" ? undefined : lookup.lookupOnBlur(form)}
    >
      <h2 id="register">Create your account</h2>
      <div className="fields">{fields.filter(({ identifies }) => identifies).map(show)}</div>
      <div className="notice" ref={notice} tabIndex={-1}>
        <MatchNotice
          result={review ?? lookup.result}
          isLoading={lookup.isLoading}
          onConfirm={accept}
          onNone={decline}
          describe={(suggestion) => <Person suggestion={suggestion} />}
        />
      </div>
      <div className="fields">{fields.filter(({ identifies }) => !identifies).map(show)}</div>
      {result?.failure && <NotRegistered result={result} shown={fields.map(({ name }) => name)} />}
      {lookup.result?.failure && !review && !result?.failure && (
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
