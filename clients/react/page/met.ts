import type { Policy } from "../src";

/** Who has come, and whether for the first time. */
export interface Met {
  how: "created" | "met" | "accepted";
  /** What to call them, if they said. */
  name: string;
}

/** What an answer tells of it, a record or less. */
interface Told {
  accepted?: boolean;
  created?: boolean | undefined;
  contact?: object | undefined;
}

type Form = Readonly<Record<string, string>>;

/** Under these a name is told by its first letter. */
const MASKED: ReadonlySet<Policy> = new Set<Policy>(["public", "assisted"]);

/** Greet with the name that is stored, where it is told, else with the one that was typed. */
export function metBy(told: Told, form: Form, policy: Policy): Met {
  const { firstName, lastName } = MASKED.has(policy) ? form : ({ ...form, ...told.contact } as Form);
  const how = told.accepted ? "accepted" : told.created ? "created" : "met";
  return { how, name: firstName || lastName || "" };
}
