/** Loaded into the service before anything else: five seconds after its start the wall clock is set back an hour. */
const JUMP_AFTER_MS = 5000
const JUMP_MS = 3_600_000

const RealDate = Date

const now = () => RealDate.now() - (performance.now() > JUMP_AFTER_MS ? JUMP_MS : 0)

globalThis.Date = class extends RealDate {
  constructor(value: number | string | Date = now()) {
    super(value)
  }
  static override now = now
} as DateConstructor
