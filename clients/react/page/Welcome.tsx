import { useEffect, useRef } from "react";

import type { Met } from "./met";

const SAID: Readonly<Record<Met["how"], { hello: string; sentence: string }>> = {
  created: {
    hello: "Welcome",
    sentence: "You are registered. Come again with a slip in your name, and you will be known.",
  },
  met: {
    hello: "Welcome back",
    sentence:
      "We have met, so nothing was created. Here an application would let you sign in, once you have shown that the address is yours.",
  },
  accepted: {
    hello: "Thank you",
    sentence:
      "Whether we have met is between you and your mailbox: here an application would send you a code, and go on once you have typed it.",
  },
};

/** What stands in the place of the form when it has done its work. */
export function Welcome({ met: { how, name }, onAgain }: { met: Met; onAgain: () => void }) {
  const heading = useRef<HTMLHeadingElement>(null);
  useEffect(() => heading.current?.focus(), []);
  const { hello, sentence } = SAID[how];
  return (
    <section className="card welcome" aria-labelledby="welcome">
      <img src="pages/icon.svg" alt="" width="56" height="56" />
      <h2 id="welcome" ref={heading} tabIndex={-1}>
        {name ? `${hello}, ${name}` : hello}
      </h2>
      <p>{sentence}</p>
      <button type="button" onClick={onAgain}>
        Register somebody else
      </button>
    </section>
  );
}
