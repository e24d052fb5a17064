/** What the CDK runs, as cdk.json says. */
import { failToStart } from '../../service/close.ts'
import { createCloud } from './app.ts'

try {
  createCloud().app.synth()
} catch (error) {
  failToStart(error)
}
