import { defineConfig } from 'vitest/config';

// The limits end what hangs; nothing fails because a machine is slow.
export default defineConfig({
  test: { include: ['test/**/*.test.ts'], testTimeout: 600_000, hookTimeout: 600_000, maxWorkers: 2 },
});
