/** Asks the server. */

/** @throws what the server says is wrong, or that it cannot be reached */
export async function ask<T>(method: string, path: string, body?: unknown): Promise<T> {
  let response: Response
  try {
    response = await fetch(path, {
      method,
      ...(body !== undefined && { body: JSON.stringify(body), headers: { 'content-type': 'application/json' } }),
    })
  } catch {
    throw new Error('The server cannot be reached.')
  }
  const answer = await response.json().catch(() => ({}))
  if (!response.ok) throw new Error(answer.message ?? `The server answered ${response.status}.`)
  return answer
}

/**
 * Runs what a button starts: it is disabled meanwhile, and what comes of it is said beside it.
 *
 * @param run gives what to say
 */
export async function act(button: HTMLButtonElement, feedback: HTMLElement, run: () => Promise<string>): Promise<void> {
  button.disabled = true
  feedback.classList.remove('error')
  try {
    feedback.textContent = await run()
  } catch (error) {
    feedback.classList.add('error')
    feedback.textContent = (error as Error).message
  } finally {
    button.disabled = false
  }
}
