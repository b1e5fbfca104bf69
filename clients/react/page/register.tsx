/** The registration page. */
import { StrictMode, useCallback, useState } from "react";
import { createRoot } from "react-dom/client";

import { readForm, type Form } from "./fields";
import type { Met } from "./met";
import { RegistrationForm } from "./RegistrationForm";
import { Welcome } from "./Welcome";

function Registration(form: Form) {
  const [met, setMet] = useState<Met | null>(null);
  const again = useCallback(() => setMet(null), []);
  return met ? <Welcome met={met} onAgain={again} /> : <RegistrationForm {...form} onMet={setMet} />;
}

const root = document.getElementById("registration");
if (root) {
  createRoot(root).render(
    <StrictMode>
      <Registration {...readForm(root)} />
    </StrictMode>,
  );
}
