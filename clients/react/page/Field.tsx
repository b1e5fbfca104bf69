import type { FormField } from "./fields";

interface Props {
  field: FormField;
  value: string;
  maxLength: number;
  mistake?: string | undefined;
  onChange: (value: string) => void;
}

/** A label, its input, and what is wrong with it. */
export function Field({ field, value, maxLength, mistake, onChange }: Props) {
  const { name, label, input } = field;
  return (
    <div className="field">
      <label htmlFor={name}>{label}</label>
      <input
        id={name}
        name={name}
        value={value}
        maxLength={maxLength}
        aria-invalid={mistake ? true : undefined}
        aria-describedby={mistake ? `${name}-mistake` : undefined}
        onChange={(event) => onChange(event.target.value)}
        {...input}
      />
      {mistake && (
        <p className="mistake" id={`${name}-mistake`}>
          {mistake}
        </p>
      )}
    </div>
  );
}
