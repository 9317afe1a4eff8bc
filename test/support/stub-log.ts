import { vi } from "vitest";

/** A log whose methods are mocks, so that a test can ask what was logged. */
export function stubLog() {
  return { trace: vi.fn(), debug: vi.fn(), info: vi.fn(), warn: vi.fn(), error: vi.fn() };
}
