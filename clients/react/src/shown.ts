/** A value that somebody shows and others watch, as React's `useSyncExternalStore` wants it. */
export class Shown<Value> {
  #value: Value;
  readonly #watchers = new Set<() => void>();

  constructor(value: Value) {
    this.#value = value;
  }

  readonly read = (): Value => this.#value;

  readonly watch = (watcher: () => void): (() => void) => {
    this.#watchers.add(watcher);
    return () => this.#watchers.delete(watcher);
  };

  show(value: Value): void {
    this.#value = value;
    for (const watcher of this.#watchers) watcher();
  }
}
