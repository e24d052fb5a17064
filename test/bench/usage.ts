/** Loaded first into every process that is measured: tells its parent, when asked, what it has used. */

/** CPU since the process began, microseconds, user and system; memory now, resident, bytes. */
export interface Usage {
  readonly cpu: number
  readonly rss: number
}

process.on('message', (message) => {
  if (message !== 'usage') return
  const { user, system } = process.cpuUsage()
  process.send?.({ cpu: user + system, rss: process.memoryUsage.rss() } satisfies Usage)
})
// The process ends when it wants to, not when its parent lets go of it.
process.channel?.unref()
