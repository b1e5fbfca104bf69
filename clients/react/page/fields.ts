import type { ClientOptions, Policy } from "../src";

/** What the page is told of the model's fields, in an attribute of its root. */
export interface FormField {
  name: string;
  label: string;
  /** Whether a lookup can go by it: an e-mail address, a phone. */
  identifies: boolean;
  /** Further properties of its input, such as its type. */
  input: Readonly<Record<string, string>>;
}

export interface Form {
  fields: readonly FormField[];
  maxLength: number;
  /** What the server's answers reveal. */
  policy: Policy;
  /** The page's own key, where the server wants one. */
  apiKey?: string;
}

/** How the page reaches its server; beside the page, so that the server may stand under any path. */
export function serverOf({ policy, apiKey }: Form): ClientOptions<Policy> {
  return { url: "api/contacts", policy, ...(apiKey ? { apiKey } : {}) };
}

/** How React spells an attribute. */
const SPELT: Readonly<Record<string, string>> = {
  autocapitalize: "autoCapitalize",
  autocomplete: "autoComplete",
  inputmode: "inputMode",
};

export function readForm(root: HTMLElement): Form {
  const form = JSON.parse(root.dataset["form"] ?? "") as Form;
  return { ...form, fields: form.fields.map((field) => ({ ...field, input: spelt(field.input) })) };
}

function spelt(input: FormField["input"]): FormField["input"] {
  return Object.fromEntries(Object.entries(input).map(([name, value]) => [SPELT[name] ?? name, value]));
}
