/** How far a replay is, and how a terminal or a log is told. */
import type { WriteStream } from 'node:tty'

/** What is done and what there is. */
export class Progress {
  readonly #now: () => number
  #started: number
  #doing: string | undefined
  #objects = 0
  #bytes = 0
  #totalObjects = 0
  #totalBytes = 0
  #clicks = 0

  /** @param now a clock that never jumps, milliseconds */
  constructor(now: () => number = () => performance.now()) {
    this.#now = now
    this.#started = now()
  }

  /** What is done before there is anything to count. */
  prepare(doing: string): void {
    this.#doing = doing
  }

  /** Starts the count, and the clock. */
  expect(objects: readonly { readonly size: number }[]): void {
    this.#doing = undefined
    this.#started = this.#now()
    this.#totalObjects = objects.length
    this.#totalBytes = objects.reduce((total, { size }) => total + size, 0)
  }

  clicks(count: number): void {
    this.#clicks += count
  }

  /** Of objects, as they are stored. */
  bytes(count: number): void {
    this.#bytes += count
  }

  object(): void {
    this.#objects += 1
  }

  /** One line. The time left is guessed from bytes: objects differ in size by a thousand. */
  toString(): string {
    if (this.#doing !== undefined) return this.#doing
    const seconds = (this.#now() - this.#started) / 1000
    const rate = seconds === 0 ? 0 : Math.round(this.#clicks / seconds)
    const left = this.#bytes === 0 ? undefined : (seconds * (this.#totalBytes - this.#bytes)) / this.#bytes
    const parts = [
      `${this.#objects}/${this.#totalObjects} objects`,
      `${this.#clicks} clicks`,
      `${rate} clicks/s`,
      ...(left === undefined ? [] : [`about ${formatDuration(left)} left`]),
    ]
    return parts.join(', ')
  }
}

/** Seconds as `1 h 02 min`, `3 min 20 s` or `12 s`. */
export function formatDuration(seconds: number): string {
  const whole = Math.ceil(seconds)
  const two = (value: number) => String(value).padStart(2, '0')
  if (whole >= 3600) return `${Math.floor(whole / 3600)} h ${two(Math.floor((whole % 3600) / 60))} min`
  return whole >= 60 ? `${Math.floor(whole / 60)} min ${two(whole % 60)} s` : `${whole} s`
}

export interface Reporter {
  /** Writes a line of its own. */
  say(line: string): void
  /** Writes the progress for the last time. */
  end(): void
  /** Writes nothing more by itself. */
  stop(): void
}

/** Shows progress: in place once a second on a terminal, as a line every ten seconds in a log. */
export function report(progress: Progress, stream: Pick<WriteStream, 'write' | 'isTTY'>): Reporter {
  const clear = stream.isTTY ? '\r\x1b[K' : ''
  const show = () => stream.write(`${clear}${progress}${stream.isTTY ? '' : '\n'}`)
  const timer = setInterval(show, stream.isTTY ? 1000 : 10_000)
  return {
    say: (line) => void stream.write(`${clear}clicklake: ${line}\n`),
    end: () => void stream.write(`${clear}${progress}\n`),
    stop: () => clearInterval(timer),
  }
}
