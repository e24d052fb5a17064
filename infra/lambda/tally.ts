/** How often something happened, by its name: what the log line of an invocation is made of. */
export type Tally = Record<string, number>

export function count(tally: Tally, name: string, times = 1): void {
  tally[name] = (tally[name] ?? 0) + times
}

/** The name of an error, for a log. Never its message: DynamoDB's and JSON.parse's quote what they were given. */
export function errorName(error: unknown): string {
  return error instanceof Error ? error.name : typeof error
}
