/** Nothing of the tracker may throw into a page: a fault is a warning on the console. */
export function quietly<T>(work: () => T): T | undefined {
  try {
    return work()
  } catch (error) {
    warn(error)
    return undefined
  }
}

export function warn(...what: readonly unknown[]): void {
  // biome-ignore lint/suspicious/noConsole: where else would a page's author look?
  console.warn('Clicklake:', ...what)
}
