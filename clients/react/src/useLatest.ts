import { useCallback, useEffect, useRef } from "react";

/** A function, always the same, that gives the value of the newest render. */
export function useLatest<Value>(value: Value): () => Value {
  const latest = useRef(value);
  useEffect(() => {
    latest.current = value;
  });
  return useCallback(() => latest.current, []);
}
