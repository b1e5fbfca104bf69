/** What a policy may give is known to the type checker. */
import { expectTypeOf, test } from "vitest";

import {
  useContactLookup,
  useRegistration,
  type Contact,
  type ContactFields,
  type Hint,
  type LookupResult,
  type Policy,
  type RegistrationResult,
  type RequiresReview,
  type UseContactLookup,
} from "../src";

type Yes<P extends Policy> = Extract<LookupResult<P>, { exists: true }>;
type Maybe<P extends Policy> = Extract<LookupResult<P>, { exists: "maybe" }>;

test("records are given by the policies of staff, hints by public, neither by blind", () => {
  expectTypeOf<Yes<"backoffice">["contact"]>().toEqualTypeOf<Contact>();
  expectTypeOf<Maybe<"desk">["suggestions"]>().toEqualTypeOf<Contact[]>();
  expectTypeOf<Maybe<"assisted">["suggestions"]>().toEqualTypeOf<Contact[]>();
  expectTypeOf<Extract<LookupResult<"public">, { hints: unknown }>["hints"]>().toEqualTypeOf<Hint[]>();
  expectTypeOf<Extract<LookupResult<"public">, { contact: unknown }>>().toBeNever();
  expectTypeOf<Extract<LookupResult<"public">, { confidence: unknown }>>().toBeNever();
  expectTypeOf<LookupResult<"blind">["exists"]>().toEqualTypeOf<"unknown" | false>();
});

test("a question is open where there may be one", () => {
  expectTypeOf<RequiresReview<"backoffice">["suggestions"]>().toEqualTypeOf<Contact[]>();
  expectTypeOf<RequiresReview<"public">["hints"]>().toEqualTypeOf<Hint[]>();
  expectTypeOf<RequiresReview<"blind">>().toBeNever();
  expectTypeOf<Extract<RegistrationResult<"blind">, { created: true }>>().toBeNever();
});

test("hooks give what their policy gives, records without one", () => {
  const looking = () => [useContactLookup(), useContactLookup({ policy: "public", apiKey: "hwm_1" })] as const;
  const registering = () => useRegistration({ policy: "public" });

  expectTypeOf<ReturnType<typeof looking>[0]["result"]>().toEqualTypeOf<LookupResult | null>();
  expectTypeOf<ReturnType<typeof looking>[1]>().toEqualTypeOf<UseContactLookup<ContactFields, "public">>();
  expectTypeOf<ReturnType<typeof registering>["review"]>().toEqualTypeOf<RequiresReview<"public"> | null>();
});
