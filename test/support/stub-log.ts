import { vi } from "vitest";

/** Keeps what is logged; `info`, `warn` and so on are mocks. */
export function stubLog() {
  return { trace: vi.fn(), debug: vi.fn(), info: vi.fn(), warn: vi.fn(), error: vi.fn() };
}
