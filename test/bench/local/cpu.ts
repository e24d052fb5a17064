/** What CPUs did: the threads of a process where the system tells (Linux), and the machine. */
import { readdirSync, readFileSync } from 'node:fs'
import { cpus } from 'node:os'

/** Seconds of CPU by the threads' names, without the numbers that tell threads of a pool apart. */
export type ThreadSeconds = ReadonlyMap<string, number>

/** Ticks a second, as Linux shows them to programs. */
const TICKS = 100

/** @returns nothing on systems without /proc */
export function threadSeconds(pid: number): ThreadSeconds {
  const seconds = new Map<string, number>()
  let threads: string[] = []
  try {
    threads = readdirSync(`/proc/${pid}/task`)
  } catch {
    return seconds
  }
  for (const thread of threads) {
    try {
      const stat = readFileSync(`/proc/${pid}/task/${thread}/stat`, 'utf8')
      const name = stat.slice(stat.indexOf('(') + 1, stat.lastIndexOf(')'))
      const [user, system] = stat
        .slice(stat.lastIndexOf(')') + 2)
        .split(' ')
        .slice(11, 13)
        .map(Number) as [number, number]
      seconds.set(name, (seconds.get(name) ?? 0) + (user + system) / TICKS)
    } catch {
      // It ended a moment ago.
    }
  }
  return seconds
}

/** What was used since. Threads that ended in between are left out. */
export function difference(before: ThreadSeconds, after: ThreadSeconds): ThreadSeconds {
  return new Map([...after].map(([name, seconds]) => [name, seconds - (before.get(name) ?? 0)]))
}

/** Seconds that all CPUs of the machine were busy since it started, with whatever. */
export function busySeconds(): number {
  return cpus().reduce((sum, { times }) => sum + times.user + times.nice + times.sys + times.irq, 0) / 1000
}
