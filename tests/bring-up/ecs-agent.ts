/** The ECS agent that workers ask for protection, for who may not import workers. */
export { AgentEmulator, type AgentMode } from '@wavefleet/worker/upkeep/task-protection.testing.ts';
