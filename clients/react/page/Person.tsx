import { WORDS, type Suggestion } from "../src";

/** Somebody who was suggested: who in a first line, where to reach them below. */
export function Person({ suggestion }: { suggestion: Suggestion }) {
  const { firstName, lastName, email, phone } = suggestion;
  const who = [firstName, lastName].filter(Boolean).join(" ");
  const [first, ...others] = [who, email, phone].filter(Boolean).map(String);
  return (
    <>
      <span className="who">{first ?? WORDS.somebody}</span>
      {others.map((one) => (
        <span key={one} className="where">
          {" "}
          {one}
        </span>
      ))}
    </>
  );
}
